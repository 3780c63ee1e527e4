"""What a test changes in this process while its cell runs: names, builtins, the environment, warnings."""

from __future__ import annotations

import builtins
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from proctor.exam.shell.errors import kind_of, safe_text
from proctor.exam.wire.messages import MOST_WARNED, MOST_WARNINGS, Arrange, Warned

_MISSING: Any = object()
_ACTIONS: dict[str, Any] = {"told": "always", "raised": "error"}


class Arranged:
    """``names`` are the student's."""

    def __init__(self, names: dict[str, Any]):
        self._names = names
        self._before: list[tuple[MutableMapping, str, Any]] = []
        self._warnings = ""

    def arrange(self, wanted: Arrange, unpack: Callable[[Any], Any]) -> None:
        """Undo what was arranged before, and do this."""
        for place, name, value in reversed(self._before):
            _put(place, name, value)
        self._before.clear()
        self._warnings = wanted.warnings
        names = {name: unpack(node) for name, node in wanted.names.items()}
        changes = [
            (self._names, names | dict.fromkeys(wanted.gone, _MISSING)),
            (vars(builtins), {name: unpack(node) for name, node in wanted.builtins.items()}),
            (os.environ, {n: _MISSING if value is None else value for n, value in wanted.environment.items()}),
        ]
        for place, values in changes:
            for name, value in values.items():
                self._before.append((place, name, place.get(name, _MISSING)))
                _put(place, name, value)

    @contextmanager
    def warnings(self) -> Iterator[list[Warned]]:
        """The warnings of the block, once it has ended, if a test wants to know."""
        told: list[Warned] = []
        if not self._warnings:
            yield told
            return
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(_ACTIONS[self._warnings])
            yield told
        for each in caught[:MOST_WARNINGS]:
            said = each.message if isinstance(each.message, Warning) else each.category(each.message)
            told.append(Warned(kind_of(said), safe_text(said, MOST_WARNED)[:MOST_WARNED]))


def seed(generator: str, value: Any) -> None:
    """Seed what a library draws from, if it is here."""
    if generator == "random":
        random.seed(value)
    elif generator == "numpy" and "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(value)
    elif generator == "torch" and "torch" in sys.modules:
        sys.modules["torch"].manual_seed(value)


def _put(place: MutableMapping, name: str, value: Any) -> None:
    if value is _MISSING:
        place.pop(name, None)
    else:
        place[name] = value
