"""Hand in files with names that climb out of a folder, end a line or move the cursor. (No submission changes the host.)"""

# %% by hand
for name in ("..\\..\\attack-was-here", "%2e%2e%2fattack-was-here", "a\nb.py", "\x1b]0;owned\x07.ipynb", "-rf", "~", "$(touch attack-was-here)", "…" * 60):
    (folder / name).write_text("{}")
deep = folder
for _ in range(200):
    deep = deep / "d"
deep.mkdir(parents=True)
