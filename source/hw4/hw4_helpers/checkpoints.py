"""Trained parameters in safetensors files."""

import json
import math
import os
import re
from pathlib import Path
from typing import Any

#: Arguments that make no difference to a network that is no longer trained.
TRAINING_ONLY = ("dropout",)


def save_checkpoint(model, path: str, about: dict | None = None) -> None:
    """Write the parameters of ``model``, or a ``state_dict()``, to a safetensors file: all of it or, when stopped, nothing.

    ``about``: what to write beside them, plain values by name; ``read_about`` reads it.
    """
    import torch
    from safetensors.torch import save_file

    state = model if isinstance(model, dict) else model.state_dict()
    # A copy of each: a layer that the model knows by two names would share its memory, which the format refuses.
    state = {name: value.cpu().clone(memory_format=torch.contiguous_format) for name, value in state.items()}
    new = f"{path}.new"
    save_file(state, new, {name: json.dumps(value) for name, value in (about or {}).items()})
    os.replace(new, path)


def read_about(path: str) -> dict:
    """What ``full_run`` wrote into a checkpoint beside the parameters.

    ``settings`` (all arguments of the network), ``epochs``, ``seed``, ``data`` (a checksum),
    ``best_epoch`` (the one after which it was saved), ``curves`` … {} when there is nothing
    of it, as in a checkpoint that was saved in another way, or no such file.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            return {name: _decoded(text) for name, text in (file.metadata() or {}).items()}
    except (OSError, SafetensorError):
        return {}


def _decoded(text: str) -> Any:
    """What JSON says; other text as it is."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def plain(value):
    """A value of ``settings`` that JSON does not know: NumPy's numbers as Python's, functions and classes by name."""
    return value.item() if hasattr(value, "item") else str(getattr(value, "__name__", type(value).__name__))


def load_checkpoint(model, path: str, settings: dict | None = None) -> None:
    """Read the parameters of ``model`` from a safetensors file, as ``read_checkpoint`` finds them.

    ``settings``: those that ``model`` was made with, to compare with those in the file
    (if it has any). Raises ``FileNotFoundError`` when there is no such file and
    ``ValueError`` when it is no safetensors file, when its parameters are not those of
    ``model``, or when it was trained with other settings.
    """
    if settings is not None:
        _compare_settings(settings, path)
    wanted = model.state_dict()
    state = read_checkpoint(path, wanted)
    try:
        model.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(
            f"{path} does not fit FashionCNN(**settings): {_misfit(state, wanted)}. "
            "Set settings back to those you trained with, written as plain values, or do the full run again."
        ) from error


def read_checkpoint(path: str, wanted: dict) -> dict:
    """The parameters in a safetensors file under the names that they have in ``wanted``, a ``state_dict()``.

    What saving may add makes no difference: another precision (float16, bfloat16,
    float64), names with ``module.`` (DataParallel), ``_orig_mod.`` (torch.compile) or a
    prefix such as ``model.`` before them, and an optimizer's state beside the network.
    What else stands beside the network comes along under its own name. Returns tensors,
    float32 where they are of floating point. Raises ``FileNotFoundError`` when there is
    no such file, ``ValueError`` when it is no safetensors file.
    """
    from safetensors import SafetensorError, safe_open

    if not Path(path).is_file():
        raise FileNotFoundError(_why_missing(Path(path)))
    try:
        with safe_open(path, "pt") as file:
            saved = file.keys()
            shapes = {name: file.get_slice(name).get_shape() for name in saved}
            state = {name: file.get_tensor(there) for name, there in _names_of_network(shapes, list(wanted)).items()}
    except SafetensorError as error:
        raise ValueError(_why_unreadable(Path(path))) from error
    return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}


def _compare_settings(settings: dict, path: str) -> None:
    """ValueError, unless the network in the file was trained with these settings, as far as the file tells."""
    trained = read_about(path).get("settings")
    if not isinstance(trained, dict):
        return
    baseline = {"batch_norm": False, "dropout": 0.1, "pool": (2, 2, 0)}
    chosen = {name: json.dumps(value, default=plain) for name, value in (baseline | settings).items()}
    other = {name: value for name, value in trained.items() if json.loads(chosen.get(name, json.dumps(value))) != value}
    if not other:
        return
    needed = "settings = dict(" + ", ".join(f"{name}={_as_written(value)}" for name, value in trained.items()) + ")"
    said = ", ".join(f"{name}={_as_written(value)}" for name, value in other.items())
    if other.keys() <= set(TRAINING_ONLY):
        print(f"{path} was trained with {said}. That changes nothing now; it was: {needed}")
        return
    raise ValueError(
        f"{path} was trained with {said}, other than settings says. "
        f"Set settings back, {needed}, or do the full run again."
    )


