"""Whose a name is in a test: what the notebook imports is the examiner's, what it asks for is the student's."""

import nbformat
import pytest
from exam_notebook import text
from small_assignment import cell, notebook

from proctor.exam.examiner.impossible import doubts
from proctor.grading import grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.names import own_names
from proctor.notebooks.submission import load_submission

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
        for name, content in (files or {}).items():
            (submitted / name).write_text(content)
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


OWN = {
    "x = 1": {"x"},
    "x = x + 1": set(),
    "x += 1": set(),
    "x: int = x": set(),
    "print(x)\nx = 1": set(),
    "try:\n    x\nexcept NameError:\n    x = None": set(),
    "if f():\n    x = 1\nprint(x)": {"x"},
    "try:\n    x = f()\nexcept Exception as e:\n    pass": {"x", "e"},
    "for x in xs:\n    last = x": {"x", "last"},
    "with f() as x, g(x) as y: pass": {"x", "y"},
    "(x := f())": {"x"},
    "[x for x in xs]\nx": set(),
    "[(y := x) for x in xs]": {"y"},
    "def f(a, b=c):\n    x = 1\n    return y": {"f"},
    "def f():\n    global x\n    x = 1": {"f", "x"},
    "class A(B):\n    x = y\n    z = x": {"A"},
    "f = lambda x: y": {"f"},
    "import a.b, c as d\nfrom e import f": {"a", "d", "f"},
    "x, (y, *z) = f(x)": {"y", "z"},
    "x.y = 1\nx[0] = 2": set(),
    "match f():\n    case {'a': x, **y}: pass\n    case [z, *_]: pass": {"x", "y", "z"},
    "del x": {"x"},
    "%%time\nx = 1": {"x"},
    "files = !ls": {"files"},
    "not python": set(),
}


@pytest.mark.parametrize("source", OWN)
def test_a_cell_owns_what_it_binds_before_it_reads_it(source):
    assert own_names(source) == OWN[source]


CLAIMS = "ok = close = table = limit = True\ndef fails(): raise ValueError\ndef double(x): return 3 * x"


@pytest.mark.parametrize(
    "test",
    [
        "try:\n    ok = fails()\nexcept ValueError:\n    pass\nassert ok",
        "if double(1) == 2:\n    ok = True\nassert ok",
        "for ok in []:\n    pass\nassert ok",
        "import contextlib\nwith contextlib.suppress(Exception):\n    ok = fails()\nassert [ok for _ in 'a'] == [True]",
        "def check():\n    return ok\nif double(1) == 2:\n    ok = True\nassert check()",
        "%%time\nif double(1) == 2:\n    ok = True\nassert ok",
        "assert eval('ok')\nok = 1",
    ],
)
def test_a_student_cannot_supply_a_name_that_the_test_should_have_bound(examine, test):
    result = examine(CLAIMS, test)
    assert (result.outcome.name, result.points) == ("FAILED", 0)
    assert "name 'ok' is not defined" in result.staff_message


def test_nor_one_that_an_earlier_test_or_a_read_only_cell_should_have_bound(notebook):
    notebook.student_cell(CLAIMS)
    notebook.shared_cell("table = [fails()]\nlimit = 3")
    notebook.test_cell("assert double(1) == 2\ndef close(a, b):\n    return abs(a - b) < 1e-6")
    tests = [notebook.test_cell(f"assert {name}") for name in ("close", "table", "limit")]
    results = notebook.sit()
    for test in tests:
        assert (results[test].outcome.name, results[test].points) == ("FAILED", 0)
        assert "is not defined" in results[test].staff_message


def test_nor_one_of_a_test_that_ran_before_the_examiner_died(notebook):
    notebook.student_cell(CLAIMS + "\ndef f(x): return [11 + x, 80, 26, 60]")
    notebook.test_cell("def close(a, b):\n    return abs(a - b) < 1e-6\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS")
    notebook.test_cell("import os\nos._exit(0)")
    test, shown = notebook.test_cell("assert close(double(1), 2)"), notebook.test_cell("print(f(1))")
    results = notebook.sit()
    assert results[test].points == 0 and "name 'close' is not defined" in results[test].staff_message
    assert text(results[shown]) == "[[…]]\n"


def test_what_a_read_only_cell_cannot_make_here_is_the_authors_problem(notebook):
    notebook.student_cell("limit = 3\nclass Thing: pass")
    notebook.shared_cell("class Sub(Thing): pass\nlimit = 3", id="broken")
    test = notebook.test_cell("assert limit == 3")
    result = notebook.sit()[test]
    assert (result.outcome.name, result.points) == ("AUTHOR", 0)
    assert "'limit' is made by the read-only cell 'broken'" in result.staff_message


