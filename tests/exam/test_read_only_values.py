"""What a read-only cell gives and a solution changes is the student's from there on; the rest stays the examiner's."""

from pathlib import Path

import nbformat
import pytest
from small_assignment import cell, earned, notebook

from proctor.grading import grade_notebook
from proctor.notebooks.assignment import Assignment, assignment_notebook
from proctor.notebooks.submission import load_submission
from proctor.notebooks.transplant import transplant


def solution(source: str) -> str:
    return f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"


@pytest.fixture
def points(room, tmp_path):
    """Points of an assignment's tests, graded here and as in a kernel; ``cells`` are (kind, source, answer)."""

    def points(*cells: tuple[str, str, str], added: str = "") -> tuple[list[float], list[float]]:
        nodes = []
        for number, (tagged, source, _) in enumerate(cells):
            kind, _, tag = tagged.partition(" ")
            node = cell("code", kind, f"grade-{number}", source, 1 if kind in ("test", "manual") else None)
            node["id"] = f"cell-{number}"  # as JupyterLab makes them: not the grade_id
            node.metadata["tags"] = [tag] if tag else []
            nodes.append(node)
        pristine = assignment_notebook("lab", notebook(*nodes))
        handed_in = notebook(*pristine.release.cells)
        for node, (_, _, answer) in zip(handed_in.cells, cells, strict=True):
            node.source = answer or node.source
        if added:
            handed_in.cells.insert(1, nbformat.v4.new_code_cell(added, id="added"))
        submitted = tmp_path / "submitted"
        submitted.mkdir()
        nbformat.write(handed_in, submitted / "lab.ipynb")
        source = tmp_path / "hw"
        source.mkdir()
        assignment = Assignment("hw", Path(source), (pristine,), ())
        submission = load_submission(submitted, assignment)
        graded = grade_notebook(assignment, "lab", submission, room, 1)
        there = earned(transplant(pristine, submission.notebook("lab")))
        return [result.points for result in graded.tests], list(there.values())

    return points


