"""Promises of the feedback page: no script of a student's runs in it, and nothing hidden is on it."""

import re
import time
from dataclasses import asdict

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from traitlets.config import Config

from proctor.feedback import FeedbackExporter, StudentView
from proctor.pages.html import clean_html
from proctor.parts import Part


@pytest.fixture(scope="module")
def page():
    exporter = feedback_exporter()
    return lambda cells: body_of(exporter, cells)


def feedback_exporter() -> FeedbackExporter:
    config = Config()
    config.Exporter.default_preprocessors = []  # as nbgrader's converters do
    exporter = FeedbackExporter(config=config)
    exporter.register_preprocessor(StudentView, enabled=True)
    return exporter


def body_of(exporter: FeedbackExporter, cells: list) -> str:
    """The body of the feedback page of a graded notebook with these cells."""
    info = {
        "notebook": "n",
        "student": "s",
        "assignment": "a",
        "score": 1,
        "max_score": 1,
        "late_penalty": 0,
        "index": 0,
    }
    html, _ = exporter.from_notebook_node(new_notebook(cells=cells), {"nbgrader": info})
    return html[html.rfind("<body") :]


def output(mime: str, data: str, metadata: dict | None = None):
    return new_code_cell("x", outputs=[new_output("display_data", {mime: data}, metadata=metadata or {})])


PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LIVE = "1 onerror=alert(1)"


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
        output("image/png", PNG, {"image/png": {"width": LIVE, "height": LIVE}, "width": LIVE}),
        output("image/jpeg", "/9j/4AAQ", {"image/jpeg": {"height": LIVE}, "height": LIVE}),
        output("image/png", PNG, {"filenames": {"image/png": 'x" onerror=alert(1)'}}),
        output("text/html", "<p>x</p>", {"text/html": {"isolated": True}}),
        new_markdown_cell("[click](data:text/html;base64,PHNjcmlwdD4=) <a href='data:text/html,x'>x</a>"),
        new_code_cell(
            "x", outputs=[new_output("stream", name="stdout", text="\x1b[31m</pre><script>alert(1)</script>")]
        ),
        new_code_cell(
            "x", outputs=[new_output("error", ename="<script>alert(1)</script>", evalue="", traceback=["<script>"])]
        ),
    ],
    ids=lambda cell: f"{cell.cell_type}-{len(str(cell))}",
)
def test_nothing_a_student_wrote_runs_in_the_reader(page, cell):
    body = page([cell])
    active = re.findall(
        r"<script|<iframe|<form|<img[^>]*\son\w+=|<[^>]*\son\w+=|href=\"(?:javascript|data)",
        body,
    )
    assert active == []


def test_tables_pictures_and_formulas_survive(page):
    kept = clean_html(
        '<table><thead><tr><th style="color: red">T</th></tr></thead></table><img src="data:image/png;base64,AA==">'
    )
    assert "<thead>" in kept and "color:red" in kept and 'src="data:image/png' in kept
    body = page([new_markdown_cell("### Title\n\n$a < b$ and **bold**\n\n| a | b |\n|---|---|\n| 1 | 2 |")])
    assert (
        "<mi>a</mi><mo>&lt;</mo><mi>b</mi>" in body
        and "$" not in body
        and "<strong>bold</strong>" in body
        and "<h3" in body
        and "<td>1</td>" in body
    )


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
    (part,) = seen.cells[0].metadata.parts
    assert part == asdict(Part("for any batch", 0.0, 1.0, "failed", "mind the sign"))


def test_what_was_found_stands_at_the_top_and_is_read_as_it_is(page):
    words = "Your cell `rows = open('<b>$x$</b>')` stopped at line 1:\n\n**no** <script>alert(1)</script>"
    notebook = new_notebook(cells=[new_markdown_cell("Part 1")], metadata={"proctor": {"problems": [words]}})
    seen, _ = StudentView().preprocess(notebook, {})
    nbformat.validate(seen)
    body = page(seen.cells)
    assert body.index("stopped at line 1") < body.index("Part 1")
    assert "alert(1)</script>" not in body and "<b>$" not in body and "**no**" in body


@pytest.mark.parametrize(
    "source",
    ["### BEGIN HIDDEN TESTS\nmine", "### END MARK SCHEME\nmine", "### BEGIN MARK SCHEME\n### BEGIN MARK SCHEME\nmine"],
)
def test_marks_in_what_a_student_wrote_neither_stop_feedback_nor_hide_it(page, source):
    own = new_markdown_cell(source, metadata={"proctor": {"by_student": True}})
    answer = new_code_cell(source)
    answer.metadata["nbgrader"] = {"grade": False, "solution": True, "locked": False, "grade_id": "a"}
    answer.metadata.nbgrader["schema_version"] = 3
    body = page([own, answer])
    assert body.count("mine") == 2


def test_a_region_of_the_assignment_that_does_not_end_hides_the_rest(page):
    assert "secret" not in page([new_markdown_cell("Why?\n### BEGIN MARK SCHEME\nsecret")])


@pytest.mark.parametrize(
    "attachments",
    [None, {}, {"lost.png": {"image/png": "no base64!"}}, {"lost.png": {"text/html": PNG}}, {"lost.png": {}}],
)
def test_a_picture_that_is_not_there_is_named(page, attachments):
    cell = new_markdown_cell("before ![x](attachment:lost.png) after")
    if attachments is not None:
        cell.attachments = nbformat.from_dict(attachments)
    body = page([cell])
    assert "before" in body and "after" in body
    assert "a picture that is not in the notebook: attachment:lost.png" in body