def _as_written(value) -> str:
    return str(tuple(value)) if isinstance(value, list) else repr(value)


def _why_missing(path: Path) -> str:
    others = sorted(file.name for file in path.parent.iterdir() if file.suffix in (".pt", ".pth"))
    if others:
        return f"There is no {path} beside the notebook, only {others[0]}. {_not_torch_save(path)}"
    return (
        f"There is no {path} beside the notebook. Run the cells of section 7 (the full run): they train "
        "your network and save it under this name. Hand the file in with your notebooks."
    )


def _why_unreadable(path: Path) -> str:
    with open(path, "rb") as file:
        start = file.read(4)
    if start in (b"PK\x03\x04", b"\x80\x02\x8a\x0a"):  # a zip archive, or what older versions wrote
        return f"{path} was written by torch.save, although its name says safetensors. {_not_torch_save(path)}"
    return (
        f"{path} is damaged: it is not a whole safetensors file. Copy it again from where you trained, "
        "or save it again with save_checkpoint."
    )


def _not_torch_save(path: Path) -> str:
    return (
        "Files of torch.save can run programs when they are opened, so they are not read. "
        f'Run save_checkpoint(model, "{path.name}") with the trained model, and hand in the file that it writes.'
    )


_WRAPPERS = ("module", "_orig_mod")  # DataParallel and AveragedModel, torch.compile


def _names_of_network(saved: dict, wanted: list) -> dict:
    """By the names in ``wanted``, those of the same tensors in a file; ``saved`` has the file's shapes by name.

    The network is where all wanted names stand behind one prefix, the shortest. What else
    stands there keeps its name, unless it is an optimizer's or a single number. Without
    such a prefix all names stay as they are.
    """
    plain = {_without_wrappers(name): name for name in saved}
    parts = dict(zip(wanted, _without_prefix([_without_wrappers(name) for name in wanted]), strict=True))
    needed = [part for part in parts.values() if not part.endswith("num_batches_tracked")]  # PyTorch makes its own
    prefixes = {name.removesuffix(needed[0]) for name in plain if name.endswith(needed[0])} if needed else ()
    for prefix in sorted(prefixes, key=lambda prefix: (len(prefix), prefix)):
        if prefix[-1:] in ("", ".") and all(prefix + part in plain for part in needed):
            network = {name: plain[prefix + part] for name, part in parts.items() if prefix + part in plain}
            found = set(network.values())
            return network | {
                there: there
                for name, there in plain.items()
                if there not in found and name.startswith(prefix) and _is_of_network(name, saved[there])
            }
    return {name: name for name in saved}


def _is_of_network(name: str, shape: list) -> bool:
    """Whether a tensor may be a layer's: no optimizer's or average's, no number of an epoch."""
    return math.prod(shape) > 1 and not re.search(
        r"(^|\.)(optim|sched|scaler|ema(\.|_)|(max_)?exp_avg|momentum_buffer)", name
    )


def _without_wrappers(name: str) -> str:
    return ".".join(part for part in name.replace("/", ".").split(".") if part not in _WRAPPERS)


def _without_prefix(names: list[str]) -> list[str]:
    """Names without the parts that all of them begin with; the last part stays."""
    parts = [name.split(".") for name in names]
    while min(map(len, parts), default=0) > 1 and len({first for first, *_ in parts}) == 1:
        parts = [rest for _, *rest in parts]
    return [".".join(rest) for rest in parts]


def _misfit(saved: dict, wanted: dict) -> str:
    """How the parameters of two networks differ, in words."""
    norms, wanted_norms = (any(name.endswith("running_mean") for name in state) for state in (saved, wanted))
    if wanted_norms and not norms and {n for n in saved if n in wanted} == {n for n in wanted if _is_learnt(n)}:
        return (
            "it holds the parameters only, without the running averages of batch normalisation; "
            "save_checkpoint saves the whole state_dict()"
        )
    if norms != wanted_norms:
        return f"it was saved from a network with other settings, {'with' if norms else 'without'} batch normalisation"
    inputs, wanted_inputs = ({v.shape[1] for v in state.values() if v.ndim == 2} for state in (saved, wanted))
    if set(saved) == set(wanted) and inputs != wanted_inputs:
        return "it was saved from a network with other settings: the size of its last layer says that pool was another"
    return "it was saved from a network with other settings, or whose layers have other names or sizes"


def _is_learnt(name: str) -> bool:
    return name.endswith(("weight", "bias"))
