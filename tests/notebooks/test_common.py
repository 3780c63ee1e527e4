"""Which demonstrations are the same for the whole class, and which of them a student's notebook can do without."""

import time

import pytest
from small_assignment import cell, handed_in, notebook, own, student

from proctor.config import nbgrader_config
from proctor.notebooks.assignment import assignment_notebook
from proctor.notebooks.common import common_cells, spared
from proctor.notebooks.definitions import binds_plainly, used_names
from proctor.notebooks.demos import only_shown
from proctor.notebooks.flow import flow
from proctor.notebooks.submission import StudentCell
from proctor.notebooks.transplant import transplant

SOLUTION = "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
GIVEN = "import math\nSCALE = 3\n\ndef draw(x):\n    print(math.pi, SCALE, x)"


def lab(demo: str, *more: str, given: str = GIVEN):
    """A notebook with a read-only cell, an answer, a demonstration and more of them, and a test."""
    cells = [cell("code", "readonly", "given", given), cell("code", "solution", "f", SOLUTION)]
    for number, source in enumerate((demo, *more)):
        cells.append(cell("code", "plain", f"demo{number}" if number else "demo", source))
        cells[-1].metadata["tags"] = ["demo"]
    cells.append(
        cell("code", "test", "test-f", "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nf(2)\n### END HIDDEN TESTS", 1)
    )
    return assignment_notebook("lab", notebook(*cells))


def common(*demos: str, given: str = GIVEN) -> set[str]:
    return {cell.id for cell in common_cells(lab(*demos, given=given))} - {"given"}


def not_run(pristine, answer: str = "def f(x):\n    return 2 * x", extra: str = "", after: str = "", changed: str = ""):
    """Ids of the demonstrations that one student's notebook is spared, all of them known."""
    written: list[StudentCell] = handed_in({"f": answer}, pristine)
    if changed:
        written = [own(changed, id="demo") if c.id == "demo" else c for c in written]
    if extra:
        written.insert(0, own(extra))
    if after:
        written.append(own(after))
    transplanted = transplant(pristine, student(written))
    known = [cell.id for cell in common_cells(pristine)]
    return spared(pristine, transplanted, only_shown(pristine, transplanted), known)


def test_a_demonstration_of_the_authors_own_names_is_the_same_for_all():
    assert common("draw(1)") == {"demo"}
    assert common("import math\nx = [math.sqrt(y) for y in range(3)]\nprint(max(x))") == {"demo"}


@pytest.mark.parametrize(
    "demo",
    [
        "print(f(1))",
        "def g(): return f(1)\nprint(g())",
        "draw(nobody_knows)",
        "globals()['f'](1)",
        "get_ipython()",
        "%time draw(1)",
        "from math import *",
        "x = _",
    ],
)
def test_a_demonstration_that_may_use_something_of_the_students_is_not(demo):
    assert common(demo) == set()


def test_a_helper_that_uses_an_answer_makes_its_demonstration_the_students_own():
    assert common("draw(1)", given="def draw(x):\n    print(f(x))") == set()
    assert common("draw(1)", given="def inner(x):\n    print(f(x))\n\ndef draw(x):\n    inner(x)") == set()


def test_what_a_demonstration_makes_can_be_used_by_the_next():
    assert common("x = 1", "draw(x)") == {"demo", "demo1"}
    assert common("x = f(1)", "draw(x)") == set()


def test_a_student_is_spared_what_they_have_not_changed():
    assert not_run(lab("draw(1)")) == {"demo"}
    assert not_run(lab("draw(1)"), changed="draw(2)") == frozenset()
    assert not_run(lab("draw(1)"), changed="draw(1)  # mine") == frozenset()


@pytest.mark.parametrize(
    "own_cell",
    [
        "draw = print",
        "def draw(x): pass",
        "SCALE = 4",
        "math = None",
        "import numpy as math",
        "print = len",
        "math.pi = 3",
        "math.__dict__['pi'] = 3",
        "setattr(math, 'pi', 3)",
        "from math import *",
        "%matplotlib inline",
        "exec('SCALE = 4')",
        "def g():\n    global SCALE\n    SCALE = 4",
        "import matplotlib.pyplot as plt\nplt.rcParams['font.size'] = 20",
        "import matplotlib.pyplot as plt\nplt.rcParams.update({'font.size': 20})",
        "import matplotlib.pyplot as plt\nplt.style.use('ggplot')",
        "import matplotlib.pyplot as plt\nplt.show = lambda: None",
        "import torch\ntorch.set_default_dtype(torch.float64)",
        "import numpy as np\nnp.set_printoptions(precision=2)",
        "this is no Python",
    ],
)
def test_a_student_who_touches_what_it_uses_gets_it_run(own_cell):
    assert not_run(lab("draw(1)"), extra=own_cell) == frozenset()
    assert not_run(lab("draw(1)"), answer=f"def f(x):\n    return 2 * x\n{own_cell}") == frozenset()


def test_random_numbers_and_names_of_their_own_leave_it_the_same():
    answer = "import random\nrandom.seed(1)\nmine = [1]\nmine.append(2)\ndef f(x):\n    scale = 2\n    return scale * x"
    assert not_run(lab("draw(1)"), answer=answer) == {"demo"}


