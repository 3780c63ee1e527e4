"""Everything that the report says, as values."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hw4_helpers.curves import read_curves
from hw4_helpers.definitions import argument, plain_value
from hw4_helpers.fashion import CLASSES, load_test_set
from hw4_helpers.networks import Layer, count_parameters, layers_of, predict
from hw4_helpers.saved import read_cells
from hw4_helpers.trained import CHECKPOINT, NOTEBOOK, Trained, belonging, load_trained

PAIRS, PER_PAIR = 6, 8
UNANSWERED = "YOUR ANSWER HERE"


@dataclass(frozen=True)
class Confusion:
    """Pictures of class ``true`` that were taken for ``predicted``: how many, and those that it was surest of.

    images: float32 (n, 28, 28), as the network gets them; sure: float (n,), its probabilities
    """

    true: str
    predicted: str
    count: int
    images: np.ndarray
    sure: np.ndarray


@dataclass(frozen=True)
class Facts:
    """What the page shows; ``missing`` says what it cannot show.

    curves: as from ``read_curves``, {} when there are none
    matrix: int (10, 10), rows are true classes, over the test set
    analysis: the source of the written answer and its attached pictures, by name and type of the data
    """

    folder: Path
    name: str
    trained: Trained
    layers: list[Layer]
    parameters: int
    curves: dict
    together: tuple[bool | None, str]
    matrix: np.ndarray
    confusions: list[Confusion]
    analysis: str
    attachments: dict
    missing: list[str]

    @property
    def accuracy(self) -> float:
        return self.matrix.trace() / self.matrix.sum()

    @property
    def class_accuracy(self) -> np.ndarray:
        return self.matrix.diagonal() / self.matrix.sum(1)


def gather(folder: Path, model: Any, name: str) -> Facts:
    """Read and measure. Raises ``FileNotFoundError`` and ``ValueError`` where there is no trained network."""
    trained = load_trained(folder, model)
    images, labels = (tensor for tensor in load_test_set().tensors)
    probabilities = predict(trained.model, images).softmax(1).numpy()
    labels, images = labels.numpy(), images[:, 0].numpy()
    matrix = np.zeros((10, 10), dtype=int)
    np.add.at(matrix, (labels, probabilities.argmax(1)), 1)

    missing = []
    name = (name or str(argument(folder / NOTEBOOK, "report", "name") or "")).strip()
    if not name:
        missing.append('your name: report(model, name="…"), or python hw4.py report --name "…"')
    analysis, attachments = _analysis(folder / NOTEBOOK)
    if not analysis:
        missing.append("your analysis (section 9): write it, save the notebook, and make the report again")
    epochs = trained.about.get("epochs") or plain_value(folder / NOTEBOOK, "epochs")
    epochs = epochs if isinstance(epochs, int) else None
    try:
        curves = read_curves(str(folder / "runs"), epochs, str(folder / CHECKPOINT))
        curves = curves if all("accuracy" in curves.get(run, {}) for run in ("train", "validation")) else {}
    except FileNotFoundError:
        curves = {}
    if not curves:
        missing.append(
            "curves: there are none of training and validation in runs/; the full run of section 7 writes them"
        )
    together = belonging(trained, folder, epochs)
    if together[0] is False:
        missing.append(together[1])
    return Facts(
        folder,
        name,
        trained,
        layers_of(trained.model, load_test_set()[:1][0]),
        count_parameters(trained.model),
        curves,
        together,
        matrix,
        _confusions(matrix, labels, probabilities, images),
        analysis,
        attachments,
        missing,
    )


def _confusions(
    matrix: np.ndarray, labels: np.ndarray, probabilities: np.ndarray, images: np.ndarray
) -> list[Confusion]:
    """The most frequent mistakes, most frequent first."""
    predictions, sure = probabilities.argmax(1), probabilities.max(1)
    mistakes = np.where(np.eye(10, dtype=bool), 0, matrix)
    found = []
    for place in np.argsort(-mistakes, axis=None, kind="stable")[:PAIRS]:
        true, predicted = divmod(int(place), 10)
        if mistakes[true, predicted]:
            chosen = np.flatnonzero((labels == true) & (predictions == predicted))
            chosen = chosen[np.argsort(-sure[chosen], kind="stable")][:PER_PAIR]
            count = int(mistakes[true, predicted])
            found.append(Confusion(CLASSES[true], CLASSES[predicted], count, images[chosen], sure[chosen]))
    return found


def _analysis(notebook: Path) -> tuple[str, dict]:
    """The written answer in a saved notebook and its attached pictures; "" when it is not written."""
    try:
        cells = read_cells(notebook)
    except (OSError, ValueError):
        return "", {}
    for cell in cells:
        if "analysis" in (cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["id"]):
            source = cell["source"].strip()
            return ("" if source == UNANSWERED else source), cell.get("attachments", {})
    return "", {}
