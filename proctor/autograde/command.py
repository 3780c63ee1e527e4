"""``proctor autograde``: nbgrader's flags, and what happens between the first submission and the last."""

from __future__ import annotations

import errno
import json
import logging
import os
import secrets
import signal
import sqlite3
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import ClassVar

from nbgrader.api import InvalidEntry, MissingEntry
from nbgrader.apps.autogradeapp import aliases as autograde_aliases
from nbgrader.apps.autogradeapp import flags as autograde_flags
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.preprocessors import AssignLatePenalties
from rich.console import Console
from sqlalchemy.exc import DBAPIError
from traitlets import Bool, Unicode, default

from proctor import settings
from proctor.author.ready import ready
from proctor.course.digests import notebook_digests
from proctor.course.records import Records
from proctor.exam.sandbox.sandbox import SandboxUnavailable
from proctor.notebooks.assignment import AssignmentError

from .cluster import Cluster
from .crew import Crew
from .due import due, submitted
from .lock import the_only_run
from .placement import Places
from .screen import line, screen
from .summary import Summary, as_json, in_words
from .work import Failed, Graded, Setup

LOG = "autograde.log"
_STEPS = {  # what this command does by itself
    "proctor.nbgrader.Exam",
    "proctor.nbgrader.RecordGrades",
    "proctor.nbgrader.TransplantAnswers",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
}


class Stopped(Exception):
    """Nothing more can be recorded; the message says what happened and what to do."""


class AutogradeClass(NbGrader):
    """The command. ``exit_code`` is 0 when all that was due is graded."""

    name = "proctor-autograde"
    description = """Grade all that students have submitted for an assignment: submitted/*/ASSIGNMENT into autograded/
    and the gradebook, as `nbgrader autograde` does, several submissions at a time. What has not changed since it was
    graded is not graded again. Stopped in the middle, the same command goes on where it was."""
    examples = """
        proctor autograde hw4
        proctor autograde hw4 --student=alice --force
        proctor autograde hw4 --json > hw4.json
        proctor autograde hw4 --dask=tcp://10.0.0.1:8786
    """
    aliases: ClassVar = {**autograde_aliases, "seats": "Exam.seats", "dask": "AutogradeClass.dask"}
    flags: ClassVar = {
        **autograde_flags,
        "json": ({"AutogradeClass": {"json": True}}, "Print what became of the class as JSON on stdout."),
        "wait": ({"AutogradeClass": {"wait": True}}, "Wait while another run grades in this course."),
    }
    json = Bool(False, help="Print what became of the class as JSON on stdout.").tag(config=True)
    wait = Bool(False, help="Wait while another run grades in this course.").tag(config=True)
    dask = Unicode(
        "", help="Grade on the workers of the Dask cluster whose scheduler is at this address (docs/scale.md)."
    ).tag(config=True)
    exit_code = 0

    @default("classes")
    def _classes_default(self):
        return [*super()._classes_default(), BaseConverter, Autograde, AutogradeClass, settings.Exam]

    def start(self) -> None:
        super().start()
        if len(self.extra_args) > 1 or (self.extra_args and self.coursedir.assignment_id):
            self.fail("Give one assignment, such as `proctor autograde hw4`.")
        if self.extra_args:
            self.coursedir.assignment_id = self.extra_args[0]
        if not self.coursedir.assignment_id:
            self.fail("Which assignment? For example `proctor autograde hw4`.")
        root = Path(self.coursedir.root)
        with _terminated_as_interrupted():
            try:
                _log_into(self, root / LOG)
                self._refuse_what_would_be_ignored()
                with the_only_run(root, self.wait):
                    self.exit_code = self._grade()
            except (AssignmentError, SandboxUnavailable) as error:
                self._say(f"proctor: {error}")
                self.exit_code = 1
            except (OSError, DBAPIError) as error:
                self._say(f"proctor: {_in_words(error, self.coursedir.db_url)}")
                self.exit_code = 1

    def _grade(self) -> int:
        course, exam = self.coursedir, settings.Exam(parent=self)
        source = Path(course.format_path(course.source_directory, ".", course.assignment_id))
        late = AssignLatePenalties(parent=self)
        students, odd = submitted(course)
        for warning in odd:
            self._say(warning)
        with Records(course.db_url, course.course_id, late) as records:
            assignment = ready(course, self.config, self.log)
            places = Places(
                course, source, tuple(path for path in assignment.files if path not in assignment.to_change)
            )
            recorded = records.recorded(assignment.name)
            places.tidy(lambda student: {known.run for (of, _), known in recorded.items() if of == student})
            digests = {name: d for name, d in notebook_digests(assignment).items() if fnmatch(name, course.notebook_id)}
            if not digests:
                raise AssignmentError(f"{source} has no notebook {course.notebook_id!r}.")
            run = secrets.token_hex(16)
            force = Autograde(coursedir=course, parent=self).force
            todo = due(students, digests, recorded, places, run, exam.seed, force)
            summary = Summary(assignment.name, todo)
            data = tuple(Path(course.root) / folder for folder in exam.data)
            count = len(todo.works)
            seats = min(exam.seats, max(1, count * len(digests)))
            setup = Setup(source, self.config, exam.limits, data, seats, count)
            timestamps = {student: it.timestamp for student, it in students.items()}
            try:
                code = self._grade_all(summary, setup, run, records, places, timestamps)
            finally:
                places.clear()
        for words in in_words(summary):
            self._say(words)
        if self.json:
            print(json.dumps(as_json(summary), indent=2))
        return code

    def _grade_all(
        self, summary: Summary, setup: Setup, run: str, records: Records, places: Places, timestamps: dict
    ) -> int:
        converter = Autograde(coursedir=self.coursedir, parent=self)
        permissions = int(str(converter.permissions), 8)
        console = self._console
        try:
            with screen(console, len(summary.due.works)) as shown, self._crew(setup, run) as crew:
                for done in crew.results(summary.due.works):
                    result = done
                    if isinstance(done, Graded):
                        result = self._record(done, records, places, timestamps, permissions)
                    if isinstance(result, Failed):
                        self._record_failure(result, records)
                    summary.add(result)
                    shown.show(result)
                    self.log.info("%s", line(result))
                    if isinstance(result, Failed) and result.details:
                        self.log.error("%s", result.details)
        except KeyboardInterrupt:
            summary.stopped = "by you. What is graded is recorded; the same command goes on from here."
            return 130
        except Stopped as error:
            summary.stopped = str(error)
        return 0 if summary.is_complete else 1

    def _crew(self, setup: Setup, run: str) -> Crew | Cluster:
        if not self.dask:
            return Crew(setup)
        seats = settings.Exam(parent=self).seats if "seats" in self.config.Exam else None
        return Cluster(self.dask, setup, run, seats, self._say)

    def _record(
        self, graded: Graded, records: Records, places: Places, timestamps: dict, permissions: int
    ) -> Graded | Failed:
        """Notebooks and grades, or neither. Raises Stopped where the next submission would fare no better."""
        work = graded.work
        try:
            staged = places.stage(graded, permissions)
            with _not_interrupted():  # else what has just been committed could be taken for what has not
                records.write(
                    self.coursedir.assignment_id,
                    work.student,
                    [book.grades for book in graded.books],
                    work.digest,
                    work.run,
                    timestamps[work.student],
                    lambda: places.in_place(work.student, staged),
                )
        except (OSError, DBAPIError) as error:
            raise Stopped(_in_words(error, self.coursedir.db_url)) from error
        except (AssignmentError, InvalidEntry, MissingEntry) as error:
            return Failed(work, f"{type(error).__name__}: {error}", traceback.format_exc())
        return graded

    def _record_failure(self, failed: Failed, records: Records) -> None:
        """For `proctor report`. Raises Stopped as above."""
        try:
            records.write_failure(self.coursedir.assignment_id, failed.work.student, failed.reason)
        except DBAPIError as error:
            raise Stopped(_in_words(error, self.coursedir.db_url)) from error

    @property
    def _console(self) -> Console:
        return Console(stderr=True)

    def _say(self, words: str) -> None:
        self._console.print(words, highlight=False, markup=False, soft_wrap=True)
        self.log.info("%s", words)

    def _refuse_what_would_be_ignored(self) -> None:
        name = self.coursedir.assignment_id
        if name in settings.Exam(parent=self).stock:
            raise AssignmentError(
                f"nbgrader's own steps grade {name} (c.Exam.stock in nbgrader_config.py). Use `nbgrader autograde {name}`."
            )
        steps = Autograde(coursedir=self.coursedir, parent=self)
        names = {
            step if isinstance(step, str) else f"{step.__module__.rsplit('.', 1)[0]}.{step.__name__}"
            for step in steps.autograde_preprocessors
        }
        if others := sorted(name for name in names if name not in _STEPS):
            raise AssignmentError(
                f"nbgrader_config.py wants {', '.join(others)} to run on each notebook, which this command does not do. "
                f"Use `nbgrader autograde {name}`."
            )


