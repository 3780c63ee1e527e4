"""Give settings whose pool needs gigabytes, or a kernel that nobody can count through.

Against: no submission slows without bound.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% answer settings
settings, epochs = {"pool": (10**9, 1, 5 * 10**8), "dropout": 10**400, "batch_norm": [[]] * 10_000}, 10**400

# %% by hand
import torch
from safetensors.torch import save_file

sizes = {"conv1.weight": (16, 1, 5, 5), "conv1.bias": (16,), "conv2.weight": (32, 16, 5, 5), "conv2.bias": (32,)}
sizes |= {"fc.weight": (10, 32 * 30**2), "fc.bias": (10,)}
save_file({name: torch.rand(shape) for name, shape in sizes.items()}, folder / "fashion_cnn.safetensors")
