"""Pictures of the data and of what a network makes of them."""

import numpy as np

from .fashion import CLASSES, PIXEL_MEAN, PIXEL_STD


def plot_gallery(images, labels, per_class: int = 12) -> None:
    """One row of pictures for each class."""
    rows = {f"{index} · {name}": np.asarray(labels) == index for index, name in enumerate(CLASSES)}
    _draw_rows(images, rows, per_class)


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
