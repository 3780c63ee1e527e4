"""What is done for one submission, wherever that is: values in, values out."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from pathlib import Path

import nbformat
from traitlets.config import Config

from proctor.course.digests import notebook_digests
from proctor.course.records import NotebookGrades, grades_of
from proctor.exam.limits import Limits
from proctor.exam.paper import Outcome
from proctor.exam.room import Room
from proctor.grading import GradedNotebook, draw_seed, grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import Submission, load_submission
from proctor.rehearsal import WORTH_IT, Rehearsals


@dataclass(frozen=True)
class Setup:
    """What all submissions have in common: the assignment's source, nbgrader's configuration, folders of data.

    ``submissions`` is how many there are; a worker of a cluster, which gets them one by one, takes it for a class.
    """

    source: Path
    config: Config
    limits: Limits
    data: tuple[Path, ...]
    seats: int
    submissions: int = WORTH_IT

    @property
    def at_a_time(self) -> int:
        """Submissions in progress: while some sit, others wait for the other turn, are read or are written."""
        return 2 * self.seats


@dataclass(frozen=True)
class Work:
    """One submission to grade: these notebooks of it, with these seeds or fresh ones. ``digest`` is the upload's."""

    student: str
    upload: Path
    notebooks: tuple[str, ...]
    digest: str
    run: str
    seeds: Mapping[str, int]


@dataclass(frozen=True)
class GradedBook:
    """A graded notebook: its text, its grades, and what staff should know: (cell or "", words)."""

    name: str
    text: str
    grades: NotebookGrades
    points: float
    possible: float
    problems: tuple[str, ...]
    of_author: tuple[tuple[str, str], ...]
    waiting: int


@dataclass(frozen=True)
class Graded:
    """A submission that was graded."""

    work: Work
    books: tuple[GradedBook, ...]
    seconds: float

    @property
    def points(self) -> float:
        return sum(book.points for book in self.books)

    @property
    def possible(self) -> float:
        return sum(book.possible for book in self.books)

    @property
    def problems(self) -> tuple[str, ...]:
        """Of the submission and its notebooks, each once."""
        return tuple(dict.fromkeys(words for book in self.books for words in book.problems))


@dataclass(frozen=True)
class Failed:
    """A submission that could not be graded: why, for people, and the details for the log."""

    work: Work
    reason: str
    details: str = ""


class Grader:
    """Grades submissions of one assignment in one room; from several threads, as many as it has seats."""

    def __init__(self, setup: Setup):
        self._setup = setup
        self._assignment = load_assignment(setup.source, setup.config)
        self._digests = notebook_digests(self._assignment)
        self._room = Room(setup.limits, seats=setup.seats)
        self._rehearsals = Rehearsals(self._room, setup.data) if setup.submissions >= WORTH_IT else None

    def grade(self, work: Work) -> Graded | Failed:
        """Never raises for what is in the submission: what cannot be graded comes back as ``Failed``."""
        started = time.monotonic()
        try:
            with (
                load_submission(work.upload, self._assignment) as submission,
                ThreadPool(len(work.notebooks)) as threads,
            ):
                books = threads.map(lambda name: self._book(work, name, submission), work.notebooks, 1)
        except Exception as error:
            return Failed(work, f"{type(error).__name__}: {error}", traceback.format_exc())
        return Graded(work, tuple(books), time.monotonic() - started)

    def close(self) -> None:
        self._room.close()

    def _book(self, work: Work, name: str, submission: Submission) -> GradedBook:
        seed = work.seeds.get(name)
        seed = draw_seed() if seed is None else seed
        graded = grade_notebook(
            self._assignment, name, submission, self._room, seed, self._setup.data, self._rehearsals
        )
        graded.notebook.metadata["proctor"]["run"] = work.run
        grades = grades_of(name, graded.notebook, self._digests[name], submission.notebook(name) is not None)
        return GradedBook(
            name,
            nbformat.writes(graded.notebook),
            grades,
            sum(test.points for test in graded.tests),
            sum(test.max_points for test in graded.tests),
            tuple(graded.notebook.metadata["proctor"]["for_staff"]),
            _for_author(graded),
            sum(grade.auto_score is None for grade in grades.grades),
        )


def _for_author(graded: GradedNotebook) -> tuple[tuple[str, str], ...]:
    return tuple((test.id, test.staff_message) for test in graded.tests if test.outcome is Outcome.AUTHOR)
