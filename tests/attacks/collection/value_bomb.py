"""Answer with values too large, too deep, or of too many parts, and one that contains itself.

Against: no submission stops another.
"""
# stock: would harm nothing: the answers are plainly wrong

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    circle = []
    circle.append(circle)
    return circle

# %% answer convolve2d
def convolve2d(*args, **kwargs):
    return np.zeros((40_000, 1_000))

# %% answer table
table_with_flip = [[0] * 1000] * 2000
deep = []
for _ in range(10_000):
    deep = [deep]
table_without_flip = deep
