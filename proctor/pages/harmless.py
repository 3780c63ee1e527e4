"""The pages that nbconvert makes of graded notebooks: formgrader's and feedback.

    c.HTMLExporter.preprocessors = ["proctor.pages.harmless.Harmless"]

nbgrader's formgrader renders notebooks with an HTMLExporter that this line configures. Its page
can change grades, so nothing of a student's may run in it, ask the server for anything, or pose
as one of its buttons. Formulas are drawn without a script from elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_output
from traitlets import Bool

from .outputs import harmless
from .press import Page, Press

MOST_CELLS, MOST_OUTPUTS = 1500, 1500  # of one notebook
_KEPT = ("nbgrader", "proctor", "magics_language")
_NAMES = ("student", "first_name", "last_name")  # nbgrader's pages show them as they are


class Harmless(Preprocessor):
    """Cleans outputs, metadata and names, and gives the exporter that it works for filters that clean the rest."""

    links = Bool(False, help="Whether addresses can be clicked on. In formgrader a click could reach its server.").tag(
        config=True
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._press = Press()

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        if not isinstance(self.parent, TemplateExporter):
            raise TypeError("Harmless is for the preprocessors of an exporter with a template, such as HTMLExporter")
        page = Page(self._press, resources.get("metadata", {}).get("path") or "", self.links, formulas=True)
        for name, function in _filters(page, _lexer(nb)).items():
            self.parent.register_filter(name, function)
        nb.metadata.pop("widgets", None)
        nb.cells = _first(nb.cells)
        left = MOST_OUTPUTS
        for cell in nb.cells:
            cell.metadata = NotebookNode({key: cell.metadata[key] for key in _KEPT if key in cell.metadata})
            if cell.cell_type == "code":
                cell.outputs = [_latex_drawn(harmless(output, page), page) for output in _some(cell.outputs, left)]
                left -= len(cell.outputs)
        return nb, resources | {key: escape(resources[key]) for key in _NAMES if resources.get(key)}


def _filters(page: Page, lexer: str) -> dict[str, Callable[..., str]]:
    @pass_context
    def markdown2html(context: Context, source: str) -> str:
        return page.markdown(source, _attachments(context.get("cell") or {}))

    def highlight_code(source: str, language: str | None = None, metadata: Mapping | None = None) -> str:
        return page.code(source or " ", language or (metadata or {}).get("magics_language") or lexer)

    return {
        "markdown2html": markdown2html,
        "highlight_code": highlight_code,
        "ansi2html": page.ansi,
        "clean_html": page.html,
        "strip_files_prefix": lambda text: text,  # nbconvert's takes minutes for some texts; no such address is left
    }


def _latex_drawn(output: NotebookNode, page: Page) -> NotebookNode:
    data = output.get("data", {})
    if "text/latex" in data and "text/html" not in data:
        data["text/html"] = page.latex(data["text/latex"])
    return output


def _attachments(cell: Mapping) -> dict[str, dict[str, str]]:
    given = cell.get("attachments")
    if not isinstance(given, dict):
        return {}
    return {
        name: {kind: data for kind, data in forms.items() if isinstance(data, str)}
        for name, forms in given.items()
        if isinstance(forms, dict)
    }


def _lexer(nb: NotebookNode) -> str:
    language = nb.metadata.get("language_info", {})
    return language.get("pygments_lexer", language.get("name", "ipython3"))


def _first(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The assignment's cells and so many of the student's own that a browser can show them."""
    kept, left = [], MOST_CELLS
    for cell in cells:
        left -= 1
        if left >= 0 or "nbgrader" in cell.metadata:
            kept.append(cell)
    if len(kept) < len(cells):
        kept.append(new_markdown_cell(f"*[{len(cells) - len(kept):,} more cells are not shown on this page.]*"))
    return kept


def _some(outputs: list[NotebookNode], most: int) -> list[NotebookNode]:
    if len(outputs) <= most:
        return outputs
    words = f"[{len(outputs) - most:,} more outputs are not shown on this page.]"
    return [*outputs[: max(most, 0)], new_output("stream", text=words)]
