"""Which tests an answer concerns, found by following names: a change is graded by these alone."""

from __future__ import annotations

from collections.abc import Iterable

from nbformat.v4 import new_notebook
from traitlets.config import Config

from proctor.notebooks.assignment import AssignmentCell, AssignmentNotebook, assignment_notebook
from proctor.notebooks.definitions import defined_names, used_names
from proctor.notebooks.demos import TAG
from proctor.notebooks.names import own_names


def tests_concerned(notebook: AssignmentNotebook, changed: Iterable[str]) -> frozenset[str]:
    """Ids of the tests that read a name of the changed cells, or of a cell that does so itself."""
    cells = _running(notebook)
    reached = {cell.id for cell in cells if cell.id in set(changed)}
    while True:
        names = frozenset().union(*(defined_names(cell.source) for cell in cells if cell.id in reached))
        more = {cell.id for cell in cells if cell.role != "test" and used_names(cell.source) & names} - reached
        if not more:
            break
        reached |= more
    return frozenset(
        cell.id for cell in cells if cell.role == "test" and (used_names(cell.source) - own_names(cell.source)) & names
    )


def cut(notebook: AssignmentNotebook, tests: frozenset[str], config: Config) -> AssignmentNotebook:
    """The notebook with these tests alone: without the others, demonstrations, text, and what follows the last test."""
    kept = {cell.id for cell in _running(notebook) if cell.role != "test" or cell.id in tests}
    last = max((cell.index for cell in notebook.cells if cell.id in tests), default=-1)
    answers = {
        cell.id for cell in notebook.cells if cell.cell_type == "code" and cell.role == "answer"
    }  # for `reference`
    shorter = new_notebook(metadata=notebook.notebook.metadata)
    shorter.cells = [
        written
        for cell, written in zip(notebook.cells, notebook.notebook.cells, strict=True)
        if cell.id in kept and (cell.index <= last or cell.id in answers)
    ]
    return assignment_notebook(notebook.name, shorter, config)


def _running(notebook: AssignmentNotebook) -> list[AssignmentCell]:
    """The code cells but demonstrations."""
    return [
        cell
        for cell, written in zip(notebook.cells, notebook.notebook.cells, strict=True)
        if cell.cell_type == "code" and TAG not in written.metadata.get("tags", ())
    ]
