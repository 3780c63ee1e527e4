"""An assignment written for stock nbgrader gives the same scores here, but for the differences in the table."""

from collections.abc import Sequence

import pytest
from compatibility import agreement, disagreement
from compatibility.course import SYSTEMS, Course
from compatibility.questions import Question, answered, assignment, file
from small_assignment import cell

pytestmark = pytest.mark.slow

NOTEBOOKS = {"agreement": agreement, "disagreement": disagreement}
#: What an answer cell may hold when nothing good comes back.
BROKEN = (
    "def (:",
    "",
    "# nothing",
    "    return 1",
    "raise KeyError('no')",
    "import no_such_module",
    "1 / 0",
    "x = = 1",
)


def grade_class(folder) -> dict:
    """All grades: {system: {student: {notebook: {grade_id: [auto, needs_manual, score]}}}}."""
    settings = "c.Execute.timeout = 30"  # seconds on the wall: libraries are imported, by a busy machine perhaps
    return {system: _grade(Course(folder, system, settings)) for system in SYSTEMS}


def _grade(course: Course) -> dict:
    books = {name: assignment(*questions.BEFORE, *questions.QUESTIONS) for name, questions in NOTEBOOKS.items()}
    release = course.publish(books, agreement.FILES)
    for student in ("right", "wrong"):
        answers = {
            name: file(answered(release[name], {q.name: getattr(q, student) for q in questions.QUESTIONS}))
            for name, questions in NOTEBOOKS.items()
        }
        course.hand_in(student, {f"{name}.ipynb": text for name, text in answers.items()})
    course.hand_in("released", {f"{name}.ipynb": file(book) for name, book in release.items()})
    broken = {q.name: BROKEN[i % len(BROKEN)] for i, q in enumerate(agreement.QUESTIONS)}
    # Hands in a notebook that is not asked for, and none of the other name.
    notes = assignment(cell("code", "plain", "note", "1"))
    book = answered(release["agreement"], broken)
    course.hand_in("broken", {"agreement.ipynb": file(book), "notes.ipynb": file(notes)})
    run = course.autograde()
    assert run.status == 0, run.log
    return {
        student: {
            name: {key: [g.auto, g.needs_manual, g.score] for key, g in course.grades(student, name).items()}
            for name in NOTEBOOKS
        }
        for student in ("right", "wrong", "released", "broken")
    }


@pytest.fixture(scope="module")
def grades(once) -> dict:
    return once("questions", grade_class)


def known_bugs(questions: Sequence[Question]) -> list:
    return [
        pytest.param(q, id=q.name, marks=[pytest.mark.xfail(strict=True, reason=q.bug)] if q.bug else [])
        for q in questions
    ]


def points(grades: dict, notebook: str, question: Question) -> dict[str, tuple[float, float]]:
    """By student: points with stock nbgrader, and here."""
    key = f"test-{question.name}"
    return {
        student: tuple(grades[system][student][notebook][key][0] for system in ("stock", "here"))
        for student in ("right", "wrong")
    }


@pytest.mark.parametrize("question", known_bugs(agreement.QUESTIONS))
def test_right_answers_earn_all_points_and_wrong_ones_none_as_with_stock_nbgrader(grades, question):
    assert points(grades, "agreement", question) == question.expected


@pytest.mark.parametrize("question", known_bugs(disagreement.QUESTIONS))
def test_where_scores_differ_they_differ_as_the_table_says(grades, question):
    assert points(grades, "disagreement", question) == question.expected
    assert any(stock != here for stock, here in question.expected.values())


@pytest.mark.parametrize("student", ["released", "broken"])
@pytest.mark.parametrize("notebook", list(NOTEBOOKS))
def test_untouched_broken_and_missing_notebooks_score_the_same(grades, student, notebook):
    unsettled = {f"test-{question.name}" for question in agreement.QUESTIONS if question.bug}
    stock, here = (
        {key: grade for key, grade in grades[system][student][notebook].items() if key not in unsettled}
        for system in SYSTEMS
    )
    assert here == stock
    assert sum(score for _, _, score in here.values()) <= 1, "only test-tools needs no answer"
