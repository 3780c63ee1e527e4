"""Answer with code that overflows whoever parses it for the names it defines.

Against: no submission stops another.
"""

# %% by hand
answer = next(cell for cell in notebook["cells"] if cell["id"] == "conv-parameters")
answer["source"] = "def conv_parameters(*args):\n    return " + "-" * 200_000 + "1"
answer = next(cell for cell in notebook["cells"] if cell["id"] == "convolve2d")
answer["source"] = "def convolve2d(*args):\n    return a" + "[a" * 20_000 + "]" * 20_000
