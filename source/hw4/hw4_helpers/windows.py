"""Drawings of part 2: a kernel over an image, stride and padding, edges."""

import numpy as np

from .fashion import _fashion_mnist

ACCENT = "#f08c00"  # the window, wherever it is drawn


def draw_windows(image, kernel, corners) -> None:
    """Draw a kernel over an image, both (height, width), at each (row, column) in ``corners``.

    Above, the window on the image; below, the output filled in so far. The kernel is
    used as it is, not flipped, with stride 1 and no padding.
    """
    import matplotlib.pyplot as plt

    image, kernel = np.asarray(image), np.asarray(kernel)
    height, width = kernel.shape
    output = np.full((image.shape[0] - height + 1, image.shape[1] - width + 1), np.nan)
    step, below = image.shape[1] + 1, image.shape[0] + 1.4
    _, axis = _canvas(width + 1 + step * len(corners), below + output.shape[0])
    _draw_numbers(axis, kernel, "kernel")
    _shade(axis, (0, 0), kernel.shape)
    for i, (row, column) in enumerate(corners):
        left = width + 1 + i * step
        output[row, column] = np.sum(image[row : row + height, column : column + width] * kernel)
        _draw_numbers(axis, image, f"window at row {row + 1}, column {column + 1}", (left, 0))
        _shade(axis, (left + column, row), kernel.shape)
        centred = left + (image.shape[1] - output.shape[1]) / 2
        _draw_numbers(axis, output, f"sum of products: {output[row, column]:g}", (centred, below))
        _shade(axis, (centred + column, below + row), (1, 1))
    plt.show()


def draw_steps(size: int, kernel: int, stride: int, padding: int) -> None:
    """Draw every window that fits on a line of ``size`` cells, zero padding at both ends."""
    import matplotlib.pyplot as plt

    length = size + 2 * padding
    starts = range(0, length - kernel + 1, stride)
    _, axis = plt.subplots(figsize=(0.55 * length + 1, 0.42 * (len(starts) + 3)), layout="constrained")
    for i in range(length):
        inside = padding <= i < padding + size
        axis.add_patch(plt.Rectangle((i, 0), 1, 0.9, facecolor="white" if inside else "#dddddd", edgecolor="#444444"))
        axis.text(i + 0.5, 0.45, "x" if inside else "0", ha="center", va="center", color="#444444")
    for n, start in enumerate(starts, start=1):
        axis.add_patch(plt.Rectangle((start + 0.05, -n + 0.15), kernel - 0.1, 0.6, facecolor=ACCENT, alpha=0.75))
        axis.text(start + kernel / 2, -n + 0.45, f"window {n}", ha="center", va="center", fontsize=8)
    unused = length - (starts[-1] + kernel)
    if unused:
        axis.text(length + 0.2, 0.45, f"← {unused} never reached", va="center", color="#b00020")
    axis.set(xlim=(-0.2, length + (4 if unused else 0.2)), ylim=(-len(starts) - 0.1, 1.1))
    axis.set_title(f"size {size}, kernel {kernel}, stride {stride}, padding {padding}", fontsize=11)
    axis.set_aspect("equal")
    axis.axis("off")
    plt.show()


def draw_grids(grids: dict) -> None:
    """Draw two-dimensional arrays side by side with their numbers, titled by their keys."""
    import matplotlib.pyplot as plt

    arrays = {title: np.asarray(grid) for title, grid in grids.items()}
    tallest = max(len(grid) for grid in arrays.values())
    _, axis = _canvas(sum(grid.shape[1] + 1 for grid in arrays.values()) - 1, tallest)
    left = 0
    for title, grid in arrays.items():
        _draw_numbers(axis, grid, title, (left, (tallest - len(grid)) / 2))
        left += grid.shape[1] + 1
    plt.show()


def fashion_picture(index: int) -> np.ndarray:
    """Picture ``index`` of the Fashion-MNIST test set, float64 (28, 28), 0 black to 1 white.

    Raises ``FileNotFoundError`` as ``load_fashion_mnist`` does.
    """
    pictures, _ = _fashion_mnist(train=False)
    return pictures[index].numpy() / 255


def draw_edges(picture, horizontal, vertical) -> None:
    """Draw a picture, its edges by direction and their strength, all of one shape (height, width)."""
    import matplotlib.pyplot as plt

    strongest = max(np.abs(horizontal).max(), np.abs(vertical).max())
    signed = {"cmap": "RdBu_r", "vmin": -strongest, "vmax": strongest}
    panels = {
        "picture": (picture, {"cmap": "gray"}),
        "horizontal edges": (horizontal, signed),
        "vertical edges": (vertical, signed),
        "strength, any direction": (np.hypot(horizontal, vertical), {"cmap": "magma"}),
    }
    figure, axes = plt.subplots(1, 4, figsize=(13, 3.6), layout="constrained")
    for axis, (title, (values, style)) in zip(axes, panels.items(), strict=True):
        shown = axis.imshow(values, **style)
        figure.colorbar(shown, ax=axis, shrink=0.8)
        axis.set_title(title, fontsize=11)
        axis.axis("off")
    plt.show()


def _canvas(columns: float, rows: float):
    """An empty figure for cells of one size, 0.5 inch; (0, 0) is the top left corner."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(0.5 * columns + 0.6, 0.5 * rows + 0.6), layout="constrained")
    axis.set(xlim=(-0.6, columns + 0.6), ylim=(rows + 0.1, -0.8), aspect="equal")
    axis.axis("off")
    return figure, axis


def _draw_numbers(axis, grid, title: str, corner=(0, 0)) -> None:
    """Draw a grid of numbers in cells with its top left at ``corner`` (x, y); NaN leaves a cell empty."""
    import matplotlib.pyplot as plt

    left, top = corner
    axis.text(left + grid.shape[1] / 2, top - 0.3, title, ha="center", va="center", fontsize=10)
    for (row, column), value in np.ndenumerate(grid):
        axis.add_patch(plt.Rectangle((left + column, top + row), 1, 1, facecolor="white", edgecolor="#888888"))
        if not np.isnan(value):
            axis.text(left + column + 0.5, top + row + 0.5, f"{value:g}", ha="center", va="center", fontsize=11)


def _shade(axis, corner, shape) -> None:
    """Mark the cells of a window of ``shape`` (rows, columns) with its top left at ``corner`` (x, y)."""
    import matplotlib.pyplot as plt

    axis.add_patch(plt.Rectangle(corner, shape[1], shape[0], facecolor=ACCENT, alpha=0.3))
    axis.add_patch(plt.Rectangle(corner, shape[1], shape[0], facecolor="none", edgecolor=ACCENT, linewidth=2.5))
