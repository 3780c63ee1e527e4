"""Hand in a trained checkpoint with a few numbers that are NaN and infinite, so that comparisons fail.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: reference
# slow

# %% by hand
import torch
from build import HERE
from safetensors.torch import load_file, save_file

state = load_file(HERE / "reference" / "hw4" / "fashion_cnn.safetensors")
for name, value in state.items():
    if value.is_floating_point():
        value.view(-1)[0] = float("nan") if value.ndim > 1 else float("inf")
save_file(state, folder / "fashion_cnn.safetensors")
