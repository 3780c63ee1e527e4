"""What nbgrader has made of an assignment: its release, and what the gradebook knows of it.

Reads and compares; only ``register`` and ``write_tests`` write, by nbgrader's own steps.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from fnmatch import fnmatch
from logging import Logger
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import GenerateAssignment, GenerateSourceWithTests
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from proctor.notebooks.assignment import Assignment, AssignmentNotebook
from proctor.notebooks.generated import has_autotests, has_tests

from .findings import Finding, Weight

_LOG = logging.getLogger(__name__)

Points = dict[str, float]
"""Of one notebook's graded cells, by grade_id."""


class NoGradebook(Exception):
    """The gradebook cannot be opened; the message says why."""


class NotRegistered(Exception):
    """nbgrader did not take the assignment into its gradebook; the message says why."""


def release_findings(course: CourseDirectory, config: Config, assignment: Assignment) -> Iterator[Finding]:
    """Whether ``release/`` holds what nbgrader would make now; nothing is said where there is no release yet."""
    released = Path(course.format_path(course.release_directory, ".", assignment.name))
    if not released.is_dir():
        return
    again = f"Run: nbgrader generate_assignment {assignment.name} --force"
    try:
        with _generated(course, config, assignment.name, database=False) as made:
            wanted, there = _files(made, course), _files(released, course)
            different = [name for name in sorted(wanted & there) if _differ(made / name, released / name)]
    except NbGraderException as error:
        yield Finding(Weight.WRONG, f"nbgrader makes no release: {error}.", again)
        return
    for name in different:
        yield Finding(
            Weight.WRONG,
            "The release is out of date: source/ has changed since.",
            again,
            _shown(course, released / name),
        )
    for name in sorted(wanted - there):
        yield Finding(Weight.WRONG, "The release lacks this file of source/.", again, _shown(course, released / name))
    for name in sorted(there - wanted):
        yield Finding(
            Weight.WRONG, "The release has a file that source/ has not.", again, _shown(course, released / name)
        )


def gradebook_findings(course: CourseDirectory, notebooks: Iterable[AssignmentNotebook]) -> Iterator[Finding]:
    """Where the gradebook knows other cells or points, and ``Weight.DOUBT`` where it knows nothing yet.

    Nothing is said where there is no gradebook.
    """
    try:
        known = known_points(course)
    except NoGradebook as error:
        yield Finding(Weight.WRONG, str(error), "See c.CourseDirectory.db_url in nbgrader_config.py.")
        return
    if known is None:
        return
    name = course.assignment_id
    for notebook in notebooks:
        file, book = f"{notebook.name}.ipynb", known.get(notebook.name)
        points = {
            cell.grade_id: cell.points
            for cell in notebook.cells
            if cell.role in ("manual", "task", "test") and cell.grade_id is not None
        }
        if book is None:
            remedy = f"Run: nbgrader generate_assignment {name} --force"
            yield Finding(Weight.DOUBT, "The gradebook does not know this notebook.", remedy, file)
        elif book != points:
            yield Finding(
                Weight.WRONG,
                f"The notebook has changed since the gradebook was made: {'; '.join(_differences(book, points))}.",
                f"Run: nbgrader generate_assignment {name} --force",
                file,
            )


def known_points(course: CourseDirectory) -> dict[str, Points] | None:
    """What the gradebook knows of ``course.assignment_id``, by notebook; None if there is no gradebook yet.

    Raises NoGradebook.
    """
    url = make_url(course.db_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        return None
    try:
        with Gradebook(course.db_url, course.course_id) as gradebook:
            books = gradebook.find_assignment(course.assignment_id).notebooks
            return {
                book.name: {cell.name: cell.max_score for cell in (*book.grade_cells, *book.task_cells)}
                for book in books
            }
    except MissingEntry:
        return {}
    except (SQLAlchemyError, ImportError) as error:  # a driver that is not installed is imported here
        raise NoGradebook(f"The gradebook cannot be opened: {' '.join(str(error).split())}.") from error


def register(course: CourseDirectory, config: Config, log: Logger) -> None:
    """Take ``course.assignment_id`` into the gradebook from its source, as `nbgrader generate_assignment` does.

    The release, which may be there already, stays as it is. Raises NotRegistered; what nbgrader has to say is in the log.
    """
    try:
        with _generated(course, config, course.assignment_id, database=True, log=log):
            pass
    except NbGraderException as error:
        raise NotRegistered(str(error) or f"nbgrader could not generate {course.assignment_id}") from error


def write_tests(course: CourseDirectory, config: Config, source: Path, log: Logger = _LOG) -> None:
    """Have nbgrader make tests of AUTOTEST lines, in ``source_with_tests/``, where it has not since the source changed.

    It runs the author's own notebooks for that, in kernels. Where it cannot, the reading that follows says so.
    """
    if all(_has_its_tests(source, path, config) for path in sorted(source.glob("*.ipynb"))):
        return
    log.warning("nbgrader makes tests of the AUTOTEST lines of %s", source.name)
    own = CourseDirectory(config=config, **{trait: getattr(course, trait) for trait in _SAME})
    own.assignment_id, own.notebook_id = source.name, "*"
    own_config = deepcopy(config)
    own_config.BaseConverter.force = True
    with suppress(NbGraderException):
        GenerateSourceWithTests(coursedir=own, config=own_config, log=log).start()


def _has_its_tests(source: Path, path: Path, config: Config) -> bool:
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):  # reading says what is wrong with it
        return True
    return not has_autotests(notebook, config) or has_tests(source, path.stem, notebook, config)


@contextmanager
def _generated(
    course: CourseDirectory, config: Config, name: str, database: bool, log: Logger | None = None
) -> Iterator[Path]:
    """A release made now, in a folder of its own that goes again."""
    with tempfile.TemporaryDirectory() as place:
        config = deepcopy(config)
        if not database:
            config.SaveCells.enabled, config.GenerateAssignment.no_database = False, True
        own = CourseDirectory(config=config, **{trait: getattr(course, trait) for trait in _SAME})
        own.assignment_id, own.notebook_id, own.release_directory = name, "*", place
        converter = GenerateAssignment(coursedir=own, config=config, **({"log": log} if log else {}))
        converter.start()
        yield Path(own.format_path(place, ".", name))


_SAME = "root course_id db_url source_directory directory_structure ignore groupshared".split()


def _files(folder: Path, course: CourseDirectory) -> set[str]:
    """Names of the files below a folder, without those that nbgrader ignores."""
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {
        str(name) for name in names if not any(fnmatch(part, each) for part in name.parts for each in course.ignore)
    }


def _differ(one: Path, other: Path) -> bool:
    return one.read_bytes() != other.read_bytes()


def _shown(course: CourseDirectory, path: Path) -> str:
    return str(path.relative_to(course.root)) if path.is_relative_to(course.root) else str(path)


def _differences(known: Points, written: Points) -> Iterator[str]:
    for cell in sorted({*known, *written}):
        if cell not in known:
            yield f"{cell} is new"
        elif cell not in written:
            yield f"{cell} is gone"
        elif known[cell] != written[cell]:
            yield f"{cell} had {known[cell]:g} points and has {written[cell]:g}"
