"""Hand in, as one's notebook, a link to the instructor's, with all the solutions in it.

Against: no point its answers do not earn.
"""
# student: blank

# %% by hand
path = folder / "convolution.ipynb"
path.unlink()
path.symlink_to("@COURSE@/source/hw4/convolution.ipynb")
