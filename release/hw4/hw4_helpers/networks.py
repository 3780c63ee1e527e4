"""What a network is made of and what it answers."""

from collections.abc import Callable
from typing import NamedTuple


def count_parameters(model) -> int:
    """How many numbers a model learns."""
    return sum(parameter.numel() for parameter in model.parameters())


class Layer(NamedTuple):
    """A layer: its kind, the shape of what comes out of it, and how many numbers it learns."""

    kind: str
    shape: tuple[int, ...]
    parameters: int


def layers_of(model, images) -> list[Layer]:
    """The layers that a batch of images, (N, 1, 28, 28), goes through, in that order."""
    layers: list[Layer] = []
    _watch(model, images, layers.append)
    return layers


def shape_trace(model, images) -> None:
    """Print the shape of what comes out of each layer for a batch of images, (N, 1, 28, 28)."""
    print(f"{'input':<12} {tuple(images.shape)}")
    _watch(
        model, images, lambda layer: print(f"{layer.kind:<12} {layer.shape!s:<20} {layer.parameters:>7,} parameters")
    )


def _watch(model, images, note: Callable[[Layer], None]) -> None:
    """Send a batch through a model, and note each layer as soon as it has answered."""
    import torch

    def after(layer, _, output):
        note(Layer(type(layer).__name__, tuple(output.shape), count_parameters(layer)))

    hooks = [layer.register_forward_hook(after) for layer in model.modules() if not list(layer.children())]
    try:
        with torch.no_grad():
            model(images)
    finally:
        for hook in hooks:
            hook.remove()


def predict(model, images, batch_size: int = 100):
    """Logits, float32 (N, 10), of images (N, 1, 28, 28), with the model in evaluation mode."""
    import torch

    model.eval()
    with torch.no_grad():
        return torch.cat([model(batch).detach() for batch in images.split(batch_size)])
