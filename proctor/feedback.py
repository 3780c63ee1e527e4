"""What students get to see of a graded notebook, and how it is shown without harm."""

from __future__ import annotations

from html import escape

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from traitlets import Bool, List, Unicode
from traitlets.config import Config

from proctor.exam.exam import PARTS
from proctor.exam.paper import Outcome
from proctor.parts import Part, in_lines


class StudentView(NbGraderPreprocessor):
    """Takes out of a graded notebook what students must not see, for ``nbgrader generate_feedback``.

    Hidden tests and marking schemes go from the assignment's cells, and the proctor's messages for
    staff. Results and outputs stay: the exam has put into them only what students may see. What
    students wrote stays as it is, whatever marks it holds. What was found while the notebook was
    graded, such as a cell that stopped, is said once at the top; the parts of a test are listed from
    its result.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        tests, schemes = ClearHiddenTests(parent=self), ClearMarkScheme(parent=self)
        regions = (
            (tests.begin_test_delimeter, tests.end_test_delimeter),
            (schemes.begin_mark_scheme_delimeter, schemes.end_mark_scheme_delimeter),
        )
        for cell in nb.cells:
            found = cell.metadata.pop("proctor", {})
            if not (utils.is_solution(cell) or found.get("by_student")):  # older gradings have no mark
                for begin, end in regions:
                    cell.source = _without(cell.source, begin, end)
            if found and cell.cell_type == "code":
                was_run = found.get("outcome") != Outcome.NOT_RUN.value
                cell.outputs = _with_parts(cell.outputs, [Part(**part) for part in found.get("parts", ()) if was_run])
        problems = nb.metadata.pop("proctor", {}).get("problems", ())
        if problems:
            nb.cells.insert(0, _notice(problems))
        return nb, resources


def _notice(problems: list[str]) -> NotebookNode:
    """A cell that says what was found. Nothing in it is read as a formula or as Markdown."""
    lines = "\n".join(f"• {escape(' '.join(words.split()))}" for words in problems)
    return new_markdown_cell(f"**Found while this notebook was graded**\n\n<pre>\n{lines}\n</pre>")


def _with_parts(outputs: list[NotebookNode], parts: list[Part]) -> list[NotebookNode]:
    """The outputs of a test with its parts, before its points or its error."""
    outputs = [output for output in outputs if output.get("metadata") != PARTS]
    if not parts:
        return outputs
    last = [output for output in outputs if output.output_type in ("error", "execute_result")]
    listed = new_output("display_data", {"text/plain": in_lines(parts)})
    return [*(output for output in outputs if output not in last), listed, *last]


class FeedbackExporter(HTMLExporter):
    """nbgrader's feedback page, without anything that a student's text or output could do to its reader."""

    sanitize_html = Bool(True, help=HTMLExporter.sanitize_html.help).tag(config=True)
    preprocessors = List(["proctor.pages.harmless.Harmless"], help=HTMLExporter.preprocessors.help).tag(config=True)
    raw_template = Unicode(
        "{%- extends 'index.html.j2' -%}"
        "{% block header %}{{ super() }}<style>"
        ".output_png img, .rendered_html img { max-width: 100%; height: auto } pre { white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere } "
        "td, th { padding: 0 .6em }"
        "</style>{% endblock header %}",
        help=HTMLExporter.raw_template.help,
    ).tag(config=True)

    @property
    def default_config(self) -> Config:
        config = Config({"Harmless": {"links": True}})
        config.merge(super().default_config)
        return config


def _without(source: str, begin: str, end: str) -> str:
    """The lines outside of regions; one that does not end hides the rest."""
    kept, inside = [], False
    for line in source.split("\n"):
        if begin in line:
            inside = True
        elif end in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)
