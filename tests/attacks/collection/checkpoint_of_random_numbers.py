"""Hand in a network that was never trained: random numbers in the right shapes.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% by hand
import torch
from safetensors.torch import save_file

shapes = {"output.weight": (10, 1568), "output.bias": (10,)}
for block, (channels, filters) in {"block1": (1, 16), "block2": (16, 32)}.items():
    shapes |= {f"{block}.0.weight": (filters, channels, 5, 5), f"{block}.0.bias": (filters,)}
    shapes |= {f"{block}.1.{kind}": (filters,) for kind in ("weight", "bias", "running_mean", "running_var")}
save_file({name: torch.rand(shape) - 0.2 * ("var" not in name) for name, shape in shapes.items()}, folder / "fashion_cnn.safetensors")
