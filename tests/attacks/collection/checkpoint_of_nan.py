"""Hand in a checkpoint full of NaN, whose every comparison is false.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: half-done
# may lose: test-checkpoint
# slow

# %% by hand
import torch
from safetensors.torch import load_file, save_file

shapes = {"conv1.weight": (16, 1, 5, 5)}
save_file({name: torch.full(shape, float("nan")) for name, shape in shapes.items()}, folder / "fashion_cnn.safetensors")