CHANGES = {
    "bound anew": ("k = 1", "k = 5", "k = 5", "assert k == 5"),
    "bound in a loop": ("k = 1", "for k in range(6): pass", "for k in [5]: pass", "assert k == 5"),
    "an item": ("answers = {}", "answers['q'] = 4", "answers['q'] = 4", "assert answers['q'] == 4"),
    "another way": ("answers = {}", "answers['q'] = 4", "answers.update(q=4)", "assert answers == {'q': 4}"),
    "a method": ("log = []", "log.append(1)", "log += [1]", "assert log == [1]"),
    "augmented": ("n = 1", "n += 4", "n = n + 4", "assert n == 5"),
    "deleted": ("n = 1", "del n", "del n", "try:\n    n\nexcept NameError:\n    pass\nelse:\n    assert False"),
    "in place": (
        "import numpy as np\nx = np.zeros(3)",
        "x[:] = 1",
        "x.fill(1)",
        "assert x.sum() == 3",
    ),
    "by a helper": (
        "answers = {}\ndef submit(q, v):\n    answers[q] = v",
        "submit('q', 4)",
        "submit('q', 2 + 2)",
        "assert answers['q'] == 4",
    ),
    "by a function that the test calls": (
        "calls = []",
        "def f(x):\n    calls.append(x)\n    return x",
        "def f(x):\n    calls.append(x)\n    return 1 * x",
        "f(3)\nf(4)\nassert calls == [3, 4]",
    ),
    "a global": (
        "count = 0",
        "def f():\n    global count\n    count += 1",
        "def f():\n    global count\n    count = count + 1",
        "f()\nassert count == 1",
    ),
    "read by a helper": (
        "k = 1\ndef twice():\n    return 2 * k",
        "k = 5",
        "k = 5",
        "assert twice() == 10",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_the_solution_changes_is_the_students(points, change):
    given, solved, answer, test = CHANGES[change]
    here, there = points(("readonly", given, ""), ("solution", solution(solved), answer), ("test", test, ""))
    assert here == there == [1.0]


def test_a_wrong_answer_is_wrong(points):
    here, there = points(
        ("readonly", "answers = {}", ""),
        ("solution", solution("answers['q'] = 4"), "answers['q'] = 5"),
        ("test", "assert answers['q'] == 4", ""),
    )
    assert here == there == [0.0]


def test_what_a_manually_graded_answer_or_a_cell_without_type_changes_counts_too(points):
    here, there = points(
        ("readonly", "k, x = 1, 1", ""),
        ("manual", solution("k = 5"), "k = 5"),
        ("plain", "x = x / 2", ""),
        ("test", "assert (k, x) == (5, 0.5)", ""),
    )
    assert here == there == [1.0]


def test_before_the_answer_and_after_a_later_read_only_cell_the_value_is_the_instructors(points):
    here, there = points(
        ("readonly", "k = 1", ""),
        ("test", "assert k == 1", ""),
        ("solution", solution("k = 5"), "k = 6"),
        ("test", "assert k == 6", ""),
        ("readonly", "k = 7", ""),
        ("test", "assert k == 7", ""),
    )
    assert here == there == [1.0, 1.0, 1.0]


FORGED = {
    "a constant": ("want = 42", "def f():\n    return 42", "def f():\n    return 1", "want = 1", "assert f() == want"),
    "an item": ("want = {'f': 42}", "def f():\n    return 42", "def f():\n    return 1", "want['f'] = 1", "assert f() == want['f']"),
    "a helper": (
        "def is_right(x):\n    return x == 42",
        "def f():\n    return 42",
        "def f():\n    return 1",
        "def is_right(x):\n    return True",
        "assert is_right(f())",
    ),
    "a helper that solutions change a value by": (
        "results = []\ndef judge(x):\n    results.append(x)\n    return x == 42",
        "y = 42\njudge(y)",
        "y = 1",
        "def judge(x):\n    return True",
        "assert judge(y)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGED)
def test_what_only_a_student_changes_stays_the_examiners(points, forgery):
    given, solved, answer, trick, test = FORGED[forgery]
    cells = ("readonly", given, ""), ("solution", solution(solved), answer), ("test", test, "")
    here, there = points(*cells, added=trick)
    assert (here, there) == ([0.0], [1.0])  # in a kernel it would pay


def test_a_trick_inside_the_answer_does_not_pay_either(points):
    here, there = points(
        ("readonly", "want = 42", ""),
        ("solution", solution("def f():\n    return 42"), "def f():\n    return 1\nwant = 1"),
        ("test", "assert f() == want", ""),
    )
    assert (here, there) == ([0.0], [1.0])


def test_a_helper_of_the_candidates_sees_what_only_happens_in_the_students_process(points):
    """An argument that is changed in place, and an alarm of NumPy's: the check means the same as in a kernel."""
    helpers = (
        "import numpy as np\n"
        "def after(function, x):\n"
        "    function(x)\n"
        "    return x\n"
        "def strict(function, x):\n"
        "    with np.errstate(over='raise'):\n"
        "        return function(x)"
    )
    works = "def f(x):\n    return np.exp(np.minimum(x, 9))"
    here, there = points(
        ("readonly candidate", helpers, ""),
        ("solution", solution(works), "def f(x):\n    x *= 2\n    return np.exp(x)"),
        ("test", "import numpy as np\nassert after(f, np.ones(2)).tolist() == [1, 1]", ""),
        ("test", "import numpy as np\nassert strict(f, np.full(1, 999.0))[0] > 1", ""),
        ("test", "import numpy as np\nassert f(np.zeros(2)).tolist() == [1, 1]", ""),
    )
    assert here == there == [0.0, 0.0, 1.0]


def test_a_helper_of_the_candidates_is_put_back_where_a_student_has_changed_or_lost_it(points):
    """What judges by it is the student's word, but none of them loses points by a cell that was edited."""
    here, _ = points(
        ("readonly candidate", "def after(function, x):\n    function(x)\n    return x", "pass"),
        ("solution", solution("def f(x):\n    pass"), "def f(x):\n    pass"),
        ("test", "assert after(f, [1]) == [1]", ""),
    )
    assert here == [1.0]


def test_a_module_that_the_answer_writes_is_imported_from_the_student(points):
    write = "%%writefile geometry.py\ndef area(r):\n    return {}"
    here, _ = points(
        ("solution", write.format("3 * r"), write.format("3 * r")),
        ("readonly", "def area_of_two():\n    import geometry\n    return geometry.area(2)", ""),
        ("test", "import geometry\nassert geometry.area(2) == 6", ""),
        ("test", "from geometry import area\nassert area(3) == 9 and area_of_two() == 6", ""),
    )
    assert here == [1.0, 1.0]


def test_a_module_that_only_a_student_writes_judges_nothing(points):
    here, _ = points(
        ("solution", solution("def f():\n    return 42"), "def f():\n    return 1"),
        ("test", "import judge\nassert judge.is_right(f())", ""),
        added="%%writefile judge.py\ndef is_right(x):\n    return True",
    )
    assert here == [0.0]
