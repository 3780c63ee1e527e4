"""Answer with nothing at all: tests that loop over an answer would have nothing to check.

Against: no point its answers do not earn.
"""
# student: blank

# %% answer conv-output-shape
def conv_output_shape(*args, **kwargs):
    return ()

# %% answer fc-parameters
def fc_parameters(*args, **kwargs):
    return np.array([])

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    return []

# %% answer items-1-3
output_volume, hidden_parameters, conv_layer_parameters = "   ", np.array([], int), np.array([], int)

# %% answer convolve2d
def convolve2d(*args, **kwargs):
    return np.zeros((0, 0, 0))

# %% answer table
table_with_flip = table_without_flip = {}
