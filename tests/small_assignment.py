"""A small assignment with every kind of cell, a student's answers to it, and a way to run both."""

import copy
import warnings
from dataclasses import replace
from pathlib import PurePosixPath

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from proctor.notebooks.assignment import AssignmentNotebook, CellType, assignment_notebook
from proctor.notebooks.submission import StudentCell, StudentNotebook
from proctor.notebooks.transplant import Transplanted, TransplantedCell

KINDS = {
    "readonly": dict(grade=False, solution=False, locked=True, task=False),
    "solution": dict(grade=False, solution=True, locked=False, task=False),
    "test": dict(grade=True, solution=False, locked=True, task=False),
    "manual": dict(grade=True, solution=True, locked=False, task=False),
    "task": dict(grade=False, solution=False, locked=True, task=True),
}

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
SOLUTION = "    ### BEGIN SOLUTION\n{}\n    ### END SOLUTION"


def cell(cell_type: str, kind: str, name: str, source: str, points: float | None = None):
    """A notebook cell with nbgrader's metadata; ``name`` is its id and its grade_id."""
    node = (new_code_cell if cell_type == "code" else new_markdown_cell)(source, id=name)
    if kind != "plain":
        node.metadata["nbgrader"] = {**KINDS[kind], "grade_id": name, "schema_version": 3}
        if points is not None:
            node.metadata.nbgrader["points"] = points
    return node


def notebook(*cells) -> nbformat.NotebookNode:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=copy.deepcopy(list(cells)), metadata={"kernelspec": kernel})


CELLS = (
    cell("markdown", "plain", "intro", "# A small lab\nWork from top to bottom."),
    cell("code", "readonly", "imports", "import math\nRATE = 2"),
    cell("markdown", "plain", "about-area", "Write a function for the area of a circle."),
    cell("code", "solution", "area", "def area(radius):\n" + SOLUTION.format("    return math.pi * radius**2")),
    cell(
        "code",
        "test",
        "test-area",
        "assert abs(area(1) - 3.14159) < 1e-4\n### BEGIN HIDDEN TESTS\nassert area(0) == 0\n### END HIDDEN TESTS",
        2,
    ),
    cell("markdown", "plain", "about-twice", "Double a number, with `RATE`."),
    cell("code", "solution", "twice", "def twice(x):\n" + SOLUTION.format("    return RATE * x")),
    cell("code", "test", "test-twice", "assert twice(4) == 8", 3),
    cell("markdown", "plain", "about-volume", "Which volume comes out?"),
    cell("code", "solution", "volume", "output_volume = (25, 25, 64)"),
    cell("code", "test", "test-volume", "assert output_volume == (25, 25, 64)", 1),
    cell("code", "plain", "picture", "heights = [twice(i) for i in range(3)]\nprint(heights)"),
    cell("markdown", "plain", "why", "Why does weight sharing help?"),
    cell("markdown", "manual", "why-answer", "Fewer parameters.", 4),
    cell("markdown", "plain", "how", "How would you measure it?"),
    cell("markdown", "manual", "how-answer", "Count them.", 4),
    cell(
        "markdown",
        "task",
        "explore",
        "Explore on your own.\n### BEGIN MARK SCHEME\nOne point each.\n### END MARK SCHEME",
        5,
    ),
)

PRISTINE: AssignmentNotebook = assignment_notebook("lab", notebook(*CELLS))

#: What a good student wrote.
ANSWERS = {
    "area": "def area(radius):\n    half = math.pi * radius\n    return half * radius",
    "twice": "def twice(x):\n    return x + x if RATE == 2 else None",
    "volume": "side = (98 + 4 - 6) // 4 + 1\noutput_volume = (side, side, 64)",
    "why-answer": "One small filter looks everywhere, so it needs few numbers.",
    "how-answer": "I would add up the sizes of all weights and biases.",
}
FULL_MARKS = {"test-area": 2.0, "test-twice": 3.0, "test-volume": 1.0}


def handed_in(answers: dict[str, str] = ANSWERS, pristine: AssignmentNotebook = PRISTINE) -> list[StudentCell]:
    """The released notebook's cells with answers filled in, as a student hands them in."""
    return [
        StudentCell(c.index, c.cell_type, answers.get(c.grade_id or "", c.release_source), c.id, c.grade_id)
        for c in pristine.cells
    ]


def student(cells: list[StudentCell], name: str = "lab") -> StudentNotebook:
    """A student's notebook of these cells in this order."""
    return StudentNotebook(
        name, PurePosixPath(f"{name}.ipynb"), tuple(replace(c, index=i) for i, c in enumerate(cells))
    )


def own(source: str, cell_type: CellType = "code", **claims) -> StudentCell:
    """A cell the student added."""
    return StudentCell(0, cell_type, source, **claims)


def position(cells: list[StudentCell], name: str) -> int:
    return next(i for i, c in enumerate(cells) if c.id == name)


def source_of(result: Transplanted, name: str) -> str:
    return by_id(result, name).source


def by_id(result: Transplanted, name: str) -> TransplantedCell:
    return next(c for c in result.cells if c.id == name)


def earned(result: Transplanted) -> dict[str, float]:
    """Points of the test cells when the notebook runs top to bottom as in a kernel."""
    names: dict = {}
    points = {}
    for c in result.cells:
        if c.cell_type != "code":
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(c.source, names)
            ok = True
        except Exception:
            ok = False
        if c.role == "test":
            points[c.id] = c.max_points if ok else 0.0
    return points
