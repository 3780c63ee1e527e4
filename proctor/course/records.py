"""nbgrader's gradebook, written a submission at a time: all of its grades and its notebooks, or nothing.

Beside nbgrader's tables stand some of our own (``own_tables.py``): what each grade was given for, and what each
notebook was, and what was found in it, when it was graded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Comment, Grade, Gradebook, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Connection, Engine, Table, delete, event, insert, select
from sqlalchemy.orm import scoped_session, sessionmaker

from proctor.settings import Late

from .digests import NotebookDigest, digest
from .own_tables import FAILURES, GRADES, NOTEBOOKS, OURS, RESULTS
from .results import Kept, kept_of, packed, storable

_LOCK = 520_004  # among PostgreSQL's advisory locks
_SQLITE_WAITS = 20_000  # milliseconds for a lock; formgrader holds it for less


@dataclass(frozen=True)
class CellGrade:
    """One graded cell. ``auto_score`` is None where a person decides; ``digest`` says what it was given for."""

    grade_id: str
    auto_score: float | None
    digest: str


@dataclass(frozen=True)
class NotebookGrades:
    """What one graded notebook leaves in the gradebook; ``comments`` are nbgrader's own, by grade_id."""

    name: str
    grades: tuple[CellGrade, ...]
    comments: dict[str, str | None]
    digest: str
    seed: int
    kept: Kept


@dataclass(frozen=True)
class Recorded:
    """What the gradebook holds of a graded notebook: digests of submission and assignment, the run, the seed."""

    submission: str
    assignment: str
    run: str
    seed: int


def grades_of(name: str, notebook: NotebookNode, known: NotebookDigest, handed_in: bool) -> NotebookGrades:
    """The grades in a graded notebook, read as nbgrader reads them; a task waits for a person if there is anything."""
    grades, comments = [], {}
    for cell in notebook.cells:
        if utils.is_task(cell):
            what = digest(*(cell.source for cell in notebook.cells))
            grades.append(CellGrade(cell.metadata.nbgrader.grade_id, None if handed_in else 0.0, what))
        elif utils.is_grade(cell):
            grade_id, score = cell.metadata.nbgrader.grade_id, utils.determine_grade(cell)[0]
            what = known.tests.get(grade_id) or digest(cell.source)
            grades.append(CellGrade(grade_id, None if score is None else float(score), what))
        if utils.is_solution(cell) or utils.is_task(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell)
            silent = untouched and not utils.is_task(cell)
            comments[cell.metadata.nbgrader.grade_id] = "No response." if silent else None
    seed = notebook.metadata["proctor"]["seed"]
    return NotebookGrades(name, tuple(grades), comments, known.whole, seed, kept_of(notebook, handed_in))


