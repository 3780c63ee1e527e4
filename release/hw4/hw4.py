"""Helpers for homework 4: what you should not have to write yourself.

Data loading, plotting and the comparison table live here, so that the
notebooks hold only the ideas. You may read everything in this file; changing
it has no effect on your grade, since grading uses its own copy.
"""

import json
import math
import os
import re
import sys
import zipfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np

# ---------------------------------------------------------------- all notebooks


def training_wanted() -> bool:
    """True when you run the notebook; False when nbgrader grades or validates it.

    nbgrader names the reason it runs a notebook in ``NBGRADER_EXECUTION``.
    """
    return "NBGRADER_EXECUTION" not in os.environ


def quick() -> bool:
    """True when the variable ``HW4_QUICK`` asks for shortened training runs."""
    return os.environ.get("HW4_QUICK", "0") not in ("", "0")


# ------------------------------------------------------- 1 · backpropagation


def toy_batch() -> tuple[np.ndarray, ...]:
    """A batch small enough to follow by hand: X (4×3), y (4×1), W1 (3×2), b1 (1×2), W2 (2×1), b2 (1×1)."""
    X = np.array([[0.5, -1.2, 0.8], [1.5, 0.3, -0.6], [-0.7, 0.9, 0.4], [-1.1, -0.4, 1.3]])
    y = np.array([[1.0], [0.0], [1.0], [0.0]])
    W1 = np.array([[0.6, -0.4], [-0.9, 0.7], [0.2, 1.1]])
    b1 = np.array([[0.1, -0.3]])
    W2 = np.array([[1.2], [-0.8]])
    b2 = np.array([[0.2]])
    return X, y, W1, b1, W2, b2


def toy_steps() -> dict[str, np.ndarray]:
    """Every intermediate value and gradient of ``toy_batch()``, to 8 decimals."""
    steps = {
        "z1": [[1.64, -0.46], [0.61, -1.35], [-1.05, 1.05], [0.06, 1.29]],
        "a1": [[0.92747257, -0.43008421], [0.5441271, -0.87405329], [-0.78180636, 0.78180636], [0.0599281, 0.85912654]],
        "z2": [[1.65703445], [1.55219515], [-1.36361272], [-0.41538751]],
        "p": [[0.83983951], [0.82523055], [0.20365377], [0.397621]],
        "dz2": [[0.16016049], [-0.82523055], [0.79634623], [-0.397621]],
        "dW2": [[-0.94690307], [0.93339477]],
        "db2": [[-0.26634484]],
        "da1": [
            [0.19219259, -0.12812839],
            [-0.99027666, 0.66018444],
            [0.95561548, -0.63707698],
            [-0.47714521, 0.3180968],
        ],
        "dz1": [
            [0.02686749, -0.10442817],
            [-0.69708119, 0.1558239],
            [0.37152306, -0.24768204],
            [-0.4754316, 0.08331006],
        ],
        "dW1": [[-0.76927943, 0.26325812], [0.28317804, -0.08417688], [-0.02970914, -0.16780661]],
        "db1": [[-0.77412224, -0.11297625]],
    }
    return {name: np.array(values) for name, values in steps.items()}


