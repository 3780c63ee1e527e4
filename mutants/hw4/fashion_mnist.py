"""What wrong answers hand in beside fashion_mnist.ipynb: functions of the folder, which holds what the reference does.

Numbers and names in a checkpoint, curves in event files; fashion_mnist.toml says what each must lose.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util.tensor_util import make_ndarray
from torch.utils.tensorboard import SummaryWriter

State = dict[str, torch.Tensor]
Curves = dict[str, dict[str, list[float]]]  # by run and tag
EXAMPLES = Path(__file__).parents[2] / "examples"

# ---------------------------------------------------------------- runs/


def no_runs(folder: Path) -> None:
    shutil.rmtree(folder / "runs")


def no_validation(folder: Path) -> None:
    shutil.rmtree(folder / "runs" / "validation")


def empty_event_files(folder: Path) -> None:
    for file in folder.glob("runs/*/*"):
        file.write_bytes(b"")


def tags_of_their_own(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: values, tag_of="{run}/{tag}".format)


def percentages(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: [100 * v for v in values] if tag == "accuracy" else values)


def constants(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: values[-1:] * len(values))


def zeros(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: [0.0] * len(values))


def negative_losses(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: [-v for v in values] if tag == "loss" else values)


def straight_to_one(folder: Path) -> None:
    """Fabricated: as good as it gets."""
    _rewrite_curves(
        folder, lambda run, tag, values: [0.95, 0.96, 0.97, 0.98, 0.99, 1.0] if tag == "accuracy" else values
    )


def one_epoch(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: values[-1:])


def every_other_epoch(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: values[1::2])


def loss_that_is_no_number(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: [*values[:2], float("nan"), *values[3:]])


def rising_loss(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: values[::-1] if (run, tag) == ("train", "loss") else values)


def tags_exchanged(folder: Path) -> None:
    _rewrite_curves(
        folder, lambda run, tag, values: values, tag_of=lambda run, tag: {"loss": "accuracy"}.get(tag, "loss")
    )


def curves_of_a_worse_training(folder: Path) -> None:
    _rewrite_curves(folder, lambda run, tag, values: [v - 0.1 for v in values] if tag == "accuracy" else values)


# ---------------------------------------------------------------- fashion_cnn.safetensors


def no_checkpoint(folder: Path) -> None:
    _checkpoint(folder).unlink()


def random_weights(folder: Path) -> None:
    """As a network that was never trained: small weights, and statistics that say nothing."""
    random = torch.Generator().manual_seed(1)

    def draw(name: str, value: torch.Tensor) -> torch.Tensor:
        return torch.rand(value.shape, generator=random) * (1.0 if "var" in name else 0.1)

    _rewrite_checkpoint(folder, lambda state: {name: draw(name, value) for name, value in state.items()})


def always_one_class(folder: Path) -> None:
    _rewrite_checkpoint(
        folder, lambda state: state | {"output.weight": 0 * state["output.weight"], "output.bias": torch.arange(10.0)}
    )


def nan(folder: Path) -> None:
    _rewrite_checkpoint(folder, lambda state: {name: value * torch.nan for name, value in state.items()})


def too_large_for_float16(folder: Path) -> None:
    _rewrite_checkpoint(folder, lambda state: {name: (1e5 * value).half() for name, value in state.items()})


def another_student_s(folder: Path) -> None:
    """Of layers with other names, without batch normalisation."""
    shutil.copy(_checkpoint(EXAMPLES / "report" / "hw4"), folder)


def other_sizes(folder: Path) -> None:
    _rewrite_checkpoint(folder, lambda state: state | {"output.weight": state["output.weight"][:, :288]}, about={})


def parameters_only(folder: Path) -> None:
    _rewrite_checkpoint(
        folder, lambda state: {name: value for name, value in state.items() if name.endswith(("weight", "bias"))}
    )


def trained_with_another_pooling(folder: Path) -> None:
    """So its metadata say."""
    settings = '{"batch_norm": true, "dropout": 0.1, "pool": [3, 2, 1]}'
    _rewrite_checkpoint(folder, lambda state: state, about=_about(folder) | {"settings": settings})


def saved_by_torch(folder: Path) -> None:
    torch.save(_state(folder), _checkpoint(folder))


def cut_off(folder: Path) -> None:
    _checkpoint(folder).write_bytes(_checkpoint(folder).read_bytes()[:50_000])


def stopped_early(folder: Path) -> None:
    """Right about 71 % of the pictures."""
    _with_noise(folder, 0.08)


def nearly_there(folder: Path) -> None:
    """Right about 87 % of the pictures, as its curves say."""
    _with_noise(folder, 0.045)
    _rewrite_curves(folder, lambda run, tag, values: [v - 0.045 for v in values] if tag == "accuracy" else values)


def _checkpoint(folder: Path) -> Path:
    return folder / "fashion_cnn.safetensors"


def _about(folder: Path) -> dict[str, str]:
    with safe_open(_checkpoint(folder), "pt") as file:
        return file.metadata()


def _state(folder: Path) -> State:
    with safe_open(_checkpoint(folder), "pt") as file:
        # Clones: the tensors themselves are the file, which is written anew.
        return {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118  (it is no dict)


def _rewrite_checkpoint(folder: Path, change: Callable[[State], State], about: dict[str, str] | None = None) -> None:
    about = _about(folder) if about is None else about
    state = {name: value.contiguous() for name, value in change(_state(folder)).items()}
    save_file(state, _checkpoint(folder), about)


def _with_noise(folder: Path, size: float) -> None:
    random = torch.Generator().manual_seed(1)

    def noisy(name: str, value: torch.Tensor) -> torch.Tensor:
        return value + size * torch.randn(value.shape, generator=random) if name.endswith("weight") else value

    _rewrite_checkpoint(folder, lambda state: {name: noisy(name, value) for name, value in state.items()})


def _rewrite_curves(
    folder: Path,
    change: Callable[[str, str, list[float]], list[float]],
    tag_of: Callable[[str, str], str] = lambda run, tag: tag,
) -> None:
    """Write new event files: the reference's curves, changed by run and tag, and named anew."""
    curves = {file.parent.name: _read(file) for file in folder.glob("runs/*/*")}
    shutil.rmtree(folder / "runs")
    for run, tags in curves.items():
        with SummaryWriter(str(folder / "runs" / run)) as writer:
            for tag, values in tags.items():
                for epoch, value in enumerate(change(run, tag, values), 1):
                    writer.add_scalar(tag_of(run=run, tag=tag), value, epoch)


def _read(file: Path) -> dict[str, list[float]]:
    curves: dict[str, list[float]] = {}
    for event in EventFileLoader(str(file)).Load():
        for value in event.summary.value:
            curves.setdefault(value.tag, []).append(float(make_ndarray(value.tensor)))
    return curves
