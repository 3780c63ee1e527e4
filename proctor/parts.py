"""Parts of a test as values: what ``proctor.checks.part`` has counted, for everybody who reads results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PASSED = "ok"
NOT_REACHED = "not run"
_SIGNS = {PASSED: "✓", NOT_REACHED: "–"}


@dataclass(frozen=True)
class Part:
    """One part of a test cell: ``points`` of ``maximum``.

    ``label`` is the author's sentence. ``outcome`` has the words of a cell's outcome: ``ok``,
    ``failed``, ``timeout`` …, and ``not run`` if the test never came to it. ``message`` says
    what happened; empty if all is well.
    """

    label: str
    points: float
    maximum: float
    outcome: str
    message: str = ""


def in_lines(parts: Iterable[Part]) -> str:
    """The parts as people read them, a line for each."""
    return "".join(f"{in_words(part)}\n" for part in parts)


def in_words(part: Part) -> str:
    said = f": {part.message}" if part.message else ""
    return f"{_SIGNS.get(part.outcome, '✗')} {part.points:g}/{part.maximum:g}  {part.label}{said}"
