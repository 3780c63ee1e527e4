"""The assignment tried out: the author's own solution sits the exam with several seeds, the release with one."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from pathlib import Path

import nbformat

from proctor.exam.limits import Limits
from proctor.exam.paper import CellResult, Outcome
from proctor.exam.room import Room
from proctor.grading import GradedNotebook, grade_notebook
from proctor.notebooks.assignment import Assignment, AssignmentCell, AssignmentNotebook
from proctor.notebooks.submission import Submission, load_submission
from proctor.parts import PASSED, Part
from proctor.rehearsal import Spared

from .findings import Finding, Weight
from .reading.points import not_the_cells, written_out
from .staff_words import staff_words

SEEDS = (1, 2, 3, 4, 5)
_AT_LINE = re.compile(r" at line (\d+)")
_MAY_RAISE = "raises-exception"  # Jupyter's tag


@dataclass(frozen=True)
class Tried:
    """One notebook: points by tests of the own solution (with the worst seed) and of the release."""

    name: str
    solution: float
    release: float
    possible: float
    findings: tuple[Finding, ...]


def try_out(
    assignment: Assignment,
    handed_in: Path | None,
    data: tuple[Path, ...],
    seats: int,
    self_reports: bool = False,
) -> Iterator[Tried]:
    """Try out each notebook, in one room with that many ``seats``; a notebook is given as soon as it is done.

    ``handed_in`` is a folder with what students hand in beside their notebooks, such as a trained network;
    without one the source's own files are taken. ``data`` are folders that notebooks may read.
    ``self_reports``: the course's tests may rest on the student's word. Raises
    SandboxUnavailable where student code cannot be confined.
    """
    names = [notebook.name for notebook in assignment.notebooks]
    jobs = [(name, seed) for name in names for seed in (*SEEDS, None)]
    with ExitStack() as stack:
        solution = stack.enter_context(_solution(assignment, handed_in))
        release = stack.enter_context(_release(assignment))
        room = stack.enter_context(Room(Limits(self_reports=self_reports), seats=seats))
        threads = stack.enter_context(ThreadPool(room.seats))

        def sit(job: tuple[str, int | None]) -> GradedNotebook:
            name, seed = job
            if seed is None:
                return grade_notebook(assignment, name, release, room, SEEDS[0], data, Spared())
            shown = None if seed == SEEDS[0] else Spared()  # whether a demonstration stops, one run tells
            return grade_notebook(assignment, name, solution, room, seed, data, shown)

        graded = threads.imap(sit, jobs)
        for notebook in assignment.notebooks:
            own = [next(graded) for _ in SEEDS]
            yield _tried(notebook, own, next(graded), assignment)


@contextmanager
def _solution(assignment: Assignment, handed_in: Path | None) -> Iterator[Submission]:
    """The source's notebooks as a submission."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / assignment.name
        if handed_in is None:
            shutil.copytree(assignment.folder, folder)
        else:
            shutil.copytree(handed_in, folder, ignore=shutil.ignore_patterns("*.ipynb"))
            for notebook in assignment.notebooks:
                shutil.copy(assignment.folder / f"{notebook.name}.ipynb", folder)
        with load_submission(folder, assignment) as submission:
            yield submission


