"""``nbgrader export``: nbgrader's own columns and the state, in a CSV that keeps them whatever students are called.

    c.ExportApp.plugin_class = "proctor.export.GradesExporter"

nbgrader's exporter writes names as they are: with a comma in a name its owner would fill in the next
columns, points included, and with a line break a row. It also gives 0 to whoever is not graded yet.
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
    "state",
)

GRADED, WAITS, NOT_GRADED, NOT_HANDED_IN = "graded", "waits for a person", "not graded yet", "nothing handed in"


class GradesExporter(ExportPlugin):
    """One row per assignment and student. Points are empty for what is not graded yet, and 0 if nothing was handed in.

    While written work waits for a person, ``score`` has the points so far.
    """

    def export(self, gradebook: Gradebook) -> None:
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        assignments = self._chosen(gradebook.assignments, "name", self.assignment)
        students = self._chosen(gradebook.students, "id", self.student)
        rows = (tuple(self._row(gradebook, assignment, student)) for assignment in assignments for student in students)
        write_table(target, [COLUMNS, *rows])

    def _row(self, gradebook: Gradebook, assignment: Assignment, student: Student) -> Iterator[Cell]:
        timestamp, state = None, NOT_HANDED_IN
        points: float | None = 0.0
        penalty: float | None = 0.0
        total: float | None = 0.0
        try:
            submission = gradebook.find_submission(assignment.name, student.id)
        except MissingEntry:
            if self._handed_in(assignment.name, student.id):
                points = penalty = total = None
                state = NOT_GRADED
        else:
            timestamp, points, penalty = submission.timestamp, submission.score, submission.late_submission_penalty
            total, state = max(0.0, points - penalty), WAITS if submission.needs_manual_grade else GRADED
        yield from (assignment.name, _text(assignment.duedate), _text(timestamp))
        yield from (student.id, student.last_name, student.first_name, student.email)
        yield from (points, penalty, total, assignment.max_score, state)

    def _handed_in(self, assignment: str, student: str) -> bool:
        """Whether there is a submission that nobody has graded. Without a course's folder nothing is known of it."""
        course = getattr(self.parent, "coursedir", None)
        return course is not None and Path(course.format_path(course.submitted_directory, student, assignment)).is_dir()

    def _chosen(self, known: list, key: str, wanted: list) -> list:
        names = {str(name) for name in wanted}
        return [each for each in known if not names or getattr(each, key) in names]


def _text(time: object) -> str:
    return "" if time is None else str(time)
