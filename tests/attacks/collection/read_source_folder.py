"""Read the instructor's notebooks by relative and absolute paths, with hidden tests and solutions.

Against: hidden stays hidden.
"""

# %% after imports
import glob
import json
import os

for pattern in ("../../../source/hw4/*.ipynb", "../**/source/hw4/*", "@COURSE@/source/hw4/*.ipynb"):
    for path in glob.glob(pattern, recursive=True):
        print("LOOT", path)
for name in ("convolution", "backpropagation"):
    try:
        for cell in json.load(open(f"@COURSE@/source/hw4/{name}.ipynb"))["cells"]:
            print("".join(cell["source"]))
    except OSError as error:
        print("not this way:", error.strerror)
