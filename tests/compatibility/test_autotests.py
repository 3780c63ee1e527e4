"""AUTOTEST lines become tests by nbgrader's own step, and score the same here."""

import shutil
from pathlib import Path

import nbformat
import nbgrader
import pytest
from compatibility.course import SYSTEMS, Course
from compatibility.questions import answered, file
from small_assignment import cell, notebook

pytestmark = pytest.mark.slow

TEMPLATES = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "autotests.yml"
SQUARES = (
    "### BEGIN SOLUTION\ndef square(x):\n    return {} * x\n\nnumbers = [square(i) for i in range(4)]\n### END SOLUTION"
)
CELLS = (
    cell("code", "plain", "imports", "import math"),
    cell("code", "solution", "squares", SQUARES.format("x")),
    cell("code", "test", "test-seen", "assert square(1) == 1\n### AUTOTEST square(3); numbers", 2),
    cell("code", "test", "test-hashed", "### HASHED AUTOTEST sum(numbers)", 3),
    cell(
        "code",
        "test",
        "test-hidden",
        "### BEGIN HIDDEN TESTS\n### AUTOTEST math.sqrt(square(5))\n### END HIDDEN TESTS",
        1,
    ),
)
ANSWERS = {
    "right": "def square(y):\n    return y ** 2\nnumbers = [0, 1, 4, 9]",
    "wrong": "def square(y):\n    return y ** 3\nnumbers = [0, 1, 8, 27]",
    "half": "def square(y):\n    return y ** 2\nnumbers = [0, 1, 4, 8]",
}


def grade_class(folder) -> dict:
    return {system: _grade(Course(folder, system)) for system in SYSTEMS}


def _grade(course: Course) -> dict:
    shutil.copy(TEMPLATES, course.root)
    release = course.publish({"lab": notebook(*CELLS)}, {})["lab"]
    for student, answer in ANSWERS.items():
        course.hand_in(student, {"lab.ipynb": file(answered(release, {"squares": answer}))})
    course.hand_in("released", {"lab.ipynb": file(release)})
    run = course.autograde()
    assert run.status == 0, run.log
    return {
        student: {name: grade.auto for name, grade in course.grades(student, "lab").items()}
        for student in (*ANSWERS, "released")
    }


@pytest.fixture(scope="module")
def graded(once) -> dict:
    return once("autotests", grade_class)


def test_tests_that_nbgrader_makes_score_the_same(graded):
    assert graded["here"] == graded["stock"]
    assert graded["here"]["right"] == {"test-seen": 2, "test-hashed": 3, "test-hidden": 1}
    assert set(graded["here"]["wrong"].values()) == set(graded["here"]["released"].values()) == {0}
    assert graded["here"]["half"] == {"test-seen": 0, "test-hashed": 0, "test-hidden": 1}


def test_tests_are_made_anew_when_the_solution_changes_and_checked(tmp_path):
    course = Course(tmp_path, "here")
    shutil.copy(TEMPLATES, course.root)
    course.publish({"lab": notebook(*CELLS)}, {})
    assert course.proctor("check", "lab").status == 0
    cubed = notebook(*CELLS)
    cubed.cells[1].source = SQUARES.format("x * x")
    nbformat.write(cubed, course.root / "source/lab/lab.ipynb")
    run = course.nbgrader("generate_assignment", "lab", "--force")
    assert run.status == 0, run.log
    run = course.proctor("check", "lab")
    assert "your solution 0 of 6" not in run.log and "AUTOTEST lines of lab" in run.log, run.log


def test_where_tests_cannot_be_made_nobody_is_graded_and_the_author_is_told_the_command(tmp_path):
    course = Course(tmp_path, "here")
    shutil.copy(TEMPLATES, course.root)
    release = course.publish({"lab": notebook(*CELLS)}, {})["lab"]
    course.hand_in("right", {"lab.ipynb": file(answered(release, {"squares": ANSWERS["right"]}))})
    (course.root / "autotests.yml").unlink()
    shutil.rmtree(course.root / "source_with_tests", ignore_errors=True)
    for run in (course.autograde(), course.proctor("autograde", "lab"), course.proctor("check", "lab")):
        assert run.status == 1
        assert "nbgrader generate_assignment lab --source_with_tests --force" in " ".join(run.log.split())
    assert not (course.root / "autograded").exists()
    assert course.grades("right", "lab") == {}, "no zeros for the class"
