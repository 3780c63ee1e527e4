"""Formulas are drawn by the browser itself, and bring nothing along that runs or loads."""

from html import escape

import pytest

from proctor.pages.layout import latex, markdown
from proctor.pages.mathml import mathml


@pytest.mark.parametrize(
    "latex",
    [
        r"x = 1 \label{eq:1} \nonumber",
        r"\begin{aligned}[t] x &= 1 \end{aligned}",
        r"\setminus",
        r"\frac{a}{b}",
        r"\begin{aligned} x &= 1 \\ y &= 2 \end{aligned}",
        r"\hat y \odot W^\top",
    ],
)
def test_formulas_become_mathml(latex):
    html = mathml(latex, display=False)
    assert html.startswith("<math") and "\\" not in html and "&amp;" not in html


def test_a_formula_may_leave_braces_out():
    assert "ℝ" in mathml(r"x \in \mathbb R", display=False)


@pytest.mark.parametrize(
    "latex", [r"\frac{", "x^", "{" * 3000, r"\newcommand{\a}{\a\a}\a", r"\ce{H2O} + x", "x + " * 300 + "y"]
)
def test_what_cannot_be_drawn_is_shown_as_typed(latex):
    assert mathml(latex, display=True) == f"<code>$${latex}$$</code>"
    assert mathml(latex, display=False) == f"<code>${latex}$</code>"


def test_an_environment_was_typed_without_dollars():
    latex = r"\begin{align} x &= \frac{1 \end{align}"
    assert mathml(latex, display=True) == f"<code>{escape(latex)}</code>"


def test_a_formula_brings_no_html_along():
    latex = r"\text{<script>alert(1)</script>} \href{javascript:alert(1)}{x} \style{position:fixed}{y}"
    html = mathml(latex, display=False)
    assert html.startswith("<math")
    assert "<script" not in html and "javascript" not in html and "position" not in html


def drawn(source: str) -> str:
    return markdown(source, {}, "", links=True, formulas=True)


@pytest.mark.parametrize(
    "source",
    [
        "the rate $\\eta < 1$",
        "$$\\frac{\\partial L}{\\partial W}$$",
        "\\begin{align} a &= b \\\\ c &= d \\end{align}",
        "a $x$, a $y$ and $\\sum_i x_i$ in one line",
        "| $a$ | b |\n|---|---|\n| $x_1$ | 2 |",
        "- $a$\n- $b$",
    ],
)
def test_no_dollar_of_a_formula_is_left(source):
    html = drawn(source)
    assert "<math" in html and "$" not in html and "\\" not in html


@pytest.mark.parametrize(
    ("source", "words"),
    [("costs $5", "costs $5"), ("`$HOME` and `$x$`", "<code>$x$</code>"), (r"\$5 and \$6", "$5 and $6")],
)
def test_a_dollar_that_is_none_of_a_formula_stays(source, words):
    assert words in drawn(source) and "<math" not in drawn(source)


def test_where_formulas_are_left_to_others_they_stay_as_they_were_typed():
    assert ">$a &lt; b$<" in markdown("$a < b$", {}, "", links=True, formulas=False)


def test_a_wide_formula_scrolls_in_a_box_of_its_own():
    assert "overflow-x" in drawn("$$x = 1$$")
    assert "overflow-x" not in drawn("a small $x$")
    assert "overflow-x" in drawn("$" + "+".join("abcdefghijklmnopq") + "$")


@pytest.mark.parametrize(
    "text", ["$\\displaystyle \\frac{a}{b}$", "$$x^2$$", "\\begin{equation}x\\end{equation}", r"\[x\]"]
)
def test_a_formula_that_a_cell_shows_is_drawn(text):
    html = latex(text)
    assert "<math" in html and "$" not in html


def test_latex_that_is_no_formula_is_shown_as_text():
    assert latex("a < b & $x$").startswith("a &lt; b &amp; <math")
    assert "<script" not in latex("<script>alert(1)</script>")
