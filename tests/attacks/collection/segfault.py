"""Read address 0 in an answer and in a cell, and abort in another.

Against: no notebook loses a point because of another cell.
"""
# stock: would harm nothing, but waits for nbgrader's timeout

# %% after conv-output-shape
import ctypes

ctypes.string_at(0)

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import os

    os.abort()
