"""The full run: training that is kept after each epoch, and goes on where it was interrupted."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from .checkpoints import save_checkpoint
from .curves import event_files, holds, same_run, write_curves
from .running import best_device
from .trainings import Training, file_of, load, save, what_is_trained

CHECKPOINT = "fashion_cnn.safetensors"


def full_run(fit, network, settings: dict, train_loader, val_loader, epochs: int, fresh: bool = False, seed: int = 0):
    """Train ``network(**settings)`` with ``fit`` and keep what it has learnt after each epoch.

    Kept together are the best network so far (by validation accuracy), in
    ``fashion_cnn.safetensors``, and its curves, in ``runs``. Run again after an
    interruption, it goes on from the last whole epoch, as if nothing had happened;
    ``fresh`` begins anew instead. A training with other settings, epochs, data or code
    is another training: each is kept in the folder ``trainings``.

    fit:      the student's ``fit(model, train_loader, val_loader, epochs, log_dir)``
    network:  class of the network; settings: its arguments, plain values

    Returns ``{"train": {"loss": [...], "accuracy": [...]}, "validation": {...}}``, a
    float per epoch. Raises ``Interrupted`` when the kernel is interrupted.
    """
    import torch

    torch.manual_seed(seed)
    model = network(**settings).to(best_device(), memory_format=torch.channels_last)
    about = what_is_trained(fit, network, settings, model, (train_loader, val_loader), epochs, seed)
    path = file_of(about)
    training = None if fresh else load(path)
    if training:
        training.put_back(model)
        _keep(training)
        if training.finished:
            print(f"Trained already: {_summary(training)}. To train anew: fresh=True.")
            return training.curves
        print(f"Going on after epoch {training.epoch} of {epochs}. To begin anew: fresh=True.")
    else:
        training = Training(about)
    listener = _Listener(training, model, path)
    try:
        with listener.listening():
            history = fit(model, train_loader, val_loader, epochs - training.epoch, "runs")
    except KeyboardInterrupt:
        raise Interrupted(_what_is_left(training, epochs)) from None
    if not training.epoch:
        save_checkpoint(model, CHECKPOINT, about)
        print(
            f"Saved {CHECKPOINT}, but fit wrote no loss and accuracy for runs/train and runs/validation: "
            "there are no curves, and nothing could be kept while it trained."
        )
        return history
    training.finished = True
    save(training, path)
    print(f"Saved {CHECKPOINT} and runs/: {_summary(training)}.")
    return training.curves


class Interrupted(KeyboardInterrupt):
    """The kernel was interrupted; the notebook shows one line, not where in PyTorch it happened."""

    def _render_traceback_(self):  # asked for by IPython
        return [str(self)]


def watch_schedule(schedule) -> None:
    """Keep the state of a learning-rate schedule with the training that is going on, if there is one."""
    if _Listener.now:
        _Listener.now.watch_schedule(schedule)


def _what_is_left(training: Training, epochs: int) -> str:
    if not training.epoch:
        return (
            f"Interrupted in the first epoch: {CHECKPOINT} and runs/ are as they were before. "
            "Run the cell again to begin again."
        )
    return (
        f"Interrupted in epoch {training.epoch + 1} of {epochs}. {CHECKPOINT} and runs/ hold what it had reached: "
        f"{_summary(training)}. Run the cell again to go on from there."
    )


def _summary(training: Training) -> str:
    best = training.curves["validation"]["accuracy"][training.best_epoch - 1]
    epochs = "1 epoch" if training.epoch == 1 else f"{training.epoch} epochs"
    return f"{epochs}, the best network after epoch {training.best_epoch}, validation accuracy {best:.1%}"


def _keep(training: Training) -> None:
    """Put the training's best network and its curves in their place, and take away the curves of others.

    In this order, so that whenever it is stopped the curves of the checkpoint are there:
    its curves, the checkpoint, and then the curves of others go.
    """
    runs = Path("runs")
    own = [file for file in event_files(runs) if str(file) in training.files]
    if not holds(own, training.curves):
        own = write_curves(runs, training.curves)
        training.files = [str(file) for file in own]
    save_checkpoint(training.best, CHECKPOINT, training.described())
    for file in set(event_files(runs)) - set(own):
        with suppress(OSError):  # Windows: TensorBoard may be reading it
            file.unlink()


class _Listener:
    """Hears from PyTorch and TensorBoard what any ``fit`` does, and keeps each epoch that is whole.

    An epoch is whole when loss and accuracy of training and validation are written: by
    then the network is trained and measured. Optimizer and schedule are heard of when
    they are first used; in a training that goes on, they get their state back then.
    """

    now: ClassVar["_Listener | None"] = None  # the one that listens

    def __init__(self, training: Training, model, path: Path):
        self.training, self.model, self.path = training, model, path
        self.before = training.epoch  # epochs that this call of fit does not know of
        self.others = {file for file in event_files(Path("runs")) if str(file) not in training.files}
        self.waiting: dict[tuple, float] = {}  # points of the epoch that goes on, by (run, tag)
        self.writers: set[Any] = set()
        self.optimizer: Any = None
        self.schedule: Any = None

    @contextmanager
    def listening(self) -> Iterator[None]:
        from torch.optim.optimizer import register_optimizer_step_pre_hook
        from torch.utils.tensorboard import SummaryWriter

        write = SummaryWriter.add_scalar

        def add_scalar(writer, tag, scalar_value, global_step=None, *args, **kwargs):
            step = global_step if global_step is None else global_step + self.before
            write(writer, tag, scalar_value, step, *args, **kwargs)
            self.heard(writer, tag, float(scalar_value))

        hook = register_optimizer_step_pre_hook(lambda optimizer, *_: self.watch_optimizer(optimizer))
        _Listener.now = self
        try:
            with patch.object(SummaryWriter, "add_scalar", add_scalar):
                yield
        finally:
            _Listener.now = None
            hook.remove()
            for writer in self.writers:
                writer.close()
            if not self.training.epoch:  # of a first epoch that is not over, nothing stays
                for file in set(event_files(Path("runs"))) - self.others:
                    file.unlink()

    def watch_optimizer(self, optimizer) -> None:
        ours = {id(parameter) for parameter in self.model.parameters()}
        if self.optimizer is None and ours & {id(p) for group in optimizer.param_groups for p in group["params"]}:
            self.optimizer = optimizer
            if self.training.optimizer:
                optimizer.load_state_dict(self.training.optimizer)

    def watch_schedule(self, schedule) -> None:
        self.schedule = schedule
        if self.training.schedule:
            schedule.load_state_dict(self.training.schedule)

    def heard(self, writer, tag: str, value: float) -> None:
        writer.flush()  # a point counts once it is in the file, whatever becomes of this process
        self.writers.add(writer)
        folder = Path(writer.log_dir)
        if folder.parent == Path("runs") and tag in ("loss", "accuracy"):
            self.waiting[same_run(folder.name), tag] = value
        if {(run, tag) for run in ("train", "validation") for tag in ("loss", "accuracy")} <= self.waiting.keys():
            self.epoch_is_over()

    def epoch_is_over(self) -> None:
        training = self.training
        training.add(self.waiting, self.model, self.optimizer, self.schedule)
        self.waiting = {}
        written = set(event_files(Path("runs"))) - self.others
        training.files = [str(file) for file in written]
        save(training, self.path)
        _keep(training)
