"""Formgrader's page, as graders need it: marking schemes set apart, and nothing loaded from elsewhere.

c.HTMLExporter.preprocessors = ["proctor.pages.graders.ForGraders", "proctor.pages.harmless.Harmless"]
"""

from __future__ import annotations

from typing import Any

from jinja2 import DictLoader
from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearMarkScheme

#: In the place of nbconvert's template of this name. ``Harmless`` has drawn the formulas; formgrader's script
#: waits for MathJax before it selects the first box for points, so it is told at once that all is done.
_NO_MATHJAX = """{%- macro mathjax(url="") -%}
<script>
window.MathJax = {Hub: {Startup: {signal: {Interest: function (tell) { $(document).ready(function () { tell("End") }) }}}}}
</script>
{%- endmacro %}"""


class ForGraders(Preprocessor):
    """Shows the lines around a marking scheme as what they mean: Markdown takes them for headings."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(self.parent, TemplateExporter):
            self.parent.extra_loaders = [DictLoader({"mathjax.html.j2": _NO_MATHJAX})]

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        marks = ClearMarkScheme(parent=self)
        begin, end = marks.begin_mark_scheme_delimeter, marks.end_mark_scheme_delimeter
        for cell in nb.cells:
            by_student = utils.is_solution(cell) or cell.metadata.get("proctor", {}).get("by_student")
            if cell.cell_type == "markdown" and not by_student:
                cell.source = "\n".join(_shown(line, begin, end) for line in cell.source.split("\n"))
        return nb, resources


def _shown(line: str, begin: str, end: str) -> str:
    if begin in line:
        return "\n---\n\n**Marking scheme** (students do not see it)\n"
    return "\n---\n" if end in line else line
