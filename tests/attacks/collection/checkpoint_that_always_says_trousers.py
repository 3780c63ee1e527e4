"""Hand in a network whose numbers are zeros, but for one: it gives every picture the same class.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: half-done
# slow

# %% by hand
import torch
from safetensors.torch import save_file

shapes = {"features.0.weight": (16, 1, 5, 5), "features.0.bias": (16,), "output.weight": (10, 1568)}
shapes |= {"features.3.weight": (32, 16, 5, 5), "features.3.bias": (32,)}
state = {name: torch.zeros(shape) for name, shape in shapes.items()} | {"output.bias": torch.eye(10)[1].contiguous()}
save_file(state, folder / "fashion_cnn.safetensors")
