# %% sigmoid
def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# %% derivation [markdown]
# dL/dz2 = p − y, then the chain rule: dW2 = (p − y) · a1 and dW1 = (p − y) · W2 · x.


# %% step-dl-dp
def dL_dp(y, p):
    return -(y / p - (1 - y) / (1 - p))


# %% step-dp-dz2
def dp_dz2(p):
    return p * (1 - p)


# %% step-dl-dz2
def dL_dz2(y, p):
    return (y - p) * p * (1 - p)


# %% step-dz2-da1
def dz2_da1(w2):
    return w2


# %% step-da1-dz1
def da1_dz1(a1):
    return 1 - np.tanh(a1) ** 2


# %% forward
def forward(X, W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    return {"z1": z1, "a1": a1, "z2": z2, "p": sigmoid(z2)}


# %% log-likelihood
def log_likelihood(y, p):
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


# %% numerical-gradient
def numerical_gradient(f, x, eps=1e-5):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        moved = x.copy()
        moved[index] += eps
        gradient[index] = (f(moved) - f(x)) / eps
    return gradient


# %% backward
def backward(X, y, W1, b1, W2, b2):
    steps = forward(X, W1, b1, W2, b2)
    dz2 = y - steps["p"]
    dW2 = steps["a1"].T @ dz2 / len(X)  # mean instead of sum
    db2 = dz2  # not summed over the batch
    da1 = dz2 @ W2.T
    dz1 = da1  # tanh' forgotten
    dW1 = (X.T @ dz1).T  # transposed
    db1 = dz1.sum(axis=0)  # an axis lost
    return {"dz2": dz2, "dW2": dW2, "db2": db2, "da1": da1, "dz1": dz1, "dW1": dW1, "db1": db1}
