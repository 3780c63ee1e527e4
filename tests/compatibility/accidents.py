"""Submissions as they come back: damaged on the way, in disorder, or with code that ends badly.

Each is the right answers with one accident. The points are those of the four tests, in order.
"""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import nbformat
from compatibility.questions import Question, answered, assignment, file
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from small_assignment import ANSWERS, CELLS, FULL_MARKS

BOOK = assignment(*CELLS, Question("bonus", "bonus = 2", "bonus", wrong="bonus = 0"))
TESTS = (*FULL_MARKS, "test-bonus")
FULL = (2, 3, 1, 2)
NOTHING = (0, 0, 0, 0)
NOT_GRADED = (None, None, None, None)
RIGHT = {**ANSWERS, "bonus": "bonus = 2"}
Files = dict[str, str | bytes]


@dataclass(frozen=True)
class Accident:
    """``hand_in`` makes the files from the release.

    ``difference`` names a row of the table, if scores differ. ``stops_stock``: stock nbgrader ends
    there, and students after it in the order of names get no grades. ``bug``: what is not right yet.
    """

    student: str
    hand_in: Callable[[NotebookNode], Files]
    stock: tuple[float | None, ...] = FULL
    here: tuple[float, ...] = FULL
    difference: str = ""
    stops_stock: bool = False
    bug: str = ""


def changed(change: Callable[[NotebookNode], None], **answers: str) -> Callable[[NotebookNode], Files]:
    """Right answers but for these, and then a change to the notebook."""

    def hand_in(release: NotebookNode) -> Files:
        book = answered(release, {**RIGHT, **{name.replace("_", "-"): text for name, text in answers.items()}})
        change(book)
        return {"lab.ipynb": file(book)}

    return hand_in


def answers(**texts: str) -> Callable[[NotebookNode], Files]:
    return changed(lambda book: None, **texts)


def instead(files: Files) -> Callable[[NotebookNode], Files]:
    return lambda release: files


def named(name: str) -> Callable[[NotebookNode], Files]:
    return lambda release: {name: file(answered(release, RIGHT))}


def in_a_zip(release: NotebookNode) -> Files:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hw/lab.ipynb", file(answered(release, RIGHT)))
    return {"hw.zip": buffer.getvalue()}


def place(book: NotebookNode, grade_id: str) -> int:
    return next(i for i, cell in enumerate(book.cells) if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def no_metadata(book: NotebookNode) -> None:
    book.metadata = nbformat.from_dict({"colab": {"provenance": []}})
    for number, cell in enumerate(book.cells):
        cell.metadata = nbformat.from_dict({"id": f"c{number}"})
        cell.id = f"c{number}"


def other_kernel(book: NotebookNode) -> None:
    kernel = {"name": "conda-env-old", "display_name": "Python 2", "language": "python"}
    book.metadata.kernelspec = nbformat.from_dict(kernel)


def without(grade_id: str) -> Callable[[NotebookNode], None]:
    def change(book: NotebookNode) -> None:
        del book.cells[place(book, grade_id)]

    return change


def copied_stub(book: NotebookNode) -> None:
    """A copy of the released cell, metadata included, kept below the answer."""
    kept = copy.deepcopy(book.cells[place(book, "twice")])
    kept.source, kept.id = "def twice(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()", "kept"
    book.cells.insert(place(book, "twice") + 1, kept)


def answer_above_the_stub(book: NotebookNode) -> None:
    cell = book.cells[place(book, "twice")]
    book.cells.insert(place(book, "twice"), new_code_cell(cell.source))
    cell.source = "def twice(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"


def split_below(book: NotebookNode) -> None:
    cell = book.cells[place(book, "volume")]
    first, second = cell.source.splitlines()
    cell.source = first
    book.cells.insert(place(book, "volume") + 1, new_code_cell(second))


def tests_first(book: NotebookNode) -> None:
    book.cells.sort(key=lambda cell: not cell.metadata.get("nbgrader", {}).get("grade_id", "").startswith("test-"))


def schema(version: int) -> Callable[[NotebookNode], None]:
    def change(book: NotebookNode) -> None:
        for cell in book.cells:
            if "nbgrader" in cell.metadata:
                cell.metadata.nbgrader.schema_version = version

    return change


def own_cells(book: NotebookNode) -> None:
    book.cells = [each for cell in book.cells for each in (cell, new_code_cell("1 + 1"), new_code_cell("x = = 1"))]


def forged(book: NotebookNode) -> None:
    """The test now accepts anything, is worth 100 points, and is not to be run."""
    cell = book.cells[place(book, "test-twice")]
    cell.source, cell.metadata.nbgrader.points = "assert True", 100


def made_markdown(book: NotebookNode) -> None:
    cell = book.cells[place(book, "twice")]
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]


