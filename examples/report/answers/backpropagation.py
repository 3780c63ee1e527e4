# %% sigmoid
def sigmoid(z):
    z = np.asarray(z, dtype=float)
    return 0.5 * (1 + np.tanh(0.5 * z))


# %% derivation [markdown]
# One example. Given: σ′ = σ(1 − σ), tanh′ = 1 − tanh².
#
# ∂L/∂p = y/p − (1 − y)/(1 − p), and ∂p/∂z2 = p(1 − p), so
#
# ∂L/∂z2 = (y/p − (1 − y)/(1 − p)) · p(1 − p) = y(1 − p) − (1 − y)p = y − p.
#
# ∂L/∂W2 = (y − p) · a1
#
# ∂L/∂b2 = y − p
#
# ∂L/∂a1 = (y − p) · W2, ∂a1/∂z1 = 1 − a1²
#
# ∂L/∂W1 = (y − p) · W2 · (1 − a1²) · x
#
# ∂L/∂b1 = (y − p) · W2 · (1 − a1²)


# %% step-dl-dp
def dL_dp(y, p):
    return y / p - (1 - y) / (1 - p)


# %% step-dp-dz2
def dp_dz2(p):
    return p * (1 - p)


# %% step-dl-dz2
def dL_dz2(y, p):
    return y - p


# %% step-dz2-da1
def dz2_da1(w2):
    return w2


# %% step-da1-dz1
def da1_dz1(a1):
    return 1 - a1 * a1


# %% forward
def forward(X, W1, b1, W2, b2):
    z1 = np.dot(X, W1) + b1
    a1 = np.tanh(z1)
    z2 = np.dot(a1, W2) + b2
    return dict(z1=z1, a1=a1, z2=z2, p=sigmoid(z2))


# %% log-likelihood
def log_likelihood(y, p):
    p = np.clip(p, 1e-12, 1 - 1e-12)
    return float((y * np.log(p) + (1 - y) * np.log(1 - p)).sum())


# %% numerical-gradient
def numerical_gradient(f, x, eps=1e-5):
    x = np.asarray(x, dtype=float)
    gradient = np.zeros(x.shape)
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = eps
        step = step.reshape(x.shape)
        gradient.flat[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return gradient


# %% backward
def backward(X, y, W1, b1, W2, b2):
    values = forward(X, W1, b1, W2, b2)
    a1, p = values["a1"], values["p"]
    dz2 = y - p
    da1 = dz2.dot(W2.T)
    dz1 = da1 * (1 - a1**2)
    return dict(
        dz2=dz2,
        dW2=a1.T.dot(dz2),
        db2=dz2.sum(axis=0, keepdims=True),
        da1=da1,
        dz1=dz1,
        dW1=X.T.dot(dz1),
        db1=dz1.sum(axis=0, keepdims=True),
    )
