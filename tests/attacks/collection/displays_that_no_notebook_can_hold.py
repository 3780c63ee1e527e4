"""Display what nbformat forbids: numbers as text, wrong types, empty names, deep metadata.

Against: no submission stops another.
"""

# %% after conv-output-shape
from IPython.display import display

deep = {}
for _ in range(400):
    deep = {"d": deep}
display({"text/plain": 5, "image/png": {"a": 1}, "": [None], "application/json": deep}, raw=True)
display({"text/html": ["a", 1]}, metadata={"x": deep}, raw=True)
display({"text/plain": float("nan")}, raw=True)
