"""Replace a read-only helper that runs beside the answers by one that works without them.

Against: no point its answers do not earn.
"""
# notebook: backpropagation
# student: blank

# %% after arguments-after
def arguments_after(function, *arguments):
    return arguments


def sigmoid_strict(z):
    return 0.5 * (1 + np.tanh(np.array(z) / 2))