def test_what_comes_after_it_changes_nothing():
    assert not_run(lab("draw(1)"), after="SCALE = 4\nmath.pi = 3") == {"demo"}


@pytest.mark.parametrize(
    "use",
    [
        "print(x)",
        "def g(): return x",
        "g = lambda: x",
        "eval('x')",
        "%timeit x",
        "x += [1]",
        "[i for i in x]",
        "(x for i in [1])",
    ],
)
def test_a_cell_that_somebody_needs_runs(use):
    assert not_run(lab("x = [1]\ndraw(x)"), after=use) == frozenset()


def test_a_cell_whose_values_a_student_changes_runs():
    assert not_run(lab("x = [1]\ndraw(x)"), after="x.append(1)") == frozenset()


def test_whoever_changes_a_value_for_others_is_needed_too():
    assert not_run(lab("x = [1]\nprint(f(1))", "y = [1]\ny.append(2)"), after="print(y)") == frozenset()
    given = GIVEN + "\nshared = [1]"
    assert not_run(lab("shared.append(2)", given=given), after="print(shared)") == frozenset()
    assert not_run(lab("shared.append(2)", given=given)) == {"demo"}


def test_a_name_that_the_author_binds_again_in_between_is_not_needed():
    pristine = lab("x = [1]\ndraw(x)", "x = f(1)\nprint(x)", "print(x, f(1))")
    assert not_run(pristine) == {"demo"}
    assert not_run(lab("x = [1]\ndraw(x)", "if f(1):\n    x = 2", "print(x, f(1))")) == frozenset()


def test_a_demonstration_of_which_another_one_that_runs_takes_something_runs():
    assert not_run(lab("x = [1]", "y = x\ndraw(y)", "print(y, f(1))")) == frozenset()
    assert not_run(lab("x = [1]", "y = x\ndraw(y)")) == {"demo", "demo1"}


@pytest.mark.parametrize(
    ("source", "asks", "gives"),
    [
        ("x = x + 1", {"x"}, {"x"}),
        ("x = 1\nx += 1", set(), {"x"}),
        ("x += 1", {"x"}, {"x"}),
        ("if c:\n    x = 1\nprint(x)", {"c", "print", "x"}, set()),
        ("if c:\n    x = 1\nelse:\n    x = 2\nx", {"c"}, {"x"}),
        ("for i in r:\n    i", {"r"}, set()),
        ("while c:\n    x = 1\nx", {"c", "x"}, set()),
        ("try:\n    x = 1\nexcept E as e:\n    e\nfinally:\n    y = 2\nx", {"E", "x"}, set()),
        ("with o as w:\n    x = w\nx", {"o", "x"}, set()),
        ("[i + j for i in r]", {"j", "r"}, set()),
        ("def g(a=d):\n    return b", {"d"}, {"g"}),
        ("class A(B):\n    c = d\n    e = c", {"B", "d"}, {"A"}),
        ("import a.b\nfrom c import d as e", set(), {"a", "e"}),
    ],
)
def test_what_a_cell_reads_before_it_is_sure_to_have_it(source, asks, gives):
    assert (flow(source).asks, flow(source).gives) == (asks, gives)


def test_what_a_function_reads_may_be_read_at_any_time():
    assert flow("def g():\n    return b\nb = 1").later == {"b"}
    assert flow("g = lambda a: a + b").later == {"b"}


def test_hw4s_figures_that_use_no_answer_are_the_same_for_all():
    from pathlib import Path

    from proctor import load_assignment, load_submission

    root = Path(__file__).parents[2]
    assignment = load_assignment(root / "source" / "hw4", nbgrader_config())
    submission = load_submission(root / "examples" / "reference" / "hw4", assignment)
    found = {}
    for book in assignment.notebooks:
        transplanted = transplant(book, submission.notebook(book.name))
        known = [cell.id for cell in common_cells(book)]
        found[book.name] = spared(book, transplanted, only_shown(book, transplanted), known)
    assert found["backpropagation"] == {"draw"}
    assert found["convolution"] == {"window", "steps-padded", "steps-leftover", "flip-figure", "table-figure"}
    assert found["fashion_mnist"] >= {"gallery", "counts", "one-cycle"}
    assert "load-data" not in found["fashion_mnist"], "other demonstrations use the pictures"


@pytest.mark.parametrize(
    "odd",
    [
        "total = " + "+".join(["1"] * 3000),
        "x = 1\nif x == 0: pass\n" + "".join(f"elif x == {i}: pass\n" for i in range(1500)),
        "%matplotlib inline\n" * 600,
        "# long\n" * 50_000,
    ],
    ids=["a deep expression", "a long chain", "more magics than IPython reads", "more than anybody writes"],
)
def test_of_whom_reading_is_too_much_nobody_is_spared_anything_and_nothing_stops(odd):
    assert not_run(lab("draw(1)"), extra=odd) == frozenset()


def test_thousands_of_functions_are_read_quickly():
    many = "".join(f"def f{i}(): return {i}\n" for i in range(6000))
    started = time.process_time()
    assert "f5999" in used_names(many) and not binds_plainly(many)
    assert time.process_time() - started < 5
