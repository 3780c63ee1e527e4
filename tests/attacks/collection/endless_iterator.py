"""Answer with iterators that never end, of small things and of large ones, to hold the test until it is given up.

Against: no submission slows without bound.
"""
# slow
# stock: waits for nbgrader's timeout of minutes

# %% answer conv-parameters
import itertools


def conv_parameters(*args, **kwargs):
    return itertools.count()

# %% answer table
table_with_flip = itertools.repeat((1, 1, 1))
table_without_flip = map(np.zeros, itertools.repeat(100_000))
