"""A small assignment whose tests read files that students hand in, and a right submission to it."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from small_assignment import SOLUTION, cell, notebook

NAME = "hw"

CELLS = (
    cell("markdown", "plain", "intro", "# A small lab\nHand in `weights.json` and `runs/` with it."),
    cell(
        "code",
        "readonly",
        "imports",
        "import csv\nimport json\nfrom pathlib import Path\n\nimport tools\n\n\n"
        "def read_weights():\n    with open('weights.json') as file:\n        return json.load(file)\n\n\n"
        "def read_losses():\n    with open(Path('runs') / 'train' / 'loss.csv') as file:\n"
        "        return [float(row[0]) for row in csv.reader(file)]",
    ),
    cell("code", "solution", "twice", "def twice(x):\n" + SOLUTION.format("    return tools.RATE * x")),
    cell("code", "test", "test-twice", "assert twice(4) == 8", 3),
    cell("code", "solution", "forward", "def forward(x, weights):\n" + SOLUTION.format("    return weights['w'] * x")),
    cell(
        "code",
        "test",
        "test-weights",
        "assert read_weights()['w'] == 0.5\n### BEGIN HIDDEN TESTS\nassert forward(4, read_weights()) == 2\n"
        "### END HIDDEN TESTS",
        4,
    ),
    cell("code", "test", "test-runs", "losses = read_losses()\nassert losses[-1] < losses[0]", 2),
    cell("markdown", "plain", "why", "Why does the loss fall?"),
    cell("markdown", "manual", "why-answer", "Because it is trained.", 4),
)
SECOND = (
    cell("markdown", "plain", "start", "# A second notebook"),
    cell("code", "solution", "cube", "def cube(x):\n" + SOLUTION.format("    return x**3")),
    cell("code", "test", "test-cube", "assert cube(2) == 8", 1),
)
SOURCE = {"lab": CELLS, "essay": SECOND}

#: All points, by test cell.
ALL = {"test-twice": 3.0, "test-weights": 4.0, "test-runs": 2.0, "test-cube": 1.0}
ANSWERS = {
    "twice": "def twice(x):\n    return x + x",
    "forward": "def forward(x, weights):\n    return x * weights['w']",
    "why-answer": "Each step goes down the gradient.",
    "cube": "def cube(x):\n    return x * x * x",
}


def write_source(folder: Path) -> None:
    """The assignment's folder ``source/hw``."""
    folder.mkdir(parents=True)
    for name, cells in SOURCE.items():
        nbformat.write(notebook(*cells), folder / f"{name}.ipynb")
    (folder / "tools.py").write_text("RATE = 2\n")


def hand_in(folder: Path) -> None:
    """A right submission."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SOURCE:
        save(folder / f"{name}.ipynb", filled(name))
    (folder / "tools.py").write_text("RATE = 2\n")
    (folder / "weights.json").write_text(json.dumps({"w": 0.5}))
    (folder / "runs" / "train").mkdir(parents=True)
    (folder / "runs" / "train" / "loss.csv").write_text("0.9\n0.4\n0.2\n")


def filled(name: str = "lab", answers: dict[str, str] = ANSWERS) -> NotebookNode:
    """A notebook as students get it, with these answers in it."""
    book = notebook(*SOURCE[name])
    for node in book.cells:
        about = node.metadata.get("nbgrader", {})
        if about.get("solution"):
            node.source = answers.get(node.id, released(node))
        elif about.get("grade"):
            node.source = node.source.partition("### BEGIN HIDDEN TESTS")[0].strip()
    return book


def released(node: NotebookNode) -> str:
    if node.cell_type == "markdown":
        return "YOUR ANSWER HERE"
    return node.source.partition("    ### BEGIN SOLUTION")[0] + "    # YOUR CODE HERE\n    raise NotImplementedError()"


def save(path: Path, book: NotebookNode) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, path)
