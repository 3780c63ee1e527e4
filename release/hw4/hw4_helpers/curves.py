"""Curves of trainings in TensorBoard's event files."""

import math
import os
import re
import time
from pathlib import Path

from .checkpoints import read_about

TAGS = ("loss", "accuracy")


def read_curves(log_dir: str, epochs: int | None = None, checkpoint: str | None = None) -> dict:
    """Scalars in TensorBoard's event files below ``log_dir``, as ``{run: {tag: [value, ...]}}``.

    A run is a folder in ``log_dir``, "train" also when it is called "Train" or "train (1)";
    values are floats in the order of their steps. Where a folder holds the curves of
    several trainings, you get those of one: of the one that the file ``checkpoint`` is
    from, if it tells; else of the last one with ``epochs`` points, else of the longest.
    A training that was resumed counts as one. When none of them is the checkpoint's, it is
    said which. Raises ``FileNotFoundError`` when there is no event file.
    """
    wanted = _curves_of(checkpoint) if checkpoint else {}
    files: dict = {}
    for file in event_files(Path(log_dir)):
        files.setdefault(same_run(file.parent.name), []).append(file)
    curves: dict = {}
    for run in sorted(files):
        trainings = _read_trainings(files[run])
        tags = sorted({tag for points in trainings for tag in points})
        curves[run] = {
            tag: _curve([p[tag] for p in trainings if tag in p], epochs, wanted.get(run, {}).get(tag)) for tag in tags
        }
    if not curves:
        raise FileNotFoundError(
            f"There are no event files in {log_dir}/train and {log_dir}/validation: fit writes them while it trains. "
            "Run the full run of section 7, and hand the folder in with your notebooks."
        )
    if wanted and not _agree(curves, wanted):
        print(
            f"The curves in {log_dir}/ are not those of {checkpoint}, which was trained for {len(wanted['train']['loss'])} "
            f"epochs. Delete the folder {log_dir}/ and run the full run again: it puts the curves of the checkpoint "
            "there, and trains only what is missing."
        )
    return curves


def event_files(log_dir: Path) -> list[Path]:
    """The event files of the runs in a folder, sorted."""
    return sorted(file for file in log_dir.glob("*/*tfevents*") if file.is_file())


def same_run(folder: str) -> str:
    """The name of the run in a folder: "train" is also "Train", "train (1)" and "train copy"."""
    name = re.sub(r"[ _-]*(copy|\(\d+\)|\d)$", "", folder.lower())
    return name if name in ("train", "validation") else folder


def holds(files: list[Path], curves: dict) -> bool:
    """Whether event files hold these curves, and every one whole."""
    read = {run: _read_trainings([f for f in files if same_run(f.parent.name) == run]) for run in curves}
    return _agree(
        {
            run: {tag: _curve([p[tag] for p in read[run] if tag in p], None, curves[run][tag]) for tag in TAGS}
            for run in curves
        },
        curves,
    )


def write_curves(log_dir: Path, curves: dict) -> list[Path]:
    """Write curves into event files of their own, one a run; each is there as a whole or not at all."""
    from torch.utils.tensorboard import SummaryWriter

    files = []
    for run, tags in curves.items():
        folder = log_dir / run
        with SummaryWriter(str(folder / "new")) as writer:
            for tag, values in tags.items():
                for step, value in enumerate(values, 1):
                    writer.add_scalar(tag, value, step)
        (new,) = (folder / "new").iterdir()
        files.append(folder / f"events.out.tfevents.{time.time_ns()}")
        os.replace(new, files[-1])
        (folder / "new").rmdir()
    return files


def _curves_of(checkpoint: str) -> dict:
    """The curves that stand in a checkpoint; {} if it has none, or what it has cannot be curves."""
    curves = read_about(checkpoint).get("curves", {})
    try:
        return {run: {tag: [float(v) for v in curves[run][tag]] for tag in TAGS} for run in ("train", "validation")}
    except (TypeError, KeyError, ValueError, OverflowError):
        return {}


def _agree(curves: dict, wanted: dict) -> bool:
    """Whether curves begin with the wanted ones; a training may have gone on since the checkpoint was saved."""
    return all(_begins_with(curves.get(run, {}).get(tag, []), wanted[run][tag]) for run in wanted for tag in TAGS)


def _begins_with(values: list[float], wanted: list[float]) -> bool:
    """Whether values begin with the wanted ones, as far as float32 tells."""
    return len(values) >= len(wanted) and all(
        math.isclose(v, w, rel_tol=1e-5) or (math.isnan(v) and math.isnan(w))
        for v, w in zip(values, wanted, strict=False)
    )


def _read_trainings(files: list[Path]) -> list[dict]:
    """``{tag: [(step, value), ...]}`` for each ``SummaryWriter`` that wrote into one of the files, oldest first.

    A file that ends in the middle of a point, as after a crash, is read up to there.
    """
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    from tensorboard.util.tensor_util import make_ndarray

    trainings: list[tuple[float, dict]] = []
    for path in files:
        for number, event in enumerate(EventFileLoader(str(path)).Load()):
            if number == 0 or event.HasField("file_version"):  # the first thing that a writer writes
                trainings.append((event.wall_time, {}))
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name == "scalars":
                    point = event.step, float(make_ndarray(value.tensor))
                    trainings[-1][1].setdefault(value.tag, []).append(point)
    return [points for _, points in sorted(trainings, key=lambda training: training[0])]


def _curve(trainings: list[list], epochs: int | None, wanted: list[float] | None = None) -> list[float]:
    """The values of one training; each is a list of (step, value), as is what comes of resuming one."""
    choices: list[list] = []
    resumed: list[tuple] = []
    for points in trainings:
        resumed = [point for point in resumed if point[0] < points[0][0]] + points
        choices += [points, resumed]

    def rank(choice: tuple) -> tuple:
        place, points = choice
        values = [value for _, value in points]
        return wanted is not None and _begins_with(values, wanted), len(points) == epochs, len(points), place

    _, chosen = max(enumerate(choices), key=rank, default=(0, []))
    return [value for _, value in chosen]


class NoCurve(ValueError):
    """The message says what is missing; a notebook shows it without the places where it happened."""

    def _render_traceback_(self) -> list[str]:  # asked for by IPython
        return [str(self)]


def plot_curves(curves: dict) -> None:
    """Loss and accuracy per epoch, training and validation; ``curves`` as from ``read_curves``.

    Raises ``NoCurve``, a ``ValueError``, when one of the four is missing.
    """
    import matplotlib.pyplot as plt

    missing = [f"{tag} of {run}" for run in ("train", "validation") for tag in TAGS if not curves.get(run, {}).get(tag)]
    if missing:
        raise NoCurve(f"There is no curve of {', no '.join(missing)}. {_what_is_there(curves)}")
    _, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for tag, axis in zip(TAGS, axes, strict=True):
        for run, style in (("train", "o-"), ("validation", "s--")):
            values = curves[run][tag]
            axis.plot(range(1, len(values) + 1), values, style, label=run)
        axis.set(title=tag, xlabel="epoch")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.grid(alpha=0.3)
        axis.legend()
    plt.show()


def _what_is_there(curves: dict) -> str:
    there = [f"runs/{run} holds {', '.join(repr(tag) for tag in sorted(tags))}" for run, tags in curves.items() if tags]
    return (
        f"fit writes points tagged 'loss' and 'accuracy', spelt like this, into runs/train and runs/validation; "
        f"{' and '.join(there) or 'these folders hold no point'}. Do the visible checks of fit pass? Then do the full "
        "run again."
    )
