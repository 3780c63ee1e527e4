# %% conv-output-shape
def conv_output_shape(height, width, kernel, stride, padding, filters):
    if kernel > min(height, width) + 2 * padding:
        raise ValueError("kernel too large")
    H = (height + 2 * padding - kernel) // stride + 1
    W = (width + 2 * padding - kernel) // stride + 1
    return H, W, filters


# %% fc-parameters
def fc_parameters(in_shape, out_shape, bias=True):
    inputs, outputs = int(np.prod(in_shape)), int(np.prod(out_shape))
    return inputs * outputs + (outputs if bias else 0)


# %% items-1-3
output_volume = conv_output_shape(98, 98, 6, 4, 2, 64)
hidden_parameters = fc_parameters((99, 99, 3), (50, 50, 6))
conv_layer_parameters = None  # not yet

# %% item-5 [markdown]
# 1. Weight sharing: the same small filter is used everywhere, so there are far fewer parameters.
# 2. (to do)
