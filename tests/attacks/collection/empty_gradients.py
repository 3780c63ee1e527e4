"""Answer the backpropagation notebook with empty arrays and NaN: loops and comparisons over nothing.

Against: no point its answers do not earn.
"""
# notebook: backpropagation
# student: blank

# %% answer forward
def forward(*args):
    return {name: np.array([]) for name in ("z1", "a1", "z2", "p")}

# %% answer backward
def backward(*args):
    return {name: np.array([[]]) for name in ("dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1")}

# %% answer log-likelihood
def log_likelihood(y, p):
    return float("nan")

# %% answer numerical-gradient
def numerical_gradient(f, x, eps=1e-5):
    return np.full(np.shape(x), np.nan)

# %% answer sigmoid
def sigmoid(z):
    return np.full(np.shape(z), np.nan)
