"""What a grade was given for, in a few letters: whether it still stands can be told without grading again."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proctor.notebooks.assignment import Assignment, AssignmentNotebook
from proctor.notebooks.intake import left_out

_WHOLE = 64 << 20  # bytes; of larger files the size, the time and both ends count
_END = 1 << 20


@dataclass(frozen=True)
class NotebookDigest:
    """``whole`` stands for all that a notebook's grades depend on, ``tests`` for each of its tests, by grade_id."""

    whole: str
    tests: dict[str, str]


def notebook_digests(assignment: Assignment) -> dict[str, NotebookDigest]:
    """By notebook. A test depends on its code and points, on what it is compared with (the instructor's solutions),
    on read-only cells, and on the files beside the notebooks."""
    files = [part for path in assignment.files for part in (str(path), (assignment.folder / path).read_bytes())]
    files += map(str, sorted(assignment.to_change))
    return {book.name: _notebook_digest(book, files) for book in assignment.notebooks}


def submission_digest(folder: Path) -> str:
    """Of all files that somebody may have handed in on purpose: names and contents. Links are not followed."""
    return digest(*_parts(folder))


def digest(*parts: object) -> str:
    """Equal for equal parts in the same order."""
    found = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogatepass")
        found.update(len(data).to_bytes(8, "big") + data)
    return found.hexdigest()


def _notebook_digest(book: AssignmentNotebook, files: list) -> NotebookDigest:
    known = digest(*files, *(part for cell in book.cells if cell.role in ("answer", "shared") for part in _of(cell)))
    tests = {cell.grade_id: digest(known, *_of(cell)) for cell in book.cells if cell.role == "test" and cell.grade_id}
    return NotebookDigest(digest(known, *(part for cell in book.cells for part in _of(cell))), tests)


def _of(cell) -> tuple:
    return cell.id, cell.grade_id, cell.cell_type, cell.role, cell.points, cell.source


def _parts(folder: Path) -> Iterator[object]:
    for here, folders, files in os.walk(folder):
        out = left_out({*folders, *files})
        folders[:] = sorted(name for name in folders if name not in out)
        for name in sorted(files):
            path = Path(here, name)
            about = path.lstat()
            if name in out or not stat.S_ISREG(about.st_mode):
                continue
            yield path.relative_to(folder)
            yield about.st_size
            if about.st_size <= _WHOLE:
                yield path.read_bytes()
            else:
                yield about.st_mtime_ns
                with open(path, "rb") as file:
                    yield file.read(_END)
                    file.seek(-_END, os.SEEK_END)
                    yield file.read(_END)
