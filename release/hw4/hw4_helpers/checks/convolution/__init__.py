"""The visible checks of ``convolution.ipynb``, a function for each of its cells of checks."""
