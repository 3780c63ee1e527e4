"""The visible checks of ``fashion_mnist.ipynb``, a function for each of its cells of checks."""
