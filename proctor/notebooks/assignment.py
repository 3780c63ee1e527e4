"""The assignment: what the instructor wrote, as values.

An assignment is a folder of nbgrader notebooks, such as ``source/hw4``, with the files
that students get beside them. Each notebook is kept in two forms: as written, and as
released (solutions and hidden tests removed), which is what a student started from.
"""

from __future__ import annotations

import copy
import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import nbformat
from jsonschema import ValidationError
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.nbgraderformat import MetadataValidator, SchemaTooNewError, SchemaTooOldError
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from .definitions import defined_names, imported_names, really_defined
from .files import files_beside, to_change
from .generated import NotGenerated, as_generated, has_autotests
from .kernels import language, written_for

CellType = Literal["code", "markdown", "raw"]

#: ``answer``: code that tests judge. ``manual``: an answer that a person judges. ``task``: a
#: description whose answer is the student's own cells. ``shared``: read-only. ``test``: graded
#: tests. ``ordinary``: everything without nbgrader metadata.
Role = Literal["answer", "manual", "task", "shared", "test", "ordinary"]

#: What a manually graded answer or an autograded one have in common: the student writes them.
ANSWERS: frozenset[Role] = frozenset({"answer", "manual"})
#: Cells that have points.
GRADED: frozenset[Role] = frozenset({"manual", "task", "test"})
#: Cells that students must not change.
LOCKED: frozenset[Role] = frozenset({"shared", "test", "task"})


class AssignmentError(Exception):
    """The assignment itself is wrong; the message says what to do about it."""


class NoNotebooks(AssignmentError):
    """The folder is missing or holds no notebook."""


class UnreadableNotebook(AssignmentError):
    """A file of the assignment is no valid notebook."""


class InvalidCell(AssignmentError):
    """A cell's nbgrader metadata or its marked regions contradict themselves."""


class DuplicateGradeId(InvalidCell):
    """Two cells of one notebook have the same grade_id."""


class NoPoints(InvalidCell):
    """A graded cell has no points."""


class NoTests(InvalidCell):
    """AUTOTEST lines of which nbgrader has not made tests yet."""


class OtherLanguage(AssignmentError):
    """A notebook that is not written for a Python kernel."""


@dataclass(frozen=True)
class AssignmentCell:
    """One cell of the assignment.

    ``id`` is unique in its notebook, also among the grade_ids. ``source`` is as written,
    ``release_source`` as students got it. ``checksum`` is nbgrader's, of the released cell
    for answers and of the whole cell for locked ones, as the gradebook has it. ``asks`` holds the names
    that only this cell's solution defines and its released form does not: wherever a student
    defines them is the student's answer.
    """

    index: int
    id: str
    grade_id: str | None
    cell_type: CellType
    role: Role
    points: float
    source: str
    release_source: str
    checksum: str | None
    asks: frozenset[str]


@dataclass(frozen=True)
class AssignmentNotebook:
    """One notebook, ``name`` without ``.ipynb``; ``notebook`` as written, ``release`` as handed out."""

    name: str
    notebook: NotebookNode
    release: NotebookNode
    cells: tuple[AssignmentCell, ...]


@dataclass(frozen=True)
class Assignment:
    """An assignment folder. ``files`` lie beside the notebooks, relative to ``folder``.

    ``to_change`` are those of them that students hand in changed (nbgrader's ``exclude_overwriting``): theirs count.
    """

    name: str
    folder: Path
    notebooks: tuple[AssignmentNotebook, ...]
    files: tuple[Path, ...]
    to_change: frozenset[Path] = frozenset()


def load_assignment(source: Path, config: Config | None = None) -> Assignment:
    """Read an assignment folder such as ``source/hw4``.

    ``config`` is nbgrader's (``nbgrader_config.py``); its delimiters, stubs and ignored files hold.
    Raises AssignmentError (see its subclasses) when the assignment cannot be graded as it is.
    """
    source = Path(source)
    paths = sorted(source.glob("*.ipynb"))
    if not paths:
        raise NoNotebooks(
            f"There is no notebook in {source}. Give the assignment's source folder, "
            "the one that holds its .ipynb files."
        )
    notebooks = tuple(_load(source, path, config) for path in paths)
    files = files_beside(source, config)
    return Assignment(source.name, source, notebooks, files, to_change(source, config) & frozenset(files))


