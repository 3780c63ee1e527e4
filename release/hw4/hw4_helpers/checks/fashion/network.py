"""The visible check of ``FashionCNN``, and the mistakes that it knows; hidden tests try them on other inputs."""

import numpy as np

from hw4_helpers.checks.checking import attempt, hint, visible_check
from hw4_helpers.networks import count_parameters
from hw4_helpers.small_networks import draw_images

from .layouts import Layout, alike, layers_of, likeness, logits_of, recognised, recognised_norms, size_after

_POOL = (2, 2, 0)
_UNLIKE = "what the network answers has nothing to do with what the layers of the table make of these images"
_IN_TURN = "convolution, ReLU, max-pooling, the same again, and the fully connected layer"
_SIZES = (
    "With padding 2 the convolutions keep the size of the maps: compute with (size + 2·padding − kernel) // stride + 1, "
    "twice, what the two poolings leave of it for the last layer"
)


@visible_check
def check_fashion_cnn(FashionCNN):
    rng = np.random.default_rng(0)
    images = draw_images(rng, 4)
    model = FashionCNN()
    parameters = count_parameters(model)
    assert parameters == 28_938, (
        f"FashionCNN() has {parameters:,} parameters instead of 28,938. "
        "shape_trace(FashionCNN(), images) lists them by layer: compare with the table above."
    )
    assert layers_of(model.state_dict(), _POOL), (
        "The 28,938 parameters are not those of the two convolutions and the fully connected layer in the table: "
        f"they have the sizes {sorted(tuple(value.shape) for value in model.state_dict().values())}."
    )
    for pool in (_POOL, (3, 2, 1), (3, 3, 0)):
        with hint(_SIZES, RuntimeError, ValueError):
            model = FashionCNN(pool=pool)
            logits = answers(model, images, f"FashionCNN(pool={pool})(images)")
        assert tuple(logits.shape) == (4, 10), (
            f"with pool={pool}, 4 images give logits of shape {tuple(logits.shape)} instead of (4, 10)"
        )
    for rate in (0.5, 0.0, 0.2):
        told = dropout_mistake(FashionCNN, rate, rng)
        assert not told, told
    for pool in (_POOL, (3, 2, 1), (3, 3, 0)):
        told = network_mistake(FashionCNN, images, pool)
        assert not told, told
    told = norm_mistake(FashionCNN, rng)
    assert not told, told


def answers(model, images, call: str = "the network"):
    """A network's logits, without their graph; where it raises, a failed check that says at which line."""
    logits = attempt(call, model, images)
    assert hasattr(logits, "shape"), "forward returned no tensor: is there a return at the end?"
    return logits.detach()


def network_mistake(FashionCNN, images, pool: tuple[int, int, int]) -> str:
    """What is wrong with what a network without batch normalisation and dropout computes; "" if nothing is."""
    model = FashionCNN(batch_norm=False, dropout=0.0, pool=pool)
    if (layers := layers_of(model.state_dict(), pool)) is None:
        size = size_after(pool)
        return f"for pool={pool}, the last layer should have 32 maps of {size} by {size} as its inputs"
    logits = answers(model.eval(), images)
    if np.allclose(logits.sum(1).numpy(), 1, atol=1e-4):
        return (
            "Each row of the result sums to 1: these are probabilities. "
            "Leave the softmax out, F.cross_entropy applies it."
        )
    if np.allclose(logits.exp().sum(1).numpy(), 1, atol=1e-4):
        return "The result looks like log-probabilities. Leave log_softmax out, F.cross_entropy applies it."
    layout = recognised(layers, images, logits, pool)
    if layout is None and len(images) > 1:
        if np.allclose(logits.sum(0).numpy(), 1, atol=1e-4):
            return "The columns of the result sum to 1: this is a softmax over the batch. Leave it out."
        if logits.min() > 0 and logits.max() < 1:
            return "All results lie between 0 and 1. Leave the sigmoid out: logits may be any real numbers."
    if layout is None:
        if len(images) > 1 and alike(logits[1:], logits[:1].expand(len(images) - 1, 10)):
            return "Different images give the same logits: does forward use its argument?"
        return (
            "the logits are not what the layers of the table make of these images. "
            f"Compare forward with the table, row by row: {_IN_TURN}."
        )
    return _wrong_in(layout)


