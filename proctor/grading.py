"""The core: an assignment and a submission in, a graded submission out.

Reads the two folders and nothing else; no database, no fixed paths. nbgrader's plugin
and every other front end call it and add nothing to how a grade comes about.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from multiprocessing.pool import ThreadPool
from pathlib import Path

from nbformat import NotebookNode, ValidationError, from_dict
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbformat.validator import get_validator
from nbgrader import utils

from proctor.exam.exam import Given
from proctor.exam.paper import Cell, CellResult, Outcome, Paper
from proctor.exam.paper import Role as CellRole
from proctor.exam.room import Room
from proctor.notebooks.assignment import ANSWERS, Assignment, AssignmentCell, AssignmentNotebook, Role
from proctor.notebooks.borrowed import borrowed_imports
from proctor.notebooks.candidates import may_rest_on_the_students_word, only_in_the_candidate
from proctor.notebooks.changes import changed_names
from proctor.notebooks.declared_parts import with_unreached
from proctor.notebooks.definitions import Statement, statements
from proctor.notebooks.demos import only_shown
from proctor.notebooks.problems import Problem
from proctor.notebooks.submission import Submission
from proctor.notebooks.transplant import Match, Transplanted, TransplantedCell, transplant
from proctor.pages.markdown import inert
from proctor.pages.outputs import harmless
from proctor.pages.press import Page, Press
from proctor.rehearsal import Rehearsals, Spared

_NO_NAME = re.compile(r"cell-[0-9a-f]{8,}")  # as nbgrader makes grade_ids

#: Compiled from the schema: `nbformat.validate` interprets it, which takes milliseconds for each output.
_VALIDATOR = get_validator(4, 5, name="fastjsonschema")
_EMPTY, _CELL = dict(new_notebook()), dict(new_code_cell())

_changed_names = lru_cache(maxsize=4096)(changed_names)  # of the assignment's notebooks, which the whole class has
_WRITES_MODULE = re.compile(r"\s*%%(?:writefile|file)[ ]+(?:-a[ ]+|--append[ ]+)?[\"']?(\w+)\.py\b")


@dataclass(frozen=True)
class GradedNotebook:
    """One notebook of a submission, graded.

    ``notebook`` is the assignment's, with the student's answers and all outputs; its
    metadata hold the seed and what the student reads of ``problems``, and each test cell's hold
    what became of it. ``results`` has one entry per code cell in notebook order. ``seed`` given
    back to ``grade`` repeats the grading. ``matches`` say how each answer was found, ``problems``
    what was wrong with the files, those of the whole submission included, and which of the
    student's cells stopped.
    """

    name: str
    notebook: NotebookNode
    results: tuple[CellResult, ...]
    matches: tuple[Match, ...]
    problems: tuple[Problem, ...]
    seed: int

    @property
    def tests(self) -> tuple[CellResult, ...]:
        """The results of test cells."""
        graded = {cell.metadata.nbgrader.grade_id for cell in self.notebook.cells if _is_test(cell)}
        return tuple(result for result in self.results if result.id in graded)


@dataclass(frozen=True)
class GradedSubmission:
    """All notebooks of the assignment, handed in or not, and problems of the folder."""

    notebooks: tuple[GradedNotebook, ...]
    problems: tuple[Problem, ...]

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Those of the submission and of its notebooks, each once."""
        of_notebooks = (problem for notebook in self.notebooks for problem in notebook.problems)
        return tuple(dict.fromkeys((*self.problems, *of_notebooks)))

    @property
    def points(self) -> float:
        """Points of all test cells; written answers are not among them."""
        return sum(result.points for notebook in self.notebooks for result in notebook.tests)


