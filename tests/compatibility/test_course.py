"""A term with stock nbgrader's commands: deadlines, written answers, second submissions, regrading."""

import re
from pathlib import Path

import nbformat
import pytest
from compatibility.course import SYSTEMS, Course
from compatibility.questions import Question, answered, assignment, file
from small_assignment import ANSWERS, CELLS, cell

pytestmark = pytest.mark.slow

#: The rows of the table that this file demonstrates.
DEMONSTRATED = {"comment for a missing notebook", "student without a name"}
DUE = "2026-03-01 12:00:00 UTC"
LAB = assignment(*CELLS, cell("code", "manual", "plot", "# your plot", 3))
HALF = Question("half", "def half(x):\n    return x / 2", "assert half(4) == 2", wrong="half = None", points=4)
EXTRA = assignment(HALF)
RIGHT = {**ANSWERS, "plot": "print('a plot')", "half": HALF.right}
WRONG = {"area": "def area(radius):\n    return 0", "twice": ANSWERS["twice"], "half": HALF.wrong}
NOT_A_NOTEBOOK = '{"cells": 3'
STUDENTS = ("early", "late", "very-late", "silent", "half-done", "wrong")


def live_through(folder) -> dict:
    """The gradebooks after each step, as {system: {step: {student: …}}}."""
    return {system: _term(Course(folder, system)) for system in SYSTEMS}


def _term(course: Course) -> dict:
    release = _publish(course)
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("lab", duedate=DUE)
        gradebook.add_student("early", last_name="Bird")
    steps = {}

    def hand_in(student: str, answers: dict, day: str = "", notebooks: tuple = ("lab", "extra")) -> None:
        files = {f"{name}.ipynb": file(answered(release[name], answers)) for name in notebooks}
        course.hand_in(student, files | ({"timestamp.txt": f"2026-03-{day} 00:00:00 UTC"} if day else {}))

    def autograde(step: str, *flags: str) -> None:
        status = course.autograde(*flags).status
        steps[step] = {"status": status, **{student: _seen(course, student) for student in STUDENTS}}

    hand_in("early", RIGHT, day="01")
    hand_in("late", RIGHT, day="03")
    hand_in("very-late", RIGHT, day="30")
    hand_in("silent", {})
    hand_in("half-done", RIGHT, notebooks=("lab",))
    hand_in("wrong", WRONG, day="01")
    autograde("first")

    with course.gradebook() as gradebook:
        for student, score in (("early", 1.5), ("late", 2)):
            grade = gradebook.find_grade("test-area", "lab", "lab", student)
            grade.manual_score, grade.extra_credit = score, 0.5
            gradebook.find_grade("why-answer", "lab", "lab", student).manual_score = 3
            gradebook.find_comment("why-answer", "lab", "lab", student).manual_comment = "well said"
        gradebook.db.commit()
    hand_in("early", WRONG, day="02")  # newer: graded again
    hand_in("wrong", RIGHT, day="01")  # not newer: not graded again
    autograde("again")

    hand_in("wrong", RIGHT, notebooks=("extra",))
    course.hand_in("wrong", {"lab.ipynb": NOT_A_NOTEBOOK})
    autograde("one notebook", "--notebook", "extra", "--student", "wrong", "--force")

    course.hand_in("late", {"lab.ipynb": NOT_A_NOTEBOOK})
    autograde("one student", "--student", "late", "--force")
    return steps


def _publish(course: Course) -> dict:
    """Publish ``extra`` in nbformat 4.4, without cell ids, as older editors wrote it."""
    extra = nbformat.from_dict({**EXTRA, "nbformat_minor": 4})
    for each in extra.cells:
        del each["id"]
    return course.publish({"lab": LAB, "extra": extra}, {})


def _seen(course: Course, student: str) -> dict:
    """What the gradebook says about a student, in values."""
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission("lab", student)
        notebooks = submission.notebooks
        return {
            "last_name": submission.student.last_name,
            "score": submission.score,
            "late": [
                submission.total_seconds_late,
                {book.name: book.late_submission_penalty or 0 for book in notebooks},
            ],
            "needs_manual_grade": submission.needs_manual_grade,
            "grades": {
                grade.name: [grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade]
                for notebook in notebooks
                for grade in notebook.grades
            },
            "comments": {
                comment.name: [comment.auto_comment, comment.manual_comment]
                for notebook in notebooks
                for comment in notebook.comments
            },
        }


@pytest.fixture(scope="module")
def term(once) -> dict:
    return once("course", live_through)


@pytest.mark.parametrize("step", ["first", "again", "one notebook"])
@pytest.mark.parametrize("student", STUDENTS)
def test_the_gradebook_says_the_same_after_every_step(term, step, student):
    stock, here = (dict(term[system][step][student]) for system in SYSTEMS)
    names = [stock.pop("last_name"), here.pop("last_name")]
    assert names == (["Bird", "Bird"] if student == "early" else [None, student])
    if student == "half-done":
        stock, here = ({**each, "comments": dict(each["comments"])} for each in (stock, here))
        missing = stock["comments"].pop("half"), here["comments"].pop("half")
        assert missing == ([None, None], ["No response.", None])
    if step != "first":  # stock nbgrader sends a person back to all that they have graded, changed or not
        stock, here = ({**each, "grades": without_flags(each["grades"])} for each in (stock, here))
    assert here == stock


def without_flags(grades: dict[str, list]) -> dict[str, list]:
    """Without whether a person is to look again at what a person has graded."""
    return {name: grade if grade[1] is None else grade[:3] for name, grade in grades.items()}


def test_these_steps_are_what_they_say(term):
    """Else two gradebooks could agree on nothing."""
    first, again, one = (term["here"][step] for step in ("first", "again", "one notebook"))
    assert {step["status"] for system in SYSTEMS for name, step in term[system].items() if name != "one student"} == {0}
    assert first["early"]["score"] == 10 and first["early"]["last_name"] == "Bird"
    assert first["late"]["late"] == [36 * 3600, {"lab": 3, "extra": 3}]
    assert first["very-late"]["late"][1] == {"lab": 6, "extra": 4}
    assert first["silent"]["grades"]["plot"] == first["silent"]["grades"]["why-answer"] == [0, None, None, False]
    assert first["early"]["grades"]["plot"][3] is True
    assert again["early"]["grades"]["test-area"] == [0, 1.5, 0.5, False], "nothing has changed"
    assert again["early"]["comments"]["why-answer"] == ["No response.", "well said"]
    assert again["wrong"] == first["wrong"]
    assert [each["wrong"]["grades"]["test-half"][0] for each in (again, one)] == [0, 4]
    assert [each["wrong"]["grades"]["test-twice"][0] for each in (again, one)] == [3, 3]


def test_no_old_grade_survives_garbage(term):
    """Points that a person has given stay; with stock nbgrader the old automatic points do, too."""
    stock, here = (term[system]["one student"]["late"]["grades"] for system in SYSTEMS)
    assert [stock[name][0] for name in ("test-area", "test-twice", "test-volume")] == [2, 3, 1]
    assert [here[name][0] for name in ("test-area", "test-twice", "test-volume")] == [0, 0, 0]
    assert here["test-area"][1:3] == [2, 0.5] and here["why-answer"][1] == 3
    assert term["here"]["one student"]["status"] == 0


def test_the_plugins_settings_are_the_repositorys():
    config = (Path(__file__).parents[2] / "nbgrader_config.py").read_text()
    settings = [line for line in SYSTEMS["here"].splitlines() if not re.match(r"c\.Exam|$", line)]
    assert "\n".join(settings) in config
