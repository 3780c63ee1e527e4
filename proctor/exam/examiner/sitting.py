"""How one test cell went, as a value."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field
from types import TracebackType

from proctor.notebooks.hidden import hidden_lines
from proctor.parts import Part

from .causes import Causes


@dataclass(frozen=True)
class Sitting:
    """Its last value or its exception, and what happened on the way.

    ``strings`` came from the candidate, ``known`` is text that the student has anyway.
    ``after_hidden``: hidden tests have been asked, here or in an earlier cell. ``details`` are
    for staff, see ``proctor.checks``. ``causes`` know why a name of the student's is missing.
    """

    source: str
    max_points: float
    value: object
    error: BaseException | None
    faults: tuple[Exception, ...]
    strings: frozenset[str]
    known: str
    after_hidden: bool
    causes: Causes
    parts: tuple[Part, ...] = ()
    details: tuple[str, ...] = ()
    records: dict[str, float] = field(default_factory=dict)

    @property
    def failing_line(self) -> int:
        """Where in the cell the error was raised or passed through last, from 1; 0 if not in the cell.

        Also 0 in a cell that a magic runs, whose lines are counted without the magic's.
        """
        return self._lines[-1] if self._lines else 0

    @property
    def stopped_at(self) -> int:
        """The line of the statement that the cell did not get past, counted likewise.

        A function of the cell may have raised in an earlier line.
        """
        return self._lines[0] if self._lines else 0

    @property
    def _lines(self) -> list[int]:
        """The lines of the cell that the error passed through, the statement's first."""
        if self.error is None or self.source.lstrip().startswith("%%"):
            return []
        cell, left_out = _cell_file(self.error.__traceback__), _blank_lines_first(self.source)
        trace = traceback.walk_tb(self.error.__traceback__)
        lines = [left_out + number for frame, number in trace if cell and frame.f_code.co_filename == cell]
        return lines if max(lines, default=0) <= len(self.source.splitlines()) else []

    @property
    def fails_in_sight(self) -> bool:
        """Whether the error was raised in a line that the student has."""
        return self.failing_line > 0 and self.failing_line not in hidden_lines(self.source)


def _cell_file(trace: TracebackType | None) -> str:
    """The first frame that belongs to a cell belongs to the one that ran."""
    for frame, _ in traceback.walk_tb(trace):
        if frame.f_code.co_filename.startswith("<ipython-input-"):
            return frame.f_code.co_filename
    return ""


def _blank_lines_first(source: str) -> int:
    """IPython runs a cell without them, and counts so."""
    lines = source.splitlines()
    return next((number for number, line in enumerate(lines) if line.strip()), 0)
