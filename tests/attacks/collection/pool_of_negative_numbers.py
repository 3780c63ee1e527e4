"""Give settings whose pool goes backwards, and a checkpoint of the size that the arithmetic of that makes.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% answer settings
settings, epochs = {"pool": (-2, -1, -14), "dropout": -1.0}, -4

# %% by hand
import torch
from safetensors.torch import save_file

size = 28
for _ in range(2):
    size = (size + 2 * -14 - -2) // -1 + 1
sizes = {"conv1.weight": (16, 1, 5, 5), "conv1.bias": (16,), "conv2.weight": (32, 16, 5, 5), "conv2.bias": (32,)}
sizes |= {"fc.weight": (10, 32 * size**2), "fc.bias": (10,)}
save_file({name: torch.rand(shape) for name, shape in sizes.items()}, folder / "fashion_cnn.safetensors")
