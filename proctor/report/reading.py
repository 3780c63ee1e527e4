"""A class from its gradebook. Nothing is written, and those who grade meanwhile do not wait."""

from __future__ import annotations

import glob
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
from nbgrader import api
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Connection, Row, create_engine, event, inspect, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from proctor.course.digests import NotebookDigest, notebook_digests
from proctor.course.own_tables import FAILURES, GRADES, NOTEBOOKS, RESULTS
from proctor.course.results import Kept, unpacked
from proctor.notebooks.assignment import ANSWERS, Assignment, AssignmentError, AssignmentNotebook
from proctor.notebooks.declared_parts import with_unreached
from proctor.notebooks.headings import headings

from .values import Grade, GradedClass, Question, Student, Submission

_ASSIGNMENT, _NOTEBOOK, _CELL, _SUBMITTED, _BOOK, _GRADE, _STUDENT = (
    model.__table__
    for model in (
        api.Assignment,
        api.Notebook,
        api.BaseCell,
        api.SubmittedAssignment,
        api.SubmittedNotebook,
        api.Grade,
        api.Student,
    )
)


class NothingGraded(AssignmentError):
    """The gradebook cannot be read, or holds nothing of the assignment; the message says what to do."""


def read(course: CourseDirectory, assignment: Assignment) -> tuple[GradedClass, str]:
    """The class, and a secret of this gradebook's and assignment's that stays the same. Raises NothingGraded."""
    handed_in = _handed_in(course, assignment.name)
    questions = tuple(question for book in assignment.notebooks for question in _questions(book))
    with _snapshot(course.db_url) as connection:
        row = connection.execute(select(_ASSIGNMENT).where(_ASSIGNMENT.c.name == assignment.name)).first()
        if row is None:
            raise NothingGraded(
                f"The gradebook does not know {assignment.name}. Grade it first: proctor autograde {assignment.name}"
            )
        students = {student.id: _name(student) for student in connection.execute(select(_STUDENT))}
        failures = _failures(connection, assignment.name)
        submissions = tuple(_Reader(connection, assignment, questions, row).submissions(students))
    graded = {submission.student for submission in submissions}
    everybody = sorted({*students, *handed_in} - graded - failures.keys())
    return GradedClass(
        assignment.name,
        questions,
        submissions,
        tuple(Student(student, students.get(student, ""), reason) for student, reason in sorted(failures.items())),
        tuple(Student(student, students.get(student, "")) for student in everybody if student in handed_in),
        tuple(Student(student, students.get(student, "")) for student in everybody if student not in handed_in),
        row.duedate is not None,
    ), row.id


def _questions(book: AssignmentNotebook) -> Iterator[Question]:
    """Tests, written answers and tasks in their order, below the headings that feedback calls them by."""
    heading = ""
    for cell in book.cells:
        if cell.cell_type == "markdown" and cell.role not in ANSWERS:
            found = headings(cell.release_source)
            heading = " · ".join(filter(None, found[-1])) if found else heading
        if cell.role in ("test", "manual", "task") and cell.grade_id is not None:
            declared = with_unreached(cell.source, (), "") if cell.role == "test" else ()
            parts = tuple((part.label, part.maximum) for part in declared)
            yield Question(book.name, cell.grade_id, heading, cell.role, cell.points, parts)


