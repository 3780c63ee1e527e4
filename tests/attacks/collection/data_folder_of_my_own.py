"""Hand in a data folder with ten thousand empty pictures of one class, which the tests would find first.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: blank
# slow

# %% answer fashion-cnn
class FashionCNN(nn.Module):
    def __init__(self, **settings):
        super().__init__()
        self.layer = nn.Linear(784, 10)

    def forward(self, images):
        return self.layer(images.flatten(1))

# %% answer settings
settings, epochs = {}, 1

# %% by hand
import struct

import torch
from safetensors.torch import save_file

weights = {"layer.weight": torch.zeros(10, 784), "layer.bias": torch.eye(10)[0].contiguous()}
save_file(weights, folder / "fashion_cnn.safetensors")
raw = folder / "data" / "FashionMNIST" / "raw"
raw.mkdir(parents=True)
(raw / "t10k-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 2051, 10_000, 28, 28) + bytes(10_000 * 784))
(raw / "t10k-labels-idx1-ubyte").write_bytes(struct.pack(">II", 2049, 10_000) + bytes(10_000))
for kind in ("images-idx3", "labels-idx1"):
    (raw / f"train-{kind}-ubyte").write_bytes(bytes(16))
