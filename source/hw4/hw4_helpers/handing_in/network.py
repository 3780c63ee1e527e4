"""The checkpoint and the curves as they lie in the folder."""

import os
from pathlib import Path

from hw4_helpers.checkpoints import read_checkpoint
from hw4_helpers.curves import read_curves
from hw4_helpers.fashion import load_test_set
from hw4_helpers.trained import CHECKPOINT, belonging, load_trained, measured

from .troubles import Trouble

_STEPS = (0.85, 0.88, 0.895)
_POINTS_A_STEP = 3


def about_network(folder: Path, points_of: dict[str, float]) -> tuple[list[str], list[Trouble]]:
    """What to say of the trained network, and what may cost points; ``points_of`` has those of the tests by name."""
    try:
        read_checkpoint(str(folder / CHECKPOINT), {})
    except (FileNotFoundError, ValueError) as error:
        return [], [
            Trouble(points_of.get("test-checkpoint", 0), _told(error, folder)),
            *_about_curves(folder, points_of),
        ]
    try:
        trained = load_trained(folder)
        accuracy, _ = measured(trained.model, load_test_set())
    except (FileNotFoundError, ValueError) as error:
        return [], [
            Trouble(points_of.get("test-checkpoint", 0), f"{CHECKPOINT} was not measured: {_told(error, folder)}"),
            *_about_curves(folder, points_of),
        ]
    said = [f"Test accuracy of {CHECKPOINT}: {accuracy:.2%}"]
    troubles = _about_curves(folder, points_of)
    short = [f"{step:.1%}" for step in _STEPS if accuracy < step]
    if short:
        words = f"{CHECKPOINT} has {accuracy:.2%} on the test set, and {' and '.join(short)} {'is' if len(short) == 1 else 'are'} not reached"
        troubles.append(Trouble(_POINTS_A_STEP * len(short), words))
    if not troubles:
        epochs = trained.about.get("epochs")
        together, words = belonging(trained, folder, epochs if isinstance(epochs, int) else None)
        if together:
            said.append(words)
        else:
            troubles.append(Trouble(points_of.get("test-events", 0) if together is False else 0, words))
    return said, troubles


def _about_curves(folder: Path, points_of: dict[str, float]) -> list[Trouble]:
    at_stake = points_of.get("test-events", 0)
    try:
        curves = read_curves(str(folder / "runs"))
    except FileNotFoundError as error:
        return [Trouble(at_stake, _told(error, folder))]
    lacking = [
        f"{run}/{tag}"
        for run in ("train", "validation")
        for tag in ("loss", "accuracy")
        if not curves.get(run, {}).get(tag)
    ]
    if lacking:
        return [Trouble(at_stake, f"runs/ holds no curve {', '.join(lacking)}: do the full run of section 7 again")]
    return []


def _told(error: Exception, folder: Path) -> str:
    """The words of an error, with paths as seen from the folder."""
    return str(error).replace(f"{folder}{os.sep}", "").replace("\n", " ")