def norm_mistake(FashionCNN, rng) -> str:
    """What is wrong with batch normalisation, seen with random averages and scales; "" if nothing is."""
    images = draw_images(rng, 6) + draw_images(rng, 6, size=1)  # some brighter, some darker
    plain = FashionCNN(batch_norm=False, dropout=0.0)
    layers = layers_of(plain.state_dict(), _POOL)
    if layers is None:
        return "the layers have other sizes than those of the table"
    logits = answers(plain.eval(), images)
    layout = recognised(layers, images, logits, _POOL)
    model = FashionCNN(batch_norm=True, dropout=0.0)
    more = count_parameters(model) - count_parameters(plain)
    if more != 96:
        return (
            "batch_norm=True should add a scale and a shift for each of 16 + 32 filters, 96 parameters; "
            f"it adds {more}."
        )
    state = {name: _drawn(rng, name, value) for name, value in model.state_dict().items()}
    layers = layers_of(state, _POOL)
    if layers is None or None in layers["norms"]:
        return "batch_norm=True should make one nn.BatchNorm2d for 16 maps and one for 32, with their running averages"
    model.load_state_dict(state)
    logits = answers(model.eval(), images)
    if not alike(answers(model, images[:2]), logits[:2]):
        return "after model.eval(), the logits of an image depend on the others in its batch"
    if layout is None:  # another mistake, which is told elsewhere, hides where batch normalisation stands
        return "" if likeness(layers, images, logits, _POOL) > 0.2 else _UNLIKE
    placed = recognised_norms(layers, images, logits, _POOL, layout)
    if placed is None:
        return (
            "with batch_norm=True, the logits are not what the layers of the table make of these images: "
            "each block is convolution, batch normalisation, ReLU, max-pooling, in this order"
        )
    if placed.norms != Layout().norms:
        return _misplaced(placed.norms)
    training, again = answers(model.train(), images), answers(model, images)
    is_noisy = not alike(training, again)  # dropout is on, which is told elsewhere
    if not is_noisy and not alike(training, logits_of(layers, images, _POOL, layout, training=True)):
        return "in training mode, batch normalisation should use the mean and the variance of the batch"
    return ""


def dropout_mistake(FashionCNN, rate: float, rng) -> str:
    """What is wrong with dropout, seen at ten inputs of the last layer one by one; "" if nothing is."""
    import torch

    images = draw_images(rng, 64)
    model = FashionCNN(dropout=rate)
    state = {name: value.clone() for name, value in model.state_dict().items()}
    by_shape = {tuple(value.shape): value for value in state.values()}
    if not {(32,), (10,), (10, 1568)} <= by_shape.keys():
        return "FashionCNN() has other layers than the table"
    start = int(rng.integers(1000)) // 49 * 49
    inputs = [start, start + 1, start + 32, *(int(i) for i in rng.choice(1568, 7, replace=False))]
    by_shape[32,] += 20  # all maps are above 0
    by_shape[10,].fill_(1.0)
    by_shape[10, 1568].zero_()
    model.load_state_dict(state)
    plain, again = answers(model.eval(), images[:4]), answers(model, images[:4])
    if not torch.equal(plain, again):
        return "the same images give other logits each time: make the layers in __init__, not in forward"
    shows_inputs = bool((plain == 1).all())
    by_shape[10, 1568][torch.arange(10), torch.tensor(inputs)] = 1.0
    model.load_state_dict(state)

    kept, few = answers(model.eval(), images), images[:8]
    if not torch.equal(answers(model, few), answers(model, few)):
        return (
            "Dropout is still active after model.eval(). Make an nn.Dropout in __init__: "
            "F.dropout does not know the mode by itself."
        )
    if rate == 0:
        fixed = "with dropout=0.0, two runs in training mode differ: use the argument dropout, nn.Dropout(dropout)"
        return "" if torch.equal(answers(model.train(), few), answers(model, few)) else fixed
    noisy = answers(model.train(), images)
    if alike(noisy, kept):
        return f"dropout={rate} changes nothing in training mode: is it used in forward?"
    if not shows_inputs:  # the logits are not those of the last layer, which is told elsewhere
        return ""
    if (noisy == 0).any():
        return "dropout sets logits to 0: it belongs in front of the last layer, not behind it"
    return _wrong_with_masks(((noisy - 1) / (kept - 1)).numpy(), rate)


