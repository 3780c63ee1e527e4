"""Trainings that can go on: all that there is to know of one after an epoch, in one file."""

import hashlib
import inspect
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType

from .checkpoints import plain


@dataclass
class Training:
    """A training after ``epoch`` epochs.

    curves:     ``{"train": {"loss": [...], "accuracy": [...]}, "validation": {...}}``, a float per epoch
    best:       ``state_dict()`` after the epoch with the highest validation accuracy
    files:      the event files in ``runs`` that it wrote
    the states are those of network, optimizer, schedule (if there is one) and random generators
    """

    about: dict
    epoch: int = 0
    finished: bool = False
    curves: dict = field(default_factory=lambda: {run: {"loss": [], "accuracy": []} for run in ("train", "validation")})
    files: list = field(default_factory=list)
    best_epoch: int = 0
    best: dict = field(default_factory=dict)
    model: dict = field(default_factory=dict)
    optimizer: dict | None = None
    schedule: dict | None = None
    random: list = field(default_factory=list)

    def add(self, points: dict, model, optimizer, schedule) -> None:
        """Take up an epoch: its points by (run, tag), and the states after it."""
        for (run, tag), value in points.items():
            self.curves[run][tag].append(value)
        self.epoch += 1
        self.model = _copy(model.state_dict())
        self.optimizer = optimizer and optimizer.state_dict()
        self.schedule = schedule and schedule.state_dict()
        self.random = _random_states(model)
        accuracies = self.curves["validation"]["accuracy"]
        if not accuracies[-1] < max(accuracies):
            self.best_epoch, self.best = self.epoch, self.model

    def put_back(self, model) -> None:
        """Give ``model`` the state that it had after the epoch, and the random generators theirs when it is next trained.

        Not before: what ``fit`` draws until then, as a sample to measure, is not part of an epoch.
        """
        model.load_state_dict(self.model)
        train = model.train

        def first_train(mode: bool = True):
            if mode:
                del model.train
                self._put_back_random(model)
            return train(mode)

        model.train = first_train

    def _put_back_random(self, model) -> None:
        import torch

        torch.set_rng_state(self.random[0])
        if len(self.random) > 1:
            torch.get_device_module(_device(model)).set_rng_state(self.random[1])

    def described(self) -> dict:
        """What stands in the checkpoint: what was trained, from which epoch it is, and the curves."""
        return self.about | {"best_epoch": self.best_epoch, "curves": self.curves}


def what_is_trained(fit, network, settings: dict, model, loaders: tuple, epochs: int, seed: int) -> dict:
    """What makes a training what it is; two that agree in all of it are the same, and one can go on for the other."""
    return {
        "settings": all_settings(network, settings),
        "epochs": epochs,
        "seed": seed,
        "data": _checksum(loaders),
        "network": str(model),
        "code": _checksum_of_code(fit, network),
    }


def all_settings(network, settings: dict) -> dict:
    """All arguments of a network, with the defaults of those that ``settings`` leaves out, as JSON has them."""
    bound = inspect.signature(network).bind(**settings)
    bound.apply_defaults()
    return json.loads(json.dumps(bound.arguments, default=plain))


def file_of(about: dict) -> Path:
    key = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
    return Path("trainings") / f"{key[:16]}.pt"


def save(training: Training, path: Path) -> None:
    """Write a training to its file: all of it or, when stopped, nothing."""
    import torch

    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(".new")
    torch.save(vars(training), new)
    os.replace(new, path)


def load(path: Path) -> Training | None:
    """A training that was saved, or None; one whose file is damaged is begun again."""
    import torch

    try:
        return Training(**torch.load(path, map_location="cpu", weights_only=True))
    except FileNotFoundError:
        return None
    except Exception as error:  # torch.load raises whatever the bytes lead it to
        print(f"{path} cannot be read ({type(error).__name__}), so the training begins again.")
        return None


def _copy(state: dict) -> dict:
    return {name: value.detach().cpu().clone() for name, value in state.items()}


def _device(model):
    return next(model.parameters()).device


def _random_states(model) -> list:
    import torch

    states = [torch.get_rng_state()]
    if _device(model).type != "cpu":
        states.append(torch.get_device_module(_device(model)).get_rng_state())
    return states


def _checksum(loaders: tuple) -> str:
    """Of the pictures and labels that are trained and measured with, the size of the batches, and what is done to them."""
    digest = hashlib.sha256()
    for loader in loaders:
        digest.update(f"{len(loader)} {getattr(loader, 'augmentation', '')}".encode())
        for tensor in getattr(loader.dataset, "tensors", ()):
            digest.update(tensor.cpu().contiguous().numpy())
    return digest.hexdigest()


def _checksum_of_code(fit, network) -> str:
    """Of what ``fit`` and the network do, with the functions beside ``fit`` that it calls; comments do not count."""
    digest = hashlib.sha256()
    seen = set()

    def add(code: CodeType, names: dict) -> None:
        if code in seen:
            return
        seen.add(code)
        digest.update(code.co_code + repr(code.co_names).encode())
        for constant in code.co_consts:
            if isinstance(constant, CodeType):
                add(constant, names)
            else:
                digest.update(
                    repr(sorted(constant, key=repr) if isinstance(constant, frozenset) else constant).encode()
                )
        for name in code.co_names:
            called = names.get(name)
            if isinstance(called, FunctionType) and called.__module__ == fit.__module__:
                add(called.__code__, names)

    methods = (
        [value for value in vars(network).values() if isinstance(value, FunctionType)]
        if inspect.isclass(network)
        else []
    )
    for function in (fit, *methods):
        if isinstance(function, FunctionType):
            add(function.__code__, function.__globals__)
    return digest.hexdigest()
