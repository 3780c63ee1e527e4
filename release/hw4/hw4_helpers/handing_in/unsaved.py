"""Whether the files hold what was run last."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from hw4_helpers.saved import read_cells
from hw4_helpers.trained import CHECKPOINT

from .troubles import Trouble

_SECONDS = 60  # files of one copy or download may differ by less


def unsaved(folder: Path, notebooks: Sequence[Path], points: float) -> Iterator[Trouble]:
    """In a notebook, what ran since it was saved; elsewhere, what the times of the files tell.

    ``points`` are at stake where a training is not in the saved notebook.
    """
    inputs = _inputs()
    if inputs:
        yield from _since_saving(notebooks, inputs)
        return
    notebook, checkpoint = folder / "fashion_mnist.ipynb", folder / CHECKPOINT
    if notebook.is_file() and checkpoint.is_file():
        late = checkpoint.stat().st_mtime - notebook.stat().st_mtime
        if late > _SECONDS:
            yield Trouble(
                points, f"{notebook.name} is older than {CHECKPOINT}: save it (Ctrl-S), it lacks your last training"
            )


def since_saving(cells: Sequence[dict], inputs: Sequence[str]) -> int:
    """How many of the kernel's ``inputs`` ran after the notebook with these cells was saved.

    ``inputs`` are as in IPython's history: the last one runs now, and does not count; neither
    do earlier runs of it. A saved cell is the n-th input when it has that number and text.
    """
    saved = {cell.get("execution_count"): cell["source"].strip() for cell in cells if cell["cell_type"] == "code"}
    ran = [number for number in range(1, len(inputs) - 1) if inputs[number].strip() not in ("", inputs[-1].strip())]
    kept = [number for number in ran if saved.get(number) == inputs[number].strip()]
    return sum(number > max(kept, default=0) for number in ran)


def _since_saving(notebooks: Sequence[Path], inputs: Sequence[str]) -> Iterator[Trouble]:
    """The notebook whose kernel this is: the one that has most of the inputs."""
    texts = {text.strip() for text in inputs if text.strip()}
    read = {}
    for path in notebooks:
        try:
            read[path] = read_cells(path)
        except (OSError, ValueError):
            continue
    if not read:
        return
    own = max(read, key=lambda path: len(texts & {cell["source"].strip() for cell in read[path]}))
    late = since_saving(read[own], inputs)
    if late:
        what = "1 cell that you have" if late == 1 else f"{late} cells that you have"
        yield Trouble(
            0, f"{own.name}: {what} run is not in the saved file as it ran. Save (Ctrl-S), and run this again"
        )


def _inputs() -> list[str]:
    """What this kernel has run, as it was typed; [] outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return list(shell.history_manager.input_hist_raw) if shell is not None and hasattr(shell, "kernel") else []
