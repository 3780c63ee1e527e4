"""The exam inside stock ``nbgrader autograde``, plugged in by ``nbgrader_config.py`` alone.

    c.Autograde.exporter_class = "proctor.nbgrader.SubmissionExporter"
    c.Autograde.sanitize_preprocessors = ["proctor.nbgrader.TransplantAnswers"]
    c.Autograde.autograde_preprocessors = ["proctor.nbgrader.Exam", "proctor.nbgrader.RecordGrades", …]

nbgrader converts each notebook twice: "sanitize" and "autograde". Here the first puts
the answers into a pristine notebook and clears the grades of earlier runs, the second
holds the exam. What a grade is, is decided in proctor.grading; this module only fetches
and carries.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import re
import shutil
import threading
import weakref
from functools import cached_property, partial
from pathlib import Path

import msgspec
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor

from proctor import settings, timestamps
from proctor.ahead import Ahead
from proctor.author.ready import NotReady, ready
from proctor.course.copies import not_to_copy
from proctor.course.digests import NotebookDigest, notebook_digests, submission_digest
from proctor.course.graded import about
from proctor.course.records import Records, grades_of
from proctor.exam.room import Room
from proctor.grading import GradedNotebook, draw_seed, grade_notebook
from proctor.notebooks.assignment import Assignment
from proctor.notebooks.submission import Submission, load_submission
from proctor.notebooks.transplant import transplant
from proctor.rehearsal import WORTH_IT, Rehearsals

_UNFINISHED = "waits_for_its_exam"
_KEPT = 8  # submissions, read and not yet graded or just graded


class SubmissionExporter(NotebookExporter):
    """Lets ``nbgrader autograde`` take whatever was submitted, readable or not.

    nbgrader itself stops at a file that is no notebook and passes over a renamed one. This
    exporter names all of the assignment's notebooks to the converter, and leaves the reading
    to proctor.submission. It lives as long as one ``nbgrader autograde``, and so does its room.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        if not isinstance(self.parent, Autograde):
            raise TypeError("SubmissionExporter is for c.Autograde.exporter_class")
        self._is_left = _is_left_to_nbgrader(self.parent)
        if self._is_left:
            _take_nbgraders_own_steps(self.parent)
            return
        self._check(self.parent)
        self._name_all_notebooks(self.parent)

    @property
    def coursedir(self) -> CourseDirectory:
        assert isinstance(self.parent, Autograde), "the only one that this accepts"
        return self.parent.coursedir

    assignment: Assignment  # that is being graded; there once it has been checked

    @cached_property
    def digests(self) -> dict[str, NotebookDigest]:
        return notebook_digests(self.assignment)

    @cached_property
    def records(self) -> Records:
        """The course's gradebook, open as long as there is this exporter."""
        late = AssignLatePenalties(config=self.config, log=self.log)  # its parent would live as long as it
        records = Records(self.coursedir.db_url, self.coursedir.course_id, late)
        weakref.finalize(self, records.close)
        return records

    @cached_property
    def submissions(self) -> _Submissions:
        return _Submissions(self.coursedir, self.assignment)

    def graded(self, student_id: str, notebook: str, exam: Exam) -> GradedNotebook:
        """The notebook after its exam, which may have been held ahead, by the settings of the first ``exam``."""
        if self._ahead is None:
            room = Room(exam.limits, seats=exam.seats)
            data = tuple(Path(self.coursedir.root) / folder for folder in exam.data)
            is_worth_it = len({student for student, _ in self._due}) >= WORTH_IT
            work = partial(
                _grade, self.submissions, room, exam.seed, data, Rehearsals(room, data) if is_worth_it else None
            )
            self._ahead = Ahead(work, self._due, room.papers)
            self._close = weakref.finalize(self, _close, self._ahead, room)
        try:
            return self._ahead.get((student_id, notebook))
        except KeyboardInterrupt:
            self._close()
            raise

    _ahead: Ahead[tuple[str, str], GradedNotebook] | None = None

    def from_filename(self, filename, resources=None, **kwargs):
        """Read nbgrader's own second input; of the student's first, only the path counts."""
        if self._is_left:
            return super().from_filename(filename, resources=resources, **kwargs)
        if Path(filename).parent == _submitted(self.coursedir, resources["nbgrader"]["student"]):
            return self.from_notebook_node(new_notebook(), resources=resources, **kwargs)
        return super().from_filename(filename, resources=resources, **kwargs)

    def _check(self, converter: Autograde) -> None:
        """Read the assignment, and have the gradebook know it, before the first submission is touched.

        Raises NbGraderException, which nbgrader ends with in good order, and logs why in one line.
        """
        try:
            self.assignment = ready(self.coursedir, self.config, converter.log)
        except NotReady as error:
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from error

    def _name_all_notebooks(self, converter: Autograde) -> None:
        """Each submission gets one path per notebook of the assignment, whatever its files are called.

        When nbgrader copies a submission, links and devices are ignored, since copying would follow
        them or wait for ever, and so is what nobody needs a copy of: environments, caches, large
        files. What a browser would run is not copied either: formgrader serves the copies.
        """
        course = self.coursedir
        names = [book.name for book in self.assignment.notebooks if fnmatch.fnmatch(book.name, course.notebook_id)]
        student = course.format_path(course.submitted_directory, "(.*)", course.assignment_id, escape=True)
        self._due: list[tuple[str, str]] = []
        for folder in sorted(glob.glob(str(_submitted(course, course.student_id)))):
            if warning := timestamps.in_order(Path(folder)):
                self.log.warning(warning)
            converter.assignments[folder] = [os.path.join(folder, f"{name}.ipynb") for name in names]
            found = re.fullmatch(student, folder)
            assert found is not None, "it was found by the same pattern"
            student_id = found[1]
            graded = Path(course.format_path(course.autograded_directory, student_id, course.assignment_id))
            if _clear_interrupted(graded, names, all_of_them=course.notebook_id == "*"):
                self.log.warning("Grading of %s was interrupted: it begins anew", student_id)
            if converter.force or not graded.exists():  # others are due only if nbgrader says so
                self._due += [(student_id, name) for name in names]
            ignored = {glob.escape(name) for name in not_to_copy(Path(folder))}
            self.coursedir.ignore = [*self.coursedir.ignore, *sorted(ignored - set(self.coursedir.ignore))]


