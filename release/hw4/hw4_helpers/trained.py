"""The trained network that lies in a folder: its checkpoint, its curves, and whether they belong together."""

import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .checkpoints import load_checkpoint, read_about
from .curves import read_curves
from .definitions import plain_value, run_definitions
from .fashion import load_fashion_mnist
from .networks import predict

CHECKPOINT = "fashion_cnn.safetensors"
NOTEBOOK = "fashion_mnist.ipynb"


@dataclass(frozen=True)
class Trained:
    """A network with the parameters of a checkpoint, in evaluation mode.

    ``settings`` are the arguments of ``FashionCNN`` (None: not known), ``about`` what the
    checkpoint says of its training, ``digest`` the SHA-256 of the file, in hexadecimal.
    """

    model: Any
    settings: dict | None
    about: dict
    digest: str


def load_trained(folder: Path, model: Any = None) -> Trained:
    """The network of ``fashion_cnn.safetensors``, built by the class in the saved notebook.

    ``model`` is an example of the network: with it, the notebook is not asked, and the
    model stays as it is. Raises ``FileNotFoundError`` and ``ValueError`` with what to do.
    """
    path = folder / CHECKPOINT
    about = read_about(str(path))
    told = about.get("settings") or plain_value(folder / NOTEBOOK, "settings")
    settings = told if isinstance(told, dict) else None
    model = copy.deepcopy(model).cpu() if model is not None else _from_notebook(folder / NOTEBOOK, settings or {})
    load_checkpoint(model, str(path))
    return Trained(model.eval(), settings, about, digest(path))


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def measured(model: Any, dataset: Any) -> tuple[float, float]:
    """Accuracy, between 0 and 1, and mean cross-entropy of a network on a ``TensorDataset``."""
    import torch.nn.functional as F

    images, labels = dataset.tensors
    logits = predict(model, images)
    return (logits.argmax(1) == labels).float().mean().item(), F.cross_entropy(logits, labels).item()


def belonging(trained: Trained, folder: Path, epochs: int | None = None) -> tuple[bool | None, str]:
    """Whether the curves in ``runs/`` are those of the checkpoint, and a sentence that says how that shows.

    The checkpoint is measured on the validation set: one point of the validation curves must
    have that accuracy and loss. None: it cannot be told.
    """
    try:
        curves = read_curves(str(folder / "runs"), epochs, str(folder / CHECKPOINT))
        points = curves.get("validation", {}).get("accuracy", [])
        losses = curves.get("validation", {}).get("loss", points)
        accuracy, loss = measured(trained.model, load_fashion_mnist()[1])
    except OSError as error:
        return None, f"Whether curves and checkpoint belong together cannot be told: {str(error).splitlines()[0]}"
    if not points:
        return None, (
            "Whether curves and checkpoint belong together cannot be told: runs/validation holds no point tagged 'accuracy'"
        )
    found = [
        epoch
        for epoch, (a, b) in enumerate(zip(points, losses, strict=False), 1)
        if abs(a - accuracy) < 0.004 and (losses is points or abs(b - loss) < 0.03 * loss + 0.003)
    ]
    if found:
        return True, (
            f"Curves and checkpoint belong together: the checkpoint has {accuracy:.1%} on the validation set, "
            f"as the curve has after epoch {found[-1]} of {len(points)}."
        )
    return False, (
        f"Curves and checkpoint do not belong together: the checkpoint has {accuracy:.1%} on the validation set "
        f"(loss {loss:.3f}), and no epoch of the curves has (the last: {points[-1]:.1%}). Do the full run of section 7 "
        "again: it writes both."
    )


def _from_notebook(notebook: Path, settings: dict) -> Any:
    network: Callable | None = run_definitions(notebook).get("FashionCNN")
    if network is None:
        raise ValueError(f"{notebook.name} defines no class FashionCNN, or its cell ends in an error: run it and see.")
    try:
        return network(**settings)
    except Exception as error:  # whatever the student's class does
        raise ValueError(f"FashionCNN(**{settings}) of {notebook.name} ends in {error!r}.") from error
