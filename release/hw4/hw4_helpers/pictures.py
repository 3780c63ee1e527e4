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


def plot_pictures(images, captions, per_row: int = 10) -> None:
    """Pictures, (N, 1, 28, 28), in rows, dark on white, each under its caption."""
    import matplotlib.pyplot as plt

    captions = [str(caption) for caption in captions]
    black, white = ((value - PIXEL_MEAN) / PIXEL_STD for value in (1, 0))
    inch = per_row * _PITCH / 9  # in pixels, when the figure is 9 inches wide
    above = round(0.15 * inch * (max(caption.count("\n") for caption in captions) + 1))
    sheet, corners = _sheet([image[0] for image in images], per_row, _PITCH + above, white)
    _, axis = plt.subplots(figsize=(9, (len(sheet) + above) / inch), layout="constrained")
    axis.imshow(sheet, cmap="gray_r", vmin=white, vmax=black, interpolation="nearest")
    for (top, left), caption in zip(corners, captions, strict=True):
        axis.text(left + _SIDE / 2, top - 1, caption, ha="center", va="bottom", fontsize=8)
    axis.set(ylim=(len(sheet) - 0.5, -above))
    axis.axis("off")
    plt.show()


def plot_filters(filters: dict, image) -> None:
    """Filters, tensors (K, C, kh, kw) by title, and below each the map that its first kernel makes of an image, (1, H, W)."""
    import matplotlib.pyplot as plt
    import torch.nn.functional as F

    kernels = [kernel[0] for group in filters.values() for kernel in group]
    maps = [F.conv2d(image[None], k[None, None], padding=[n // 2 for n in k.shape])[0, 0] for k in kernels]
    tiles = [_magnified(tile / (tile.abs().max() or 1)) for tile in (*kernels, *maps)]
    sheet, corners = _sheet(tiles, len(kernels), _PITCH, np.nan)
    _, axis = plt.subplots(figsize=(0.62 * len(kernels), 1.5), layout="constrained")
    axis.imshow(sheet, cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
    first = 0
    for title, group in filters.items():
        if len(group):
            axis.text(corners[first][1], -2, title, va="bottom", fontsize=9)
        first += len(group)
    axis.axis("off")
    plt.show()


_SIDE, _PITCH = 28, 34  # of a tile on a sheet, in pixels, without and with the gap beside it


def _sheet(tiles: list, per_row: int, row_pitch: int, background: float) -> tuple[np.ndarray, list]:
    """Tiles, (28, 28), in rows on one sheet, and the corner of each, (top, left). One image is drawn far sooner than many."""
    rows = -(-len(tiles) // per_row)
    sheet = np.full(((rows - 1) * row_pitch + _SIDE, per_row * _PITCH - _PITCH + _SIDE), background, dtype=np.float32)
    corners = [(number // per_row * row_pitch, number % per_row * _PITCH) for number in range(len(tiles))]
    for tile, (top, left) in zip(tiles, corners, strict=True):
        sheet[top : top + _SIDE, left : left + _SIDE] = tile
    return sheet, corners


def _magnified(tile) -> np.ndarray:
    """A small array as one of 28 × 28, each number as often as need be."""
    rows, columns = (np.arange(_SIDE) * length // _SIDE for length in tile.shape)
    return np.asarray(tile)[np.ix_(rows, columns)]


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
