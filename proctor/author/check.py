"""All that can be found out about an assignment: read, compared with the course, tried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from proctor.notebooks.assignment import AssignmentNotebook
from proctor.settings import Exam

from .course import gradebook_findings, release_findings, write_tests
from .findings import Finding, Weight, by_weight
from .reading import read
from .settings import Check
from .stock_steps import refused, without_meaning
from .trial import Tried, try_out


class NoSuchAssignment(Exception):
    """Neither an assignment of the course nor a folder; the message says what there is."""


@dataclass(frozen=True)
class Place:
    """An assignment's source folder, and the course that it belongs to, if it does."""

    source: Path
    course: CourseDirectory | None


def find(name: str, config: Config) -> Place:
    """The assignment of this name in the course of ``config``, or in a folder. Raises NoSuchAssignment."""
    course = CourseDirectory(config=config)
    for assignment in (name, Path(name).name):
        course.assignment_id = assignment
        source = Path(course.format_path(course.source_directory, ".", assignment))
        if source.is_dir() and (assignment == name or source.resolve() == Path(name).resolve()):
            return Place(source, course)
    if Path(name).is_dir():
        return Place(Path(name), None)
    folder = Path(course.format_path(course.source_directory, ".", "."))
    there = sorted(path.name for path in folder.glob("*") if path.is_dir())
    known = f"Assignments here: {', '.join(there)}." if there else f"There is no assignment in {folder} yet."
    raise NoSuchAssignment(f"There is no assignment and no folder {name!r}. {known}")


def check(place: Place, config: Config, seen: Callable[[AssignmentNotebook, Tried], None]) -> tuple[Finding, ...]:
    """Everything that is wrong with an assignment, the gravest first; ``seen`` is told of each notebook that was tried."""
    if place.source.resolve().name in Exam(config=config).stock:
        what = "nbgrader's own steps grade this assignment (c.Exam.stock): students' code runs unprotected, beside the tests."
        return (Finding(Weight.DOUBT, f"{what} Nothing was tried."),)
    if place.course is not None:
        write_tests(place.course, config, place.source)
    reading = read(place.source, config)
    found = [*_of_settings(config), *reading.findings]
    if reading.assignment is None:
        return by_weight(found)
    if place.course is not None:
        is_released = Path(place.course.format_path(place.course.release_directory, ".", place.source.name)).is_dir()
        found += release_findings(place.course, config, reading.assignment)
        known = gradebook_findings(place.course, reading.assignment.notebooks)
        found += (finding for finding in known if finding.is_grave or is_released)
    exam, root = Exam(config=config), Path(place.course.root) if place.course is not None else Path()
    handed_in = Check(config=config).folder_of(place.source.name, root)
    data = tuple(root / folder for folder in exam.data)
    by_name = {notebook.name: notebook for notebook in reading.assignment.notebooks}
    for tried in try_out(reading.assignment, handed_in, data, exam.seats, exam.self_reports):
        seen(by_name[tried.name], tried)
        found += tried.findings
    return by_weight(found)


def _of_settings(config: Config) -> Iterator[Finding]:
    file = "nbgrader_config.py"
    if words := refused(config):
        yield Finding(Weight.WRONG, words, file=file)
    for words in without_meaning(config):
        yield Finding(Weight.DOUBT, words, file=file)
