"""Announce a frame of four gigabytes, and then one that never comes.

Against: no submission stops another.
"""
# stock: there is no such channel

# %% after conv-output-shape
import os
import time

os.write(3, b"\xff\xff\xff\xff")
time.sleep(20)

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import os
    import time

    os.write(3, (1 << 20).to_bytes(4, "big"))
    time.sleep(20)
