# %% sigmoid
def sigmoid(z):
    z = np.asarray(z, dtype=np.float64)
    e = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + e), e / (1 + e))


# %% step-dl-dp
def dL_dp(y, p):
    return y / p - (1 - y) / (1 - p)


# %% step-dp-dz2
def dp_dz2(p):
    return p * (1 - p)


# %% step-dl-dz2
def dL_dz2(y, p):
    return y - p


# %% forward
def forward(X, W1, b1, W2, b2):
    z1 = X @ W1 + b1
    a1 = np.tanh(z1)
    z2 = a1 @ W2 + b2
    return {"z1": z1, "a1": a1, "z2": z2, "p": sigmoid(z2)}


# %% backward
def backward(X, y, W1, b1, W2, b2):
    steps = forward(X, W1, b1, W2, b2)
    dz2 = y - steps["p"]
    dW2 = steps["a1"].T @ dz2
    db2 = dz2.sum(axis=0, keepdims=True)
    da1 = dz2 @ W2.T
    # the rest tomorrow
    return {"dz2": dz2, "dW2": dW2, "db2": db2, "da1": da1}
