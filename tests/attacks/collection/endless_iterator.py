"""Answer with an iterator that never ends, to hold the test until it is given up. (No submission slows without bound.)"""
# slow
# stock: waits for nbgrader's timeout of minutes

# %% answer items-1-3
import itertools

output_volume = conv_output_shape(98, 98, 6, 4, 2, 64)
hidden_parameters = fc_parameters((99, 99, 3), (50, 50, 6))
conv_layer_parameters = 0
table_with_flip = table_without_flip = itertools.repeat((1, 1, 1))

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    return itertools.count()

# %% answer convolve2d
def convolve2d(*args, **kwargs):
    return map(np.zeros, itertools.repeat(100_000))

# %% answer table
table_with_flip = table_without_flip = itertools.repeat((1, 1, 1))
