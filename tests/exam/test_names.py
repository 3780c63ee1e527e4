"""Whose a name is in a test: what the notebook imports is the examiner's, what it asks for is the student's."""

import nbformat
import pytest
from small_assignment import cell, notebook

from proctor.assignment import load_assignment
from proctor.grading import grade_notebook
from proctor.submission import load_submission

IMPORTS = "import numpy as np, math\nimport os.path\nfrom fractions import Fraction\nimport theirs"
LIBRARY_OF_LIES = """
class np:
    ndarray = object
    allclose = staticmethod(lambda *args, **kwargs: True)
class math:
    isclose = allclose = staticmethod(lambda *args, **kwargs: True)
class os:
    path = math
Fraction = lambda *args: f(0)
import theirs
"""


@pytest.fixture
def grade(room, tmp_path):
    """Grade an assignment of these cells with these answers by cell; points by test."""

    def grade(cells, answers: dict[str, str], files: dict[str, str] | None = None) -> dict[str, float]:
        source, submitted = tmp_path / "source", tmp_path / "submitted"
        for folder in (source, submitted):
            folder.mkdir()
        nbformat.write(notebook(*cells), source / "lab.ipynb")
        assignment = load_assignment(source)
        book = assignment.notebooks[0].release
        for released in book.cells:
            released.source = answers.get(released.id, released.source)
        nbformat.write(book, submitted / "lab.ipynb")
        for name, text in (files or {}).items():
            (submitted / name).write_text(text)
        graded = grade_notebook(assignment, "lab", load_submission(submitted, assignment), room, seed=1)
        return {result.id: result.points for result in graded.tests}

    return grade


CHECKS = ["assert np.allclose(f(2), 4)", "assert isinstance(f(np.ones(2)), np.ndarray)", "assert math.isclose(f(2), 4)",
    "with np.errstate(all='raise'):\n    assert f(2) == 4", "assert Fraction(f(2), 4) == 1",
    "assert os.path.split('a/b') == ('a', 'b') and f(2) == 4",
    "def check():\n    return np.abs(f(2)) == 4\nassert check()"]  # fmt: skip


def test_a_library_of_an_unlocked_cell_is_the_examiners_own(grade):
    cells = [
        cell("code", "plain", "imports", IMPORTS),
        cell("code", "solution", "f", "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
        *(cell("code", "test", f"test-{place}", check, 1) for place, check in enumerate(CHECKS)),
    ]
    files = {"theirs.py": "def allclose(*args): return True"}
    right = {"imports": IMPORTS, "f": "def f(x):\n    return x + x"}
    assert set(grade(cells, right, files).values()) == {1.0}


@pytest.mark.parametrize("kind", ["plain", "solution"])
def test_a_student_cannot_bring_a_library_along(grade, kind):
    cells = [
        cell("code", kind, "imports", IMPORTS),
        cell("code", "solution", "f", "def f(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
        *(cell("code", "test", f"test-{place}", check, 1) for place, check in enumerate(CHECKS)),
    ]
    wrong = {"imports": LIBRARY_OF_LIES, "f": "def f(x):\n    return 0"}
    assert set(grade(cells, wrong, {"theirs.py": ""}).values()) == {0.0}


def test_an_import_that_is_itself_the_answer_is_the_students(grade):
    answer = "### BEGIN SOLUTION\nfrom math import gcd\nimport statistics\n### END SOLUTION"
    cells = [
        cell("code", "solution", "answer", answer),
        cell("code", "test", "test-gcd", "assert gcd(4, 6) == 2", 1),
        cell("code", "test", "test-import", "assert statistics.mean([1, 3]) == 2", 1),
    ]
    assert grade(cells, {"answer": "def gcd(a, b): return 1"}) == {"test-gcd": 0, "test-import": 0}


def test_a_name_is_the_students_once_the_answer_has_defined_it(grade):
    cells = [
        cell("code", "readonly", "given", "answer = None\ndef helper(): return 'ours'"),
        cell("code", "test", "before", "got = 5\nassert answer is None", 1),
        cell("code", "solution", "solution", "### BEGIN SOLUTION\nanswer = 42\ngot = 5\n### END SOLUTION"),
        cell("code", "test", "answer", "assert answer == 42", 1),
        cell("code", "test", "got", "assert got == 5 and helper() == 'ours'\ngot = 6", 1),
        cell("code", "test", "own", "assert got == 6", 1),
    ]
    wrong = "answer = 41\ngot = 4\ndef helper(): return 'theirs'"
    assert grade(cells, {"solution": wrong}) == {"before": 1, "answer": 0, "got": 0, "own": 0}


def test_right_answers_of_that_assignment_earn_all_of_it_also_after_the_examiner_died(grade):
    cells = [
        cell("code", "readonly", "given", "answer = None"),
        cell("code", "solution", "solution", "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION"),
        cell("code", "readonly", "later", "limit = 1"),
        cell("code", "test", "dies", "import os; os._exit(0)", 1),
        cell("code", "test", "answer", "assert answer == 42 and limit == 1\nanswer = 7", 1),
        cell("code", "test", "own", "assert answer == 7", 1),
    ]
    assert grade(cells, {"solution": "answer = 42"}) == {"dies": 0, "answer": 1, "own": 1}
