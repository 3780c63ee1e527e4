"""What students get to see of a graded notebook, and how it is shown without harm."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor
from traitlets import Bool, Unicode

from proctor.html import clean_html


class StudentView(NbGraderPreprocessor):
    """Takes out of a graded notebook what students must not see, for ``nbgrader generate_feedback``.

    Hidden tests and marking schemes go, and the proctor's messages for staff. Results and
    outputs stay: the exam has put into them only what students may see. What was wrong with the
    files, or which of several was read, stands above everything.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        for step in (ClearHiddenTests(), ClearMarkScheme(enforce_metadata=False)):
            nb, resources = step.preprocess(nb, resources)
        problems = nb.metadata.pop("proctor", {}).get("problems", ())
        for cell in nb.cells:
            cell.metadata.pop("proctor", None)
        if problems:
            nb.cells.insert(0, new_markdown_cell(_about_files(problems)))
        return nb, resources


def _about_files(problems: Sequence[str]) -> str:
    """HTML without an empty line: in it Markdown changes nothing, whatever files are called."""
    items = "".join(f"<li>{' '.join(escape(words).split())}</li>" for words in problems)
    return f"<p><strong>About the files that you handed in</strong></p><ul>{items}</ul>"


class FeedbackExporter(HTMLExporter):
    """nbgrader's feedback page, without the scripts that a student's text or output may hold.

    nbconvert cleans outputs itself when asked; nbgrader's template puts in written answers
    as they are, so they are cleaned here, with room for what prose and tables need.
    """

    sanitize_html = Bool(True, help=HTMLExporter.sanitize_html.help).tag(config=True)
    raw_template = Unicode(
        "{%- extends 'index.html.j2' -%}"
        "{% block header %}{{ super() }}<style>"
        ".output_png img { max-width: 100%; height: auto } pre { white-space: pre-wrap } td, th { padding: 0 .6em }"
        "</style>{% endblock header %}"
        "{% block markdowncell scoped %}{{ super() | clean_html }}{% endblock markdowncell %}",
        help=HTMLExporter.raw_template.help,
    ).tag(config=True)

    def default_filters(self) -> Iterator[tuple[str, Callable[[str], str]]]:
        yield from super().default_filters()
        yield "clean_html", clean_html
