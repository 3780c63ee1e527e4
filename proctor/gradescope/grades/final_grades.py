"""Final grades of one assignment, as nbgrader's gradebook has them: points by tests and by hand, penalties, comments.

The gradebook does not know in which order questions stand; the assignment's source does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from nbgrader.api import Gradebook, MissingEntry, Student, SubmittedAssignment

from proctor.gradescope.numbering import places
from proctor.notebooks.assignment import Assignment, AssignmentError


class NotInGradebook(AssignmentError):
    """The gradebook does not have the assignment, or not all of its questions."""


@dataclass(frozen=True)
class Question:
    """A test, a written answer or a task. ``number`` and ``title`` are those that students see on Gradescope."""

    number: str
    title: str
    notebook: str
    name: str
    max_points: float


@dataclass(frozen=True)
class QuestionGrade:
    """What a submission got for a question; ``waits``: a person, or ``nbgrader autograde``, has still to grade it."""

    question: Question
    points: float
    waits: bool
    comments: tuple[str, ...]


@dataclass(frozen=True)
class GradedWork:
    """A student's graded submission. ``submitted_at`` is UTC without saying so, as in nbgrader's gradebook."""

    submitted_at: datetime | None
    seconds_late: float
    penalty: float
    questions: tuple[QuestionGrade, ...]

    @property
    def waits(self) -> bool:
        return any(grade.waits for grade in self.questions)

    @property
    def points(self) -> float:
        """All points less the late penalty, never below 0: what ``nbgrader export`` calls the score."""
        return max(0.0, round(sum(grade.points for grade in self.questions) - self.penalty, 6))


@dataclass(frozen=True)
class FinalGrade:
    """A student of the gradebook; ``work`` is None if nothing of theirs was graded."""

    student: str
    first_name: str
    last_name: str
    email: str
    work: GradedWork | None


@dataclass(frozen=True)
class FinalGrades:
    """All students of the gradebook, by last name, and the assignment's questions in their order."""

    assignment: str
    questions: tuple[Question, ...]
    students: tuple[FinalGrade, ...]

    @property
    def max_points(self) -> float:
        return round(sum(question.max_points for question in self.questions), 6)


def final_grades(gradebook: Gradebook, assignment: Assignment) -> FinalGrades:
    """Read the final grades of an assignment. Raises NotInGradebook."""
    questions = tuple(_questions(gradebook, assignment))
    return FinalGrades(
        assignment.name,
        questions,
        tuple(
            FinalGrade(
                student.id,
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                _work(gradebook, assignment, student, questions),
            )
            for student in gradebook.students
        ),
    )


def _questions(gradebook: Gradebook, assignment: Assignment) -> Iterator[Question]:
    """The gradebook's questions in the source's order."""
    try:
        notebooks = gradebook.find_assignment(assignment.name).notebooks
    except MissingEntry as error:
        known = ", ".join(sorted(known.name for known in gradebook.assignments)) or "no assignment yet"
        raise NotInGradebook(
            f"The gradebook does not have {assignment.name}; it has {known}. Grade the submissions first: "
            f"`nbgrader generate_assignment {assignment.name}`, then `nbgrader autograde {assignment.name}`."
        ) from error
    for position, pristine in enumerate(assignment.notebooks, 1):
        points = {
            cell.name: float(cell.max_score or 0)
            for notebook in notebooks
            if notebook.name == pristine.name
            for cell in (*notebook.grade_cells, *notebook.task_cells)
        }
        names = {cell.id: cell.grade_id or cell.id for cell in pristine.cells}
        for cell_id, place in places(position, pristine).items():
            name = names[cell_id]
            if name not in points:
                raise NotInGradebook(
                    f"The gradebook does not have {pristine.name}/{name}: the assignment has changed since. "
                    f"Run `nbgrader generate_assignment {assignment.name} --force` and grade again."
                )
            yield Question(place.number, place.title, pristine.name, name, points[name])


def _work(
    gradebook: Gradebook, assignment: Assignment, student: Student, questions: tuple[Question, ...]
) -> GradedWork | None:
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        return None
    comments = _comments(submission, assignment)
    grades = {(book.name, grade.name): grade for book in submission.notebooks for grade in book.grades}

    def graded(question: Question) -> QuestionGrade:
        grade = grades.get((question.notebook, question.name))
        waits = grade is None or grade.needs_manual_grade or (grade.auto_score is None and grade.manual_score is None)
        points = 0.0 if grade is None else float(grade.score)
        return QuestionGrade(question, points, waits, tuple(comments[question.notebook, question.name]))

    return GradedWork(
        submission.timestamp,
        submission.total_seconds_late if submission.assignment.duedate else 0.0,
        float(submission.late_submission_penalty),
        tuple(map(graded, questions)),
    )


def _comments(submission: SubmittedAssignment, assignment: Assignment) -> defaultdict[tuple[str, str], list[str]]:
    """Comments by notebook and question. One on an answer without points goes to the next question, its test."""
    comments: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for book in submission.notebooks:
        pristine = next((known for known in assignment.notebooks if known.name == book.name), None)
        waiting: list[str] = []
        said = {comment.name: comment.comment for comment in book.comments if comment.comment}
        for cell in pristine.cells if pristine else ():
            is_question = cell.role in ("test", "manual", "task")
            name = cell.grade_id or cell.id
            if name in said:
                words = said[name].strip()
                waiting.append(words if is_question else f"{name}: {words}")
            if is_question:
                comments[book.name, name] += waiting
                waiting = []
    return comments
