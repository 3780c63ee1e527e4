"""What an overview takes from graded notebooks: headings, and the parts of tests. Outputs are passed over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from proctor.notebooks.headings import headings
from proctor.parts import NOT_REACHED, Part

from .student_view import without

_LONGEST = 400  # characters, in the overview


@dataclass(frozen=True)
class BookCell:
    """A cell of a graded notebook. ``headings`` are the assignment's, not the student's: (number, title).

    ``lost`` are the parts of a test that cost points, in words for students. Where it came to none of them, or has
    none, there is one without a label, with what became of it.
    """

    grade_id: str
    headings: tuple[tuple[str, str], ...]
    lost: tuple[Part, ...]


def read_books(folder: Path, regions: tuple[tuple[str, str], ...]) -> dict[str, tuple[BookCell, ...]]:
    """The graded notebooks in ``folder`` by name; one that cannot be read is left out.

    ``regions`` are lines between which an author's text is not for students.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            book = msgspec.json.decode(path.read_bytes(), type=_Book)
        except (OSError, msgspec.DecodeError):
            continue
        found[path.stem] = tuple(_cells(book, regions))
    return found


class _Cell(msgspec.Struct):
    cell_type: str
    id: str = ""
    source: str | list[str] = ""
    metadata: dict = {}


class _Book(msgspec.Struct):
    cells: list[_Cell]


def _cells(book: _Book, regions: tuple[tuple[str, str], ...]) -> Iterator[BookCell]:
    for cell in book.cells:
        of_nbgrader, of_exam = cell.metadata.get("nbgrader", {}), cell.metadata.get("proctor", {})
        is_students = of_nbgrader.get("solution") or cell.id.startswith("student-")  # the transplant calls them so
        source = without(cell.source if isinstance(cell.source, str) else "".join(cell.source), regions)
        named = headings(source) if cell.cell_type == "markdown" and not is_students else ()
        yield BookCell(of_nbgrader.get("grade_id", ""), tuple(named), _lost(of_exam))


def _lost(of_exam: dict) -> tuple[Part, ...]:
    lost = tuple(part for each in of_exam.get("parts", ()) if (part := Part(**each)).points < part.maximum)
    message = of_exam.get("message", "")
    if message and all(part.outcome == NOT_REACHED for part in lost):
        return (Part("", 0.0, 1.0, NOT_REACHED, message[:_LONGEST] + " …" * (len(message) > _LONGEST)),)
    return lost
