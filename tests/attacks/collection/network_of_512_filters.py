"""Train a network of 512 filters, and hand it in as the baseline.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: half-done
# may lose: test-fashion-cnn hidden-fashion-cnn
# slow

# %% answer fashion-cnn
class FashionCNN(nn.Module):
    def __init__(self, batch_norm=False, dropout=0.1, pool=(2, 2, 0)):
        super().__init__()
        self.one, self.two, self.three = nn.Conv2d(1, 16, 5, padding=2), nn.Conv2d(16, 512, 5, padding=2), nn.Linear(25_088, 10)

    def forward(self, images):
        maps = F.max_pool2d(F.relu(self.one(images)), 2)
        return self.three(F.max_pool2d(F.relu(self.two(maps)), 2).flatten(1))

# %% by hand
# A trained network, among filters that are zero: no time is lost with training.
import torch
from build import HERE
from safetensors.torch import load_file, save_file

trained = load_file(HERE / "report" / "hw4" / "fashion_cnn.safetensors")
sizes = {"two.weight": (512, 16, 5, 5), "two.bias": (512,), "three.weight": (10, 25_088), "three.bias": (10,)}
state = {name: torch.zeros(size) for name, size in sizes.items()}
state |= {"one.weight": trained["conv1.weight"], "one.bias": trained["conv1.bias"], "three.bias": trained["fc.bias"]}
state["two.weight"][:32], state["two.bias"][:32] = trained["conv2.weight"], trained["conv2.bias"]
state["three.weight"][:, :1568] = trained["fc.weight"]
save_file(state, folder / "fashion_cnn.safetensors")
