"""Notebooks with the marks of a merge conflict in them: two versions, put together again.

<<<<<<< HEAD
this side
||||||| what both began with (it is left out)
=======
the other side
>>>>>>> branch
"""

from __future__ import annotations

import difflib
import re
from dataclasses import replace

from proctor.notebooks.definitions import really_defined, statements

from .cells import Note, Readable, StudentCell

_MARK = re.compile(rb"^(<{7}|\|{7}|={7}|>{7})(?=[ \r\n]|\Z)[^\n]*\n?", re.MULTILINE)
_STUB = re.compile(r"YOUR (CODE|ANSWER) HERE|raise NotImplementedError")
_COMPARED_LINES = 500


def versions(content: Readable) -> tuple[bytes, ...]:
    """The two versions of a text with conflict marks; one where only single marks are left; none without marks."""
    ours: list[bytes] = []
    theirs: list[bytes] = []
    sides = {b"<": (ours,), b"|": (), b"=": (theirs,), b">": (ours, theirs)}
    after, position = b">", 0
    for mark in _MARK.finditer(content):
        kind = mark[1][:1]
        if after == b"|" and kind in (b"<", b"|"):
            continue  # marks of an older conflict, in what is left out
        for version in sides[after]:
            version.append(content[position : mark.start()])
        position = mark.end()
        after = b">" if after == b">" and kind != b"<" else kind  # without <<<<<<< a mark divides nothing
    if not position:
        return ()
    for version in sides[after]:
        version.append(content[position:])
    return tuple(dict.fromkeys((b"".join(ours), b"".join(theirs))))


def in_one_cell(cell: StudentCell) -> tuple[StudentCell, str | None]:
    """A code cell whose source has conflict marks, as nbdime leaves them, without; and which side counts."""
    if cell.cell_type != "code" or "<<<<<<<" not in cell.source or statements(cell.source) is not None:
        return cell, None
    sides = [version.decode("utf-8", "replace") for version in versions(cell.source.encode("utf-8", "replace"))]
    if not sides:
        return cell, None
    source, side = _put_together("code", sides[0], sides[-1])
    return replace(cell, source=source), side


def merged(ours: tuple[StudentCell, ...], theirs: tuple[StudentCell, ...]) -> tuple[list[StudentCell], dict[str, str]]:
    """Cells of both versions in one list, and for cells with two versions which side counts.

    A cell that only one version has is kept. Of two versions of a cell the one counts that
    answers: ours unless only theirs runs, or defines more. Where they answer different
    things, both stay.
    """
    cells = list(ours)
    places = {key: place for place, cell in reversed([*enumerate(cells)]) for key in _keys(cell)}
    used: set[int] = set()
    inserted: list[tuple[int, StudentCell]] = []
    sides: dict[str, str] = {}
    last = -1
    known = {key for cell in theirs for key in _keys(cell)}
    for cell in theirs:
        place = next((places[key] for key in _keys(cell) if key in places and places[key] not in used), None)
        if place is None:
            place = _unnamed_twin(cell, cells, used, last, known)
        if place is None:
            if not any(_same(cell, other) for other in cells):
                inserted.append((last, cell))
            continue
        used.add(place)
        last = place
        if not _same(cells[place], cell):
            source, side = _put_together(cells[place].cell_type, cells[place].source, cell.source)
            attachments = tuple(dict.fromkeys((*cells[place].attachments, *cell.attachments)))
            cells[place] = replace(cells[place], source=source, attachments=attachments)
            sides[source] = side
    for before, cell in reversed(inserted):
        place = before + 1
        while place < len(ours) and place not in used:  # ours come first
            place += 1
        cells.insert(place, cell)
    return cells, sides


def notes(cells: list[StudentCell], sides: dict[str, str]) -> list[Note]:
    """Say that there was a conflict, and which cells to look at. ``sides``: by the source that counts."""
    chosen = {cell.index + 1: sides[cell.source] for cell in cells if cell.source in sides}
    words = ["The file has the marks of a merge conflict in it (<<<<<<<, =======, >>>>>>>)."]
    for side in dict.fromkeys(chosen.values()):
        numbers = [str(number) for number, taken in chosen.items() if taken == side]
        shown = ", ".join(numbers[:10]) + (" and others" if len(numbers) > 10 else "")
        words.append(f"{side.capitalize()} counts in cell{'s' if len(numbers) > 1 else ''} {shown}.")
    if not chosen:
        words.append("All cells of both sides were read.")
    words.append("Check that this is the version you mean.")
    return [Note("conflict", " ".join(words))]


def _keys(cell: StudentCell) -> tuple[tuple[str, str], ...]:
    named = [("grade_id", cell.grade_id), ("id", cell.id)]
    return tuple((kind, name) for kind, name in named if name) or ((cell.cell_type, cell.source),)


def _same(cell: StudentCell, other: StudentCell) -> bool:
    return (cell.cell_type, cell.source) == (other.cell_type, other.source) and {*cell.attachments} >= {
        *other.attachments
    }


def _unnamed_twin(
    cell: StudentCell, cells: list[StudentCell], used: set[int], last: int, known: set[tuple[str, str]]
) -> int | None:
    """The other version of a code cell that has no name, in the same place: where both define something in common."""
    if cell.cell_type != "code" or cell.grade_id or cell.id:
        return None
    for place in range(last + 1, len(cells)):
        other = cells[place]
        if place in used or any(key in known for key in _keys(other)):
            return None  # the next cell that both versions have
        if other.cell_type == "code" and really_defined(other.source) & really_defined(cell.source):
            return place
    return None


def _put_together(cell_type: str, ours: str, theirs: str) -> tuple[str, str]:
    """One source from two versions of a cell, and which of them it is, in words."""
    above, below, both = "the part above =======", "the part below =======", "what both parts say, one after the other,"
    if _worth(cell_type, theirs) > _worth(cell_type, ours):
        better, side = theirs, below
    else:
        better, side = ours, above
    if all(source.strip() and not _STUB.search(source) for source in (ours, theirs)):
        together = _union(ours, theirs)
        if cell_type != "code":
            return together, both
        here, there = really_defined(ours), really_defined(theirs)
        if here - there and there - here and not _differ_in_common(ours, theirs) and statements(together) is not None:
            return together, both  # a function each
    return better, side


def _worth(cell_type: str, source: str) -> tuple[bool, bool, int, bool]:
    if cell_type != "code":
        return bool(source.strip()), not _STUB.search(source), 0, True
    return bool(source.strip()), statements(source) is not None, len(really_defined(source)), not _STUB.search(source)


def _differ_in_common(ours: str, theirs: str) -> bool:
    """Whether both sides define one name differently."""
    here, there = ({s.source: s.names for s in statements(source) or ()} for source in (ours, theirs))
    only_here = frozenset().union(*(names for source, names in here.items() if source not in there))
    only_there = frozenset().union(*(names for source, names in there.items() if source not in here))
    return bool(only_here & only_there)


def _union(ours: str, theirs: str) -> str:
    """The lines of both: where they differ, ours first."""
    a, b = ours.splitlines(), theirs.splitlines()
    if max(len(a), len(b)) > _COMPARED_LINES:
        return f"{ours}\n\n{theirs}"
    lines: list[str] = []
    for _, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        lines += a[i:j] if a[i:j] == b[k:m] else [*a[i:j], *b[k:m]]
    return "\n".join(lines)