def _load(source: Path, path: Path, config: Config | None) -> AssignmentNotebook:
    notebook = _read(path)
    if not language(notebook).lower().startswith(("python", "ipython")):
        raise OtherLanguage(
            f"{path.name} is written for {written_for(notebook)}, and only Python is graded here. nbgrader's own steps "
            "can grade the assignment, with nothing between students' code and the tests: "
            f'c.Exam.stock = ["{source.resolve().name}"] in nbgrader_config.py.'
        )
    try:
        return assignment_notebook(path.stem, as_generated(source, path.stem, notebook, config), config)
    except NotGenerated as error:
        raise NoTests(str(error)) from error


def assignment_notebook(name: str, notebook: NotebookNode, config: Config | None = None) -> AssignmentNotebook:
    """Make an assignment's notebook from a notebook in memory, wherever it comes from.

    The given notebook is not changed. Raises InvalidCell or one of its subclasses.
    """
    notebook = _normalised(notebook)
    _check(name, notebook, config)
    cleared, release = _released(name, notebook, config)
    return AssignmentNotebook(name, notebook, release, _cells(notebook, cleared, release))


def is_unanswered(cell: AssignmentCell, source: str) -> bool:
    """Whether ``source`` is empty or still the released text, whatever happened to its white space."""
    return squeezed(source) in ("", squeezed(cell.release_source))


@lru_cache(maxsize=8192)
def squeezed(source: str) -> str:
    """A source without white space: what it is compared by."""
    return "".join(source.split())


def role(cell: NotebookNode) -> Role:
    """What nbgrader's metadata say a cell is for."""
    if utils.is_task(cell):
        return "task"
    if utils.is_solution(cell):
        return "manual" if utils.is_grade(cell) else "answer"
    if utils.is_grade(cell):
        return "test"
    return "shared" if utils.is_locked(cell) else "ordinary"


def _read(path: Path) -> NotebookNode:
    try:
        notebook = nbformat.reader.reads(path.read_text(encoding="utf-8-sig"))
        notebook = _normalised(nbformat.convert(notebook, 4))
        nbformat.validate(notebook)
        return notebook
    except Exception as error:  # nbformat raises whatever a malformed file makes its converters raise
        raise UnreadableNotebook(
            f"{path} is not a valid notebook ({type(error).__name__}: {error}). "
            "Open it in JupyterLab and save it again, or restore it from version control."
        ) from error


def _normalised(notebook: NotebookNode) -> NotebookNode:
    """A copy in nbformat 4.5, where cells without a usable id get one that is the same every time."""
    notebook = copy.deepcopy(notebook)
    had_ids = notebook.get("nbformat", 4) == 4 and notebook.get("nbformat_minor", 0) >= 5
    notebook.nbformat, notebook.nbformat_minor = 4, max(5, notebook.get("nbformat_minor", 0))
    grade_ids = {known for cell in notebook.cells if (known := _grade_id(cell)) is not None}
    taken: set[str] = set()
    for index, cell in enumerate(notebook.cells):
        grade_id = _grade_id(cell)
        wanted = cell.get("id") if had_ids else None
        if wanted is None or wanted in taken or (wanted in grade_ids and wanted != grade_id):
            wanted = re.sub(r"[^\w-]", "-", grade_id or f"cell-{index}", flags=re.ASCII)[:64]
        while wanted in taken or (wanted in grade_ids and wanted != grade_id):
            wanted = f"{wanted[:58]}-{index}"
        taken.add(wanted)
        cell["id"] = wanted
    return notebook


