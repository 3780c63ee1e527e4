"""Open the gradebook, to see everyone's grades.

Against: no submission reads the gradebook.
"""

# %% after imports
import sqlite3

for path in ("@COURSE@/gradebook.db", "../../../gradebook.db"):
    try:
        print("LOOT", open(path, "rb").read())
    except OSError as error:
        print(error.strerror)
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        print("LOOT", connection.execute("select * from grade").fetchall())
    except sqlite3.Error as error:
        print(error)
