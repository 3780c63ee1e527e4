"""Write full points for oneself into the gradebook. (No submission changes the gradebook.)"""

# %% after imports
import os
import sqlite3

for path in ("@COURSE@/gradebook.db", "../../../gradebook.db"):
    for edit in (
        lambda: sqlite3.connect(path).executescript("update grade set auto_score = 99, manual_score = 99"),
        lambda: open(path, "r+b").write(b"full points"),
        lambda: os.truncate(path, 0),
        lambda: os.rename(path, path + ".old"),
        lambda: os.chmod(path, 0o777),
        lambda: os.utime(path, (1, 1)),
        lambda: os.remove(path),
    ):
        try:
            edit()
        except (OSError, sqlite3.Error) as error:
            print(error)
