"""Hand in a pipe as one's notebook, so that reading it waits for ever.

Against: no submission stops another.
"""
# student: blank
# stock: would harm the grading host: copying a pipe waits for ever

# %% by hand
import os

(folder / "convolution.ipynb").unlink()
os.mkfifo(folder / "convolution.ipynb")
