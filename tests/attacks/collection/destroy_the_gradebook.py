"""Empty, rename and remove the gradebook, so that nobody has grades.

Against: no submission changes the gradebook.
"""
# stock: would harm the course it runs in

# %% after imports
import os

path = "@COURSE@/gradebook.db"
for attempt in (
    lambda: open(path, "r+b").write(b"full points"),
    lambda: os.truncate(path, 0),
    lambda: os.rename(path, path + ".old"),
    lambda: os.chmod(path, 0o777),
    lambda: os.utime(path, (1, 1)),
    lambda: os.remove(path),
):
    try:
        attempt()
    except OSError as error:
        print(error)
