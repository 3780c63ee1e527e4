"""Stop one's own process, so that it neither runs nor ends.

Against: no submission slows without bound.
"""
# stock: would harm the grading host: leaves stopped processes

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import os
    import signal

    os.kill(os.getpid(), signal.SIGSTOP)
