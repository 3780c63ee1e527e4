"""Everyday accidents with otherwise right submissions, and what must come of them on every route.

A case is a function that changes a right submission in a folder, as a student, a browser or a
learning-management system would. Its docstring is the promise. ``@case()`` says that every point
is kept; ``points`` says what is left where something cannot be read, ``says`` what the student
must be told, ``silent`` that there is nothing to be told.

Add a case here and nowhere else: ``test_routes.py`` grades each on all three routes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reading.lab import ALL


@dataclass(frozen=True)
class Case:
    """``points`` by test cell. Each of ``says`` stands in what the student reads, wherever that is."""

    name: str
    promise: str
    change: Callable[[Path], None]
    points: dict[str, float]
    says: tuple[str, ...]
    silent: bool


CASES: dict[str, Case] = {}


def case(*says: str, points: dict[str, float] | None = None, silent: bool = False) -> Callable:
    """Make a function a case; ``points`` are those that differ from all."""

    def register(change: Callable[[Path], None]) -> Callable[[Path], None]:
        CASES[change.__name__] = Case(
            change.__name__, change.__doc__ or "", change, {**ALL, **(points or {})}, says, silent
        )
        return change

    return register
