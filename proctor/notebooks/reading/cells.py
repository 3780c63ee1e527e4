"""What reading gives: cells, notes on what was odd, or a reason why there are none."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from typing import NamedTuple

from proctor.notebooks.assignment import CellType

MIB = 1 << 20

#: A file's content. A large file is mapped, so that it never lies in memory as a whole.
Readable = bytes | mmap.mmap


@dataclass(frozen=True)
class NotebookLimits:
    """How much of one notebook is looked at. What its cells have shown is passed over and counts for nothing."""

    light_bytes: int = 64 * MIB
    """Size without outputs; also that of a damaged notebook with them."""

    values: int = 2_000_000
    """JSON values without outputs: what decides how much memory it takes to read them."""

    cells: int = 1_000
    """Cells."""

    code_chars: int = MIB
    """Characters in all code cells together: they are parsed."""

    output_values: int = 50_000_000
    """Lists and texts in outputs, which take time to be passed over."""


@dataclass(frozen=True)
class StudentCell:
    """A student's cell. ``index`` counts from 0 in the student's notebook.

    ``id`` and ``grade_id`` are claims, good for matching and nothing else. ``attachments``
    are pictures pasted into written text: (file name, media type, base64).
    """

    index: int
    cell_type: CellType
    source: str
    id: str | None = None
    grade_id: str | None = None
    attachments: tuple[tuple[str, str, str], ...] = ()


class Note(NamedTuple):
    """Something odd about a notebook that was read all the same: a code, and words for the student."""

    code: str
    words: str


class Unreadable(Exception):
    """A file is no notebook; ``code``, words for the student, and a detail for staff."""

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail
