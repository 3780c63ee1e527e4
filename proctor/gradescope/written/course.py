"""The PDFs of a course that nbgrader keeps: where its configuration says that things are."""

from __future__ import annotations

import re
from glob import glob
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from proctor.notebooks.assignment import AssignmentError, load_assignment

from .pdfs import Printed, Student, print_class
from .sheets import SheetExporter


class NothingSubmitted(AssignmentError):
    """No student has handed in this assignment."""


def print_course(assignment_id: str, config: Config, room: int = 2) -> Printed:
    """Print the written answers of all of ``submitted/*/ASSIGNMENT`` into ``dist/ASSIGNMENT-written``.

    ``room`` is the number of pages for each question, as in pdfs.print_class. Raises AssignmentError
    (NothingSubmitted and NoWrittenAnswers are such) and chromium.NoBrowser.
    """
    course = CourseDirectory(config=config)
    assignment = load_assignment(Path(course.format_path(course.source_directory, ".", assignment_id)), config)
    students = _students(course, assignment_id)
    if not students:
        pattern = course.format_path(course.submitted_directory, "STUDENT", assignment_id)
        raise NothingSubmitted(f"Nobody has handed in {assignment_id}: there is no folder {pattern}.")
    with SheetExporter(config) as exporter:
        return print_class(assignment, students, Path(course.root, "dist", f"{assignment_id}-written"), exporter, room)


def _students(course: CourseDirectory, assignment_id: str) -> tuple[Student, ...]:
    """Everybody who handed in, by ID, with the names that the gradebook has for them."""
    pattern = course.format_path(course.submitted_directory, "(?P<student>[^/]+)", assignment_id, escape=True)
    folders = glob(course.format_path(course.submitted_directory, "*", assignment_id))
    found = {match["student"]: folder for folder in folders if (match := re.fullmatch(pattern, folder))}
    with Gradebook(course.db_url, course.course_id) as gradebook:
        known = {student.id: (student.first_name, student.last_name) for student in gradebook.students}
    names = {student: " ".join(filter(None, both)) for student, both in known.items()}
    return tuple(Student(id_, names.get(id_, ""), Path(folder)) for id_, folder in sorted(found.items()))
