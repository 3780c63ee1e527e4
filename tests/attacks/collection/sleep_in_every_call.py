"""Sleep almost as long as a call may take, in every call.

Against: no submission slows without bound.
"""
# stock: waits for minutes

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import time

    time.sleep(2.5)
    return 204
