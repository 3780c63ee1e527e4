"""The sample class gets the grades that its answers earn."""

from dataclasses import replace
from pathlib import Path

import build
import nbformat
import pytest
from busy import busy_machine

from proctor import Limits, Room, grade, load_assignment, load_submission
from proctor.config import nbgrader_config
from proctor.grading import grade_notebook
from proctor.rehearsal import Rehearsals

ROOT = Path(__file__).parents[2]

#: Points of the tests (22, 16 and 44 are possible); written answers are graded by hand.
EXPECTED = {
    "reference": {"backpropagation": 22, "convolution": 16, "fashion_mnist": 44},
    "report": {"backpropagation": 22, "convolution": 16, "fashion_mnist": 44},
    "half-done": {"backpropagation": 12, "convolution": 6, "fashion_mnist": 23},
    "typical": {"backpropagation": 7, "convolution": 6, "fashion_mnist": 9},
    "blank": {"backpropagation": 0, "convolution": 0, "fashion_mnist": 0},
    "broken": {"backpropagation": 0, "convolution": 0, "fashion_mnist": 0},
}


def only(assignment, *names):
    """The assignment with these notebooks alone."""
    return replace(assignment, notebooks=tuple(book for book in assignment.notebooks if book.name in names))


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(ROOT / "source" / "hw4", nbgrader_config())


@pytest.fixture(scope="module")
def room():
    with Room() as room:
        yield room


def test_every_example_has_an_expected_grade():
    assert {folder.parent.name for folder in (ROOT / "examples").glob("*/hw4")} == set(EXPECTED)


@pytest.mark.slow
@pytest.mark.parametrize("student", EXPECTED)
def test_the_sample_class_gets_its_grades(student, assignment, room):
    submission = load_submission(ROOT / "examples" / student / "hw4", assignment)
    graded = grade(assignment, submission, room, data=(ROOT / "data",))
    points = {notebook.name: sum(test.points for test in notebook.tests) for notebook in graded.notebooks}
    assert points == EXPECTED[student]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["backpropagation", "convolution", "fashion_mnist"])
def test_the_sample_class_gets_its_grades_on_a_busy_machine(name, assignment):
    students = [
        student for student in EXPECTED if EXPECTED[student][name] and (name != "fashion_mnist" or student == "report")
    ]
    tight = Limits(cell_seconds=5, call_seconds=3, test_seconds=5, notebook_seconds=30)  # a few times what it takes
    with busy_machine(), Room(tight, seats=2) as room:
        for student in students:
            submission = load_submission(ROOT / "examples" / student / "hw4", assignment)
            graded = grade(only(assignment, name), submission, room, data=(ROOT / "data",))
            assert graded.points == EXPECTED[student][name], student


@pytest.mark.slow
@pytest.mark.parametrize("student", ["reference", "half-done"])
@pytest.mark.parametrize("name", ["backpropagation", "convolution", "fashion_mnist"])
def test_spared_demonstrations_change_no_grade_and_no_picture(student, name, assignment, room):
    data = (ROOT / "data",)
    submission = load_submission(ROOT / "examples" / student / "hw4", assignment)
    with_, without = (
        grade_notebook(assignment, name, submission, room, 520, data, rehearsals)
        for rehearsals in (Rehearsals(room, data), None)
    )
    for one, other in zip(with_.results, without.results, strict=True):
        assert (one.id, one.points, one.outcome, one.message, one.parts) == (
            other.id, other.points, other.outcome, other.message, other.parts
        ), one.id  # fmt: skip
        if one.id != "loops-figure":  # it measures seconds
            assert shown(one.outputs) == shown(other.outputs), one.id


def shown(outputs):
    """Without tracebacks, which name the folder of one exam."""
    return [{name: value for name, value in output.items() if name != "traceback"} for output in outputs]


def test_a_seed_repeats_a_grading_exactly(assignment, room):
    submission = load_submission(ROOT / "examples" / "typical" / "hw4", assignment)
    small = only(assignment, "backpropagation", "convolution")
    first, second = (grade(small, submission, room, seed=520) for _ in range(2))
    for one, other in zip(first.notebooks, second.notebooks, strict=True):
        told = [
            [(t.points, t.message, t.staff_message.split("\n")[-1], t.seed) for t in book.tests]
            for book in (one, other)
        ]
        assert told[0] == told[1]
        assert one.notebook.metadata.proctor.seed == 520


@pytest.mark.parametrize("student", EXPECTED)
def test_the_committed_notebooks_are_the_release_with_these_answers(student):
    for name, notebook in build.submission(student).items():
        committed = nbformat.read(ROOT / "examples" / student / "hw4" / name, 4)
        assert committed == notebook, f"examples/{student}/hw4/{name} is out of date: run `make examples`"
