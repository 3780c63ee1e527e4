"""An assignment ready to be graded with: read, not wrong on its face, and known to the gradebook."""

from __future__ import annotations

from fnmatch import fnmatch
from logging import Logger
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from proctor.notebooks.assignment import Assignment, AssignmentError

from .course import NoGradebook, NotRegistered, gradebook_findings, known_points, register, write_tests
from .reading import read
from .stock_steps import refused, without_meaning


class NotReady(AssignmentError):
    """Nobody could be graded; the message says why in one line."""


def ready(course: CourseDirectory, config: Config, log: Logger) -> Assignment:
    """``course.assignment_id`` from its source; the gradebook takes it in where it does not know it yet.

    Only the notebooks that ``course.notebook_id`` means are compared with the gradebook. Raises NotReady.
    """
    name = course.assignment_id
    if words := refused(config):
        raise NotReady(words)
    for words in without_meaning(config):
        log.warning(words)
    source = Path(course.format_path(course.source_directory, ".", name))
    write_tests(course, config, source, log)
    reading = read(source, config)
    if reading.assignment is None or reading.wrong:
        raise NotReady(f"{reading.wrong} (`proctor check {name}` says more)")
    if reading.stop:  # what students can read already is no reason not to grade them
        log.warning("%s (`proctor check %s` says more)", reading.stop, name)
    graded = [book for book in reading.assignment.notebooks if fnmatch(book.name, course.notebook_id)]
    try:
        known = known_points(course) or {}
    except NoGradebook as error:
        raise NotReady(str(error)) from error
    if any(book.name not in known for book in graded):
        log.warning("The gradebook does not know %s yet: it is taken in from its source", name)
        try:
            register(course, config, log)
        except NotRegistered as error:
            raise NotReady(f"The gradebook cannot take in {name}: {error}") from error
    for finding in gradebook_findings(course, graded):
        raise NotReady(finding.in_a_line())
    return reading.assignment
