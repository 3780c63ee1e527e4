# %% conv-output-shape
def conv_output_shape(height, width, kernel, stride, padding, filters):
    if kernel > height + 2 * padding or kernel > width + 2 * padding:
        raise ValueError("the kernel is larger than the padded input")
    return (
        (height + 2 * padding - kernel) // stride + 1,
        (width + 2 * padding - kernel) // stride + 1,
        filters,
    )


# %% fc-parameters
def fc_parameters(in_shape, out_shape, bias=True):
    n_in = 1
    for n in in_shape:
        n_in *= n
    n_out = 1
    for n in out_shape:
        n_out *= n
    return (n_in + 1) * n_out if bias else n_in * n_out


# %% conv-parameters
def conv_parameters(in_channels, kernel, filters, bias=True):
    return (kernel * kernel * in_channels + (1 if bias else 0)) * filters


# %% items-1-3
output_volume = (25, 25, 64)
hidden_parameters = 441060000
conv_layer_parameters = 168

# %% convolve2d
def convolve2d(x, filters, bias, stride, padding, flip):
    C, H, W = x.shape
    K, _, kh, kw = filters.shape
    padded = np.zeros((C, H + 2 * padding, W + 2 * padding))
    padded[:, padding : padding + H, padding : padding + W] = x
    kernels = np.flip(filters, axis=(2, 3)) if flip else filters
    out_h = (H + 2 * padding - kh) // stride + 1
    out_w = (W + 2 * padding - kw) // stride + 1
    out = np.zeros((K, out_h, out_w))
    for k in range(K):
        for i in range(out_h):
            for j in range(out_w):
                window = padded[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
                out[k, i, j] = (window * kernels[k]).sum() + bias[k]
    return out


# %% table
table_with_flip = {(1, 1, 1): -13, (1, 1, 2): 44, (1, 2, 1): 18, (2, 1, 1): 0}
table_without_flip = {(1, 1, 1): 9, (1, 1, 2): 21, (1, 2, 1): -10, (2, 1, 1): -10}

# %% item-5 [markdown]
# A CNN has fewer parameters, and it uses the relations between neighbouring pixels.
