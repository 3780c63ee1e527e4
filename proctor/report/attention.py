"""What somebody should do something about: tests that are wrong themselves, work without grades, odd files."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from proctor.author.staff_words import staff_words
from proctor.course.results import KeptTest
from proctor.exam.paper import CellResult, Outcome

from .values import GradedClass, Question, Submission

_STOPPED = (Outcome.TIMEOUT, Outcome.DIED, Outcome.MEMORY, Outcome.TOO_BIG, Outcome.PROTOCOL)


@dataclass(frozen=True)
class AuthorProblem:
    """A test that could not be run for ``students``. ``words``: what was said most often, and the line."""

    question: Question
    words: str
    line: int
    students: tuple[str, ...]


@dataclass(frozen=True)
class Stale:
    """Grades of a notebook, or of one test in it, that another version of it gave."""

    notebook: str
    test: str
    students: tuple[str, ...]


@dataclass(frozen=True)
class Noted:
    """A submission and something about it in words."""

    student: str
    name: str
    words: str


@dataclass(frozen=True)
class Late:
    student: str
    name: str
    seconds: float
    penalty: float


@dataclass(frozen=True)
class Attention:
    """``stopped`` counts, by question, how tests ended that did not come to their end. ``unknown``: submissions of
    which the gradebook keeps points only. ``missing``: notebooks that were not handed in, by name.
    """

    author: tuple[AuthorProblem, ...]
    stale_notebooks: tuple[Stale, ...]
    stale_tests: tuple[Stale, ...]
    odd: tuple[Noted, ...]
    missing: tuple[tuple[str, tuple[str, ...]], ...]
    stopped: tuple[tuple[Question, Counter[str]], ...]
    late: tuple[Late, ...]
    unknown: int


def attention(graded: GradedClass) -> Attention:
    notes = [(each, note) for each in graded.submissions for note in _notes(each)]
    late = [each for each in graded.submissions if each.seconds_late > 0]
    return Attention(
        tuple(sorted(_author_problems(graded), key=lambda problem: -len(problem.students))),
        tuple(_stale_notebooks(graded)),
        tuple(_stale_tests(graded)),
        tuple(Noted(each.student, each.name, note) for each, note in notes),
        tuple(_missing(graded)),
        tuple(_stopped(graded)),
        tuple(
            Late(each.student, each.name, each.seconds_late, each.penalty)
            for each in sorted(late, key=lambda each: -each.seconds_late)
        ),
        sum(not each.kept for each in graded.submissions),
    )


def _notes(submission: Submission) -> Iterator[str]:
    """Those of all notebooks, each once: what is odd about the whole folder stands in every one."""
    yield from dict.fromkeys(note for kept in submission.kept.values() for note in kept.notes)


def _tests(graded: GradedClass) -> Iterator[tuple[Question, Submission, KeptTest]]:
    for question in graded.questions:
        for each in graded.submissions:
            kept = each.kept.get(question.notebook)
            if kept and question.name in kept.tests:
                yield question, each, kept.tests[question.name]


def _author_problems(graded: GradedClass) -> Iterator[AuthorProblem]:
    said: dict[Question, Counter[tuple[str, int]]] = defaultdict(Counter)
    whose: dict[Question, list[str]] = defaultdict(list)
    for question, each, test in _tests(graded):
        if test.outcome == Outcome.AUTHOR.value:
            said[question][staff_words(_result(question, test))] += 1
            whose[question].append(each.student)
    for question, counted in said.items():
        words, line = counted.most_common(1)[0][0]
        yield AuthorProblem(question, words, line, tuple(whose[question]))


def _result(question: Question, test: KeptTest) -> CellResult:
    return CellResult(
        question.name, (), test.execution_count, Outcome.AUTHOR, 0, question.maximum, test.message, test.staff_message, 0, None
    )  # fmt: skip


def _stale_notebooks(graded: GradedClass) -> Iterator[Stale]:
    for name in dict.fromkeys(question.notebook for question in graded.questions):
        students = tuple(each.student for each in graded.submissions if name in each.stale)
        if students:
            yield Stale(name, "", students)


def _stale_tests(graded: GradedClass) -> Iterator[Stale]:
    for place, question in enumerate(graded.questions):
        grades = ((each.student, each.grades[place]) for each in graded.submissions)
        students = tuple(student for student, grade in grades if grade is not None and grade.is_stale)
        if students:
            yield Stale(question.notebook, question.name, students)


def _missing(graded: GradedClass) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name in dict.fromkeys(question.notebook for question in graded.questions):
        kept = ((each.student, each.kept.get(name)) for each in graded.submissions)
        students = tuple(student for student, book in kept if book is not None and not book.handed_in)
        if students:
            yield name, students


def _stopped(graded: GradedClass) -> Iterator[tuple[Question, Counter[str]]]:
    counted: dict[Question, Counter[str]] = defaultdict(Counter)
    endings = {outcome.value for outcome in _STOPPED}
    for question, _, test in _tests(graded):
        if test.outcome in endings:
            counted[question][test.outcome] += 1
    yield from counted.items()
