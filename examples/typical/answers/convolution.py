# %% conv-output-shape
def conv_output_shape(height, width, kernel, stride, padding, filters):
    # padding counted once, rounded up
    H = int(np.ceil((height + padding - kernel) / stride)) + 1
    W = int(np.ceil((width + padding - kernel) / stride)) + 1
    return H, W, filters


# %% fc-parameters
def fc_parameters(in_shape, out_shape, bias=True):
    return int(np.prod(in_shape) * np.prod(out_shape))  # biases forgotten


# %% conv-parameters
def conv_parameters(in_channels, kernel, filters, bias=True):
    return kernel * kernel * filters + filters * bias  # channels forgotten


# %% items-1-3
output_volume = conv_output_shape(98, 98, 6, 4, 2, 64)
hidden_parameters = fc_parameters((99, 99, 3), (50, 50, 6))
conv_layer_parameters = conv_parameters(3, 3, 6)

# %% convolve2d
def convolve2d(x, filters, bias, stride, padding, flip):
    # what F.conv2d does: flip ignored
    C, H, W = x.shape
    K, _, kh, kw = filters.shape
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
    out = np.zeros((K, (H + 2 * padding - kh) // stride + 1, (W + 2 * padding - kw) // stride + 1))
    for k in range(K):
        for i in range(out.shape[1]):
            for j in range(out.shape[2]):
                window = x[:, i * stride : i * stride + kh, j * stride : j * stride + kw]
                out[k, i, j] = np.sum(window * filters[k]) + bias[k]
    return out


# %% table
maps = convolve2d(image, two_filters, np.zeros(2), 1, 0, False)
table_with_flip = {(r, c, k): int(maps[k - 1, c - 1, r - 1]) for r, c, k in ASKED}  # rows and columns swapped
table_without_flip = {(r, c, k): int(maps[k - 1, c - 1, r - 1]) for r, c, k in ASKED}

# %% item-5 [markdown]
# CNNs are more modern and more accurate. They are also faster.
