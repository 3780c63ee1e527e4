"""Raise what ends loops and processes silently: StopIteration, GeneratorExit, SystemExit, KeyboardInterrupt.

Against: no output is not a pass.
"""
# student: blank

# %% answer conv-output-shape
def conv_output_shape(*args, **kwargs):
    raise StopIteration

# %% answer fc-parameters
def fc_parameters(*args, **kwargs):
    raise SystemExit(0)

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    raise KeyboardInterrupt

# %% answer convolve2d
def convolve2d(*args, **kwargs):
    raise GeneratorExit
