"""``nbgrader export --exporter=proctor.gradescope.ScoresExporter``: a CSV in the layout of Gradescope's own.

What reads Gradescope's "Download Grades" (gradebooks, scripts of the department) reads this too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from proctor.notebooks.assignment import AssignmentError, load_assignment
from proctor.tables import Cell, write_table

from .final_grades import FinalGrade, FinalGrades, GradedWork, Question, QuestionGrade, final_grades

#: Gradescope's columns before those of the questions. What only Gradescope knows stays empty.
COLUMNS = (
    "First Name",
    "Last Name",
    "SID",
    "Email",
    "Sections",
    "Total Score",
    "Max Points",
    "Status",
    "Submission ID",
    "Submission Time",
    "Lateness (H:M:S)",
    "View Count",
    "Submission Count",
)


class ScoresExporter(ExportPlugin):
    """One row per student of the gradebook, one column per test, written answer and task of one assignment.

    ``Total Score`` has the late penalty taken off, the questions have not. An answer that waits for
    a grader leaves its column empty and makes the row ``Ungraded``; who handed nothing in is ``Missing``.
    """

    def export(self, gradebook: Gradebook) -> None:
        course = self.parent.coursedir
        try:
            name = self._chosen(gradebook)
            source = Path(course.format_path(course.source_directory, ".", name))
            grades = final_grades(gradebook, load_assignment(source, self.config))
        except AssignmentError as error:
            self.parent.fail("%s", error)
        wanted = {str(student) for student in self.student}
        students = [student for student in grades.students if not wanted or student.student in wanted]
        target = Path(self.to or f"{name}-scores.csv")
        self.log.info("Writing the scores of %d students in %s to %s", len(students), name, target)
        write_table(target, _rows(grades, students))

    def _chosen(self, gradebook: Gradebook) -> str:
        known = [assignment.name for assignment in gradebook.assignments]
        chosen = [str(name) for name in self.assignment] or known
        if len(chosen) != 1:
            raise AssignmentError(
                "A file of scores holds one assignment: its columns are that assignment's questions. "
                f"Choose it with --assignment; the gradebook has {', '.join(sorted(known)) or 'none yet'}."
            )
        return chosen[0]


def _rows(grades: FinalGrades, students: list[FinalGrade]) -> Iterator[Iterator[Cell]]:
    yield iter((*COLUMNS, *map(_title, grades.questions)))
    yield from (_row(grades, student) for student in students)


def _row(grades: FinalGrades, student: FinalGrade) -> Iterator[Cell]:
    yield from (student.first_name, student.last_name, student.student, student.email, "")
    work = student.work
    if work is None:
        yield from ("", grades.max_points, "Missing")
        yield from [""] * (5 + len(grades.questions))
        return
    yield from (work.points, grades.max_points, "Ungraded" if work.waits else "Graded")
    yield from ("", _time(work), _lateness(work), "", 1)
    yield from map(_points, work.questions)


def _title(question: Question) -> str:
    return f"{question.number}: {question.title} ({question.max_points} pts)"


def _points(grade: QuestionGrade) -> float | str:
    return "" if grade.waits else grade.points


def _time(work: GradedWork) -> str:
    return f"{work.submitted_at:%Y-%m-%d %H:%M:%S} +0000" if work.submitted_at else ""


def _lateness(work: GradedWork) -> str:
    minutes, seconds = divmod(int(work.seconds_late), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}"
