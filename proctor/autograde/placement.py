"""Graded notebooks appear in ``autograded/`` all at once, and go again if their grades cannot be recorded."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files

from proctor.course.copies import not_to_copy
from proctor.course.graded import about

from .work import Graded

#: Beside the students' folders, where nbgrader does not look.
_IN_PROGRESS = ".in-progress"


class Places:
    """``autograded/STUDENT/ASSIGNMENT`` for one course and assignment; ``files`` are the assignment's own."""

    def __init__(self, course: CourseDirectory, source: Path, files: tuple[Path, ...]):
        self._course, self._source, self._files = course, source, files
        self._aside = self.of(_IN_PROGRESS)

    def of(self, student: str) -> Path:
        """Where a student's graded notebooks are."""
        course = self._course
        return Path(course.format_path(course.autograded_directory, student, course.assignment_id))

    def stage(self, graded: Graded, permissions: int) -> Path:
        """A folder with all that a person wants to see of a submission, not yet in its place."""
        target, upload = self.of(graded.work.student), graded.work.upload
        self._aside.mkdir(parents=True, exist_ok=True)
        staged = self._aside / f"{graded.work.student}.{secrets.token_hex(8)}.new"
        try:
            staged.mkdir()
            ignored = [*self._course.ignore, "*.ipynb", *not_to_copy(upload)]
            for path in map(Path, find_all_files(str(upload), ignored) if upload.is_dir() else ()):
                _copy(path, staged / path.relative_to(upload))
            for name in self._files:
                _copy(self._source / name, staged / name)
            for path in target.glob("*.ipynb"):  # of an earlier run that graded other notebooks
                _copy(path, staged / path.name)
            for book in graded.books:
                path = staged / f"{book.name}.ipynb"
                path.unlink(missing_ok=True)
                path.write_text(book.text, "utf-8")
            for path in staged.rglob("*"):
                if path.is_file():
                    path.chmod(permissions)
        except BaseException:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        return staged

    @contextmanager
    def in_place(self, student: str, staged: Path) -> Iterator[None]:
        """Exchange what is in a student's place for what was staged; back again if what is inside raises."""
        target, old = self.of(student), self._aside / f"{student}.old"
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            os.rename(target, old)
        try:
            os.rename(staged, target)
            yield
        except BaseException:
            _put_back(old, target, staged)
            raise
        shutil.rmtree(old, ignore_errors=True)

    def tidy(self, run_of: Callable[[str], set[str]]) -> None:
        """Finish or take back what a run left that was killed in the middle; ``run_of`` says what the gradebook holds."""
        for old in self._aside.glob("*.old"):
            student = old.name.removesuffix(".old")
            target = self.of(student)
            if run_of(student) & runs_in(target):
                shutil.rmtree(old)
            else:
                shutil.rmtree(target, ignore_errors=True)
                os.rename(old, target)
        self.clear()

    def clear(self) -> None:
        """Leave nothing beside the students' folders."""
        shutil.rmtree(self._aside.parent, ignore_errors=True)


def runs_in(folder: Path) -> set[str]:
    """The names of the runs that graded the notebooks of a folder."""
    return {run for path in folder.glob("*.ipynb") if (run := _run(path))}


def _run(path: Path) -> str | None:
    try:
        return about(path).get("run")
    except (msgspec.DecodeError, OSError, AttributeError):
        return None


def _put_back(old: Path, target: Path, staged: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.rmtree(staged, ignore_errors=True)
    if old.exists():
        os.rename(old, target)


def _copy(path: Path, target: Path) -> None:
    """A regular file, and no link in its place."""
    if stat.S_ISREG(path.lstat().st_mode):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        shutil.copyfile(path, target, follow_symlinks=False)
