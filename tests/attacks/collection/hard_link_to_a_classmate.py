"""Hand in a hard link to the gradebook and write through it while being graded.

Against: no submission changes another.
"""

# %% after imports
for mode in ("r+b", "ab", "wb"):
    try:
        with open("mine.db", mode) as file:
            file.write(b"full points")
    except OSError as error:
        print(error.strerror)

# %% by hand
import os

os.link("@COURSE@/submitted/classmate/hw4/convolution.ipynb", folder / "mine.db")
os.unlink(folder / "mine.db")  # a teacher's system that allowed it would have copied the contents
(folder / "mine.db").write_text("mine")