def grade(
    assignment: Assignment,
    submission: Submission,
    room: Room | None = None,
    seed: int | None = None,
    data: tuple[Path, ...] = (),
) -> GradedSubmission:
    """Grade a submission: transplant each notebook's answers, hold its exam in ``room``.

    ``room`` (default: one of its own) takes seconds to open: open one for a whole class. As many
    notebooks as it has seats sit their exams at the same time.
    ``seed`` (default: drawn afresh) decides the inputs that hidden tests draw. ``data`` are
    folders that notebooks may read, such as a data set. Raises SandboxUnavailable where
    student code cannot be confined.
    """
    if room is None:
        with Room() as own:
            return grade(assignment, submission, own, seed, data)
    seed = draw_seed() if seed is None else seed
    names = [notebook.name for notebook in assignment.notebooks]
    with ThreadPool(room.papers) as threads:
        notebooks = threads.map(lambda name: grade_notebook(assignment, name, submission, room, seed, data), names, 1)
    return GradedSubmission(tuple(notebooks), submission.problems)


def grade_notebook(
    assignment: Assignment,
    name: str,
    submission: Submission,
    room: Room,
    seed: int,
    data: tuple[Path, ...] = (),
    rehearsals: Rehearsals | Spared | None = None,
) -> GradedNotebook:
    """Grade one notebook of a submission. Raises KeyError if the assignment has none of that name.

    ``rehearsals``, of a class, spare it the demonstrations that are the same for everybody; ``Spared``, all of them.
    """
    pristine = next((notebook for notebook in assignment.notebooks if notebook.name == name), None)
    if pristine is None:
        raise KeyError(f"{assignment.name} has no notebook {name!r}")
    student = submission.notebook(name)
    transplanted = transplant(pristine, student)
    if student is None:
        results = _not_handed_in(transplanted, submission.problems, name)
    else:
        theirs = assignment.to_change & {Path(file.name) for file in student.files}
        shown = only_shown(pristine, transplanted)
        files = {str(file.name): file.path for file in student.files}
        shared = _shared_files(assignment, theirs, room.folder)
        given: Given = {}
        if rehearsals and not theirs:
            given = rehearsals.given(pristine, transplanted, shown, files, shared)
        cells = _cells(pristine, transplanted, shown)
        paper = Paper(
            name=name,
            cells=cells,
            imports=_imports(pristine),
            modules=_modules(pristine) | {path.stem for path in theirs if path.suffix == ".py"},
            reference=_reference(pristine),
            student_files=files,
            shared_files=shared,
            data=data,
            borrowed=borrowed_imports(pristine, [cell.source for cell in cells if cell.role != "test"]),
        )
        results = room.sit(paper, seed, given)
    its_own = student.problems if student else ()
    stopped = (Problem("stopped", each.stopped, each.stopped, name) for each in results if each.stopped)
    problems = (*(problem for problem in submission.problems if problem.notebook in (name, None)), *its_own, *stopped)
    notebook = _with_results(name, transplanted, results, seed, problems)
    return GradedNotebook(name, notebook, results, transplanted.matches, problems, seed)


def draw_seed() -> int:
    """A seed that no student can guess, small enough for every JSON reader."""
    return secrets.randbits(48)


def _cells(pristine: AssignmentNotebook, transplanted: Transplanted, shown: frozenset[str]) -> tuple[Cell, ...]:
    """The code cells, each with where it runs."""
    defines = _answered_names(pristine)
    candidates, self_reports = only_in_the_candidate(pristine), may_rest_on_the_students_word(pristine)
    released = {cell.release_source for cell in pristine.cells if cell.role == "ordinary"}
    return tuple(
        Cell(
            cell.id,
            cell.source,
            "student" if cell.id in candidates else cell.runs_as,
            cell.max_points,
            defines.get(cell.id, frozenset()),
            only_shown=cell.id in shown,
            own=cell.role == "extra" and not _only_defines(cell.source),
            title=_title(cell),
            as_released=cell.unanswered or (cell.role == "ordinary" and cell.source in released),
            self_reports=cell.id in self_reports,
        )
        for cell in transplanted.cells
        if cell.runs_as is not None
    )


def _only_defines(source: str) -> bool:
    """Whether a cell takes no time, and others may need it: functions, classes and imports."""
    found = statements(source)
    return found is not None and all(statement.kind != "other" for statement in found)


def _title(cell: TransplantedCell) -> str:
    """What the author calls an answer; "" for a cell that has no name from people."""
    return cell.id if cell.role in ANSWERS and not _NO_NAME.fullmatch(cell.id) else ""