def test_a_script_run_in_a_read_only_cell_leaves_names_looked_up(notebook):
    (notebook.shared / "helpers.py").write_text("def is_right(x):\n    return x == 42\nLIMIT = 3")
    notebook.shared_cell("%run helpers.py\ndef check():\n    return is_right(f())")
    notebook.student_cell("def f(): return 42\ndef g(): return LIMIT")
    tests = [notebook.test_cell(test) for test in ("assert f() == 42", "assert check()", "assert g() == LIMIT == 3")]
    results = notebook.sit()
    assert [results[test].points for test in tests] == [1.0, 1.0, 1.0]


def test_a_script_run_in_a_read_only_cell_is_never_the_students(notebook):
    (notebook.shared / "helpers.py").write_text("def is_right(x):\n    return x == 42")
    lie = "def is_right(x):\n    return True\n"
    (notebook.student / "helpers.py").write_text(lie)
    (notebook.student / "more.py").write_text("LIMIT = 3")
    notebook.student_cell(f"open('helpers.py', 'w').write({lie!r})\ndef f(): return 1")
    notebook.shared_cell("%run helpers.py")
    notebook.shared_cell("%run more.py", id="more")
    test = notebook.test_cell("assert is_right(f())")
    results = notebook.sit()
    assert results[test].points == 0
    assert "not found" in results["more"].staff_message


KEPT = [
    "x = x + 1\nassert x == 6",
    "x += 1\nassert x == 6",
    "word = word.strip().lower()\nassert word == 'yes'",
    "assert helper() == 5\nx = 3\nassert helper() == 3",
    "def check():\n    return np.ones(2).sum()\nassert check() == 2\nimport numpy as np",
]


def test_what_a_test_reads_first_is_the_students_and_what_a_helper_reads_too(grade):
    answer = "x, word = 5, ' Yes'"
    cells = [
        cell("code", "plain", "imports", "import numpy as np"),
        cell("code", "readonly", "helper", "def helper():\n    return x"),
    ]
    for place, test in enumerate(KEPT):
        cells.append(cell("code", "solution", f"answer-{place}", f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION"))
        cells.append(cell("code", "test", f"test-{place}", test, 1))
    answers = {f"answer-{place}": answer for place in range(len(KEPT))}
    assert grade(cells, answers) == {f"test-{place}": 1.0 for place in range(len(KEPT))}


DOUBTS = {
    "got = f(1)\nassert got is answer": "line 2: a value that crossed is a copy",
    "limit = 3\nassert f(limit) == limit + 1": "line 1: the student's code does not see this 'limit'",
    "xs = [2, 1]\nf(xs)\nassert xs == [1, 2]": "line 2: what the student's code does to an argument",
    "xs = [2, 1]\ngot = f(xs)\nassert got is None\nassert xs == [1, 2]": "line 2: what the student's code does to an argument",
    "xs = [2, 1]\nassert f(xs) is None\nassert xs[0] == 1": "line 2: what the student's code does to an argument",
    "xs = [2, 1]\ngot = f(xs)\nassert got == f(xs)": "",
    "def input(prompt):\n    return '3'\nassert f() == 3": "line 1: the student's code does not see this 'input'",
    "input = lambda prompt: '3'\nassert f() == 3": "line 1: the student's code does not see this 'input'",
    "import sys\nsys.setrecursionlimit(9999)\nassert f(5000)": "line 2: the student's process has a limit of its own",
    "assert set(vars(f())) == {'a'}": "line 1: the attributes of a student's object are known one by one",
    "@f\ndef g():\n    'Doc.'\nassert g.__doc__ == 'Doc.'": "line 2: the student's code gets this function without its name",
    "import matplotlib.pyplot as plt\nf()\nassert plt.gca().lines": "line 3: this is the test's own figure",
    "from unittest.mock import patch\nwith patch('__main__.f'), patch('builtins.input'):\n    assert f(1)": "",
    "from unittest.mock import patch\nwith patch('time.sleep'):\n    assert f(1)": "line 2: the student's code does not",
    "assert f(1) is not None and type(f(1)) is str and f(1).dtype is answer.dtype": "",
}


@pytest.mark.parametrize("source", DOUBTS)
def test_staff_read_which_lines_mean_something_else_across_processes(source):
    said = doubts(source, frozenset({"f", "answer", "limit"}))
    assert len(said) == bool(DOUBTS[source]) and "".join(said).startswith(DOUBTS[source])


def test_they_read_it_beside_a_failure(examine):
    patched = "from unittest.mock import patch\nwith patch('time.sleep'):\n    assert seeded() == {}"
    result = examine("def seeded(): return 1", patched.format(2))
    assert "line 2: the student's code does not see what a test patches in a library" in result.staff_message
    result = examine("def seeded(): return 1", patched.format(1))
    assert result.points == 1 and not result.staff_message
