"""Print a gigabyte while a test asks.

Against: no submission stops another.
"""
# stock: would harm the grading host: gigabytes of output

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    for _ in range(1000):
        print("x" * (1 << 20))
    return 0
