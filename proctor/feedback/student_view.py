"""What students get to see of a graded notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from html import escape

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor

from proctor.exam.exam import PARTS
from proctor.exam.paper import Outcome
from proctor.parts import Part

#: Lines between which an author's text is not for students.
Region = tuple[str, str]
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")


class StudentView(NbGraderPreprocessor):
    """Takes out of a graded notebook what students must not see, for ``nbgrader generate_feedback``.

    Hidden tests and marking schemes go from the assignment's cells, and the proctor's messages for
    staff. Results and outputs stay: the exam has put into them only what students may see. What
    students wrote stays as it is, whatever marks it holds. What was found while the notebook was
    graded, such as a cell that stopped, is said once at the top. The parts of a test become a list in the
    cell's metadata (``parts``); the number that nbgrader reads as its points goes: it stands above.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        regions = hidden_regions(self)
        for cell in nb.cells:
            found = cell.metadata.pop("proctor", {})
            if not (utils.is_solution(cell) or found.get("by_student")):  # older gradings have no mark
                cell.source = without(cell.source, regions)
            if found and cell.cell_type == "code":
                was_run = found.get("outcome") != Outcome.NOT_RUN.value
                cell.metadata["parts"] = [asdict(Part(**part)) for part in found.get("parts", ()) if was_run]
                cell.outputs = list(_outputs_of_a_test(cell.outputs))
        problems = nb.metadata.pop("proctor", {}).get("problems", ())
        if problems:
            nb.cells.insert(0, _notice(problems))
        return nb, resources


def hidden_regions(parent: NbGraderPreprocessor) -> tuple[Region, ...]:
    """The marks of hidden tests and marking schemes, as nbgrader is configured."""
    tests, schemes = ClearHiddenTests(parent=parent), ClearMarkScheme(parent=parent)
    return (
        (tests.begin_test_delimeter, tests.end_test_delimeter),
        (schemes.begin_mark_scheme_delimeter, schemes.end_mark_scheme_delimeter),
    )


def without(source: str, regions: tuple[Region, ...]) -> str:
    """The lines outside of regions; one that does not end hides the rest."""
    for begin, end in regions:
        source = _without(source, begin, end)
    return source


def _without(source: str, begin: str, end: str) -> str:
    kept, inside = [], False
    for line in source.split("\n"):
        if begin in line:
            inside = True
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def _notice(problems: list[str]) -> NotebookNode:
    """A cell that says what was found. Nothing in it is read as a formula or as Markdown."""
    lines = "\n".join(f"• {escape(' '.join(words.split()))}" for words in problems)
    return new_markdown_cell(f"**Found while this notebook was graded**\n\n<pre>\n{lines}\n</pre>")


def _outputs_of_a_test(outputs: list[NotebookNode]) -> Iterator[NotebookNode]:
    for output in outputs:
        is_points = output.output_type == "execute_result" and _NUMBER.fullmatch(output.data.get("text/plain", ""))
        if output.get("metadata") != PARTS and not is_points:
            yield output