def test_attached_pictures_and_plain_measures_are_shown(page):
    cell = new_markdown_cell('![x](attachment:my%20photo.png) <img src="attachment:my photo.png" width="20">')
    cell.attachments = nbformat.from_dict({"my photo.png": {"image/png": PNG}})
    body = page([cell, output("image/png", PNG, {"image/png": {"width": 30, "height": 1.5}})])
    assert body.count(f"data:image/png;base64,{PNG}") == 3
    assert 'width="20"' in body and 'width="30"' in body and 'height="1.5"' in body


def test_what_is_no_tag_of_html_stays_to_be_read(page):
    assert "P(x&lt;y and y&gt;z)" in page([new_markdown_cell("P(x<y and y>z)")])


BURDENS = {
    "brackets": new_markdown_cell("[" * 40_000),
    "pictures": new_markdown_cell("![" * 100_000),
    "emphasis": new_markdown_cell("*a **a " * 30_000),
    "quotes": new_markdown_cell(">" * 100_000),
    "fences": new_markdown_cell("``` " * 50_000),
    "formulas": new_markdown_cell("$$" * 50_000 + "\\begin{a}" * 50_000),
    "lists": new_markdown_cell("".join("  " * i + "- x\n" for i in range(600))),
    "ampersands": new_markdown_cell("<p>" + "&" * 2_000_000),
    "tags": new_markdown_cell("<div>" * 300_000),
    "comments": new_markdown_cell("<!--" * 300_000),
    "table": new_markdown_cell("|a|b|\n|-|-|\n" + "|1|2|\n" * 60_000),
    "code": new_code_cell("x = [1, 2, 3]\n" * 80_000),
    "code without end": new_code_cell("'" * 300_000 + "\\" * 300_000),
    "another language": new_markdown_cell("```perl\n" + "$x =~ s/(" * 40_000 + "\n```"),
    "escapes": new_code_cell("x", outputs=[new_output("stream", text="\x1b[0m\x1b[1;31mx" * 200_000)]),
    "long line": new_code_cell("x", outputs=[new_output("stream", text="x" * 8_000_000 + "\rx")]),
    "html": output("text/html", "<b><i>" * 200_000),
    "deep html": output("text/html", "<table><tr><td>" * 50_000),
    "odd metadata": output("text/html", "<p>x</p>", {"text/html": 3, "filenames": [], "image/png": "x"}),
    "half a character": new_markdown_cell("a \ufffd \u0000 \u202e b"),
}


@pytest.mark.parametrize("burden", BURDENS)
def test_no_text_stops_or_delays_feedback(page, burden):
    began = time.process_time()
    body = page([new_markdown_cell("the first"), BURDENS[burden], new_markdown_cell("the last")])
    assert time.process_time() - began < 8, "seconds of this process; the press has a clock of its own"
    assert "the first" in body and "the last" in body


def test_a_text_that_cannot_be_laid_out_is_shown_as_it_was_written(page):
    body = page([new_markdown_cell("my answer " + "<div>" * 300_000)])
    assert "my answer &lt;div&gt;" in body and "shown as it was written" in body


@pytest.mark.slow
def test_many_burdens_share_one_clock(page):
    began = time.monotonic()
    body = page([new_markdown_cell("<div>" * 200_000) for _ in range(60)] + [new_markdown_cell("the last")])
    assert body.count("shown as it was written") >= 60 and "the last" in body
    assert time.monotonic() - began < 180, "60 times as long as one"


def test_the_points_of_a_test_stand_beside_it_and_not_as_a_result(page):
    cell = new_code_cell("check()", outputs=[new_output("execute_result", {"text/plain": "2.0"}, execution_count=26)])
    cell.metadata.nbgrader = {"grade": True, "solution": False, "locked": True, "grade_id": "test-it"}
    cell.metadata.nbgrader |= {"schema_version": 3, "score": 2.0, "points": 3.0}
    cell.metadata.proctor = {"outcome": "ok", "parts": []}
    own = new_code_cell("1 + 1", outputs=[new_output("execute_result", {"text/plain": "2"}, execution_count=3)])
    body = page([cell, own])
    assert "2 / 3" in body and "2.0" not in body and "Out[" not in body
    assert "<pre>2</pre>" in body, "what the student's own cell shows"


def test_a_figure_says_in_words_which_cell_has_drawn_it(page):
    cell = output("image/png", PNG)
    cell.source = "plt.plot([1, 2])\nplt.show()"
    assert 'alt="Figure of the cell that begins: plt.plot([1, 2])"' in page([cell])


def test_latex_that_a_cell_shows_is_drawn(page):
    body = page([output("text/latex", "$\\displaystyle \\frac{1}{2}$")])
    assert "<mfrac>" in body and "$" not in body


def test_a_page_has_an_end(page):
    many = new_code_cell("x", outputs=[new_output("display_data", {"text/plain": "x"})] * 5000)
    body = page([many, *(new_markdown_cell("own") for _ in range(3000)), new_markdown_cell("the last")])
    assert "3,500 more outputs are not shown" in body and "more cells are not shown" in body
