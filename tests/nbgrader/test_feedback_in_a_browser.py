"""Feedback as students read it: on a telephone, in print, and without a network."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsers import broken_words, needs_chromium, opened, overflow, words_in
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from running_course import NOTEBOOK, Course
from traitlets.config import Config

from proctor.feedback import FeedbackExporter, StudentView

pytestmark = [pytest.mark.slow, needs_chromium]
TELEPHONE, DESK = 390, 1200
PAPER = 680  # pixels between the margins of a printed page

WIDE = [
    new_markdown_cell(
        "A word of no end: " + "x" * 300 + "\n\n$$" + " + ".join("abcdefghijklmnopqrstuvwxyz") + "$$\n\nand inline $"
        + "+".join("abcdefghijklmnopqrstuvwxyz") + "$\n\n| " + " | ".join(["parameters of convolutions"] * 8)
        + " |\n|" + "---|" * 8 + "\n| " + " | ".join(["168,000,000"] * 8) + " |"
    ),
    new_code_cell(
        "result = " + " + ".join(["function_with_a_name(first_argument, second_argument)"] * 9),
        outputs=[
            new_output("stream", text="loss " * 200 + "\n" + "#" * 500),
            new_output("display_data", {"text/html": "<table><tr>" + "<td>standard deviation</td>" * 15 + "</tr></table>"}),
            new_output("display_data", {"text/latex": "$\\displaystyle " + "+".join("abcdefghijklmnopqrstuvwxyz") + "$"}),
            new_output("error", ename="E", evalue="", traceback=["E: " + "very " * 100 + "y" * 300]),
        ],
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def typical(course: Course) -> Path:
    course.nbgrader("generate_feedback", "hw4", "--force")
    return course.folder / "feedback" / "typical" / "hw4" / f"{NOTEBOOK}.html"


@pytest.fixture(scope="module")
def wide(tmp_path_factory) -> Path:
    """A page of all that is wider than a telephone."""
    exporter = FeedbackExporter(config=Config({"Exporter": {"default_preprocessors": []}}))
    exporter.register_preprocessor(StudentView, enabled=True)
    info = {"notebook": "wide", "assignment": "a", "student": "s", "score": 1, "max_score": 1, "late_penalty": 0}
    html, _ = exporter.from_notebook_node(new_notebook(cells=WIDE), {"nbgrader": info})
    path = tmp_path_factory.mktemp("wide") / "wide.html"
    path.write_text(html)
    return path


@pytest.mark.parametrize("width", [TELEPHONE, DESK])
@pytest.mark.parametrize("which", ["typical", "wide"])
def test_a_page_fits_its_window_asks_for_nothing_and_breaks_no_word(which, width, browser, request, tmp_path):
    path = request.getfixturevalue(which)
    with opened(browser, path, width) as (page, asked):
        assert asked == []
        assert overflow(page) == []
        assert broken_words(page) == []
        picture = page.screenshot(path=tmp_path / f"{which}-{width}.png", full_page=True)
        assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize("which", ["typical", "wide"])
def test_a_page_fits_on_paper(which, browser, request):
    with opened(browser, request.getfixturevalue(which), PAPER) as (page, _):
        page.emulate_media(media="print")
        assert overflow(page) == []
        assert page.pdf().startswith(b"%PDF")


def test_every_formula_is_drawn_and_no_dollar_is_left(browser, typical):
    with opened(browser, typical, DESK) as (page, _):
        assert page.locator("math").count() > 100
        assert "$" not in words_in(page, "pre, code")
        assert page.locator("math").evaluate_all("all => all.filter(e => !e.getBoundingClientRect().width).length") == 0


def test_every_picture_has_words(browser, typical):
    with opened(browser, typical, DESK) as (page, _):
        assert page.locator("img").count() >= 3
        assert page.locator("img:not([alt]), img[alt='']").count() == 0
        assert page.locator("img").evaluate_all("all => all.every(e => e.complete && e.naturalWidth)")


def test_the_page_begins_with_the_whole_assignment_by_name(browser, typical):
    with opened(browser, typical, DESK) as (page, _):
        rows = page.locator(".overview .here tr").all_inner_texts()
        assert rows[0].startswith("1 · Warm-up: run, read, fix") and "0 / 2" in rows[0]
        assert "3 / 3" in next(row for row in rows if row.startswith("4 · The forward pass"))
        lost = rows[1 + next(i for i, row in enumerate(rows) if row.startswith("7 · The backward pass"))]
        assert "dW2 for any batch" in lost and "dz2 for any batch" not in lost, "only what cost points"
        page.locator(".overview a", has_text="The backward pass").click()
        assert page.locator("#test-backward").evaluate("e => Math.abs(e.getBoundingClientRect().top) < 400")


def test_notebooks_that_are_not_graded_yet_are_named(browser, typical):
    with opened(browser, typical, DESK) as (page, _):
        named = page.locator(".overview caption").all_inner_texts()
        assert named == [f"{NOTEBOOK} (this page)", "convolution: not graded yet", "fashion_mnist: not graded yet"]
