"""Curves of trainings in TensorBoard's event files."""

from pathlib import Path


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
