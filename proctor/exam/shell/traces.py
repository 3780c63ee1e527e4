"""What a cell leaves behind in its process, beside its outputs: asked before and after cells of a rehearsal.

A cell that is not run in somebody's notebook must not be missed there: not by the random numbers of the next cell, nor
by the looks of the next figure. Here a process that runs the author's cells tells of itself: what reading their sources
cannot find out, and which files they look for. It is believed, since no student's code runs in it.
"""

from __future__ import annotations

import hashlib
import json
import locale
import os
import pickle
import random
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from IPython.core.getipython import get_ipython

_LOOKS = frozenset(("open", "os.listdir", "os.scandir", "os.chdir"))
_STATS = ("stat", "lstat", "access", "readlink", "statvfs")
_looked: list[str] = []
_silence: list[None] = []  # not empty while this module itself looks for files, which does not count


def watch() -> None:
    """Remember from now on which files of the notebook's folder are looked for. Once in a process, for good."""
    folders = (os.getcwd() + os.sep, os.environ["HOME"] + os.sep)

    def look(path: Any) -> None:
        with suppress(TypeError, ValueError):
            if not _silence and (os.path.abspath(os.fsdecode(path)) + os.sep).startswith(folders) and not _is_import():
                _looked.append(os.fsdecode(path))

    def hook(event: str, arguments: tuple) -> None:
        if event in _LOOKS:
            look("." if arguments[0] is None else arguments[0])

    for name in _STATS:
        setattr(os, name, _watched(getattr(os, name), look))
    sys.addaudithook(hook)


def report(names: list[str]) -> None:
    """Print, as JSON, digests by what they are of; of the notebook's variables only ``names``."""
    _silence.append(None)
    variables = _shell().user_ns
    found = {f"name {name}": _digest(variables[name]) for name in names if name in variables}
    for name, ask in _STATES.items():
        with suppress(KeyError, AttributeError):  # a library that is not there
            found[name] = _digest(ask())
    found["files that it looks for"] = str(len(_looked))
    print(json.dumps(found))
    _silence.clear()


def _shell() -> Any:
    return get_ipython()


def _watched(function: Callable, look: Callable[[Any], None]) -> Callable:
    def watched(path, *args, **kwargs):
        look(path)
        return function(path, *args, **kwargs)

    return watched


def _is_import() -> bool:
    """Whether Python itself looks for a module of the assignment's, whose name a student's file cannot take."""
    return "importlib" in sys._getframe(3).f_code.co_filename


def _digest(value: Any) -> str:
    digest = _Digest()
    with suppress(Exception):  # it cannot be told by its bytes; what it is made of may
        pickle.Pickler(digest, 5).dump(value)
    return digest.hexdigest()


class _Digest:
    def __init__(self) -> None:
        self._found = hashlib.blake2b(digest_size=16)

    def write(self, data) -> int:
        self._found.update(data)
        return len(data)

    def hexdigest(self) -> str:
        return self._found.hexdigest()


def _files() -> Iterator[tuple[str, int, int]]:
    for top in (".", os.environ["HOME"]):
        for here, folders, files in os.walk(top):
            for name in (*folders, *files):
                about = os.lstat(os.path.join(here, name))
                yield os.path.join(here, name), about.st_size, about.st_mtime_ns


def _own_modules() -> dict[str, dict[str, str]]:
    """What the assignment's modules hold."""
    here = os.getcwd() + os.sep
    own = {
        name: module for name, module in sys.modules.items() if (getattr(module, "__file__", "") or "").startswith(here)
    }
    return {
        name: {key: _digest(value) for key, value in vars(module).items() if not key.startswith("__")}
        for name, module in own.items()
    }


def _torch() -> tuple:
    torch = sys.modules["torch"]
    return (
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.is_grad_enabled(),
        torch.are_deterministic_algorithms_enabled(),
        vars(torch._tensor_str.PRINT_OPTS),
    )


def _formatters() -> dict[str, list[str]]:
    formatters = _shell().display_formatter.formatters
    return {
        kind: [kind, *sorted(map(repr, (*each.type_printers, *each.deferred_printers)))]
        for kind, each in formatters.items()
    }


_STATES: dict[str, Callable[[], Any]] = {
    "random numbers of Python": random.getstate,
    "random numbers of NumPy": lambda: sys.modules["numpy"].random.get_state(legacy=False),
    "random numbers of PyTorch": lambda: sys.modules["torch"].random.get_rng_state().numpy(),
    "figures": lambda: list(sys.modules["matplotlib.pyplot"].get_fignums()),
    "settings of Matplotlib": lambda: repr(dict(sys.modules["matplotlib"].rcParams)),
    "settings of NumPy": lambda: (sys.modules["numpy"].geterr(), repr(sys.modules["numpy"].get_printoptions())),
    "settings of PyTorch": lambda: repr(_torch()),
    "settings of the notebook": lambda: (repr(_shell().config), _formatters()),
    "environment": lambda: (dict(os.environ), os.getcwd(), sys.path, locale.setlocale(locale.LC_ALL)),
    "warnings": lambda: repr(warnings.filters),
    "modules": lambda: sorted(sys.modules),
    "the assignment's modules": _own_modules,
    "threads": threading.active_count,
    "files": lambda: sorted(_files()),
}
