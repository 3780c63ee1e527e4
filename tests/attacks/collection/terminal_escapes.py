"""Print and raise terminal escapes that would clear the teacher's screen or type commands.

Against: no submission reaches the host.
"""

# %% after imports
print("\x1b[2J\x1b[H\x1b]0;owned\x07\x1b[21t\x9b5n\x1bP+q544e\x1b\\")
raise ValueError("\x1b]52;c;ZWNobyBvd25lZAo=\x07\r\x08\u202e")