def _check(name: str, notebook: NotebookNode, config: Config | None) -> None:
    """Refuse what nbgrader would refuse, in words that say where and what to do."""
    repeated = [g for g, n in Counter(filter(None, map(_grade_id, notebook.cells))).items() if n > 1]
    if repeated:
        raise DuplicateGradeId(
            f"In {name}.ipynb more than one cell has the grade_id {repeated[0]!r}. "
            "Give each cell its own in JupyterLab's Create Assignment panel."
        )
    for cell in notebook.cells:
        if role(cell) == "ordinary":
            continue
        where = f"{name}.ipynb, cell {_grade_id(cell)!r}"
        if utils.is_grade(cell) or utils.is_task(cell):
            points = cell.metadata.nbgrader.get("points")
            if not isinstance(points, int | float) or not math.isfinite(points) or points < 0:
                raise NoPoints(f"{where}: a graded cell needs points, a number of at least 0, not {points!r}.")
    if has_autotests(notebook, config):
        raise NoTests(f"{name}.ipynb has lines for automatic tests, and nbgrader has not made tests of them yet.")
    try:
        MetadataValidator().validate_nb(notebook)
    except SchemaTooOldError as error:
        raise InvalidCell(f"{name}.ipynb has old nbgrader metadata. Run `nbgrader update` on it.") from error
    except SchemaTooNewError as error:
        raise InvalidCell(f"{name}.ipynb was written by a newer nbgrader. Update nbgrader here.") from error
    except (ValidationError, ValueError, KeyError) as error:
        problem = getattr(error, "message", str(error))
        raise InvalidCell(
            f"{name}.ipynb has nbgrader metadata that contradict themselves: {problem}. "
            "Set the cell's type again in JupyterLab's Create Assignment panel."
        ) from error


def _released(name: str, notebook: NotebookNode, config: Config | None) -> tuple[NotebookNode, NotebookNode]:
    """The notebook without solutions, and the same without hidden tests and marking schemes."""
    forms = []
    form = notebook
    for steps in ((ClearSolutions,), (ClearHiddenTests, ClearMarkScheme)):
        form = copy.deepcopy(form)
        for step in steps:
            try:
                form, _ = step(config=config).preprocess(form, {})
            except (RuntimeError, ValueError) as error:
                raise InvalidCell(
                    f"{name}.ipynb: nbgrader's {step.__name__} stopped: {error}. Check that each BEGIN "
                    "has its END and stands in a cell of the right type."
                ) from error
        forms.append(form)
    return forms[0], forms[1]


def _cells(notebook: NotebookNode, cleared: NotebookNode, release: NotebookNode) -> tuple[AssignmentCell, ...]:
    definers = Counter(
        bound for cell in notebook.cells if cell.cell_type == "code" for bound in defined_names(cell.source)
    )
    cells = []
    for index, (cell, bare, released) in enumerate(zip(notebook.cells, cleared.cells, release.cells, strict=True)):
        kind = role(cell)
        checksum = None
        if kind in ("answer", "manual"):
            checksum = utils.compute_checksum(released)
        elif utils.is_locked(cell):
            checksum = utils.compute_checksum(bare)
        asks: frozenset[str] = frozenset()
        if kind in ANSWERS and cell.cell_type == "code":
            asks = defined_names(cell.source) - really_defined(released.source) - imported_names(cell.source)
            asks = frozenset(bound for bound in asks if definers[bound] == 1)
        cells.append(
            AssignmentCell(
                index=index,
                id=cell.id,
                grade_id=_grade_id(cell),
                cell_type=cell.cell_type,
                role=kind,
                points=float(cell.metadata.nbgrader.get("points", 0)) if kind != "ordinary" else 0.0,
                source=cell.source,
                release_source=released.source,
                checksum=checksum,
                asks=asks,
            )
        )
    return tuple(cells)


def _grade_id(cell: NotebookNode) -> str | None:
    return cell.metadata.nbgrader.get("grade_id") if role(cell) != "ordinary" else None
