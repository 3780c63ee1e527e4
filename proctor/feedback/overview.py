"""The results of one submission as values: from the gradebook, and from the graded notebooks what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from proctor.parts import Part

from .books import BookCell

_MEDIAN_OF = 5  # submissions at least: of fewer, it says too much about each


@dataclass(frozen=True)
class GradedCell:
    """``points`` is None while the cell waits for a person. ``again``: a person has graded it, and it has changed.

    ``lost`` are the parts of a test that cost points, with what the student reads of each.
    """

    grade_id: str
    points: float | None
    maximum: float
    again: bool = False
    lost: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Question:
    """Cells below one heading; ``number`` is the heading's own, "" if it has none."""

    number: str
    title: str
    cells: tuple[GradedCell, ...]

    @property
    def points(self) -> float:
        return sum(cell.points or 0.0 for cell in self.cells)

    @property
    def maximum(self) -> float:
        return sum(cell.maximum for cell in self.cells)

    @property
    def waiting(self) -> float:
        """How many of the points a person has still to give."""
        return sum(cell.maximum for cell in self.cells if cell.points is None)

    @property
    def lost(self) -> tuple[Part, ...]:
        """Each once: a function that is missing costs several tests the same words."""
        return tuple(dict.fromkeys(part for cell in self.cells for part in cell.lost))


@dataclass(frozen=True)
class GradedBook:
    """One notebook. ``comments`` by grade_id are graders', or nbgrader's own words for an answer that is missing.

    One that is not graded yet has no page, and no questions.
    """

    name: str
    is_graded: bool
    questions: tuple[Question, ...]
    comments: dict[str, str]
    penalty: float

    @property
    def cells(self) -> dict[str, GradedCell]:
        return {cell.grade_id: cell for question in self.questions for cell in question.cells}


@dataclass(frozen=True)
class Overview:
    """A submission; ``student`` is a name, or the ID of somebody who has none in the gradebook."""

    assignment: str
    student: str
    maximum: float
    books: tuple[GradedBook, ...]

    @property
    def points(self) -> float:
        """With what lateness costs taken off."""
        return max(0.0, sum(question.points for question in self._questions) - self.penalty)

    @property
    def waiting(self) -> float:
        return sum(question.waiting for question in self._questions)

    @property
    def penalty(self) -> float:
        return sum(book.penalty for book in self.books)

    @property
    def _questions(self) -> Iterator[Question]:
        return (question for book in self.books for question in book.questions)


def overview(gradebook: Gradebook, assignment: str, student: str, books: dict[str, tuple[BookCell, ...]]) -> Overview:
    """The results of a submission; ``books`` are its graded notebooks by name. Raises MissingEntry."""
    submission = gradebook.find_submission(assignment, student)
    first_name, last_name = submission.student.first_name, submission.student.last_name
    grades = _by_book(
        gradebook.db.query(Notebook.name, BaseCell.name, *_OF_A_GRADE)
        .select_from(Grade)
        .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Grade.cell_id == BaseCell.id)
        .filter(SubmittedNotebook.assignment_id == submission.id)
    )
    comments = _by_book(
        gradebook.db.query(Notebook.name, BaseCell.name, Comment.comment)
        .select_from(Comment)
        .join(SubmittedNotebook, Comment.notebook_id == SubmittedNotebook.id)
        .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        .join(BaseCell, Comment.cell_id == BaseCell.id)
        .filter(SubmittedNotebook.assignment_id == submission.id)
    )
    return Overview(
        assignment,
        " ".join(filter(None, (first_name, last_name))) or student,
        submission.max_score,
        tuple(
            GradedBook(
                book.name,
                book.name in books,
                _questions(books[book.name], grades.get(book.name, {})) if book.name in books else (),
                {name: words for name, (words,) in comments.get(book.name, {}).items() if words},
                book.late_submission_penalty or 0.0,
            )
            for book in sorted(submission.notebooks, key=lambda book: book.name)
        ),
    )


def class_median(gradebook: Gradebook, assignment: str) -> float | None:
    """Of the submissions for which nothing waits for a person; None if they are few."""
    found = (
        gradebook.db.query(SubmittedAssignment.score, SubmittedAssignment.late_submission_penalty)
        .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
        .filter(Assignment.name == assignment, ~SubmittedAssignment.needs_manual_grade)
        .all()
    )
    return median(max(0.0, score - penalty) for score, penalty in found) if len(found) >= _MEDIAN_OF else None


_OF_A_GRADE = (Grade.score, Grade.max_score, Grade.needs_manual_grade, Grade.manual_score, Grade.auto_score)


def _by_book(rows: Iterable) -> dict[str, dict[str, tuple]]:
    found: dict[str, dict[str, tuple]] = {}
    for book, cell, *values in rows:
        found.setdefault(book, {})[cell] = tuple(values)
    return found


def _questions(cells: tuple[BookCell, ...], grades: dict[str, tuple]) -> tuple[Question, ...]:
    """In the order of the notebook; what stands below no heading is called by its grade_id."""
    found: dict[tuple[str, str], list[GradedCell]] = {}
    heading, left = ("", ""), dict(grades)
    for cell in cells:
        heading = cell.headings[-1] if cell.headings else heading
        if cell.grade_id in left:
            graded = _graded(cell.grade_id, left.pop(cell.grade_id), cell.lost)
            found.setdefault(heading if heading[1] else ("", cell.grade_id), []).append(graded)
    for name, values in left.items():  # of cells that the notebook has lost since
        found[("", name)] = [_graded(name, values, ())]
    return tuple(Question(number, title, tuple(graded)) for (number, title), graded in found.items())


def _graded(grade_id: str, values: tuple, lost: tuple[Part, ...]) -> GradedCell:
    score, maximum, waits, by_hand, by_tests = values
    points = None if waits and by_hand is None and by_tests is None else score
    is_lost = score < maximum and by_hand is None
    return GradedCell(grade_id, points, maximum, waits and points is not None, lost if is_lost else ())
