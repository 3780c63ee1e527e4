"""Overwrite the instructor's notebook, and the release, by one whose tests are empty.

Against: no submission changes the tests.
"""
# stock: would harm the course it runs in

# %% after imports
import os
import shutil

for path in ("@COURSE@/source/hw4/convolution.ipynb", "@COURSE@/release/hw4/convolution.ipynb"):
    for attempt in (
        lambda: open(path, "w").write("{}"),
        lambda: shutil.copy("convolution.ipynb", path),
        lambda: os.replace("convolution.ipynb", path),
        lambda: os.link(path, "mine.ipynb"),
        lambda: os.symlink(path, "mine.ipynb"),
        lambda: os.chmod(path, 0o666),
    ):
        try:
            attempt()
        except OSError as error:
            print(error.strerror)
print("LOOT") if os.path.exists("mine.ipynb") else None
