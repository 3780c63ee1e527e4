"""Checkpoints and event files of the Fashion-MNIST notebook, as training elsewhere leaves them."""

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.utils.tensorboard import SummaryWriter

State = dict[str, torch.Tensor]
CHECKPOINT = "fashion_cnn.safetensors"


def under(prefix: str) -> Callable[[State], State]:
    return lambda state: {prefix + name: value for name, value in state.items()}


def in_precision(dtype: torch.dtype) -> Callable[[State], State]:
    """Every tensor, the statistics and the counter of batch normalisation too."""
    return lambda state: {name: value.to(dtype) for name, value in state.items()}


def with_optimizer(state: State) -> State:
    moments = {
        f"optimizer.state.{number}.{kind}": torch.rand_like(value.float())
        for number, value in enumerate(state.values())
        for kind in ("exp_avg", "exp_avg_sq")
    }
    return {f"model.{name}": value for name, value in state.items()} | moments | {"epoch": torch.tensor(6)}


def flat_with_optimizer(state: State) -> State:
    moments = {f"optimizer.exp_avg.{name}": torch.rand_like(value.float()) for name, value in state.items()}
    return state | moments | {"epoch": torch.tensor(6), "best_accuracy": torch.tensor([0.91])}


def without_counters(state: State) -> State:
    return {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}


def averaged(state: State) -> State:
    """As ``torch.optim.swa_utils.AveragedModel`` names them."""
    return under("module.")(state) | {"n_averaged": torch.tensor(3)}


#: Forms of the same numbers that a checkpoint may have.
SAME_NETWORK: dict[str, Callable[[State], State]] = {
    "float16": in_precision(torch.float16),
    "bfloat16": in_precision(torch.bfloat16),
    "float64": in_precision(torch.float64),
    "DataParallel": under("module."),
    "torch.compile": under("_orig_mod."),
    "torch.compile around DataParallel, in float16": lambda state: under("_orig_mod.module.")(
        in_precision(torch.float16)(state)
    ),
    "a compiled layer": lambda state: {name.replace(".", "._orig_mod.", 1): value for name, value in state.items()},
    "a wrapped network": under("net."),
    "nested under model": under("model."),
    "nested under state_dict": under("model.state_dict."),
    "nested with slashes": under("model/"),
    "averaged weights": averaged,
    "beside an optimizer": with_optimizer,
    "an optimizer among its own names": flat_with_optimizer,
    "without counters": without_counters,
}


def rewrite(folder: Path, change: Callable[[State], State]) -> None:
    """Change the names and numbers in the checkpoint of a folder that is handed in."""
    path = folder / CHECKPOINT
    save_file(change(load_file(path)), path)


def write_curves(runs: Path, steps: Iterable[int], loss_at: Callable[[int], float], **options) -> None:
    """What a training with these epochs writes: loss and accuracy of training and validation."""
    for run in ("train", "validation"):
        with SummaryWriter(str(runs / run)) as writer:
            for step in steps:
                writer.add_scalar("loss", loss_at(step), step, **options)
                writer.add_scalar("accuracy", 1 - loss_at(step), step, **options)


def event_files(runs: Path) -> list[Path]:
    return sorted(runs.glob("*/*tfevents*"))


# Curves of six epochs that a folder may hold, each made in an empty folder. FULL is what they are read as; they end
# with an accuracy of 92 %, that of the reference's checkpoint.


def full(epoch: int) -> float:
    return 0.48 / epoch


def later(epoch: int) -> float:
    return 0.9 - 0.01 * epoch


def a_later_shorter_training(runs: Path) -> None:
    write_curves(runs, range(1, 7), full)
    write_curves(runs, range(1, 3), later)


def a_later_shorter_training_counted_from_0(runs: Path) -> None:
    write_curves(runs, range(1, 7), full)
    write_curves(runs, range(2), later)


def an_earlier_longer_training(runs: Path) -> None:
    write_curves(runs, range(1, 11), later)
    write_curves(runs, range(1, 7), full)


def an_earlier_training_of_the_same_length(runs: Path) -> None:
    write_curves(runs, range(1, 7), later)
    write_curves(runs, range(1, 7), full)


def a_training_that_was_interrupted_and_begun_again(runs: Path) -> None:
    write_curves(runs, range(1, 4), later)
    write_curves(runs, range(1, 7), full)


def a_training_that_was_resumed(runs: Path) -> None:
    write_curves(runs, range(1, 5), lambda epoch: full(epoch) if epoch < 4 else 5.0)
    write_curves(runs, range(4, 7), full)


def a_training_that_was_resumed_and_a_shorter_one(runs: Path) -> None:
    write_curves(runs, range(1, 4), full)
    write_curves(runs, range(4, 7), full)
    write_curves(runs, range(1, 3), later)


def a_writer_for_each_epoch(runs: Path) -> None:
    for epoch in range(1, 7):
        write_curves(runs, [epoch], full)


def files_joined_into_one(runs: Path) -> None:
    a_later_shorter_training(runs)
    for run in ("train", "validation"):
        first, second = sorted((runs / run).iterdir())
        first.write_bytes(first.read_bytes() + second.read_bytes())
        second.unlink()


def files_renamed_against_their_order(runs: Path) -> None:
    an_earlier_training_of_the_same_length(runs)
    for run in ("train", "validation"):
        for name, file in zip("ba", sorted((runs / run).iterdir()), strict=True):
            file.rename(file.with_name(f"{name}.tfevents"))


def a_last_point_cut_off(runs: Path) -> None:
    write_curves(runs, range(1, 8), full)
    for file in event_files(runs):
        # The last two points are the seventh of loss and of accuracy: cut into the first of them.
        size = len(file.read_bytes())
        file.write_bytes(file.read_bytes()[: size - 60])


def scalars_in_the_new_style(runs: Path) -> None:
    write_curves(runs, range(1, 7), full, new_style=True)


def the_hidden_files_of_a_mac(runs: Path) -> None:
    write_curves(runs, range(1, 7), full)
    for file in event_files(runs):
        file.with_name(f"._{file.name}").write_bytes(b"\0\5\x16\7" + bytes(100))


CURVES = [
    a_later_shorter_training,
    a_later_shorter_training_counted_from_0,
    an_earlier_longer_training,
    an_earlier_training_of_the_same_length,
    a_training_that_was_interrupted_and_begun_again,
    a_training_that_was_resumed,
    a_training_that_was_resumed_and_a_shorter_one,
    a_writer_for_each_epoch,
    files_joined_into_one,
    files_renamed_against_their_order,
    a_last_point_cut_off,
    scalars_in_the_new_style,
    the_hidden_files_of_a_mac,
]


def replace_curves(folder: Path, make: Callable[[Path], None]) -> None:
    shutil.rmtree(folder / "runs")
    make(folder / "runs")