def _wrong_with_masks(factors: np.ndarray, rate: float) -> str:
    """What is wrong with the factors, (N, 10), by which dropout has multiplied inputs; the first three may share a map."""
    zero = np.abs(factors) < 1e-4
    share, scales = zero.mean(), factors[~zero]
    if share < 0.01 or np.ptp(scales) > 1e-2 * scales.mean():
        return "dropout works elsewhere in the network: it belongs between the second block and the last layer, and only there"
    if np.array_equal(zero[:, 0], zero[:, 1]) or np.array_equal(zero[:, 0], zero[:, 2]):
        return "dropout drops whole maps: use nn.Dropout, not nn.Dropout2d, so that each number is dropped on its own"
    if abs(share - rate) > 0.1:
        if abs(share - (1 - (1 - rate) ** 2)) < 0.06:
            return f"with dropout={rate}, more than that is dropped: it is applied twice"
        if abs(share - (1 - rate)) < 0.06:
            return f"dropout is the probability of dropping a number; with dropout={rate}, that share is kept"
        return f"with dropout={rate}, another share of the numbers is dropped: use the argument, nn.Dropout(dropout)"
    if abs(scales.mean() - 1 / (1 - rate)) > 0.05:
        return f"what dropout={rate} keeps should be multiplied by 1 / (1 − {rate}), as nn.Dropout does"
    return ""


def _wrong_in(layout: Layout) -> str:
    if layout.activations != ("relu", "relu"):
        if layout.activations == ("", ""):
            return f"the ReLU is missing: without it, two convolutions are no more than one. The table has {_IN_TURN}."
        if "relu" in layout.activations:
            block = "first" if layout.activations[1] == "relu" else "second"
            return f"the ReLU after the {block} convolution is missing"
        return f"the activation after the convolutions is not ReLU, but looks like {layout.activations[0]}"
    if layout.pooling != "max":
        return "the pooling takes averages; the table has max-pooling, nn.MaxPool2d"
    if layout.last == "relu":
        return "there is a ReLU behind the last layer: logits may be negative, return them as they are"
    if layout.first:
        return "forward scales the pictures once more: load_fashion_mnist has done it already"
    return ""


def _misplaced(norms: tuple[str, str]) -> str:
    if norms == ("never", "never"):
        return "batch_norm=True makes two batch normalisations, but forward uses none of them"
    for block, place in zip(("first", "second"), norms, strict=True):
        if place == "never":
            return f"the batch normalisation of the {block} block is made, but forward does not use it"
        if place != "before ReLU":
            return (
                f"the batch normalisation of the {block} block stands {place}; it belongs between convolution and ReLU"
            )
    return ""


def _drawn(rng, name: str, value):
    """Other averages, scales and shifts of batch normalisation; everything else as it is."""
    import torch

    if value.ndim != 1 or name.endswith("num_batches_tracked"):
        return value
    low, high = (0.5, 2.0) if name.endswith(("running_var", "weight")) else (-1.0, 1.0)
    drawn = rng.uniform(low, high, size=len(value))
    if name.endswith("weight"):  # of both signs: with positive scales alone, pooling first would give the same
        drawn *= np.where(np.arange(len(value)) % 3, 1, -1)
    return torch.from_numpy(drawn.astype(np.float32))