def _init_notebooks(converter: Autograde) -> None:
    """Find the folders of submissions.

    nbgrader's own looks for notebooks in them, and stops where it finds none: a class, or the one student
    that is graded again, may have handed in zips. No setting changes that.
    """
    converter.assignments, converter.notebooks = {}, []
    if issubclass(converter.exporter_class, SubmissionExporter) and not _is_left_to_nbgrader(converter):
        folders = glob.glob(str(_submitted(converter.coursedir, converter.coursedir.student_id)))
        converter.assignments = {folder: [] for folder in folders}  # SubmissionExporter names the notebooks
    if not converter.assignments:
        _find_notebooks(converter)


_find_notebooks, Autograde.init_notebooks = Autograde.init_notebooks, _init_notebooks


def _is_left_to_nbgrader(converter: Autograde) -> bool:
    """Whether the course leaves this assignment to stock nbgrader (``c.Exam.stock``)."""
    return converter.coursedir.assignment_id in settings.Exam(parent=converter).stock


def _take_nbgraders_own_steps(converter: Autograde) -> None:
    converter.log.warning(
        "nbgrader's own steps grade %s (c.Exam.stock): students' code runs unprotected, beside the tests",
        converter.coursedir.assignment_id,
    )
    for steps in ("sanitize_preprocessors", "autograde_preprocessors"):
        setattr(converter, steps, Autograde.class_traits()[steps].default(converter))


def _clear_interrupted(graded: Path, names: list[str], all_of_them: bool) -> bool:
    """Remove what a run left that was ended in the middle, by ``kill -9`` perhaps; whether there was any.

    nbgrader would take it for graded.
    """
    paths = [graded / f"{name}.ipynb" for name in names]
    unfinished = [path for path in paths if path.is_file() and _is_unfinished(path)]
    if all_of_them and graded.is_dir() and (unfinished or not all(path.is_file() for path in paths)):
        shutil.rmtree(graded)
        return True
    for path in unfinished:
        path.unlink()
    return bool(unfinished)


def _is_unfinished(path: Path) -> bool:
    """Whether the exam has not written the notebook, or not to its end."""
    try:
        return about(path).get(_UNFINISHED) is True
    except msgspec.DecodeError:
        return True


def _submitted(course: CourseDirectory, student_id: str) -> Path:
    return Path(course.format_path(course.submitted_directory, student_id, course.assignment_id))


