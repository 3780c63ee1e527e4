"""A copy of the course, in a temporary folder, where nbgrader's own steps grade."""

from __future__ import annotations

import glob
import logging
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config

from proctor.author.course import write_tests
from proctor.notebooks.assignment import AssignmentError

from .marks import Cell, Mark, Marks

_KEPT = ("course_id", "ignore")  # of c.CourseDirectory; where things are is the copy's own matter
_STEPS = ("exporter_class", "sanitize_preprocessors", "autograde_preprocessors")
_NO_PARTS = ("source", "source_with_tests", "release", "submitted", "autograded", "feedback", "solution")


class NoRelease(AssignmentError):
    """Stock nbgrader makes no release of the assignment; the message says why."""


class StockCourse:
    """The copy, with the one assignment in it. ``grade`` runs students' code unprotected, as nbgrader does."""

    def __init__(self, root: Path, assignment: str, config: Config):
        self.config = _stock_config(root, config)
        self._course = CourseDirectory(config=self.config)
        self._course.assignment_id = assignment
        self._log = logging.getLogger(
            f"{__name__}.{root.name}"
        )  # what nbgrader says belongs to a cell, not on the screen
        self._log.propagate, self._said = False, _Said()
        self._log.addHandler(self._said)
        self.source = root / "source" / assignment
        self.release = root / "release" / assignment

    def generate(self) -> None:
        """Make the release and the gradebook. Raises NoRelease."""
        write_tests(self._course, self.config, self.source, self._log)
        try:
            GenerateAssignment(coursedir=self._course, config=self.config, log=self._log).start()
        except NbGraderException as error:
            raise NoRelease(
                f"stock nbgrader makes no release of {self.source.name}: {self._said.last or error}"
            ) from error

    def grade(self, student: str, handed_in: Path) -> Marks:
        """Grade one student's folder, by the tests that students cannot change."""
        root = Path(self._course.root)
        folder = root / "submitted" / student / self.source.name
        if handed_in.is_dir():
            shutil.copytree(handed_in, folder, symlinks=True)
        else:
            folder.mkdir(parents=True)
            shutil.copy(handed_in, folder)
        self._course.student_id = glob.escape(student)
        self._said.last = ""
        failed = ""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SAWarning)  # of nbgrader's own way with its database
                Autograde(coursedir=self._course, config=self.config, log=self._log).start()
        except NbGraderException as error:
            failed = f"stock nbgrader did not grade it: {self._said.last or error}"
        return dict(self._marks(student, root / "autograded" / student / self.source.name, failed))

    def _marks(self, student: str, graded: Path, failed: str) -> Iterator[tuple[Cell, Mark]]:
        with Gradebook(self._course.db_url, self._course.course_id) as gradebook:
            assignment = gradebook.find_assignment(self.source.name)
            try:
                submission = gradebook.find_submission(self.source.name, student)
                books = {book.name: book for book in submission.notebooks}
            except MissingEntry:
                books = {}
            for notebook in assignment.notebooks:
                why = _reasons(graded / f"{notebook.name}.ipynb")
                tests = _tests(self.source / f"{notebook.name}.ipynb")
                book = books.get(notebook.name)
                points = {} if book is None or failed else {grade.name: grade.auto_score for grade in book.grades}
                for cell in notebook.grade_cells:
                    if cell.name in tests:
                        told = failed or why.get(cell.name, "")
                        yield Cell(student, notebook.name, cell.name), Mark(points.get(cell.name), told)


@contextmanager
def stock_course(source: Path, course: CourseDirectory | None, config: Config) -> Iterator[StockCourse]:
    """A copy of a course with the assignment of ``source``, generated; it goes again."""
    with tempfile.TemporaryDirectory(prefix="compare-") as place:
        root = Path(place)
        shutil.copytree(source, root / "source" / source.resolve().name)
        if course is not None:
            _link_what_lies_around(Path(course.root), source, root)
        copy = StockCourse(root, source.resolve().name, config)
        copy.generate()
        yield copy


def _link_what_lies_around(course: Path, source: Path, root: Path) -> None:
    """Data, headers and modules that notebooks find beside them in the course; no gradebook."""
    for path in (*course.iterdir(), *(path for path in source.parent.iterdir() if path.is_file())):
        is_gradebook = path.suffix in (".db", ".sqlite") or path.name.startswith((".", "gradebook"))
        if path.name not in _NO_PARTS and not is_gradebook:
            target = root / ("source" if path.parent == source.parent else "") / path.name
            os.symlink(path.resolve(), target)


def _stock_config(root: Path, config: Config) -> Config:
    """The course's settings without ours: nbgrader's own steps, or those that the course has added to them."""
    own, course = deepcopy(config), config.get("CourseDirectory", {})
    own.CourseDirectory = Config({name: course[name] for name in _KEPT if name in course})
    own.CourseDirectory.root = str(root)
    for step in _STEPS:
        if "proctor." in str(own.Autograde.get(step, "")):
            del own.Autograde[step]
    return own


def _tests(path: Path) -> set[str]:
    """Test cells of a notebook, by grade_id; answers that a person grades are not compared."""
    cells = nbformat.read(path, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id for cell in cells if utils.is_grade(cell) and not utils.is_solution(cell)}


def _reasons(path: Path) -> dict[str, str]:
    """Why points are missing, by grade_id, as the outputs of a graded notebook say it."""
    if not path.is_file():
        return {}
    cells = nbformat.read(path, as_version=4).cells
    return {cell.metadata.nbgrader.grade_id: _reason(cell) for cell in cells if utils.is_grade(cell)}


def _reason(cell: NotebookNode) -> str:
    for output in cell.get("outputs", ()):
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}".rstrip(": ")
        if output.output_type == "stream" and output.name == "stderr":
            return f"on stderr: {output.text.strip()}"
    return ""


class _Said(logging.Handler):
    """Keeps the last error that nbgrader logged: the last line of a traceback, or the message."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR and "Traceback" in (words := record.getMessage()):
            self.last = words.strip().splitlines()[-1]
        elif record.levelno >= logging.ERROR and not self.last:
            self.last = record.getMessage().strip()