def close(got: object, want: object) -> bool:
    """True when ``got`` holds numbers of the same shape as ``want``, equal to about six digits."""
    try:
        got, want = np.asarray(got, dtype=np.float64), np.asarray(want, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return got.shape == want.shape and np.allclose(got, want, rtol=1e-5, atol=1e-7)


def diagnose(got: object, want: np.ndarray, batch_size: int) -> str:
    """What is wrong with the gradient ``got``, in words; an empty string when it is close to ``want``.

    ``batch_size`` is the number of examples N that the gradient was summed over.
    """
    if close(got, want):
        return ""
    try:
        got = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        return "not an array of numbers"
    if got.shape != want.shape:
        return _diagnose_shape(got, want, batch_size)
    if close(got, -want):
        return "sign flipped: this descends; for a log-likelihood dz2 is y − p, not p − y"
    if close(got.T, want):
        return "transposed result"
    if close(got * batch_size, want):
        return f"mean instead of sum: N = {batch_size} times too small, and L is a sum over the batch"
    factor = float(np.vdot(want, got) / np.vdot(want, want)) if np.any(want) else 0.0
    if factor and want.size > 1 and close(got / factor, want):
        return f"off by the constant factor {factor:.4g}"
    difference = np.abs(got - want)
    index = tuple(int(i) for i in np.unravel_index(np.argmax(difference), want.shape))
    return f"differs most at {list(index)}: {got[index]:.6g} instead of {want[index]:.6g}"


def _diagnose_shape(got: np.ndarray, want: np.ndarray, batch_size: int) -> str:
    shapes = f"shape {got.shape} instead of {want.shape}"
    if got.shape == want.shape[::-1]:
        return f"transposed result: {shapes}; a gradient has the shape of what it belongs to"
    if got.ndim == 2 and got.shape == (batch_size, want.shape[1]) and want.shape[0] == 1:
        return f"not summed over the batch: {shapes}; add up the rows, sum(axis=0, keepdims=True)"
    if got.size == want.size:
        return f"an axis was lost or added: {shapes}; keepdims=True keeps a sum two-dimensional"
    return shapes


@dataclass(frozen=True)
class ComparedGradient:
    """One line of a ``Comparison``; ``difference`` is nan when the shapes differ."""

    name: str
    shape: tuple[int, ...]
    difference: float
    hint: str


@dataclass(frozen=True)
class Comparison:
    """Gradients beside the values they should have; a notebook shows it as a table."""

    rows: tuple[ComparedGradient, ...]

    def __repr__(self) -> str:
        lines = [f"{'name':<5} {'shape':<10} {'max |difference|':>16}  verdict"]
        for row in self.rows:
            verdict = f"✗ {row.hint}" if row.hint else "✓ agrees"
            lines.append(f"{row.name:<5} {_times(row.shape):<10} {row.difference:>16.1e}  {verdict}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cell = "padding: 4px 14px; text-align: left"
        lines = []
        for row in self.rows:
            colour, verdict = ("#c92a2a", f"✗ {row.hint}") if row.hint else ("#2b8a3e", "✓ agrees")
            values = (f"<code>{escape(row.name)}</code>", _times(row.shape), f"{row.difference:.1e}")
            lines.append(
                "<tr>"
                + "".join(f'<td style="{cell}">{value}</td>' for value in values)
                + f'<td style="{cell}; color: {colour}">{escape(verdict)}</td></tr>'
            )
        head = "".join(f'<th style="{cell}">{h}</th>' for h in ("name", "shape", "max |difference|", "verdict"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def compare(got: dict, want: dict[str, np.ndarray], batch_size: int) -> Comparison:
    """Compare gradients name by name: shape, largest absolute difference, verdict and a hint.

    Every name in ``want`` gets a line; ``batch_size`` is the number of examples N.
    """
    rows = []
    for name, expected in want.items():
        try:
            value = np.asarray(got[name], dtype=np.float64)
        except (KeyError, TypeError, ValueError):
            rows.append(ComparedGradient(name, (), float("nan"), "missing, or not an array of numbers"))
            continue
        same_shape = value.shape == expected.shape
        difference = float(np.max(np.abs(value - expected))) if same_shape else float("nan")
        rows.append(ComparedGradient(name, value.shape, difference, diagnose(value, expected, batch_size)))
    return Comparison(tuple(rows))


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(str(length) for length in shape) or "–"


def draw_network() -> None:
    """Draw the network as a computational graph: values left to right, derivatives right to left."""
    import matplotlib.pyplot as plt

    forward, backward = "#343a40", "#d9480f"
    chain = [("x", 0.0), ("z_1", 2.4), ("a_1", 4.8), ("z_2", 7.2), ("p", 9.6), ("L", 12.0)]
    parameters = [("W_1", 1.85, 2.4), ("b_1", 2.95, 2.4), ("W_2", 6.65, 7.2), ("b_2", 7.75, 7.2), ("y", 12.0, 12.0)]
    formulas = ["", "$x\\,W_1 + b_1$", "$\\tanh(z_1)$", "$a_1 W_2 + b_2$", "$\\sigma(z_2)$", "log-likelihood"]
    gradients = ["", "dz1", "da1", "dz2", "", ""]
    factors = ["", "da1_dz1", "dz2_da1", "dp_dz2", "dL_dp"]

    _, axes = plt.subplots(figsize=(11, 4.0), layout="constrained")

    def node(name, x, y, colour):
        axes.scatter(x, y, s=1000, facecolor=colour, edgecolor=forward, linewidth=1.3, zorder=3)
        axes.text(x, y, f"${name}$", ha="center", va="center", fontsize=15, zorder=4)

    def arrow(start, end, colour, curve=0.0, dashed=False):
        axes.annotate(
            "",
            end,
            start,
            zorder=2,
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "linewidth": 1.5,
                "mutation_scale": 15,
                "shrinkA": 21,
                "shrinkB": 21,
                "linestyle": (0, (4, 2.5)) if dashed else "-",
                "connectionstyle": f"arc3,rad={curve}",
            },
        )

    def code(x, y, text):
        axes.text(x, y, text, ha="center", va="center", fontsize=11, family="monospace", color=backward)

    for (name, x), formula, gradient in zip(chain, formulas, gradients, strict=True):
        node(name, x, 0, "#f1f3f5" if name == "x" else "#d3f9d8" if name == "L" else "white")
        axes.text(
            x,
            0.62,
            formula,
            ha="center",
            va="bottom",
            fontsize=11,
            color=forward,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
            zorder=4,
        )
        code(x, -0.72, gradient)
    for (_, left), (_, right), factor in zip(chain[:-1], chain[1:], factors, strict=True):
        arrow((left, 0), (right, 0), forward)
        if factor:
            arrow((right, -0.12), (left, -0.12), backward, curve=-0.5, dashed=True)
            code((left + right) / 2, -1.05, factor)
    for name, x, target in parameters:
        node(name, x, 1.9, "#f1f3f5" if name == "y" else "#d0ebff")
        arrow((x, 1.9), (target, 0.62), forward)
        if name != "y":
            side = -1 if x < target else 1
            arrow((target + side * 0.35, 0.62), (x + side * 0.12, 1.9), backward, curve=side * 0.3, dashed=True)
            code(x, 2.62, "d" + name.replace("_", ""))
    axes.set(xlim=(-0.7, 12.9), ylim=(-1.3, 2.9), aspect="equal")
    axes.set_title("Values flow forward (solid); derivatives of L flow backward (dashed)", fontsize=12)
    axes.axis("off")
    plt.show()


def two_moons(n: int = 200, noise: float = 0.12, seed: int = 520) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaved half circles: points X (n×2) and their labels y (n×1), 0.0 or 1.0."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    X[y == 1] = [1.0, 0.5] - X[y == 1]
    X += rng.normal(scale=noise, size=X.shape) - [0.5, 0.25]
    return X, y[:, None].astype(np.float64)


def draw_boundaries(X: np.ndarray, y: np.ndarray, predictors: dict) -> None:
    """Draw p over the plane, one panel per entry; each predictor maps points (M×2) to p (M×1)."""
    import matplotlib.pyplot as plt

    margin = 0.4
    xs = np.linspace(X[:, 0].min() - margin, X[:, 0].max() + margin, 160)
    ys = np.linspace(X[:, 1].min() - margin, X[:, 1].max() + margin, 120)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    figure, panels = plt.subplots(
        1, len(predictors), figsize=(3.8 * len(predictors), 3.6), sharey=True, squeeze=False, layout="constrained"
    )
    for axes, (title, predict) in zip(panels[0], predictors.items(), strict=True):
        p = predict(grid).reshape(len(ys), len(xs))
        # The colour scale reaches beyond 0 and 1, so that its ends stay pale behind the points.
        shades = axes.contourf(xs, ys, p, levels=np.linspace(0, 1, 21), cmap="RdBu", vmin=-0.6, vmax=1.6)
        axes.contour(xs, ys, p, levels=[0.5], colors="black", linewidths=1.8)
        for label, colour, marker in ((0, "#c92a2a", "o"), (1, "#1864ab", "^")):
            points = X[y[:, 0] == label]
            axes.scatter(
                *points.T, s=18, c=colour, marker=marker, edgecolors="white", linewidths=0.5, label=f"y = {label}"
            )
        axes.set(title=title, xlabel="$x_1$")
    panels[0][0].set_ylabel("$x_2$")
    panels[0][0].legend(loc="lower left", fontsize=9)
    figure.colorbar(shades, ax=panels[0], label="p", ticks=[0, 0.5, 1], fraction=0.03)
    plt.show()


def draw_curve(log_likelihoods: list[float]) -> None:
    """Draw the log-likelihood of each step of gradient ascent."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    axes.plot(log_likelihoods, color="#1864ab", linewidth=2)
    axes.axhline(0, color="#868e96", linewidth=1, linestyle=":")
    axes.annotate(
        f"{log_likelihoods[-1]:.1f}",
        (len(log_likelihoods) - 1, log_likelihoods[-1]),
        xytext=(0, -14),
        textcoords="offset points",
        ha="right",
        fontsize=11,
    )
    axes.set(xlabel="step", ylabel="log-likelihood L", title="Gradient ascent: L rises towards 0")
    axes.spines[["top", "right"]].set_visible(False)
    plt.show()


# ----------------------------------------------------------- 2 · convolution

ACCENT = "#f08c00"  # the window, wherever it is drawn


def check_map(got, want, mistakes: dict) -> None:
    """Raise AssertionError unless ``got`` is the map ``want``, an array (K, H', W').

    ``mistakes`` holds, by message, the map that a typical mistake gives instead: when
    ``got`` equals one of them, its message is the error's.
    """
    want = np.asarray(want)
    shape = np.shape(got)
    for message, wrong in mistakes.items():
        if shape == np.shape(wrong) and np.allclose(got, wrong):
            raise AssertionError(message)
    if shape != want.shape:
        hint = "; is there a return at the end?" if got is None else ""
        raise AssertionError(f"expected an array of shape (K, H', W') = {want.shape}, got {shape}{hint}")
    if not np.allclose(got, want):
        k, row, column = np.argwhere(~np.isclose(got, want))[0]
        raise AssertionError(
            f"filter {k + 1}, row {row + 1}, column {column + 1}: expected {want[k, row, column]:g}, "
            f"got {np.asarray(got)[k, row, column]:g}\n\nexpected:\n{want}\n\ngot:\n{np.asarray(got)}"
        )


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


# --------------------------------------------------------- 3 · Fashion-MNIST

CLASSES = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
PIXEL_MEAN, PIXEL_STD = 0.2860, 0.3530  # of the 60,000 training images, pixels in [0, 1]


def load_fashion_mnist() -> tuple:
    """Fashion-MNIST as ``(train, validation, test)``, three ``TensorDataset``s.

    Each holds images, float32 (N, 1, 28, 28) normalised to mean 0 and standard
    deviation 1 over the training set, and labels, int64 (N,), indices of
    ``CLASSES``. N is 55,000, 5,000 and 10,000; with ``HW4_QUICK=1``, and while
    nbgrader grades, when nothing is trained, it is 4,000, 1,000 and 10,000.
    Raises ``FileNotFoundError`` with what to do when the data is neither here
    nor can be downloaded.
    """
    from torch.utils.data import TensorDataset

    pictures, labels = _fashion_mnist(train=True)
    n_train, n_validation = (55_000, 5_000) if training_wanted() and not quick() else (4_000, 1_000)
    train = TensorDataset(_normalised(pictures[:n_train]), labels[:n_train])
    validation = TensorDataset(_normalised(pictures[-n_validation:]), labels[-n_validation:])
    return train, validation, load_test_set()


def load_test_set():
    """The test set alone, a ``TensorDataset`` as in ``load_fashion_mnist``: quicker, and a sixth of the memory."""
    from torch.utils.data import TensorDataset

    pictures, labels = _fashion_mnist(train=False)
    return TensorDataset(_normalised(pictures), labels)


def data_dir() -> Path:
    """The folder that holds ``FashionMNIST/raw``, torchvision's layout.

    The environment variable ``FASHION_MNIST_DIR`` names it; without it, it is the
    first ``data`` folder that holds the images in a parent of the working directory
    or in itself, and else ``data`` in the working directory (to download to).
    """
    if os.environ.get("FASHION_MNIST_DIR"):
        return Path(os.environ["FASHION_MNIST_DIR"])
    here = Path.cwd()
    for folder in (*here.parents, here):  # when graded, the working directory may hold anything
        if any((folder / "data" / "FashionMNIST" / "raw").glob("*-ubyte*")):
            return folder / "data"
    return here / "data"


def _fashion_mnist(train: bool) -> tuple:
    """Pictures, uint8 (N, 28, 28), and labels, int64 (N,), of one of the two official sets."""
    from torchvision.datasets import FashionMNIST

    root = data_dir()
    try:
        dataset = FashionMNIST(root, train=train, download=True)  # downloads only what is missing
    except (OSError, RuntimeError) as error:
        raise FileNotFoundError(
            f"The Fashion-MNIST images are not in {root / 'FashionMNIST' / 'raw'}. Three ways to get them:\n"
            "1. Point to them: a folder data/ with FashionMNIST/raw inside, here or in a parent folder,\n"
            "   or the variable FASHION_MNIST_DIR with the path of such a data/ folder.\n"
            "2. Debian or Ubuntu: sudo apt install dataset-fashion-mnist, then\n"
            f"   mkdir -p {root}/FashionMNIST/raw && cp /usr/share/datasets/fashion-mnist/*.gz {root}/FashionMNIST/raw\n"
            f"3. With a network connection, run this cell again: torchvision downloads 30 MB. It failed just now:\n   {error}"
        ) from error
    return dataset.data, dataset.targets


def _normalised(pictures):
    """uint8 (N, 28, 28) to float32 (N, 1, 28, 28), mean 0 and standard deviation 1."""
    return pictures.unsqueeze(1).sub(255 * PIXEL_MEAN).div_(255 * PIXEL_STD)


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


def progress(loader, text: str = ""):
    """Iterate over ``loader`` with a progress bar, shown from the second second on.

    The bar goes to standard output and is off when nbgrader runs the notebook.
    """
    from tqdm import tqdm

    off = not training_wanted()
    return tqdm(loader, text, file=sys.stdout, leave=False, delay=1, mininterval=1, disable=off, ncols=80)


def one_cycle(optimizer, max_lr: float, total_steps: int) -> None:
    """Let the learning rate of ``optimizer`` rise to ``max_lr`` and fall to almost 0.

    The rate changes by itself after each of the ``total_steps`` calls of
    ``optimizer.step()``: nothing else has to be called.
    """
    from torch.optim.lr_scheduler import OneCycleLR

    schedule = OneCycleLR(optimizer, max_lr, total_steps=total_steps)
    optimizer.register_step_post_hook(lambda *_: schedule.step())


def predict(model, images, batch_size: int = 100):
    """Logits, float32 (N, 10), of images (N, 1, 28, 28), with the model in evaluation mode."""
    import torch

    model.eval()
    with torch.no_grad():
        return torch.cat([model(batch).detach() for batch in images.split(batch_size)])


def save_checkpoint(model, path: str) -> None:
    """Write the parameters of ``model`` to a safetensors file."""
    import torch
    from safetensors.torch import save_file

    # A copy of each: a layer that the model knows by two names would share its memory, which the format refuses.
    state = {name: value.clone(memory_format=torch.contiguous_format) for name, value in model.state_dict().items()}
    save_file(state, path)


def load_checkpoint(model, path: str) -> None:
    """Read the parameters of ``model`` from a safetensors file, as ``read_checkpoint`` finds them.

    Raises ``FileNotFoundError`` when there is no such file and ``ValueError`` when it
    is no safetensors file or its parameters are not those of ``model``.
    """
    wanted = model.state_dict()
    state = read_checkpoint(path, wanted)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(
            f"{path} does not fit FashionCNN(**settings): {_misfit(state, wanted)}. "
            "Set settings back to those you trained with, written as plain values, or do the full run again."
        ) from error


def read_checkpoint(path: str, wanted: dict) -> dict:
    """The parameters in a safetensors file under the names that they have in ``wanted``, a ``state_dict()``.

    What saving may add makes no difference: another precision (float16, bfloat16,
    float64), names with ``module.`` (DataParallel), ``_orig_mod.`` (torch.compile) or a
    prefix such as ``model.`` before them, and an optimizer's state beside the network.
    What else stands beside the network comes along under its own name. Returns tensors,
    float32 where they are of floating point. Raises ``FileNotFoundError`` when there is
    no such file, ``ValueError`` when it is no safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        raise FileNotFoundError(_why_missing(Path(path)))
    try:
        with safe_open(path, "pt") as file:
            saved = file.keys()
            shapes = {name: file.get_slice(name).get_shape() for name in saved}
            state = {name: file.get_tensor(there) for name, there in _names_of_network(shapes, list(wanted)).items()}
    except SafetensorError as error:
        raise ValueError(_why_unreadable(Path(path))) from error
    return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}


def _why_missing(path: Path) -> str:
    others = sorted(file.name for file in path.parent.iterdir() if file.suffix in (".pt", ".pth"))
    if others:
        return f"There is no {path} beside the notebook, only {others[0]}. {_not_torch_save(path)}"
    return (
        f"There is no {path} beside the notebook. Run the cells of section 7 (the full run): they train "
        "your network and save it under this name. Hand the file in with your notebooks."
    )


def _why_unreadable(path: Path) -> str:
    with open(path, "rb") as file:
        start = file.read(4)
    if start in (b"PK\x03\x04", b"\x80\x02\x8a\x0a"):  # a zip archive, or what older versions wrote
        return f"{path} was written by torch.save, although its name says safetensors. {_not_torch_save(path)}"
    return (
        f"{path} is damaged: it is not a whole safetensors file. Copy it again from where you trained, "
        "or save it again with save_checkpoint."
    )


def _not_torch_save(path: Path) -> str:
    return (
        "Files of torch.save can run programs when they are opened, so they are not read. "
        f'Run save_checkpoint(model, "{path.name}") with the trained model, and hand in the file that it writes.'
    )


_WRAPPERS = ("module", "_orig_mod")  # DataParallel and AveragedModel, torch.compile


def _names_of_network(saved: dict, wanted: list) -> dict:
    """By the names in ``wanted``, those of the same tensors in a file; ``saved`` has the file's shapes by name.

    The network is where all wanted names stand behind one prefix, the shortest. What else
    stands there keeps its name, unless it is an optimizer's or a single number. Without
    such a prefix all names stay as they are.
    """
    plain = {_without_wrappers(name): name for name in saved}
    parts = dict(zip(wanted, _without_prefix([_without_wrappers(name) for name in wanted]), strict=True))
    needed = [part for part in parts.values() if not part.endswith("num_batches_tracked")]  # PyTorch makes its own
    prefixes = {name.removesuffix(needed[0]) for name in plain if name.endswith(needed[0])} if needed else ()
    for prefix in sorted(prefixes, key=lambda prefix: (len(prefix), prefix)):
        if prefix[-1:] in ("", ".") and all(prefix + part in plain for part in needed):
            network = {name: plain[prefix + part] for name, part in parts.items() if prefix + part in plain}
            found = set(network.values())
            return network | {
                there: there
                for name, there in plain.items()
                if there not in found and name.startswith(prefix) and _is_of_network(name, saved[there])
            }
    return {name: name for name in saved}


def _is_of_network(name: str, shape: list) -> bool:
    """Whether a tensor may be a layer's: no optimizer's or average's, no number of an epoch."""
    return math.prod(shape) > 1 and not re.search(
        r"(^|\.)(optim|sched|scaler|ema(\.|_)|(max_)?exp_avg|momentum_buffer)", name
    )


def _without_wrappers(name: str) -> str:
    return ".".join(part for part in name.replace("/", ".").split(".") if part not in _WRAPPERS)


def _without_prefix(names: list[str]) -> list[str]:
    """Names without the parts that all of them begin with; the last part stays."""
    parts = [name.split(".") for name in names]
    while min(map(len, parts), default=0) > 1 and len({first for first, *_ in parts}) == 1:
        parts = [rest for _, *rest in parts]
    return [".".join(rest) for rest in parts]


def _misfit(saved: dict, wanted: dict) -> str:
    """How the parameters of two networks differ, in words."""
    norms, wanted_norms = (any(name.endswith("running_mean") for name in state) for state in (saved, wanted))
    if wanted_norms and not norms and {n for n in saved if n in wanted} == {n for n in wanted if _is_learnt(n)}:
        return (
            "it holds the parameters only, without the running averages of batch normalisation; "
            "save_checkpoint saves the whole state_dict()"
        )
    if norms != wanted_norms:
        return f"it was saved from a network with other settings, {'with' if norms else 'without'} batch normalisation"
    inputs, wanted_inputs = ({v.shape[1] for v in state.values() if v.ndim == 2} for state in (saved, wanted))
    if set(saved) == set(wanted) and inputs != wanted_inputs:
        return "it was saved from a network with other settings: the size of its last layer says that pool was another"
    return "it was saved from a network with other settings, or whose layers have other names or sizes"


def _is_learnt(name: str) -> bool:
    return name.endswith(("weight", "bias"))


def read_curves(log_dir: str, epochs: int | None = None) -> dict:
    """Scalars in TensorBoard's event files below ``log_dir``, as ``{run: {tag: [value, ...]}}``.

    A run is a folder in ``log_dir``; values are floats in the order of their steps. Where
    a folder holds the curves of several trainings, you get those of one: of the last
    one with ``epochs`` points, else of the longest. A training that was resumed counts as one.
    Raises ``FileNotFoundError`` when there is no event file.
    """
    curves = {}
    for run in sorted({file.parent for file in Path(log_dir).glob("*/*tfevents*")}):
        trainings = _read_trainings(run)
        tags = sorted({tag for points in trainings for tag in points})
        curves[run.name] = {tag: _curve([p[tag] for p in trainings if tag in p], epochs) for tag in tags}
    if not curves:
        raise FileNotFoundError(
            f"There are no event files in {log_dir}/train and {log_dir}/validation: fit writes them while it trains. "
            "Run the full run of section 7, and hand the folder in with your notebooks."
        )
    return curves


def _read_trainings(folder: Path) -> list[dict]:
    """``{tag: [(step, value), ...]}`` for each ``SummaryWriter`` that wrote into a folder, oldest first.

    A file that ends in the middle of a point, as after a crash, is read up to there.
    """
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray

    trainings: list[tuple[float, dict]] = []
    for path in sorted(folder.glob("*tfevents*")):
        if not path.is_file():
            continue
        for number, event in enumerate(EventFileLoader(str(path)).Load()):
            if number == 0 or event.HasField("file_version"):  # the first thing that a writer writes
                trainings.append((event.wall_time, {}))
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    point = event.step, float(make_ndarray(value.tensor))
                    trainings[-1][1].setdefault(value.tag, []).append(point)
    return [points for _, points in sorted(trainings, key=lambda training: training[0])]


def _curve(trainings: list[list], epochs: int | None) -> list[float]:
    """The values of one training; each is a list of (step, value), as is what comes of resuming one."""
    choices: list[list] = []
    resumed: list[tuple] = []
    for points in trainings:
        resumed = [point for point in resumed if point[0] < points[0][0]] + points
        choices += [points, resumed]
    _, chosen = max(enumerate(choices), key=lambda choice: (len(choice[1]) == epochs, len(choice[1]), choice[0]))
    return [value for _, value in chosen]


def plot_gallery(images, labels, per_class: int = 12) -> None:
    """One row of pictures for each class."""
    rows = {f"{index} · {name}": np.asarray(labels) == index for index, name in enumerate(CLASSES)}
    _draw_rows(images, rows, per_class)


def plot_curves(curves: dict) -> None:
    """Loss and accuracy per epoch, training and validation; ``curves`` as from ``read_curves``."""
    import matplotlib.pyplot as plt

    _, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for tag, axis in zip(("loss", "accuracy"), axes, strict=True):
        for run, style in (("train", "o-"), ("validation", "s--")):
            values = curves[run][tag]
            axis.plot(range(1, len(values) + 1), values, style, label=run)
        axis.set(title=tag, xlabel="epoch")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
        axis.legend()
    plt.show()


def plot_confusion(matrix) -> None:
    """A confusion matrix, int (10, 10), rows are true classes; mistakes are coloured by their number."""
    import matplotlib.pyplot as plt
    import numpy as np

    mistakes = np.where(np.eye(len(CLASSES), dtype=bool), 0, matrix)
    figure, axis = plt.subplots(figsize=(7.4, 6.6), layout="constrained")
    shades = axis.imshow(mistakes, cmap="Oranges")
    for (row, column), count in np.ndenumerate(matrix):
        weight = "bold" if row == column else "normal"
        colour = "white" if mistakes[row, column] > 0.65 * mistakes.max() else "black"
        axis.text(column, row, count or "·", ha="center", va="center", color=colour, weight=weight, fontsize=9)
    axis.set_xticks(range(len(CLASSES)), CLASSES, rotation=40, ha="right")
    axis.set_yticks(range(len(CLASSES)), CLASSES)
    axis.set(xlabel="predicted class", ylabel="true class", title="Confusion matrix, images of the test set")
    figure.colorbar(shades, ax=axis, shrink=0.8, label="mistakes")
    plt.show()


def plot_mistakes(images, labels, predictions, pairs, per_pair: int = 12) -> None:
    """Misclassified pictures, one row for each (true, predicted) pair of class indices."""
    rows = {
        f"{CLASSES[true]}\ntaken for\n{CLASSES[predicted]}": (labels == true) & (predictions == predicted)
        for true, predicted in pairs
    }
    _draw_rows(images, rows, per_pair)


def preflight() -> None:
    """Say what is ready and what is missing in this folder, then write ``hw4.zip`` to hand in."""
    files = [Path(f"{name}.ipynb") for name in ("backpropagation", "convolution", "fashion_mnist")]
    files += [Path("fashion_cnn.safetensors"), *(sorted(Path("runs").glob("*/*tfevents*")) or [Path("runs")])]
    ready = [file for file in files if file.is_file()]
    for file in files:
        size = f"{file.stat().st_size / 1000:8,.0f} kB" if file in ready else "    missing"
        print(f"{size}  {file}  {_note(file) if file in ready else ''}".rstrip())
    with zipfile.ZipFile("hw4.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in ready:
            archive.write(file)
    if len(ready) < len(files):
        print("\nWhat is missing earns nothing, but costs nothing else: you can hand in without it.")
    print(f"\nWrote hw4.zip ({Path('hw4.zip').stat().st_size / 1000:,.0f} kB): this is the one file to hand in.")


def _note(file: Path) -> str:
    """What is wrong with a file to hand in; an empty string when nothing is."""
    if file.suffix == ".ipynb":
        return _unfinished(file)
    if file.suffix == ".safetensors":
        try:
            read_checkpoint(str(file), {})
        except ValueError as error:
            return f"← {error}"
    return ""


def _unfinished(notebook: Path) -> str:
    """Which cells of a saved notebook were not run, or ended in an error."""
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
        not_run = [c for c in code if c["execution_count"] is None and "preflight()" not in "".join(c["source"])]
        failed = [c for c in code if any(output["output_type"] == "error" for output in c["outputs"])]
    except (ValueError, KeyError, TypeError):
        return "← cannot be read as a notebook"
    notes = {"cells not run": len(not_run), "cells that ended in an error": len(failed)}
    said = ", ".join(f"{what}: {count}" for what, count in notes.items() if count)
    return f"← {said}" if said else ""


def _draw_rows(images, rows: dict, per_row: int) -> None:
    """Draw pictures dark on white; ``rows`` says by title which of the images (N, 1, 28, 28), a bool array (N,)."""
    import matplotlib.pyplot as plt

    side, gap = 28, 3
    black, white = ((value - PIXEL_MEAN) / PIXEL_STD for value in (1, 0))
    sheet = np.full((len(rows) * (side + gap) - gap, per_row * (side + gap) - gap), white, dtype=np.float32)
    for row, chosen in enumerate(rows.values()):
        for column, index in enumerate(np.flatnonzero(chosen)[:per_row]):
            top, left = row * (side + gap), column * (side + gap)
            sheet[top : top + side, left : left + side] = images[index, 0]
    _, axis = plt.subplots(figsize=(9, 0.68 * len(rows) + 0.1), layout="constrained")
    axis.imshow(sheet, cmap="gray_r", vmin=white, vmax=black, interpolation="nearest")
    axis.set_yticks([row * (side + gap) + side / 2 for row in range(len(rows))], rows)
    axis.set_xticks([])
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    plt.show()