class Records:
    """The gradebook of a course, open. ``late`` decides penalties, nbgrader's plugin in it."""

    def __init__(self, db_url: str, course_id: str, late: AssignLatePenalties | None = None):
        self._gradebook = Gradebook(db_url, course_id)
        self._engine: Engine = self._gradebook.engine
        _one_transaction_at_a_time(self._engine)
        with self._engine.begin() as connection:
            OURS.create_all(connection)
        self._late = late
        if late is not None:
            late.init_plugin()

    def close(self) -> None:
        self._gradebook.db.remove()
        self._engine.dispose()

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def recorded(self, assignment: str) -> dict[tuple[str, str], Recorded]:
        """What was graded of an assignment, by student and notebook."""
        with self._transaction() as (gradebook, connection):
            found = {row.id: row for row in connection.execute(select(NOTEBOOKS))}
            return {
                (submission.student.id, book.name): Recorded(row.submission, row.assignment, row.run, row.seed)
                for submission in gradebook.assignment_submissions(assignment)
                for book in submission.notebooks
                if (row := found.get(book.id))
            }

    def write(
        self,
        assignment: str,
        student: str,
        notebooks: Sequence[NotebookGrades],
        submission: str,
        run: str,
        timestamp: datetime | None = None,
        place: Callable[[], AbstractContextManager] = nullcontext,
    ) -> None:
        """Write the grades of one submission in one transaction.

        ``submission`` is its digest, ``run`` a name that the graded notebooks bear too. ``place`` puts the notebooks
        where they belong, and takes them back if what is inside of it raises: the end of the transaction is.
        Points and comments that a person gave stay. Raises sqlalchemy.exc.SQLAlchemyError.
        """
        with self._transaction(place) as (gradebook, connection):
            known = gradebook.update_or_create_student(student)
            if known.first_name is None and known.last_name is None:
                known.first_name, known.last_name = "", student  # formgrader's pages would say "None, None"
            when = {} if timestamp is None else {"timestamp": timestamp}
            with gradebook.db.no_autoflush:  # what nbgrader makes step by step is written when it is complete
                submitted = gradebook.update_or_create_submission(assignment, student, **when)
            books = {book.name: book for book in submitted.notebooks}
            for grades in notebooks:
                if grades.name not in books:
                    books[grades.name] = SubmittedNotebook(
                        notebook=gradebook.find_notebook(grades.name, assignment), assignment=submitted
                    )
                book = books[grades.name]
                _write_notebook(gradebook, connection, book, grades)
                gradebook.db.flush()
                self._penalise(gradebook, book)
                row = dict(id=book.id, submission=submission, assignment=grades.digest, run=run, seed=grades.seed)
                _put(connection, NOTEBOOKS, [row])
                _put(connection, RESULTS, [dict(id=book.id, kept=packed(grades.kept))])
            _forget_failure(connection, assignment, student)
            gradebook.db.commit()

    def write_failure(self, assignment: str, student: str, reason: str) -> None:
        """Note that a submission could not be graded, until one is. Its older grades stay. Raises as ``write`` does."""
        with self._transaction() as (_, connection):
            _forget_failure(connection, assignment, student)
            row = dict(assignment=assignment, student=storable(student), reason=storable(reason))
            connection.execute(insert(FAILURES).values(**row))

    def _penalise(self, gradebook: Gradebook, book: SubmittedNotebook) -> None:
        """As nbgrader's AssignLatePenalties does it, which opens a gradebook of its own."""
        if self._late is None:
            return
        book.late_submission_penalty = None
        seconds = book.assignment.total_seconds_late
        if Late(config=self._late.config).is_in_time(seconds):
            return
        gradebook.db.expire(book, ["score"])
        score, student = book.score, book.assignment.student.id
        penalty = self._late.plugin_inst.late_submission_penalty(student, score, seconds)
        if penalty is not None:
            book.late_submission_penalty = min(max(penalty, 0), score)

    @contextmanager
    def _transaction(
        self, place: Callable[[], AbstractContextManager] = nullcontext
    ) -> Iterator[tuple[Gradebook, Connection]]:
        """nbgrader's methods commit each for themselves; here their commits only end savepoints."""
        with self._engine.connect() as connection:
            transaction = connection.begin()
            session = sessionmaker(bind=connection, future=True, join_transaction_mode="create_savepoint")
            self._gradebook.db = scoped_session(session)
            try:
                yield self._gradebook, connection
                with place():
                    transaction.commit()
            except BaseException:
                if transaction.is_active:
                    transaction.rollback()
                raise
            finally:
                self._gradebook.db.remove()


def _write_notebook(
    gradebook: Gradebook, connection: Connection, book: SubmittedNotebook, grades: NotebookGrades
) -> None:
    known: dict[str, Any] = {grade.name: grade for grade in book.grades}
    given: dict[str, str] = dict(
        connection.execute(select(GRADES).where(GRADES.c.id.in_([grade.id for grade in book.grades]))).all()
    )
    cells = {cell.name: cell for cell in [*book.notebook.grade_cells, *book.notebook.task_cells]}
    digests: dict[str, str] = {}
    for new in grades.grades:
        grade = known.get(new.grade_id)
        if grade is None:  # the cell is newer than the submission
            grade = Grade(cell_id=cells[new.grade_id].id, notebook=book)
            gradebook.db.flush()
        same = given.get(grade.id) == new.digest and grade.auto_score == new.auto_score
        grade.auto_score = new.auto_score
        if grade.manual_score is None:
            grade.needs_manual_grade = new.auto_score is None
        elif not same:  # a person has looked at another answer, or at the result of another test
            grade.needs_manual_grade = True
        digests[grade.id] = new.digest
    _put(connection, GRADES, [{"id": key, "digest": value} for key, value in digests.items()])
    comments = {comment.name: comment for comment in book.comments}
    answers = {cell.name: cell for cell in [*book.notebook.solution_cells, *book.notebook.task_cells]}
    for name, text in grades.comments.items():
        comment = comments.get(name) or Comment(cell_id=answers[name].id, notebook=book)
        comment.auto_comment = text


def _put(connection: Connection, table: Table, rows: list[dict]) -> None:
    """Write rows in the place of those with the same ids."""
    if rows:
        connection.execute(delete(table).where(table.c.id.in_([row["id"] for row in rows])))
        connection.execute(insert(table), rows)


def _forget_failure(connection: Connection, assignment: str, student: str) -> None:
    is_it = (FAILURES.c.assignment == assignment) & (FAILURES.c.student == storable(student))
    connection.execute(delete(FAILURES).where(is_it))


def _one_transaction_at_a_time(engine: Engine) -> None:
    """Those who write wait for each other: two that add the same student would both fail."""
    if engine.dialect.name == "postgresql":

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")

    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def connect(connection, _record) -> None:
            connection.isolation_level = None  # Python's sqlite3 begins transactions too late for savepoints
            connection.execute(f"PRAGMA busy_timeout = {_SQLITE_WAITS}")

        @event.listens_for(engine, "begin")
        def begin_to_write(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()  # connections from before