def main(arguments: list[str]) -> int:
    """Run the command. Returns its exit code: 0 all graded, 1 not all, 130 interrupted."""
    app = AutogradeClass()
    app.initialize(arguments)
    app.start()
    return app.exit_code


def _log_into(app: NbGrader, path: Path) -> None:
    """Lines of nbgrader, and warnings, go into the log: on the screen they contradict what is said there."""
    for handler in list(app.log.handlers):
        app.log.removeHandler(handler)
    app.log.propagate = False
    logging.captureWarnings(True)
    warnings.simplefilter("default")
    app.init_logging(logging.FileHandler, [path], color=False)
    noisy = logging.getLogger("py.warnings")
    noisy.handlers, noisy.propagate = list(app.log.handlers), False


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM ends a run as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _not_interrupted() -> Iterator[None]:
    """Ctrl-C and SIGTERM wait until this is done."""
    heard: list[int] = []
    before = {
        number: signal.signal(number, lambda it, _: heard.append(it)) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if heard:
        raise KeyboardInterrupt


def _in_words(error: OSError | DBAPIError, db_url: str) -> str:
    """What happened to disk or database, and what to do."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    words = str(cause)
    if (isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)) or "disk is full" in words:
        return "the disk is full. Make room, and give the same command again: it goes on where it stopped."
    if isinstance(cause, sqlite3.OperationalError) and "locked" in words:
        return (
            f"another program has held the gradebook ({db_url}) for long. Close what writes to it, "
            "and give the same command again."
        )
    if isinstance(cause, sqlite3.OperationalError) and ("readonly" in words or "unable to open" in words):
        return f"the gradebook ({db_url}) cannot be written ({words}). Change its permissions, and those of its folder."
    if isinstance(cause, PermissionError):
        return f"{cause.filename or 'a file'} may not be written ({os.strerror(cause.errno or 0)}). Change its permissions."
    return f"{type(cause).__name__}: {words}"
