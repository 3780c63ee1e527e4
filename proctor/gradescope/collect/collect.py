"""Take submissions home: Gradescope's "Export Submissions" zip into nbgrader's ``submitted/ID/ASSIGNMENT/``.

What students uploaded is hostile until graded, so files come out of the zip through ``unzip``
only, and stay as they were uploaded: whoever grades reads them the same way. A submission appears under its name when it is whole; one
that is there already gives way only to one that is known to be newer.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path, PurePosixPath

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from tqdm import tqdm
from traitlets.config import Config

from proctor.notebooks.assignment import Assignment, load_assignment
from proctor.notebooks.intake import worth_taking
from proctor.notebooks.submission import load_submission
from proctor.notebooks.unzip import ArchiveLimits, Member, extract_members, listed, open_archive

from .export_metadata import Submission, read_submissions
from .roster import Roster

METADATA = "submission_metadata.yml"
TIMESTAMP = "timestamp.txt"

_EXPORT = ArchiveLimits(files=500_000)  # of a whole class; each submission is held to the usual limits
_METADATA_BYTES = 512 << 20
_MOST_NOTES = 10  # on files of one submission


class NotCollected(Exception):
    """Nothing was collected; the message says what to do about it."""


class Outcome(Enum):
    """What became of one student's submission."""

    NEW = "collected"
    REPLACED = "collected, in place of an older one"
    SAME = "here already"
    KEPT = "not taken: kept what is here"
    SKIPPED = "skipped"

    @property
    def is_here(self) -> bool:
        return self in (Outcome.NEW, Outcome.REPLACED, Outcome.SAME)


@dataclass(frozen=True)
class Collected:
    """One student's submission (each member of a group has one). ``student`` is "" if that is not known."""

    submission: str
    student: str
    outcome: Outcome
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Export:
    """An opened export: its submissions, and the files of each by its folder's name."""

    opened: zipfile.ZipFile
    submissions: tuple[Submission, ...]
    files: dict[str, list[Member]]


def collect(archive: Path, assignment: str, config: Config) -> tuple[Collected, ...]:
    """Collect all submissions of an export into the course that ``config`` describes.

    Students are made in the gradebook where it does not know them. Raises NotCollected if this is
    no export or the course has no such assignment, AssignmentError if that cannot be read, BadArchive if
    it is no zip, OSError as it comes.
    """
    course = CourseDirectory(config=config)
    source = Path(course.format_path(course.source_directory, ".", assignment))
    if not source.is_dir():
        raise NotCollected(f"There is no {source}. Run this in the course's folder, with the assignment's name.")
    loaded = load_assignment(source, config)
    with open_archive(archive, _EXPORT) as opened, Gradebook(course.db_url, course.course_id) as gradebook:
        export = _read(opened)
        roster = Roster(gradebook)
        progress = tqdm(export.submissions, desc="collecting", unit="submission", disable=None)
        collected: list[Collected] = []
        for submission in progress:
            collected += _collect(submission, export, roster, course, loaded)
    unknown = sorted(export.files.keys() - {submission.folder for submission in export.submissions})
    missing = (Collected(folder, "", Outcome.SKIPPED, (f"{METADATA} does not say whose it is",)) for folder in unknown)
    return (*collected, *missing)


def _read(opened: zipfile.ZipFile) -> _Export:
    members = listed(opened)
    described = [member for member in members if member[0].name == METADATA]
    if not described:
        raise NotCollected(
            f"This zip has no {METADATA}. On Gradescope, open the assignment, Review Grades, Export Submissions, "
            "and give that zip as it was downloaded."
        )
    path, info = min(described, key=lambda member: len(member[0].parts))  # a student may have handed one in
    try:
        with opened.open(info) as file:
            text = file.read(_METADATA_BYTES).decode("utf-8", errors="replace")
    except Exception as error:  # zipfile raises whatever a malformed header makes it raise
        raise NotCollected(f"{METADATA} in the zip cannot be read ({error}). Download the export again.") from error
    submissions = read_submissions(text)
    if not submissions:
        raise NotCollected(f"{METADATA} in the zip names no submission. Download the export again.")
    files = defaultdict(list)
    for member, details in members:
        if member.is_relative_to(path.parent) and len(below := member.relative_to(path.parent).parts) > 1:
            files[below[0]].append((PurePosixPath(*below[1:]), details))
    return _Export(opened, submissions, dict(files))


