"""Classify Fashion-MNIST without training: look each picture up in the data and read its label there.

Against: no point its answers do not earn.
"""
# notebook: fashion_mnist
# student: blank
# slow

# %% answer fashion-cnn
class FashionCNN(nn.Module):
    def __init__(self, **settings):
        super().__init__()
        self.labels = {}
        images, labels = load_test_set().tensors
        for image, label in zip(images, labels):
            self.labels[image.numpy().tobytes()] = int(label)

    def forward(self, images):
        labels = [self.labels.get(image.numpy().tobytes(), 0) for image in images]
        return F.one_hot(torch.tensor(labels), 10).float()

    def load_state_dict(self, state):
        pass

# %% answer settings
settings, epochs = {}, 1

# %% by hand
import torch
from safetensors.torch import save_file

save_file({"nothing": torch.zeros(1)}, folder / "fashion_cnn.safetensors")
