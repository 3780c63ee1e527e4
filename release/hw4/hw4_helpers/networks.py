"""What a network is made of and what it answers."""


def count_parameters(model) -> int:
    """How many numbers a model learns."""
    return sum(parameter.numel() for parameter in model.parameters())


def shape_trace(model, images) -> None:
    """Print the shape of what comes out of each layer for a batch of images, (N, 1, 28, 28)."""
    import torch

    def show(layer, _, output):
        print(f"{type(layer).__name__:<12} {tuple(output.shape)!s:<20} {count_parameters(layer):>7,} parameters")

    layers = [layer for layer in model.modules() if not list(layer.children())]
    hooks = [layer.register_forward_hook(show) for layer in layers]
    try:
        print(f"{'input':<12} {tuple(images.shape)}")
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
