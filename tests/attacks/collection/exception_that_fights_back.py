"""Raise exceptions whose text, type and traceback cannot be asked for, or end whoever asks.

Against: no submission stops another.
"""

# %% after conv-output-shape
class Hostile(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__
    __cause__ = property(__str__)
    __notes__ = property(__str__)


raise Hostile

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    raise Hostile

# %% answer convolve2d
def convolve2d(*args, **kwargs):
    error = ValueError()
    error.__cause__ = error.__context__ = error
    raise error
