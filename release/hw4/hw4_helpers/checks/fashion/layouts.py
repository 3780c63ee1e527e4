"""Which network computes these logits: the table's, or one with a usual mistake in it?

The parameters of a network are known by their shapes. What is computed from them can be
tried out: the layers of the table, and the same with one thing different.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

FILTERS = ((1, 16), (16, 32))


@dataclass(frozen=True)
class Layout:
    """How a network computes; by default as the table says.

    ``norms``: where the batch normalisation of each block stands; ``order`` of channels, rows and columns of the
    maps where they become one row of numbers: any is right.
    """

    activations: tuple[str, str] = ("relu", "relu")
    pooling: str = "max"
    norms: tuple[str, str] = ("before ReLU", "before ReLU")
    order: tuple[int, int, int] = (0, 1, 2)
    last: str = ""
    first: str = ""


def size_after(pool: tuple[int, int, int]) -> int:
    """Rows and columns that two poolings leave of 28."""
    import torch

    maps = torch.zeros(1, 1, 28, 28)
    for _ in range(2):
        maps = torch.nn.functional.max_pool2d(maps, *pool)
    return maps.shape[-1]


def layers_of(state: dict, pool: tuple[int, int, int]) -> dict | None:
    """The table's layers in a state, by their shapes: two convolutions, their batch normalisations, the last one.

    None if one of them is not there.
    """
    norms = [name.removesuffix("running_mean") for name in state if name.endswith("running_mean")]
    by_shape = {tuple(v.shape): v for name, v in state.items() if not norms or not name.startswith(tuple(norms))}
    by_filters = {len(state[layer + "running_mean"]): layer for layer in norms}
    dense = (10, 32 * size_after(pool) ** 2)
    wanted = [shape for c, f in FILTERS for shape in ((f, c, 5, 5), (f,))] + [dense, (10,)]
    if any(shape not in by_shape for shape in wanted):
        return None
    kinds = ("running_mean", "running_var", "weight", "bias")
    return {
        "convolutions": [(by_shape[f, c, 5, 5], by_shape[f,]) for c, f in FILTERS],
        "norms": [[state[by_filters[f] + kind] for kind in kinds] if f in by_filters else None for _, f in FILTERS],
        "dense": (by_shape[dense], by_shape[10,]),
    }


def logits_of(layers: dict, images, pool: tuple[int, int, int], layout: Layout = Layout(), training: bool = False):
    """What a network with this layout makes of images, float32 (N, 10)."""
    import torch
    import torch.nn.functional as F

    activations = {
        "relu": F.relu, "": lambda maps: maps, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
        "leaky": F.leaky_relu, "gelu": F.gelu, "elu": F.elu,
    }  # fmt: skip
    firsts = {"": lambda x: x, "scaled": lambda x: (x - 0.2860) / 0.3530, "divided": lambda x: x / 255}
    lasts = {"": lambda x: x, "relu": F.relu, "softmax": lambda x: x.softmax(1), "log": lambda x: x.log_softmax(1)}

    def normalised(maps, place: str, wanted: str, norm):
        if norm is None or place != wanted:
            return maps
        return F.batch_norm(maps, norm[0].clone(), norm[1].clone(), norm[2], norm[3], training)

    pooled = F.max_pool2d if layout.pooling == "max" else F.avg_pool2d
    maps = firsts[layout.first](images)
    for (weight, bias), norm, place, activation in zip(
        layers["convolutions"], layers["norms"], layout.norms, layout.activations, strict=True
    ):
        maps = F.conv2d(maps, weight, bias, padding=2)
        maps = activations[activation](normalised(maps, place, "before ReLU", norm))
        maps = pooled(normalised(maps, place, "after ReLU", norm), *pool)
        maps = normalised(maps, place, "after pooling", norm)
    flat = maps.permute(0, *(axis + 1 for axis in layout.order)).flatten(1)
    return lasts[layout.last](F.linear(flat, *layers["dense"]))


def recognised(layers: dict, images, logits, pool: tuple[int, int, int]) -> Layout | None:
    """The layout, apart from batch normalisation, that gives these logits; None if no known one does."""
    return next((each for each in _layouts() if alike(logits_of(layers, images, pool, each), logits)), None)


def recognised_norms(layers: dict, images, logits, pool: tuple[int, int, int], layout: Layout) -> Layout | None:
    """The layout with the places of batch normalisation that give these logits; None if no known ones do."""
    places = ("before ReLU", "after ReLU", "after pooling", "never")
    tried = (replace(layout, norms=(first, second)) for first in places for second in places)
    return next((each for each in tried if alike(logits_of(layers, images, pool, each), logits)), None)


def likeness(layers: dict, images, logits, pool: tuple[int, int, int]) -> float:
    """How much of what the table's layers compute shows in the logits, 0 to 1, whatever else is wrong with them.

    Compared is how the images differ, and not what all of them or all classes of one have in common.
    """
    want = logits_of(layers, images, pool, recognised(layers, images, logits, pool) or Layout())
    got, want = (
        x.double() - x.double().mean(0) - x.double().mean(1, keepdim=True) + x.double().mean() for x in (logits, want)
    )
    return float((got * want).sum() / (got.norm() * want.norm()))


def alike(got, want) -> bool:
    """Whether two networks' logits are the same but for rounding."""
    return tuple(got.shape) == tuple(want.shape) and np.allclose(got.numpy(), want.numpy(), rtol=1e-3, atol=1e-4)


def _layouts() -> Iterator[Layout]:
    """The table's, in any order of flattening; then those with one thing different."""
    orders = ((0, 1, 2), (1, 2, 0), (0, 2, 1), (2, 1, 0), (1, 0, 2), (2, 0, 1))
    yield from (Layout(order=order) for order in orders)
    for order in orders[:2]:
        plain = Layout(order=order)
        others = ("", "sigmoid", "tanh", "leaky", "gelu", "elu")
        yield from (replace(plain, activations=(other, other)) for other in others)
        yield from (replace(plain, activations=pair) for pair in (("relu", ""), ("", "relu")))
        yield replace(plain, pooling="average")
        yield from (replace(plain, last=last) for last in ("relu", "softmax", "log"))
        yield from (replace(plain, first=first) for first in ("scaled", "divided"))
