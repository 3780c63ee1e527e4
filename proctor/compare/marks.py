"""What became of a test cell, on either side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Cell(NamedTuple):
    """A test cell of a student's notebook."""

    student: str
    notebook: str
    grade_id: str


@dataclass(frozen=True)
class Mark:
    """``points`` is None where nothing was graded; ``why`` is what an author is told of points that are missing."""

    points: float | None
    why: str = ""


Marks = dict[Cell, Mark]
