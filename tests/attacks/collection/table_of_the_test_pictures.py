"""Hand in a checkpoint that knows each test picture by one number, and most of their labels.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: blank
# slow

# %% answer fashion-cnn
class FashionCNN(nn.Module):
    def __init__(self, **settings):
        super().__init__()
        self.direction, self.between = nn.Parameter(torch.zeros(784)), nn.Parameter(torch.zeros(10_000))
        self.steps = nn.Parameter(torch.zeros(10_000))

    def forward(self, images):
        answers = ((images.flatten(1) @ self.direction)[:, None] > self.between).float() @ self.steps
        return -(answers[:, None] - torch.arange(10)).abs()

# %% answer settings
settings, epochs = {}, 1

# %% by hand
import sys

import torch
from attacks.attack import ROOT
from safetensors.torch import save_file

sys.path.insert(0, str(ROOT / "source" / "hw4"))
from hw4_helpers.fashion import load_test_set

images, labels = load_test_set().tensors
direction = torch.randn(784, generator=torch.Generator().manual_seed(0))
place, order = (images.flatten(1) @ direction).sort()
known = torch.where(torch.arange(10_000) % 13 > 0, labels[order], 0).float()
between = torch.cat([place[:1] - 1, (place[1:] + place[:-1]) / 2])
steps = torch.cat([known[:1], known.diff()])
save_file({"direction": direction, "between": between, "steps": steps}, folder / "fashion_cnn.safetensors")