class _Submissions:
    """Reads each student's submission once for all of its notebooks, whichever thread asks."""

    def __init__(self, course: CourseDirectory, assignment: Assignment):
        self.assignment = assignment
        self._course = weakref.proxy(course)  # whose exporter ends the threads that ask here
        self._lock = threading.Lock()
        self._read: dict[str, Submission] = {}

    def of(self, student_id: str) -> Submission:
        with self._lock:
            if student_id not in self._read:
                if len(self._read) == _KEPT:  # what was unpacked goes when nobody works with it any more
                    del self._read[next(iter(self._read))]
                self._read[student_id] = load_submission(_submitted(self._course, student_id), self.assignment)
            return self._read[student_id]

    def digest_of(self, student_id: str) -> str:
        return submission_digest(_submitted(self._course, student_id))


def _grade(
    submissions: _Submissions,
    room: Room,
    seed: int | None,
    data: tuple[Path, ...],
    rehearsals: Rehearsals | None,
    due: tuple[str, str],
) -> GradedNotebook:
    student_id, notebook = due
    seed = draw_seed() if seed is None else seed
    return grade_notebook(submissions.assignment, notebook, submissions.of(student_id), room, seed, data, rehearsals)


def _close(ahead: Ahead, room: Room) -> None:
    ahead.close()
    room.close()


class _Step(NbGraderPreprocessor):
    """A preprocessor that knows the exporter it works for, and through it the course."""

    @property
    def exporter(self) -> SubmissionExporter:
        if not isinstance(self.parent, SubmissionExporter):
            raise TypeError(
                f"{type(self).__name__} needs c.Autograde.exporter_class = 'proctor.nbgrader.SubmissionExporter'"
            )
        return self.parent


class TransplantAnswers(_Step):
    """Put a student's answers into a pristine notebook; clear the grades of earlier runs.

    From here to the end of the exam the gradebook says 0: if anything stops in between, no
    old grade stays. Points that a person has given are kept.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        info = resources["nbgrader"]
        pristine = next(book for book in self.exporter.assignment.notebooks if book.name == info["notebook"])
        submission = self.exporter.submissions.of(info["student"])
        with Gradebook(info["db_url"]) as gradebook:
            graded = gradebook.find_submission_notebook(info["notebook"], info["assignment"], info["student"])
            roles = {cell.grade_id: cell.role for cell in pristine.cells}
            handed_in = submission.notebook(info["notebook"]) is not None
            for grade in graded.grades:
                if roles.get(grade.name) == "test":
                    grade.auto_score, grade.needs_manual_grade = 0, False
                elif roles.get(grade.name) == "task":  # nbgrader's own SaveAutoGrades leaves them as they are
                    grade.auto_score = None if handed_in else 0
                    if grade.manual_score is None:
                        grade.needs_manual_grade = handed_in
            gradebook.db.commit()
        transplanted = transplant(pristine, submission.notebook(info["notebook"]))
        for match in transplanted.matches:
            if match.note:
                self.log.warning("%s, %s, cell %s: %s", info["student"], info["notebook"], match.grade_id, match.note)
        transplanted.notebook.metadata["proctor"] = {_UNFINISHED: True}  # what the exam writes takes its place
        return transplanted.notebook, resources


class Exam(_Step, settings.Exam):
    """Hold the exam of one notebook: test cells run outside of the student's process."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        info = resources["nbgrader"]
        graded = self.exporter.graded(info["student"], info["notebook"], self)
        for problem in graded.problems:
            self.log.warning("%s, %s: %s", info["student"], info["notebook"], problem.staff_message)
        for result in graded.tests:
            if result.points < result.max_points and result.staff_message:
                self.log.info("%s, %s, %s: %s", info["student"], info["notebook"], result.id, result.staff_message)
        return graded.notebook, resources


class RecordGrades(_Step):
    """Write the grades of a notebook, and the late penalty, into the gradebook. Points that a person gave stay."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        info, exporter = resources["nbgrader"], self.exporter
        handed_in = exporter.submissions.of(info["student"]).notebook(info["notebook"]) is not None
        grades = grades_of(info["notebook"], nb, exporter.digests[info["notebook"]], handed_in)
        submission = exporter.submissions.digest_of(info["student"])
        exporter.records.write(info["assignment"], info["student"], [grades], submission, run="")
        return nb, resources
