"""Write full points for oneself into the gradebook.

Against: no submission changes the gradebook.
"""

# %% after imports
import glob
import sqlite3

for path in ("@COURSE@/gradebook.db", *glob.glob("../../../gradebook.db")):
    try:
        connection = sqlite3.connect(path, timeout=1)
        connection.execute("update grade set manual_score = 1")
        connection.commit()
    except sqlite3.Error as error:
        print(error)
