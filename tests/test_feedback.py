"""Promises of the feedback page: no script of a student's runs in it, and nothing hidden is on it."""

import re
from dataclasses import asdict
from pathlib import Path

import nbformat
import nbgrader
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from proctor.feedback import FeedbackExporter, StudentView
from proctor.html import clean_html
from proctor.parts import Part

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"


def page(cells: list) -> str:
    """The body of the feedback page of a graded notebook with these cells."""
    config = Config()
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES / "templates")]
    config.HTMLExporter.extra_template_paths = [str(TEMPLATES / "static/node_modules/bootstrap/dist/css")]
    info = {
        "notebook": "n",
        "student": "s",
        "assignment": "a",
        "score": 1,
        "max_score": 1,
        "late_penalty": 0,
        "index": 0,
    }
    html, _ = FeedbackExporter(config=config).from_notebook_node(new_notebook(cells=cells), {"nbgrader": info})
    return html[html.rfind("<body") :]


def output(mime: str, data: str):
    return new_code_cell("x", outputs=[new_output("display_data", {mime: data})])


@pytest.mark.parametrize(
    "cell",
    [
        new_markdown_cell("<script>alert(1)</script>"),
        new_markdown_cell("<img src=x onerror=alert(1)>"),
        new_markdown_cell("[click](javascript:alert(1))"),
        new_markdown_cell("<iframe src='https://example.org'></iframe>"),
        output("text/html", "<script>alert(1)</script>"),
        output("text/html", "<form action='https://example.org'><input></form>"),
        output("text/markdown", "<script>alert(1)</script>"),
        output("text/latex", "<script>alert(1)</script>"),
        output("application/javascript", "alert(1)"),
        new_code_cell(
            "x", outputs=[new_output("stream", name="stdout", text="\x1b[31m</pre><script>alert(1)</script>")]
        ),
        new_code_cell(
            "x", outputs=[new_output("error", ename="<script>alert(1)</script>", evalue="", traceback=["<script>"])]
        ),
    ],
    ids=lambda cell: f"{cell.cell_type}-{len(str(cell))}",
)
def test_nothing_a_student_wrote_runs_in_the_reader(cell):
    body = page([cell])
    active = re.findall(r"<script(?! type=\"text/javascript\")[^>]*>|<iframe|<form|\son\w+=|href=\"javascript", body)
    assert active == []
    assert "alert(1)" not in "".join(re.findall(r"<script.*?</script>", body, re.S))


def test_tables_pictures_and_formulas_survive():
    kept = clean_html(
        '<table><thead><tr><th style="color: red">T</th></tr></thead></table><img src="data:image/png;base64,AA==">'
    )
    assert "<thead>" in kept and "color: red" in kept and 'src="data:image/png' in kept
    body = page([new_markdown_cell("### Title\n\n$a < b$ and **bold**\n\n| a | b |\n|---|---|\n| 1 | 2 |")])
    assert "$a &lt; b$" in body and "<strong>bold</strong>" in body and "<h3" in body and "<td>1</td>" in body


def test_hidden_tests_schemes_and_words_for_staff_are_taken_out():
    cell = new_code_cell("visible()\n### BEGIN HIDDEN TESTS\nsecret()\n### END HIDDEN TESTS")
    cell.metadata = nbformat.from_dict(
        {
            "nbgrader": {
                "grade": True,
                "solution": False,
                "locked": True,
                "grade_id": "t",
                "points": 1,
                "schema_version": 3,
            },
            "proctor": {
                "staff_message": "secret words",
                "outcome": "ok",
                "parts": [asdict(Part("for any batch", 0.0, 1.0, "failed", "mind the sign"))],
            },
        }
    )
    question = new_markdown_cell("Why?\n### BEGIN MARK SCHEME\nsecret scheme\n### END MARK SCHEME")
    notebook = new_notebook(cells=[cell, question], metadata={"proctor": {"seed": 1}})
    seen, _ = StudentView().preprocess(notebook, {})
    assert (
        "secret" not in nbformat.writes(seen) and "visible()" in seen.cells[0].source and "Why?" in seen.cells[1].source
    )
    assert seen.cells[0].outputs[0].data["text/plain"] == "✗ 0/1  for any batch: mind the sign\n"


def test_what_was_found_stands_at_the_top_and_is_read_as_it_is():
    words = "Your cell `rows = open('<b>$x$</b>')` stopped at line 1:\n\n**no** <script>alert(1)</script>"
    notebook = new_notebook(cells=[new_markdown_cell("Part 1")], metadata={"proctor": {"problems": [words]}})
    seen, _ = StudentView().preprocess(notebook, {})
    nbformat.validate(seen)
    body = page(seen.cells)
    assert body.index("stopped at line 1") < body.index("Part 1")
    assert "alert(1)</script>" not in body and "<b>$" not in body and "**no**" in body