def _reference(pristine: AssignmentNotebook) -> tuple[Cell, ...]:
    """The instructor's solutions and read-only cells."""
    roles: dict[Role, CellRole] = {"answer": "student", "shared": "shared"}
    cells = tuple(
        Cell(cell.id, cell.source, roles[cell.role])
        for cell in pristine.cells
        if cell.cell_type == "code" and cell.role in roles
    )
    borrowed = borrowed_imports(pristine, [cell.source for cell in cells], ("test", "ordinary"))
    return (Cell("", borrowed, "student"), *cells) if borrowed else cells


def _answered_names(pristine: AssignmentNotebook) -> dict[str, frozenset[str]]:
    """The names that are the student's from a cell on, by the id that ``transplant`` gives the cell.

    They are what the instructor's own notebook binds or changes in a cell that students write: a solution,
    or a cell without a type. What only a student rebinds stays the instructor's, and so do functions,
    classes and imports of read-only cells that no solution defines anew: a test may judge by them.
    """
    cells = [cell for cell in pristine.cells if cell.cell_type == "code" and cell.role != "test"]
    sources = tuple(cell.source for cell in cells)
    shared = [statement for cell in cells if cell.role == "shared" for statement in statements(cell.source) or ()]
    given = frozenset().union(*(statement.names for statement in shared))
    kept = frozenset().union(*(statement.names for statement in shared if statement.kind != "other"))
    answered = {}
    for cell in cells:
        if cell.role == "shared":
            continue
        bound = frozenset().union(
            *(statement.names for statement in statements(cell.source) or () if statement.kind != "import")
        )
        changed = _changed_names(cell.source, sources)
        if cell.role == "ordinary":
            answered[cell.grade_id or cell.id] = (bound | changed) & given - kept
        else:
            answered[cell.grade_id or cell.id] = bound | (changed & given) - kept
    return answered


def _imports(pristine: AssignmentNotebook) -> tuple[str, ...]:
    """The import statements of cells that students may change.

    In a solution, ``from math import gcd`` may be the answer itself, so what only it takes
    from a module stays the student's.
    """

    def is_lent(statement: Statement, cell: AssignmentCell) -> bool:
        return statement.source.startswith("import") or statement in (statements(cell.release_source) or ())

    return tuple(
        statement.source
        for cell in pristine.cells
        if cell.cell_type == "code" and cell.role in ("answer", "ordinary")
        for statement in statements(cell.source) or ()
        if statement.kind == "import" and is_lent(statement, cell)
    )


def _modules(pristine: AssignmentNotebook) -> frozenset[str]:
    """The modules that solutions write."""
    written = (_WRITES_MODULE.match(cell.source) for cell in pristine.cells if cell.role in ANSWERS)
    return frozenset(found[1] for found in written if found)


def _shared_files(assignment: Assignment, theirs: frozenset[Path], place: Path) -> Path:
    """A folder in ``place`` with the files beside the notebooks but ``theirs``: no solutions, no hidden tests."""
    files = (path for path in assignment.files if path not in theirs)
    paths = [(str(path), (assignment.folder / path).stat()) for path in files]
    state = repr((str(assignment.folder), [(path, status.st_size, status.st_mtime_ns) for path, status in paths]))
    made = place / f"files-{hashlib.blake2b(state.encode(), digest_size=8).hexdigest()}"
    folder = made / assignment.name  # students see the name: it is that of their working folder
    if not made.exists():
        unfinished = Path(tempfile.mkdtemp(dir=place))
        (unfinished / assignment.name).mkdir()
        for path, _ in paths:
            target = unfinished / assignment.name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(assignment.folder / path, target)
        try:
            unfinished.rename(made)
        except OSError:  # another notebook was first
            shutil.rmtree(unfinished)
    return folder


