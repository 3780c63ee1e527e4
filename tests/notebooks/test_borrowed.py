"""What a test cell imports where students read it, answers may use, as in a kernel."""

import nbformat
import pytest
from small_assignment import cell, notebook

from proctor import grade, load_assignment, load_submission

FIRST = "import math\nfrom fractions import Fraction\nassert half() == 0.5"
HIDDEN = "\n### BEGIN HIDDEN TESTS\nimport statistics\nassert half() == 1 / 2\n### END HIDDEN TESTS"
ANSWERS = {
    "half": "def half():\n    return 0.5",
    "third": "third = Fraction(1, 3)\nsays = 'no_such_module'\nprint(third)",
    "own": "from math import tau as math\nprint(math)",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    cells = [
        cell("code", "solution", "half", ANSWERS["half"]),
        cell("code", "test", "test-half", FIRST + HIDDEN, 1),
        cell("code", "test", "test-missing", "import no_such_module", 1),
        cell("code", "solution", "third", ANSWERS["third"]),
        cell("code", "test", "test-third", "assert third == reference.third == Fraction(1, 3)", 1),
        cell("code", "solution", "own", ANSWERS["own"]),
        cell("code", "solution", "mean", "def mean(x):\n    return statistics.mean(x)"),
        cell("code", "test", "test-mean", "assert mean([1, 3]) == 2", 1),
        cell("code", "plain", "setup", "from decimal import Decimal"),
        cell("code", "solution", "price", "price = Decimal('1.50')"),
        cell("code", "test", "test-price", "assert price == reference.price", 1),
    ]
    for place in ("source", "submitted"):
        (folder / place / "hw").mkdir(parents=True)
        nbformat.write(notebook(*cells), folder / place / "hw" / "lab.ipynb")
    assignment = load_assignment(folder / "source" / "hw")
    return grade(assignment, load_submission(folder / "submitted" / "hw", assignment), seed=1).notebooks[0]


def test_an_answer_below_a_test_has_what_the_test_imports(graded):
    points = {result.id: result.points for result in graded.tests}
    assert points["test-half"] == points["test-third"] == 1, [result.staff_message for result in graded.tests]


def test_the_solution_has_what_cells_without_a_type_import(graded):
    (price,) = [result for result in graded.tests if result.id == "test-price"]
    assert price.points == 1, price.staff_message


def test_what_an_answer_binds_itself_is_its_own(graded):
    assert shown(graded, "third") == "1/3\n"
    assert shown(graded, "own").startswith("6.28")


def test_hidden_lines_lend_nothing(graded):
    (mean,) = [result for result in graded.tests if result.id == "test-mean"]
    assert mean.points == 0
    assert "statistics" in mean.staff_message


def shown(graded, cell_id: str) -> str:
    (found,) = [cell for cell in graded.notebook.cells if cell.id == cell_id]
    return "".join(output.get("text", "") for output in found.outputs)
