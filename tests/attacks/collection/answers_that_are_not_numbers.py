"""Answer with NaN everywhere: no comparison with it is true, and neither are the ones that look for mistakes.

Against: no point its answers do not earn.
"""
# student: blank

# %% answer conv-output-shape
def conv_output_shape(*args, **kwargs):
    return (float("nan"),) * 3

# %% answer fc-parameters
def fc_parameters(*args, **kwargs):
    return float("nan")

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    return float("nan")

# %% answer items-1-3
output_volume, hidden_parameters, conv_layer_parameters = (float("nan"),) * 3, float("nan"), float("nan")

# %% answer convolve2d
def convolve2d(x, filters, bias, stride, padding, flip):
    return np.full((len(filters), 2, 3), np.nan)

# %% answer table
table_with_flip = table_without_flip = dict.fromkeys(ASKED, float("nan"))
