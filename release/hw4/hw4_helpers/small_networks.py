"""Small random inputs, and small networks whose right answers are known: what the checks try your functions on."""

import math

import numpy as np


def draw_images(rng, n: int, size: int = 28):
    """Random images, float32 (n, 1, size, size), from a NumPy generator."""
    import torch

    return torch.from_numpy(rng.normal(size=(n, 1, size, size)).astype(np.float32))


def draw_labels(rng, n: int):
    """Random labels, int64 (n,), 0 to 9."""
    import torch

    return torch.from_numpy(rng.integers(10, size=n))


def draw_clusters(rng, n: int, centres):
    """``n`` noisy copies of ten centres, float32 (n, 1, 6, 6), and which centre each one copies."""
    labels = draw_labels(rng, n)
    return centres[labels] + 0.3 * draw_images(rng, n, size=6), labels


def small_weights(rng, pixels: int = 36, batch_norm: bool = False, scale: float = 1.0) -> dict:
    """Random weights of a network pixels -> 16 -> 10, as a dictionary of float32 tensors."""
    import torch

    shapes = {"hidden.weight": (16, pixels), "hidden.bias": (16,), "output.weight": (10, 16), "output.bias": (10,)}
    draw = {name: scale * rng.normal(size=shape) / math.sqrt(shape[-1]) for name, shape in shapes.items()}
    weights = {name: torch.from_numpy(value.astype(np.float32)) for name, value in draw.items()}
    if batch_norm:
        weights |= {"norm.weight": torch.ones(16), "norm.bias": torch.zeros(16)}
        weights |= {"norm.running_mean": torch.zeros(16), "norm.running_var": torch.ones(16)}
        weights |= {"norm.num_batches_tracked": torch.tensor(0)}
    return weights


def small_net(weights: dict, dropout: float = 0.0):
    """A network with two fully connected layers and these weights; dropout before the second."""
    from torch import nn

    net = nn.Sequential()
    net.add_module("flatten", nn.Flatten())
    net.add_module("hidden", nn.Linear(weights["hidden.weight"].shape[1], 16))
    net.add_module("norm", nn.BatchNorm1d(16) if "norm.weight" in weights else nn.Identity())
    net.add_module("relu", nn.ReLU())
    net.add_module("dropout", nn.Dropout(dropout))
    net.add_module("output", nn.Linear(16, 10))
    net.load_state_dict(weights)
    return net


def weights_of(net) -> dict:
    """A copy of the weights of a network, as a dictionary of tensors."""
    return {name: value.detach().clone() for name, value in net.state_dict().items()}
