"""``nbgrader export``: nbgrader's own columns, in a CSV that keeps its columns whatever students are called.

    c.ExportApp.plugin_class = "proctor.export.GradesExporter"

nbgrader's exporter writes names as they are: with a comma in a name its owner would fill in the next
columns, points included, and with a line break a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import ExportPlugin

from .tables import Cell, write_table

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class GradesExporter(ExportPlugin):
    """One row per assignment and student; who handed nothing in has 0 points."""

    def export(self, gradebook: Gradebook) -> None:
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        assignments = self._chosen(gradebook.assignments, "name", self.assignment)
        students = self._chosen(gradebook.students, "id", self.student)
        rows = (tuple(_row(gradebook, assignment, student)) for assignment in assignments for student in students)
        write_table(target, [COLUMNS, *rows])

    def _chosen(self, known: list, key: str, wanted: list) -> list:
        names = {str(name) for name in wanted}
        return [each for each in known if not names or getattr(each, key) in names]


def _row(gradebook: Gradebook, assignment: Assignment, student: Student) -> Iterator[Cell]:
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        timestamp, points, penalty = None, 0.0, 0.0
    else:
        timestamp, points, penalty = submission.timestamp, submission.score, submission.late_submission_penalty
    yield from (assignment.name, _text(assignment.duedate), _text(timestamp))
    yield from (student.id, student.last_name, student.first_name, student.email)
    yield from (points, penalty, max(0.0, points - penalty), assignment.max_score)


def _text(time: object) -> str:
    return "" if time is None else str(time)
