"""A library that is imported when one of its values crosses, and not before."""

from __future__ import annotations

import importlib
from typing import Any


class Library:
    """A module by its name. What uses it can be imported without it.

    Everything of ours must have been imported before a process is confined: then our files cannot be read
    any more, while libraries can.
    """

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name), name)