def _not_handed_in(transplanted: Transplanted, problems: tuple[Problem, ...], name: str) -> tuple[CellResult, ...]:
    """Results of a notebook that is missing or cannot be read: nothing runs, and every test says why."""
    reasons = [problem for problem in problems if problem.notebook == name] or list(problems)
    message = " ".join(problem.message for problem in reasons) or f"{name}.ipynb was not handed in."
    staff_message = " ".join(problem.staff_message for problem in reasons)
    return tuple(
        CellResult(
            cell.id,
            (),
            None,
            Outcome.NOT_RUN,
            0.0,
            cell.max_points,
            message,
            staff_message,
            0.0,
            None,
            parts=with_unreached(cell.source, (), "") if cell.role == "test" else (),
        )
        for cell in transplanted.cells
        if cell.runs_as is not None
    )


def _with_results(
    name: str, transplanted: Transplanted, results: tuple[CellResult, ...], seed: int, problems: tuple[Problem, ...]
) -> NotebookNode:
    """The transplanted notebook with outputs, and in its metadata what the proctor has found."""
    by_id = {result.id: result for result in results}
    notebook = transplanted.notebook
    said = dict.fromkeys(problem.message for problem in problems if problem.message)
    for_staff = list(_for_staff(name, problems, transplanted.matches))
    notebook.metadata["proctor"] = {"seed": seed, "problems": list(said), "for_staff": for_staff}
    with Press() as press:
        page = Page(press, links=False)
        outputs = {result.id: [harmless(_valid(output), page) for output in result.outputs] for result in results}
    for cell, described in zip(notebook.cells, transplanted.cells, strict=True):
        if cell.cell_type == "markdown" and described.student_index is not None:
            cell.source = inert(cell.source)
        result = by_id.get(described.id)
        if cell.cell_type != "code" or result is None:
            continue
        cell.outputs, cell.execution_count = outputs[result.id], result.execution_count
        if described.runs_as == "test":
            _settle(cell, result)
            cell.metadata["proctor"] = {
                "outcome": result.outcome.value,
                "points": result.points,
                "message": result.message,
                "staff_message": result.staff_message,
                "seconds": round(result.seconds, 3),
                "seed": result.seed,
                "records": result.records,
                "self_reports": list(result.self_reports),
                "parts": [asdict(part) for part in result.parts],
            }
    return notebook


def _for_staff(name: str, problems: tuple[Problem, ...], matches: tuple[Match, ...]) -> Iterator[str]:
    """What was odd about the files, and about how answers were found; that a cell stopped is the student's matter."""
    yield from (problem.staff_message or problem.message for problem in problems if problem.code != "stopped")
    yield from (f"{name}, cell {match.grade_id}: {match.note}" for match in matches if match.note)


def _valid(output: dict) -> NotebookNode:
    """The output, or a line in its place if it would make the notebook one that cannot be opened."""
    try:
        _VALIDATOR.validate({**_EMPTY, "cells": [{**_CELL, "outputs": [output]}]})
        return from_dict(output)
    except (ValidationError, RecursionError):
        return new_output("stream", text="[exam] An output that no notebook can hold was left out.\n")


def _settle(cell: NotebookNode, result: CellResult) -> None:
    """Make the outputs say the points that the exam gave, in nbgrader's way of reading them.

    nbgrader takes points away for anything on stderr, and reads them from the first
    error or result; here the exam has decided already.
    """
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"
    if _as_nbgrader_reads(cell) == result.points:
        return
    cell.outputs = [output for output in cell.outputs if output.output_type not in ("error", "execute_result")]
    if result.points == 0:
        words = result.message or "This test gave no points."
        name = result.outcome.value.title().replace(" ", "")
        cell.outputs.append(new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"]))
    elif result.points < result.max_points:
        number = {"text/plain": repr(result.points)}
        cell.outputs.append(new_output("execute_result", number, execution_count=result.execution_count))


def _as_nbgrader_reads(cell: NotebookNode) -> float | None:
    """The points that nbgrader reads from the outputs; None where it stops, as for more than the maximum."""
    try:
        return utils.determine_grade(cell)[0]
    except (ValueError, KeyError):
        return None


def _is_test(cell: NotebookNode) -> bool:
    return utils.is_grade(cell) and not utils.is_solution(cell) and cell.cell_type == "code"
