"""Hand in a notebook that takes far more memory to read than it takes to write.

Against: no submission stops another.
"""
# student: blank
# stock: would harm the grading host: gigabytes of memory

# %% by hand
end = '[]], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
(folder / "convolution.ipynb").write_text('{"cells": [' + "[{}]," * 8_000_000 + end)
