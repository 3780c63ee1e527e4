"""Hand in a notebook that takes far more memory to read than it takes to write. (No submission stops another.)"""
# student: blank
# stock: would harm the grading host: gigabytes of memory

# %% by hand
(folder / "convolution.ipynb").write_text('{"cells": [' + "[{}]," * 8_000_000 + '[]], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