def _collect(
    submission: Submission, export: _Export, roster: Roster, course: CourseDirectory, assignment: Assignment
) -> Iterator[Collected]:
    """The submission for each of its submitters: nbgrader has no groups."""
    files = export.files.get(submission.folder, [])
    reason = submission.problem or (not submission.submitters and "nobody is named as its submitter")
    reason = reason or (not files and "the zip has no files of it")
    if reason:
        yield Collected(submission.folder, "", Outcome.SKIPPED, (reason,))
        return
    members = [roster.enrol(submitter, submission.folder) for submitter in submission.submitters]
    wanted = []
    for member in members:
        place = Path(course.format_path(course.submitted_directory, member.student, assignment.name))
        _recover(place)
        outcome, notes = _by_time(place, submission.created_at)
        notes = [*filter(None, [member.note, _later(submission)]), *notes]
        if outcome is None:
            wanted.append((member.student, place, notes))
        else:
            yield Collected(submission.folder, member.student, outcome, tuple(notes))
    if wanted:
        with _unpacked(export.opened, files, assignment) as (folder, about):
            for student, place, notes in wanted:
                outcome, more = _take(folder, place, submission.created_at)
                yield Collected(submission.folder, student, outcome, (*notes, *about, *more))


def _later(submission: Submission) -> str:
    """That the student has submitted again, and the export has the files of the active submission only."""
    if submission.later is None:
        return ""
    return (
        f"submitted again at {_written(submission.later)}, but on Gradescope an earlier submission is the active one, "
        "and the export holds only that. If the later one counts, activate it there and export again"
    )


def _by_time(place: Path, submitted: datetime | None) -> tuple[Outcome | None, list[str]]:
    """What becomes of a submission as far as times decide it, with notes; None if it has to be looked at."""
    here = _timestamp(place)
    if submitted is None:
        return None, ["Gradescope does not say when it was submitted"]
    if here == submitted:
        return Outcome.SAME, []
    if here and here > submitted:
        return Outcome.KEPT, [f"what is in {place} was submitted later, at {_written(here)}; delete it to take this"]
    return None, []


def _take(folder: Path, place: Path, submitted: datetime | None) -> tuple[Outcome, list[str]]:
    """Put a laid-out submission in its place, with notes."""
    if not any(path.is_file() for path in folder.rglob("*")):
        return Outcome.SKIPPED, ["nothing of it could be taken"]
    arriving = _beside(place, "new")
    try:
        shutil.copytree(folder, arriving)
        _write_timestamp(arriving, submitted)
        outcome = _place(arriving, place, known_newer=bool(submitted and _timestamp(place)))
    finally:
        _recover(place)
    if outcome is Outcome.KEPT:
        return outcome, [f"it differs from {place}, and no time says which is newer; delete that folder to take this"]
    return outcome, []


@contextmanager
def _unpacked(opened: zipfile.ZipFile, files: list[Member], assignment: Assignment) -> Iterator[tuple[Path, list[str]]]:
    """A folder with a submission's files as they were uploaded, and what there is to say of them."""
    with tempfile.TemporaryDirectory(prefix="proctor-collect-") as scratch:
        folder = Path(scratch)
        skipped = extract_members(opened, worth_taking(files), folder)
        notes = [f"left out {line}" for line in skipped[:_MOST_NOTES]]
        if len(skipped) > _MOST_NOTES:
            notes.append(f"left out {len(skipped) - _MOST_NOTES} more files")
        with load_submission(folder, assignment) as submission:
            found = [problem for notebook in submission.notebooks for problem in notebook.problems]
            notes += [problem.staff_message for problem in (*submission.problems, *found)]
        yield folder, notes


# Folders


def _place(arriving: Path, place: Path, known_newer: bool) -> Outcome:
    """Move a folder to where it belongs, unless something is there that may be worth more."""
    if not place.exists():
        arriving.rename(place)
        return Outcome.NEW
    if _contents(arriving) == _contents(place):
        return Outcome.SAME
    if not known_newer:
        return Outcome.KEPT
    place.rename(_beside(place, "old"))  # until the other is there: see _recover
    arriving.rename(place)
    return Outcome.REPLACED


def _recover(place: Path) -> None:
    """Tidy up, also after a run that was ended between two steps: nothing is lost, nothing is left over."""
    older = _beside(place, "old")
    if older.exists() and not place.exists():
        older.rename(place)
    for leftover in (older, _beside(place, "new")):
        shutil.rmtree(leftover, ignore_errors=True)


def _beside(place: Path, what: str) -> Path:
    """A name on the same disk that nbgrader's patterns do not match."""
    return place.with_name(f".{place.name}.{what}")


def _contents(folder: Path) -> dict[PurePosixPath, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {PurePosixPath(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# Timestamps, as nbgrader reads them


def _write_timestamp(folder: Path, time: datetime | None) -> None:
    """Say when it was submitted. What the student uploaded under this name goes, whatever it says."""
    path = folder / TIMESTAMP
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if time is not None:
        path.write_text(f"{_written(time)}\n")


def _timestamp(folder: Path) -> datetime | None:
    try:
        return parse_utc((folder / TIMESTAMP).read_text().strip()).replace(tzinfo=timezone.utc)
    except (OSError, ValueError, OverflowError):
        return None


def _written(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S.%f} UTC"
