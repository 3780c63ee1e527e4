"""The visible checks of ``backpropagation.ipynb``, a function for each of its cells of checks."""