@contextmanager
def _release(assignment: Assignment) -> Iterator[Submission]:
    """What somebody hands in who has written nothing."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / assignment.name
        folder.mkdir()
        for notebook in assignment.notebooks:
            nbformat.write(notebook.release, folder / f"{notebook.name}.ipynb")
        with load_submission(folder, assignment) as submission:
            yield submission


def _tried(
    notebook: AssignmentNotebook, own: list[GradedNotebook], released: GradedNotebook, assignment: Assignment
) -> Tried:
    found = [*_cells_that_raise(notebook, own[0])]
    for place, test in enumerate(own[0].tests):
        sittings = [graded.tests[place] for graded in own]
        cell = next(cell for cell in notebook.cells if (cell.grade_id or cell.id) == test.id)
        found += _test(notebook, cell, sittings, released.tests[place], assignment)
    return Tried(
        notebook.name,
        min(sum(test.points for test in graded.tests) for graded in own),
        sum(test.points for test in released.tests),
        sum(test.max_points for test in own[0].tests),
        tuple(found),
    )


def _cells_that_raise(notebook: AssignmentNotebook, graded: GradedNotebook) -> Iterator[Finding]:
    """Cells without points: read-only ones, solutions, demonstrations."""
    by_id = {cell.grade_id or cell.id: cell for cell in notebook.cells}
    tests = {test.id for test in graded.tests}
    for result in graded.results:
        cell = by_id.get(result.id)
        if result.id in tests or cell is None or _may_raise(notebook, cell):
            continue
        kind = "This read-only cell" if cell.role == "shared" else "Your own cell"
        told = staff_words(result)
        if told.words:
            what = f"{kind} stops where tests run: {told.words.removeprefix('in the examiner: ')}."
            yield Finding(Weight.WRONG, what, "Correct it.", f"{notebook.name}.ipynb", result.id, told.line)
        elif result.outcome is not Outcome.OK:
            line = _AT_LINE.search(result.stopped)
            words = _error_of(result) or result.message or result.outcome.value
            what = f"{kind} stops where students' code runs: {words.rstrip('.')}."
            place = int(line[1]) if line else 0
            yield Finding(Weight.WRONG, what, "Correct it.", f"{notebook.name}.ipynb", result.id, place)


def _test(
    notebook: AssignmentNotebook,
    cell: AssignmentCell,
    sittings: list[CellResult],
    released: CellResult,
    assignment: Assignment,
) -> Iterator[Finding]:
    """One test cell: what it gave the own solution, seed by seed, and the release."""
    file, name = f"{notebook.name}.ipynb", cell.grade_id or cell.id
    lost = [(seed, sat) for seed, sat in zip(SEEDS, sittings, strict=True) if _is_lost(sat)]
    if lost:
        seed, worst = min(lost, key=lambda each: each[1].points)
        told = staff_words(worst)
        points = f"{worst.points:g} of its {worst.max_points:g} points: {_why(worst)}"
        if len(lost) == len(SEEDS):
            remedy = "Correct the test, or the solution."
            yield Finding(Weight.WRONG, f"Your own solution gets {points}", remedy, file, name, told.line)
        else:
            seeds = ", ".join(str(seed) for seed, _ in lost)
            what = f"It depends on the seed. With {seeds} of {SEEDS[0]} to {SEEDS[-1]} your own solution gets {points}"
            again = f"To see it again: proctor grade {assignment.folder} {assignment.folder} --seed {seed}"
            yield Finding(Weight.WRONG, what, again, file, name, told.line)
    elif released.outcome is Outcome.AUTHOR:
        told = staff_words(released)
        what = f"For a notebook without answers it cannot be run: {told.words}"
        yield Finding(Weight.WRONG, what, "Make it fail with words for the student.", file, name, told.line)
    declared = sum(part.maximum for part in sittings[0].parts)
    if sittings[0].parts and written_out(cell.source) is None and abs(declared - cell.points) > 1e-9:
        yield not_the_cells(declared, cell.points, file, name)
    if released.points:
        weight = Weight.WRONG if released.points == released.max_points else Weight.DOUBT
        what = f"The release, without any answer, gets {released.points:g} of its {released.max_points:g} points."
        yield Finding(weight, what, "Make the test ask for what only an answer gives.", file, name)


def _is_lost(result: CellResult) -> bool:
    return result.points < result.max_points or result.outcome is Outcome.AUTHOR


def _why(result: CellResult) -> str:
    """For the author: what staff are told, with what the student would read where that says more."""
    told, failed = staff_words(result).words, [part for part in result.parts if part.outcome != PASSED]
    if not told:
        told = result.message or "; ".join(map(_of_part, failed)) or "its last value says so."
    return told if told.endswith((".", "!", "?")) else f"{told}."


def _of_part(part: Part) -> str:
    return f"{part.label}: {part.message}"


def _may_raise(notebook: AssignmentNotebook, cell: AssignmentCell) -> bool:
    return _MAY_RAISE in notebook.notebook.cells[cell.index].metadata.get("tags", [])


def _error_of(result: CellResult) -> str:
    errors = [output for output in result.outputs if output["output_type"] == "error"]
    return f"{errors[-1]['ename']}: {errors[-1]['evalue']}" if errors else ""
