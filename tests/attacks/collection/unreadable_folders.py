"""Make folders that their owner may not enter, so that nobody can remove them.

Against: nothing outlives its exam.
"""

# %% after conv-output-shape
import os

os.makedirs("closed/inside")
open("closed/inside/file", "w").close()
for path in ("closed/inside", "closed", "."):
    try:
        os.chmod(path, 0)
    except OSError as error:
        print(error.strerror)
