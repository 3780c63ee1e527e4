"""Hand in thousands of small files, and one that claims to be enormous.

Against: no submission slows without bound.
"""
# stock: would harm the grading host: it copies a terabyte

# %% by hand
(folder / "many").mkdir()
for number in range(3000):
    (folder / "many" / f"{number}.txt").touch()
with open(folder / "large.bin", "wb") as file:
    file.truncate(1 << 40)
