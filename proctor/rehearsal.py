"""Demonstrations that are the same for the whole class are run once, in a confined process, before anybody's.

A cell is handed to the class if two runs of it, with other random numbers and in other folders, show the same, and if
neither left anything behind that a later cell could find (``exam/shell/traces.py``). Only the author's cells are run:
no student has a part in what others get.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from proctor.exam.exam import Given, Told
from proctor.exam.paper import Cell, Outcome, Paper
from proctor.exam.room import Room
from proctor.exam.wire.messages import Display, Output, Stream
from proctor.notebooks.assignment import AssignmentNotebook
from proctor.notebooks.common import CommonCell, common_cells, spared
from proctor.notebooks.demos import TAG
from proctor.notebooks.transplant import Transplanted

#: From how many submissions on rehearsing costs less than it spares.
WORTH_IT = 5
_TRACES = '__import__("proctor.exam.shell.traces", fromlist=["traces"])'
_SEEDS = 1, 2


class Spared:
    """In place of ``Rehearsals`` where nobody looks at the notebook: no demonstration runs, and none shows anything."""

    def given(
        self,
        pristine: AssignmentNotebook,
        transplanted: Transplanted,
        shown: frozenset[str],
        files: Collection[str],
        shared: Path,
    ) -> Given:
        return dict.fromkeys(shown, ())


class Rehearsals:
    """What the demonstrations of one assignment show, found out when first asked for. For any number of threads."""

    def __init__(self, room: Room, data: tuple[Path, ...] = ()):
        self._room, self._data = room, data
        self._lock = threading.Lock()
        self._rehearsed: dict[_Key, _Rehearsed] = {}

    def given(
        self,
        pristine: AssignmentNotebook,
        transplanted: Transplanted,
        shown: frozenset[str],
        files: Collection[str],
        shared: Path,
    ) -> Given:
        """Outputs of cells that need not run in a student's notebook, by id.

        ``files`` are the names of what the student handed in beside it, ``shared`` is a folder with the assignment's own,
        another one whenever these have changed.
        """
        if not shown:
            return {}
        known = self._known(pristine, shared)
        tops = {name.partition("/")[0] for name in files}
        ids = [id for id in known if not any(top in known[id].source for top in tops)]
        return {id: known[id].outputs for id in spared(pristine, transplanted, shown, ids)}

    def _known(self, pristine: AssignmentNotebook, shared: Path) -> dict[str, _Shown]:
        key = pristine.name, shared, tuple(_state(path) for folder in self._data for path in _files(folder))
        with self._lock:
            rehearsed = self._rehearsed.setdefault(key, _Rehearsed(threading.Lock()))
        with rehearsed.lock:  # whoever else needs it waits: it is there sooner than what they would run instead
            if rehearsed.shown is None:
                rehearsed.shown = _rehearse(self._room, pristine, shared, self._data)
            return rehearsed.shown


_Key = tuple[str, Path, tuple[tuple, ...]]


def _files(folder: Path) -> Iterator[Path]:
    return folder.rglob("*") if folder.is_dir() else iter((folder,))


def _state(path: Path) -> tuple:
    about = path.stat(follow_symlinks=False)
    return str(path), about.st_size, about.st_mtime_ns


@dataclass(frozen=True)
class _Shown:
    """A demonstration, and what it shows to everybody."""

    source: str
    outputs: list[Output]


@dataclass
class _Rehearsed:
    """The demonstrations of one notebook that may be handed out, by id; None before it has been rehearsed."""

    lock: threading.Lock
    shown: dict[str, _Shown] | None = None


def _rehearse(room: Room, pristine: AssignmentNotebook, shared: Path, data: tuple[Path, ...]) -> dict[str, _Shown]:
    cells = common_cells(pristine)
    demos = [cell for cell in cells if cell.id in _tagged(pristine)]
    if not demos:
        return {}
    last = cells.index(demos[-1])
    paper = Paper(pristine.name, _with_reports(cells[: last + 1], demos), (), {}, shared, data)
    first, second = (room.rehearse(paper, seed) for seed in _SEEDS)
    return {
        cell.id: _Shown(cell.source, first[cell.id].outputs)
        for cell in demos
        if first[cell.id] == second[cell.id] and all(_is_only_shown(cell, told) for told in (first, second))
    }


def _tagged(pristine: AssignmentNotebook) -> frozenset[str]:
    return frozenset(
        cell.id
        for cell, written in zip(pristine.cells, pristine.notebook.cells, strict=True)
        if cell.role == "ordinary" and TAG in written.metadata.get("tags", ())
    )


def _with_reports(cells: Collection[CommonCell], demos: Collection[CommonCell]) -> tuple[Cell, ...]:
    """The cells, demonstrations between two reports of what is there."""
    watch = Cell("watch", f"{_TRACES}.watch()", "student")

    def steps(cell: CommonCell) -> tuple[Cell, ...]:
        run = Cell(cell.id, cell.source, "student")
        if cell not in demos:
            return (run,)
        report = f"{_TRACES}.report({sorted(cell.uses - cell.binds)})"
        return Cell(_before(cell), report, "student"), run, Cell(_after(cell), report, "student")

    return (watch, *chain.from_iterable(map(steps, cells)))


def _before(cell: CommonCell) -> str:
    return f"before {cell.id}"


def _after(cell: CommonCell) -> str:
    return f"after {cell.id}"


def _is_only_shown(cell: CommonCell, told: dict[str, Told]) -> bool:
    """Whether it came to its end, said nothing but what it shows, and left nothing behind."""
    reports = [_report(told[name]) for name in (_before(cell), _after(cell))]
    return (
        told[cell.id].outcome is Outcome.OK
        and not any(map(_is_more, told[cell.id].outputs))
        and (reports[0] is not None and reports[0] == reports[1])
    )


def _is_more(output: Output) -> bool:
    """A warning comes once in a process, and a display with a name may be changed by a later cell."""
    return (isinstance(output, Stream) and output.name == "stderr") or (
        isinstance(output, Display) and output.display_id is not None
    )


def _report(told: Told) -> dict[str, str] | None:
    texts = [output.text for output in told.outputs if isinstance(output, Stream) and output.name == "stdout"]
    return json.loads(texts[0]) if told.outcome is Outcome.OK and len(texts) == 1 else None
