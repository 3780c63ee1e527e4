"""Hand in a notebook of a hundred thousand brackets, to overflow the reader's stack.

Against: no submission stops another.
"""
# student: blank

# %% by hand
(folder / "convolution.ipynb").write_text("[" * 100_000 + "]" * 100_000)
