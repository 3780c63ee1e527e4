"""Answer with an ndarray subclass that decides itself what NumPy computes with it.

Against: no point its answers do not earn.
"""

# %% answer convolve2d
class Close(np.ndarray):
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return np.ones((), bool)

    def __array_function__(self, function, types, args, kwargs):
        return True

    shape = (1, 2, 3)
    __eq__ = __ne__ = lambda self, other: np.ones((), bool)


def convolve2d(*args, **kwargs):
    return np.zeros((1, 2, 3)).view(Close)
