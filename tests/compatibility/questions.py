"""Questions as instructors write them for stock nbgrader, and the answers that come back."""

from __future__ import annotations

import copy
import textwrap
from dataclasses import dataclass

import nbformat
from nbformat import NotebookNode
from small_assignment import cell, notebook


@dataclass(frozen=True)
class Question:
    """An answer cell and the test cell after it; ``right`` is the instructor's solution.

    A right answer earns all ``points`` and a wrong one none, with stock nbgrader and here.
    ``bug`` says why that does not hold yet.
    """

    name: str
    right: str
    test: str
    wrong: str
    points: float = 2
    bug: str = ""

    @property
    def expected(self) -> dict[str, tuple[float, float]]:
        """By student: points with stock nbgrader, and here."""
        return {"right": (self.points, self.points), "wrong": (0, 0)}


@dataclass(frozen=True)
class Disputed(Question):
    """A question that scores differently: ``difference`` names the row of the table that says so.

    Each pair holds the points with stock nbgrader and here.
    """

    difference: str = ""
    right_earns: tuple[float, float] = (2, 0)
    wrong_earns: tuple[float, float] = (0, 0)

    @property
    def expected(self) -> dict[str, tuple[float, float]]:
        return {"right": self.right_earns, "wrong": self.wrong_earns}


def assignment(*parts: Question | NotebookNode) -> NotebookNode:
    """The instructor's notebook: two cells for each question, other cells as they are."""
    cells = []
    for part in parts:
        if isinstance(part, Question):
            magic, right = _without_magic(plain(part.right))  # else the instructor's own notebook would not run
            solution = f"{magic}### BEGIN SOLUTION\n{right}\n### END SOLUTION"
            cells.append(cell("code", "solution", part.name, solution))
            cells.append(cell("code", "test", f"test-{part.name}", plain(part.test), part.points))
        else:
            cells.append(part)
    return notebook(*cells)


def answered(release: NotebookNode, answers: dict[str, str]) -> NotebookNode:
    """The released notebook with answers filled in by grade_id."""
    book = copy.deepcopy(release)
    for each in book.cells:
        grade_id = each.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in answers:
            each.source = plain(answers[grade_id])
    return book


def file(book: NotebookNode) -> str:
    """The notebook as a student hands it in."""
    return nbformat.writes(book)


def _without_magic(source: str) -> tuple[str, str]:
    """The line of a cell magic, and the rest."""
    first, newline, rest = source.partition("\n")
    return (first + newline, rest) if first.startswith("%%") else ("", source)


def plain(source: str) -> str:
    return textwrap.dedent(source).strip("\n")
