"""What is the same for the whole class: demonstrations that use nothing of a student's.

They can be run once, and their outputs handed to everybody (``rehearsal.py``). Which they are is decided by the names
that a cell uses, and that the cells use which made these. Of whom anything is in doubt, it runs as any other.

Threat model: a student may bind anew, change or replace whatever a demonstration uses, in ways that no reading finds.
Then the notebook shows what the demonstration shows to everybody, and that is all: nothing that a student does comes
into what others get.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from .assignment import AssignmentNotebook
from .changes import changed_by_cell
from .definitions import binds_plainly, defined_names, imported_names, parsing, used_names
from .flow import flow
from .transplant import Transplanted

#: Of a notebook with more code nobody is spared anything: reading it would take as long as running the demonstrations.
_MOST_CHARS = 300_000
_ALWAYS_THERE = frozenset((*vars(builtins), "display", "__name__"))
#: What sets how later cells draw, print or compute, wherever it is called.
_SETTINGS = frozenset((
    "rcParams", "rcdefaults", "rc", "rc_file", "style", "set_theme", "set_style", "set_context", "set_palette",
    "switch_backend", "set_matplotlib_formats", "set_default_dtype", "set_default_device", "set_printoptions", "seterr",
    "environ", "putenv", "chdir", "simplefilter", "filterwarnings", "setlocale",
))  # fmt: skip


@dataclass(frozen=True)
class CommonCell:
    """A cell that does the same in every notebook. ``uses`` are names that it takes from others, ``binds`` those that it
    binds or changes."""

    id: str
    source: str
    uses: frozenset[str]
    binds: frozenset[str]


def common_cells(pristine: AssignmentNotebook) -> tuple[CommonCell, ...]:
    """The cells that use nothing of what students write, in order."""
    cells = [cell for cell in pristine.cells if cell.cell_type == "code" and cell.role != "test"]
    return _common(
        [
            _Cell(cell.grade_id or cell.id, (cell.source, cell.release_source), cell.role in ("shared", "ordinary"))
            for cell in cells
        ]
    )


def spared(
    pristine: AssignmentNotebook, transplanted: Transplanted, shown: frozenset[str], known: Iterable[str]
) -> frozenset[str]:
    """Those of the cells ``known``, by id, that need not run in this notebook: they do the same as in every other, and
    no cell needs what they do. ``shown`` are its demonstrations, see ``demos.py``."""
    cells = _of_student(pristine, transplanted)
    if sum(len(source) for cell in cells for source in cell.sources) > _MOST_CHARS:
        return frozenset()
    try:
        return _spared(cells, shown, known)
    except RecursionError:  # an expression that is nested deeper than can be read
        return frozenset()


def _spared(cells: Sequence[_Cell], shown: frozenset[str], known: Iterable[str]) -> frozenset[str]:
    common = {cell.id: cell for cell in _common(cells)}
    places = {cell.id: place for place, cell in enumerate(cells)}
    left = {places[id]: common[id] for id in known if id in shown and id in common}
    while True:
        running = {place: cell for place, cell in enumerate(cells) if place not in left}
        needed = [place for place, cell in left.items() if _is_needed(cell, place, running)]
        if not needed:
            return frozenset(cell.id for cell in left.values())
        for place in needed:
            del left[place]


@dataclass(frozen=True)
class _Cell:
    """``sources`` are all that may stand there, the first what does."""

    id: str
    sources: tuple[str, ...]
    is_authors: bool


def _of_student(pristine: AssignmentNotebook, transplanted: Transplanted) -> list[_Cell]:
    released = {cell.id: cell.release_source for cell in pristine.cells if cell.role == "ordinary"}
    return [
        _Cell(cell.id, (cell.source,), cell.role == "shared" or released.get(cell.id) == cell.source)
        for cell in transplanted.cells
        if cell.runs_as not in (None, "test")
    ]


def _common(cells: Sequence[_Cell]) -> tuple[CommonCell, ...]:
    """Those of the author's cells that use names of each other alone."""
    imported = frozenset().union(*(imported_names(cell.sources[0]) for cell in cells))
    cells = list(takewhile(_binds_plainly, cells))  # any other one may bind any name
    sources = tuple(cell.sources[0] for cell in cells)
    made: dict[str, frozenset[str]] = dict.fromkeys(_ALWAYS_THERE, frozenset())  # and what that takes
    theirs: set[str] = set()
    common = []
    for cell, changed in zip(cells, changed_by_cell(sources), strict=True):
        bound = frozenset().union(*map(defined_names, cell.sources))
        bound |= changed - imported
        uses = _uses(cell.sources[0])
        takes = uses.union(*(made.get(name, frozenset()) for name in uses))
        if cell.is_authors and uses <= made.keys() and takes.isdisjoint(theirs):
            common.append(CommonCell(cell.id, cell.sources[0], uses - _ALWAYS_THERE, bound))
            takes |= flow(cell.sources[0]).later  # its functions may be called when its own names mean something else
            made.update({name: made.get(name, frozenset()) | takes for name in bound})
            continue
        if any(_changes_a_setting(source, imported) for source in cell.sources):
            break
        theirs |= bound
    return tuple(common)


def _binds_plainly(cell: _Cell) -> bool:
    return all(map(binds_plainly, cell.sources))


def _uses(source: str) -> frozenset[str]:
    found = flow(source)
    return found.asks | (found.later - found.gives) | (used_names(source) - defined_names(source))


@lru_cache(maxsize=4096)
def _changes_a_setting(source: str, modules: frozenset[str]) -> bool:
    """Whether a cell changes how others work: a part of a module, or a setting of a library."""
    with parsing():
        nodes = list(ast.walk(ast.parse(source)))
    words = {node.attr for node in nodes if isinstance(node, ast.Attribute)} | used_names(source)
    replaced = {
        _root(node)
        for node in nodes
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load)
    }
    return bool(words & _SETTINGS or replaced & modules)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _is_needed(cell: CommonCell, place: int, running: dict[int, _Cell]) -> bool:
    """Whether a cell that runs may take something from this one."""
    for reader, other in running.items():
        found = flow(other.sources[0])
        if found.later & cell.binds:
            return True
        if reader > place and any(
            not _is_bound_between(name, place, reader, running) for name in found.asks & cell.binds
        ):
            return True
    return False


def _is_bound_between(name: str, first: int, last: int, running: dict[int, _Cell]) -> bool:
    return any(
        first < place < last and cell.is_authors and name in flow(cell.sources[0]).gives
        for place, cell in running.items()
    )
