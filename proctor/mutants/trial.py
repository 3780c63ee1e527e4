"""The trial: each answer of the bank sits the exam that students sit, cut down to the tests that it concerns."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from pathlib import Path, PurePosixPath

from traitlets.config import Config

from proctor.exam.paper import CellResult
from proctor.exam.room import Room
from proctor.grading import GradedNotebook, grade_notebook
from proctor.notebooks.assignment import Assignment, AssignmentNotebook
from proctor.notebooks.intake import take_in
from proctor.notebooks.submission import StudentCell, StudentNotebook, Submission
from proctor.parts import NOT_REACHED, PASSED

from .bank import Answer, Bank, BankError
from .concerned import cut, tests_concerned


@dataclass(frozen=True)
class Loss:
    """What an answer lost in one test: points, the labels of the parts that it lost, and what a student reads.

    ``in_sight``: a line that students have has failed.
    """

    test: str
    points: float
    parts: tuple[str, ...]
    message: str
    in_sight: bool


@dataclass(frozen=True)
class Verdict:
    """What became of one answer.

    ``kept`` are tests and parts that should have lost points and did not; ``elsewhere``, those that should not
    have and did. ``named``: the words that a student should read are among those that they do read.
    """

    notebook: str
    answer: Answer
    losses: tuple[Loss, ...]
    kept: tuple[str, ...]
    elsewhere: tuple[str, ...]
    named: bool

    @property
    def survives(self) -> bool:
        return not self.losses

    @property
    def in_sight(self) -> bool:
        return any(loss.in_sight for loss in self.losses)


class Trial:
    """Grades answers to the notebooks of one assignment in ``room``, all with the same ``seed``.

    ``data`` are folders that notebooks may read; ``handed_in`` is one with what the reference hands in beside them.
    """

    def __init__(
        self,
        assignment: Assignment,
        config: Config,
        room: Room,
        seed: int,
        data: tuple[Path, ...],
        handed_in: Path | None = None,
    ):
        self._assignment, self._config, self._room, self._data = assignment, config, room, data
        self._handed_in = handed_in
        self.seed = seed
        self._cuts: dict[tuple[str, frozenset[str]], AssignmentNotebook] = {}
        self._lock = threading.Lock()

    def try_all(self, bank: Bank, answers: Iterable[Answer]) -> Iterator[Verdict]:
        """A verdict for each answer, in their order, as they come.

        Raises BankError where the reference itself does not get full marks: nothing could be learnt from it.
        """
        notebook = next(each for each in self._assignment.notebooks if each.name == bank.notebook)

        def attempt(answer: Answer) -> Verdict:
            tests = (tests_concerned(notebook, answer.cells) - bank.of_files) | answer.loses.keys()
            shorter = self._cut(notebook, frozenset(tests | bank.of_files if answer.files else tests), bank)
            return verdict(bank.notebook, answer, self._graded(shorter, answer.cells, bank, answer.files).tests)

        with ThreadPool(self._room.seats) as threads:
            yield from threads.imap(attempt, answers)

    def _cut(self, notebook: AssignmentNotebook, tests: frozenset[str], bank: Bank) -> AssignmentNotebook:
        """The notebook with these tests; the first time, the reference has to pass them."""
        with self._lock:
            known = self._cuts.get((notebook.name, tests))
        if known is not None:
            return known
        shorter = cut(notebook, tests, self._config)
        for test in self._graded(shorter, {}, bank).tests:
            if test.points < test.max_points:
                raise BankError(
                    f"{notebook.name}: the reference gets {test.points:g} of {test.max_points:g} points in {test.id} "
                    f"({_message(test)}), seed {self.seed}. Mend that first: "
                    f"nothing can be learnt from answers that differ from it.\n{test.staff_message}"
                )
        with self._lock:
            self._cuts[notebook.name, tests] = shorter
        return shorter

    def _graded(
        self,
        shorter: AssignmentNotebook,
        cells: Mapping[str, str],
        bank: Bank,
        change: Callable[[Path], object] | None = None,
    ) -> GradedNotebook:
        name = shorter.name
        sources = tuple(
            StudentCell(cell.index, cell.cell_type, cells.get(cell.id, cell.source), cell.id, cell.grade_id)
            for cell in shorter.cells
        )
        assignment = Assignment(self._assignment.name, self._assignment.folder, (shorter,), self._assignment.files)
        with tempfile.TemporaryDirectory() as place:
            beside = Path(place) / assignment.name
            if self._handed_in and bank.of_files & {cell.id for cell in shorter.cells}:
                shutil.copytree(self._handed_in, beside, ignore=shutil.ignore_patterns("*.ipynb"))
            else:
                beside.mkdir()
            if change:
                change(beside)
            files = take_in(beside).files
            handed_in = StudentNotebook(name, PurePosixPath(f"{name}.ipynb"), sources, (), files)
            return grade_notebook(assignment, name, Submission((handed_in,), ()), self._room, self.seed, self._data)


def verdict(notebook: str, answer: Answer, tests: Iterable[CellResult]) -> Verdict:
    """Compare what an answer has lost with what it should have lost."""
    losses = {test.id: _loss(test) for test in tests if test.points < test.max_points}
    kept, elsewhere = [], []
    for test, labels in answer.loses.items():
        if test not in losses:
            kept.append(test)
        elif labels:
            kept += [f"{test}: {label}" for label in labels if label not in losses[test].parts]
            elsewhere += [f"{test}: {label}" for label in losses[test].parts if label not in labels]
    elsewhere += [test for test in losses if test not in answer.loses]
    said = _squeezed(" ".join(loss.message for loss in losses.values()))
    named = bool(answer.says) and _squeezed(answer.says) in said
    return Verdict(notebook, answer, tuple(losses.values()), tuple(kept), tuple(elsewhere), named)


def _loss(test: CellResult) -> Loss:
    parts = tuple(part.label for part in test.parts if part.points < part.maximum)
    reached = any(part.outcome != NOT_REACHED for part in test.parts)
    in_sight = not test.parts or not reached
    return Loss(test.id, test.max_points - test.points, parts, _message(test), in_sight)


def _message(test: CellResult) -> str:
    """What a student reads of a test that failed."""
    said = [test.message, *(part.message for part in test.parts if part.outcome not in (PASSED, NOT_REACHED))]
    return " ".join(dict.fromkeys(filter(None, said)))


def _squeezed(text: str) -> str:
    return " ".join(text.split()).casefold()
