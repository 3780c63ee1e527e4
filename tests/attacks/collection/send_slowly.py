"""Send an answer one byte at a time, always just in time.

Against: no submission slows without bound.
"""
# stock: there is no such channel

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import os
    import time

    os.write(3, (1 << 20).to_bytes(4, "big"))
    while True:
        os.write(3, b"\x80")
        time.sleep(0.05)
