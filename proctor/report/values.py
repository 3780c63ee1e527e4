"""A graded class as values: what is in the gradebook of one assignment, and what of it is out of date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from proctor.course.results import Kept


@dataclass(frozen=True)
class Question:
    """A graded cell. ``kind`` is its role: a test, or what a person grades (``manual``, ``task``).

    ``heading`` is the author's, of the text that it stands below; "" for none. Several cells may share it.

    ``parts`` are labels and points of a test's parts that its source declares, in order.
    """

    notebook: str
    name: str
    heading: str
    kind: str
    maximum: float
    parts: tuple[tuple[str, float], ...]

    @property
    def title(self) -> str:
        return self.heading or self.name.removeprefix("test-")


class Grade(NamedTuple):
    """``points`` are None where nobody has decided yet. ``is_stale``: given by another test than today's."""

    points: float | None
    waits: bool
    is_stale: bool


@dataclass(frozen=True)
class Submission:
    """A graded submission. ``grades`` are in the order of the questions, None where the gradebook has none.

    ``kept`` is by notebook, without those that were graded before it was kept. ``stale`` names notebooks that
    `proctor autograde` would grade again.
    """

    student: str
    name: str
    grades: tuple[Grade | None, ...]
    penalty: float
    seconds_late: float
    stale: tuple[str, ...]
    kept: Mapping[str, Kept]

    @property
    def points(self) -> float:
        """Of all that is graded, before the penalty."""
        return sum(grade.points for grade in self.grades if grade is not None and grade.points is not None)

    @property
    def score(self) -> float:
        """What counts, as `nbgrader export` has it."""
        return max(0.0, self.points - self.penalty)

    @property
    def waits(self) -> int:
        """How many answers wait for a person."""
        return sum(grade is not None and grade.waits for grade in self.grades)


class Student(NamedTuple):
    """Somebody without a grade. ``reason`` says why grading failed, if it did."""

    student: str
    name: str
    reason: str = ""


@dataclass(frozen=True)
class GradedClass:
    """All of an assignment. ``failed`` could not be graded, ``ungraded`` have handed in and have no grades yet,
    ``absent`` are in the class list and have handed nothing in. ``has_due_date``: whether anything can be late.
    """

    assignment: str
    questions: tuple[Question, ...]
    submissions: tuple[Submission, ...]
    failed: tuple[Student, ...]
    ungraded: tuple[Student, ...]
    absent: tuple[Student, ...]
    has_due_date: bool

    @property
    def maximum(self) -> float:
        return sum(question.maximum for question in self.questions)
