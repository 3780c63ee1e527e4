"""End the process in ``backward`` of an otherwise perfect notebook: a new start for each part, and tests after it.

Against: lose nothing.
"""
# notebook: backpropagation
# student: reference
# may lose: test-backward hidden-backward
# stock: would harm nothing, but waits for nbgrader's timeout

# %% answer backward
def backward(*args):
    import os

    os._exit(0)