class _Reader:
    """Reads the submissions of one assignment: a query for each table, none for each student."""

    def __init__(self, connection: Connection, assignment: Assignment, questions: tuple[Question, ...], row: Row):
        self._connection, self._questions, self._row = connection, questions, row
        self._digests = notebook_digests(assignment)

    def submissions(self, students: Mapping[str, str]) -> Iterator[Submission]:
        books = defaultdict(list)
        for book in self._books():
            books[book.assignment_id].append(book)
        grades, kept, recorded = self._grades(), self._kept(), self._own(NOTEBOOKS)
        mine = _SUBMITTED.c.assignment_id == self._row.id
        found = self._connection.execute(select(_SUBMITTED).where(mine).order_by(_SUBMITTED.c.student_id)).all()
        for row in found:
            of_student = {book.name: book for book in books[row.id]}
            if not of_student:
                continue
            yield Submission(
                row.student_id,
                students.get(row.student_id, ""),
                tuple(
                    grades.get((of_student[question.notebook].id, question.name))
                    if question.notebook in of_student
                    else None
                    for question in self._questions
                ),
                sum(book.late_submission_penalty or 0.0 for book in of_student.values()),
                self._seconds_late(row),
                tuple(
                    name
                    for name, book in of_student.items()
                    if book.id in recorded and recorded[book.id].assignment != self._digest(name).whole
                ),
                {name: kept[book.id] for name, book in of_student.items() if book.id in kept},
            )

    def _books(self) -> list[Row]:
        columns = select(_BOOK.c.id, _BOOK.c.assignment_id, _BOOK.c.late_submission_penalty, _NOTEBOOK.c.name)
        mine = _NOTEBOOK.c.assignment_id == self._row.id
        return list(
            self._connection.execute(columns.join(_NOTEBOOK, _BOOK.c.notebook_id == _NOTEBOOK.c.id).where(mine))
        )

    def _grades(self) -> dict[tuple[str, str], Grade]:
        """By the id of the notebook and the name of the cell."""
        given = self._own(GRADES)
        tests = {name: of_book.tests for name, of_book in self._digests.items()}
        names = {
            row.id: (row.book, row.name)
            for row in self._connection.execute(
                select(_CELL.c.id, _CELL.c.name, _NOTEBOOK.c.name.label("book"))
                .join(_NOTEBOOK, _CELL.c.notebook_id == _NOTEBOOK.c.id)
                .where(_NOTEBOOK.c.assignment_id == self._row.id)
            )
        }
        columns = (_GRADE.c.auto_score, _GRADE.c.manual_score, _GRADE.c.extra_credit, _GRADE.c.needs_manual_grade)
        found = select(_GRADE.c.id, _GRADE.c.notebook_id, _GRADE.c.cell_id, *columns)
        grades = {}
        for key, book_id, cell_id, auto, manual, extra, waits in self._connection.execute(found):
            if cell_id not in names:  # of another assignment
                continue
            book, name = names[cell_id]
            points = auto if manual is None else manual
            digest, today = given.get(key), tests.get(book, {}).get(name)
            is_stale = digest is not None and today is not None and digest.digest != today
            is_open = bool(waits) or points is None
            grades[book_id, name] = Grade(None if points is None else points + (extra or 0.0), is_open, is_stale)
        return grades

    def _kept(self) -> dict[str, Kept]:
        found = {}
        for key, row in self._own(RESULTS).items():
            try:
                found[key] = unpacked(row.kept)
            except (zlib.error, msgspec.DecodeError):  # as good as not kept
                continue
        return found

    def _own(self, table) -> dict[str, Row]:
        """Rows of a table of our own by their id; none where the gradebook is from before it."""
        if not inspect(self._connection).has_table(table.name):
            return {}
        return {row.id: row for row in self._connection.execute(select(table))}

    def _digest(self, notebook: str) -> NotebookDigest:
        return self._digests.get(notebook, NotebookDigest("", {}))

    def _seconds_late(self, row: Row) -> float:
        if row.timestamp is None or self._row.duedate is None:
            return 0.0
        due = self._row.duedate if row.extension is None else self._row.duedate + row.extension
        return max(0.0, (row.timestamp - due).total_seconds())


def _failures(connection: Connection, assignment: str) -> dict[str, str]:
    if not inspect(connection).has_table(FAILURES.name):
        return {}
    found = connection.execute(select(FAILURES).where(FAILURES.c.assignment == assignment))
    return {row.student: row.reason for row in found}


def _handed_in(course: CourseDirectory, assignment: str) -> set[str]:
    """Students with a folder in ``submitted/``."""
    step = course.submitted_directory
    pattern = course.format_path(step, "(.*)", assignment, escape=True)
    found = glob.glob(course.format_path(step, "*", glob.escape(assignment)))
    return {match[1] for folder in found if (match := re.fullmatch(pattern, folder))}


def _name(student: Row) -> str:
    return " ".join(filter(None, (student.first_name, student.last_name)))


@contextmanager
def _snapshot(db_url: str) -> Iterator[Connection]:
    """The gradebook as it is at one moment, for reading. Raises NothingGraded."""
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise NothingGraded(f"There is no gradebook yet ({url.database}). Grade first: proctor autograde ASSIGNMENT")
    try:
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url)
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        else:
            engine = create_engine(url, isolation_level="REPEATABLE READ")
        with engine.connect() as connection:
            yield connection
        engine.dispose()
    except (SQLAlchemyError, ImportError) as error:  # a driver that is not installed is imported here
        raise NothingGraded(f"The gradebook cannot be read: {' '.join(str(error).split())}") from error