def format_3(release: NotebookNode) -> Files:
    book = answered(release, RIGHT)
    code = {"language": "python", "collapsed": False, "outputs": []}
    cells = [
        {"cell_type": "code", "metadata": cell.metadata, "input": cell.source, **code}
        if cell.cell_type == "code"
        else {"cell_type": cell.cell_type, "metadata": cell.metadata, "source": cell.source}
        for cell in book.cells
    ]
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [{"cells": cells, "metadata": {}}],
    }
    return {"lab.ipynb": json.dumps(old)}


def format_4_4(book: NotebookNode) -> None:
    book.nbformat_minor = 4
    for cell in book.cells:
        del cell["id"]


ACCIDENTS = (
    Accident("right", answers()),
    Accident("other-kernel", changed(other_kernel)),
    Accident("format-4-4", changed(format_4_4)),
    Accident("format-3", format_3),
    Accident("own-cells", changed(own_cells)),
    Accident("forged-test", changed(forged, twice="def twice(x):\n    return x"), (2, 0, 1, 2), (2, 0, 1, 2)),
    Accident("made-markdown", changed(made_markdown)),
    Accident("split", changed(split_below)),
    Accident("deleted-answer", changed(without("twice")), (2, 0, 1, 2), (2, 0, 1, 2)),
    Accident("deleted-test", changed(without("test-twice")), (2, None, 1, 2), FULL, "deleted test cell"),
    Accident("no-metadata", changed(no_metadata), NOT_GRADED, FULL, "no metadata"),
    Accident("above-the-stub", changed(answer_above_the_stub), (2, 0, 1, 2), FULL, "answer in another cell"),
    Accident("tests-first", changed(tests_first), NOTHING, FULL, "reordered cells"),
    Accident("renamed", named("lab (1).ipynb"), NOT_GRADED, FULL, "renamed file"),
    Accident("renamed-anew", named("My final version.ipynb"), NOT_GRADED, FULL, "renamed file"),
    Accident("in-a-zip", in_a_zip, NOT_GRADED, FULL, "a zip, or folders around the notebooks"),
    Accident("in-folders", named("hw/final/lab.ipynb"), NOT_GRADED, FULL, "a zip, or folders around the notebooks"),
    Accident("noise", instead({"lab.ipynb": b"\x00\xff noise"}), NOT_GRADED, NOTHING, "not a notebook"),
    Accident("web-page", instead({"lab.ipynb": "<!DOCTYPE html><html></html>"}), NOT_GRADED, NOTHING, "not a notebook"),
    Accident("a-list", instead({"lab.ipynb": "[1, 2]"}), NOT_GRADED, NOTHING, "not a notebook"),
    Accident("only-a-pdf", instead({"lab.pdf": b"%PDF-1.7"}), NOT_GRADED, NOTHING, "only strange files"),
    Accident(
        "ends-the-process", answers(volume="import os\nos._exit(1)"), NOT_GRADED, (2, 3, 0, 2), "the process ends"
    ),
    Accident("system-exit", answers(volume="raise SystemExit"), (2, 3, 0, 2), (2, 3, 0, 2)),
    Accident("asks", answers(volume="output_volume = input()"), (2, 3, 0, 2), (2, 3, 0, 2)),
    Accident("endless-call", answers(twice="def twice(x):\n    while True:\n        pass"), (2, 0, 1, 2), (2, 0, 1, 2)),
    Accident(
        "endless-cell",
        answers(volume="output_volume = (25, 25, 64)\nwhile True:\n    pass"),
        FULL,
        (2, 3, 0, 2),
        "names of a cell that ran too long",
    ),
    Accident(
        "too-much-credit",
        answers(bonus="bonus = 5"),
        (2, 3, 1, None),
        FULL,
        "partial credit above the maximum",
    ),
    Accident("copied-stub", changed(copied_stub), NOT_GRADED, FULL, "duplicated cell", stops_stock=True),
    Accident("schema-1", changed(schema(1)), NOT_GRADED, FULL, "other schema version", stops_stock=True),
    Accident("schema-2", changed(schema(2)), NOT_GRADED, FULL, "other schema version", stops_stock=True),
    Accident("schema-4", changed(schema(4)), NOT_GRADED, FULL, "other schema version", stops_stock=True),
    Accident("schema-4z", answers(), NOT_GRADED, FULL, "other schema version"),
)
