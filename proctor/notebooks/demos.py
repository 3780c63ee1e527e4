"""Demonstrations: cells that show something, and that no test needs.

An exam runs the student's cells twice, once for what students see and once for what tests
ask (``exam/exam.py``). An author tags a cell ``demo`` to say that its outputs are all there
is to it: it then runs only where its outputs come from. That the author's word holds is
checked as far as a source tells: a cell that the student has changed, or that binds a name
which another cell uses, runs as any other.
"""

from __future__ import annotations

from .assignment import AssignmentNotebook
from .definitions import binds_plainly, defined_names, parsing, used_names
from .names import own_names
from .transplant import Transplanted, TransplantedCell

TAG = "demo"


def only_shown(pristine: AssignmentNotebook, transplanted: Transplanted) -> frozenset[str]:
    """Ids of the demonstrations that no other cell needs."""
    unchanged = {
        cell.id: cell.release_source
        for cell, written in zip(pristine.cells, pristine.notebook.cells, strict=True)
        if cell.role == "ordinary" and TAG in written.metadata.get("tags", ())
    }
    running = [cell for cell in transplanted.cells if cell.runs_as is not None]
    shown = [cell for cell in running if unchanged.get(cell.id) == cell.source and binds_plainly(cell.source)]
    others = [cell for cell in running if cell not in shown]
    while True:
        used = frozenset().union(*map(_asks_for, others))
        needed = [cell for cell in shown if defined_names(cell.source) & used]
        if not needed:
            return frozenset(cell.id for cell in shown)
        shown = [cell for cell in shown if cell not in needed]
        others += needed


def _asks_for(cell: TransplantedCell) -> frozenset[str]:
    """Names that a cell takes from others; what a test binds before it reads it, it asks nobody for."""
    used = used_names(cell.source)
    if cell.runs_as != "test":
        return used
    with parsing():
        return used - own_names(cell.source)
