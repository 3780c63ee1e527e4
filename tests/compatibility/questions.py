"""Questions as instructors write them for stock nbgrader, and the answers that come back."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from small_assignment import cell, notebook

from .differences import Difference


@dataclass(frozen=True)
class Scores:
    """Points of one answer."""

    stock: float | None
    here: float | None


@dataclass(frozen=True)
class Question:
    """An answer cell and the test cell after it.

    ``solution`` is the instructor's and earns all ``points``, ``wrong`` is a student's and earns
    none: with stock nbgrader and here, unless ``difference`` names a row of the table; then
    ``right_scores`` and ``wrong_scores`` say what each earns.
    """

    name: str
    solution: str
    test: str
    wrong: str
    points: float = 2
    difference: Difference | None = None
    right_scores: Scores | None = None
    wrong_scores: Scores | None = None

    def scores(self, student: str) -> Scores:
        if student == "right":
            return self.right_scores or Scores(self.points, self.points)
        return self.wrong_scores or Scores(0, 0)


def dedent(source: str) -> str:
    return textwrap.dedent(source).strip("\n")


def assignment(*parts: Question | NotebookNode) -> NotebookNode:
    """The instructor's notebook: each question as two cells, other cells as they are."""
    cells = []
    for part in parts:
        if isinstance(part, Question):
            marked = f"### BEGIN SOLUTION\n{dedent(part.solution)}\n### END SOLUTION"
            cells.append(cell("code", "solution", part.name, marked))
            cells.append(cell("code", "test", f"test-{part.name}", dedent(part.test), part.points))
        else:
            cells.append(part)
    return notebook(*cells)


def answered(release: NotebookNode, answers: dict[str, str]) -> str:
    """The released notebook with answers filled in by grade_id, as the file that a student hands in."""
    book = nbformat.from_dict(release)
    for each in book.cells:
        if each.metadata.get("nbgrader", {}).get("grade_id") in answers:
            each.source = answers[each.metadata.nbgrader.grade_id]
    return nbformat.writes(book)
