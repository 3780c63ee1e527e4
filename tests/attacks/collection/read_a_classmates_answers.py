"""Read other submissions, beside this one and in the course's folder.

Against: no submission reads another.
"""

# %% after imports
import os

for path in ("@COURSE@/submitted/classmate/hw4/convolution.ipynb", "../../classmate/hw4/convolution.ipynb"):
    try:
        print("LOOT", open(path).read())
    except OSError as error:
        print(error.strerror)
for folder in ("@COURSE@/submitted", "@COURSE@", "..", "../..", "/tmp"):
    try:
        print("LOOT", os.listdir(folder))
    except OSError as error:
        print(error.strerror)
