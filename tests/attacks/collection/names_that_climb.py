"""Hand in files with names that climb out of a folder, end a line or move the cursor.

Against: no submission changes the host.
"""

# %% by hand
climbing = ["..\\..\\attack-was-here", "%2e%2e%2fattack-was-here", "~", "-rf"]
for name in [*climbing, "a\nb.py", "\x1b]0;owned\x07.ipynb", "$(touch attack-was-here)", "…" * 60]:
    (folder / name).write_text("{}")
deep = folder
for _ in range(200):
    deep = deep / "d"
deep.mkdir(parents=True)
