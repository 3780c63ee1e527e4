"""The texts in what came from the candidate: what must not be repeated to the student."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from typing import Any

import numpy as np

from proctor.exam.wire.values import kind_of


def collect_texts(value: Any, found: set[str]) -> None:
    """Add to ``found`` every text in a value that has arrived, names of fields and symbols included."""
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, bytes):
        found.add(repr(value)[2:-1])
        with suppress(UnicodeDecodeError):
            found.add(value.decode())
    elif isinstance(value, np.ndarray):
        if value.dtype.kind in "UO":
            _collect_all(value.ravel().tolist(), found)
        for name in value.dtype.names or ():
            found.add(name)
            collect_texts(np.asarray(value[name]), found)
    elif isinstance(value, dict):
        for pair in value.items():
            _collect_all(pair, found)
    elif isinstance(value, (list, tuple, set, frozenset)):
        _collect_all(value, found)
        if fields := getattr(type(value), "_fields", None):
            found.update((type(value).__name__, *fields))
    elif dataclasses.is_dataclass(type(value)):
        _collect_all([getattr(value, field.name) for field in dataclasses.fields(value)], found)
    elif (kind := kind_of(type(value))) is not None:
        _collect_all(kind.inside(value), found)


def _collect_all(values: Any, found: set[str]) -> None:
    for value in values:
        collect_texts(value, found)
