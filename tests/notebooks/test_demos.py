"""Demonstrations run once, for their outputs; whatever another cell may need runs for the tests too."""

from pathlib import Path

import pytest
from small_assignment import cell, handed_in, notebook, own, student

from proctor import load_assignment, load_submission
from proctor.config import nbgrader_config
from proctor.notebooks.assignment import assignment_notebook
from proctor.notebooks.definitions import used_names
from proctor.notebooks.demos import only_shown
from proctor.notebooks.transplant import transplant

SOLUTION = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"


def shown(
    demo: str, test: str = "assert f(1) == 2", extra: str = "", changed: str | None = None, more: str | None = None
):
    """Ids that are only shown, of a notebook with a demonstration (and perhaps ``more``), an answer and a test."""
    cells = [cell("code", "plain", "demo", demo)]
    if more is not None:
        cells.append(cell("code", "plain", "more", more))
    for node in cells:
        node.metadata["tags"] = ["demo"]
    cells += [cell("code", "solution", "f", SOLUTION), cell("code", "test", "test-f", test, 1)]
    pristine = assignment_notebook("lab", notebook(*cells))
    written = handed_in({"f": "def f(x):\n    return 2 * x"}, pristine)
    if changed is not None:
        written[0] = own(changed, id="demo")
    if extra:
        written.append(own(extra))
    return only_shown(pristine, transplant(pristine, student(written)))


def test_a_demonstration_that_nothing_uses_is_only_shown():
    assert shown("print('hello')") == {"demo"}


def test_without_the_tag_a_cell_runs_as_ever():
    pristine = assignment_notebook(
        "lab", notebook(cell("code", "plain", "a", "print(1)"), cell("code", "test", "t", "1", 1))
    )
    assert only_shown(pristine, transplant(pristine, student(handed_in({}, pristine)))) == frozenset()


def test_a_cell_that_the_student_changed_runs_as_any_other():
    assert shown("print('hello')", changed="print('hello')\nimport math") == frozenset()


@pytest.mark.parametrize(
    "use",
    [
        "def g(): return data",
        "data",
        "%timeit data",
        "print(f'{data}')",
        "eval('data')",
        "globals()['data']",
        "!echo {data}",
        "lambda: data",
    ],
)
def test_a_name_that_another_cell_may_use_keeps_its_demonstration_running(use):
    assert shown("data = [1]", extra=use) == frozenset()


def test_a_name_that_only_a_parameter_shares_does_not():
    assert shown("data = [1]", extra="def g(data):\n    return data") == {"demo"}


def test_what_a_test_takes_from_a_demonstration_runs_and_what_it_makes_itself_does_not():
    assert shown("data = [1]", test="assert f(data[0]) == 2") == frozenset()
    assert shown("data = [1]", test="data = [1]\nassert f(data[0]) == 2") == {"demo"}
    assert shown("data = [1]", test="assert f(candidate.data[0]) == 2") == frozenset()


def test_a_test_that_reads_a_name_before_it_binds_it_takes_it_from_the_demonstration():
    assert shown("data = [1]", test="data = data + [1]\nassert f(data[0]) == 2") == frozenset()


@pytest.mark.parametrize(
    "demo", ["from math import *", "exec('x = 1')", "%time x = 3", "globals()['x'] = 1", "match 1:\n    case x: pass"]
)
def test_a_demonstration_that_may_bind_anything_runs_as_any_other(demo):
    assert shown(demo) == frozenset()


def test_a_demonstration_that_a_needed_one_uses_is_needed_too():
    assert shown("data = [1]", more="more = data", test="assert f(more[0]) == 2") == frozenset()
    assert shown("data = [1]", more="more = data") == {"demo", "more"}


def test_names_are_those_of_the_notebook_and_not_a_functions_own():
    source = "import os\ndef f(x, y=z):\n    w = x\n    return [v for v in w] + [u, os]\nt = s.r"
    assert used_names(source) >= {"z", "u", "os", "s"}
    assert not used_names(source) & {"x", "v", "w", "r", "t"}


def test_hw4s_demonstrations_are_not_needed_by_its_own_answers():
    root = Path(__file__).parents[2]
    assignment = load_assignment(root / "source" / "hw4", nbgrader_config())
    submission = load_submission(root / "examples" / "reference" / "hw4", assignment)
    for book in assignment.notebooks:
        tagged = {c.id for c in book.notebook.cells if "demo" in c.metadata.get("tags", [])}
        once = only_shown(book, transplant(book, submission.notebook(book.name)))
        assert tagged - once <= {"tensorboard"}, "a magic might bind anything"
        assert once
