"""Hand in symbolic links: to the source folder, to the gradebook, and to files of root.

Against: hidden stays hidden.
"""

# %% after imports
import os

for path in ("solutions/hw4/convolution.ipynb", "gradebook.db", "passwd", "loop", "helper.txt"):
    try:
        print("LOOT", open(path).read())
    except OSError as error:
        print(error.strerror)
print(sorted(os.listdir(".")))

# %% by hand
(folder / "solutions").symlink_to("@COURSE@/source")
(folder / "gradebook.db").symlink_to("@COURSE@/gradebook.db")
(folder / "passwd").symlink_to("/etc/passwd")
(folder / "loop").symlink_to("loop")
(folder / "helper.txt").symlink_to("../../../source/hw4/convolution.ipynb")
