"""Gradescope's ``submission_metadata.json``, as values.

Written from Gradescope's autograder documentation and real files. Any field may be missing
or of another type than documented: then it counts as not given.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from dateutil.parser import isoparse


class BadMetadata(Exception):
    """The file is missing, or is no JSON object."""


@dataclass(frozen=True)
class Student:
    """Who submitted; texts are "" if not given. ``due`` is this student's own date, extension included."""

    email: str
    name: str
    sid: str
    due: datetime | None


@dataclass(frozen=True)
class PreviousSubmission:
    """``tests`` are the entries of its results.json, as they were written."""

    submitted: datetime | None
    score: float | None
    tests: tuple[dict, ...]


@dataclass(frozen=True)
class Metadata:
    """A submission: when, by whom (a group has several students), and those before it, oldest first.

    ``total_points`` are Gradescope's for the assignment, those that are given there by hand included.
    """

    submitted: datetime | None = None
    students: tuple[Student, ...] = ()
    previous: tuple[PreviousSubmission, ...] = ()
    total_points: float | None = None

    @property
    def due(self) -> datetime | None:
        """The latest due date of a group: an extension for one of them is one for their common work."""
        return max((student.due for student in self.students if student.due), default=None)

    @property
    def seconds_late(self) -> float:
        """Seconds from the due date to the submission; 0 if in time, or if either date is not given."""
        if self.submitted is None or self.due is None:
            return 0.0
        return max(0.0, (self.submitted - self.due).total_seconds())


def read_metadata(path: Path) -> Metadata:
    """Read ``submission_metadata.json``. Raises BadMetadata, only when nothing can be read at all."""
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise BadMetadata(f"{path} cannot be read: {error}") from error
    if not isinstance(raw, dict):
        raise BadMetadata(f"{path} holds no JSON object")
    assignment = _object(raw.get("assignment"))
    due_of_all = _time(assignment.get("due_date"))
    users = list(_objects(raw.get("users"))) or [{}]  # somebody handed it in, and the due date holds for all
    previous = [_previous(each) for each in _objects(raw.get("previous_submissions"))]
    return Metadata(
        submitted=_time(raw.get("created_at")),
        students=tuple(_student(each, due_of_all) for each in users),
        previous=tuple(sorted(previous, key=lambda each: each.submitted or datetime.min.replace(tzinfo=timezone.utc))),
        total_points=_number(assignment.get("total_points")),
    )


def _student(user: dict, due_of_all: datetime | None) -> Student:
    own = _object(user.get("assignment"))
    return Student(
        email=_text(user.get("email")),
        name=_text(user.get("name")),
        sid=_text(user.get("sid")),
        due=_time(own.get("due_date")) or due_of_all,
    )


def _previous(submission: dict) -> PreviousSubmission:
    results = _object(submission.get("results"))
    return PreviousSubmission(
        submitted=_time(submission.get("submission_time")),
        score=_number(submission.get("score")),
        tests=tuple(_objects(results.get("tests"))),
    )


def _time(value: object) -> datetime | None:
    """ISO 8601, with or without colon in the offset; without offset it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        time = isoparse(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return time if time.tzinfo else time.replace(tzinfo=timezone.utc)


def _number(value: object) -> float | None:
    """A number, also as text: Gradescope writes both."""
    if not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _text(value: object) -> str:
    """Text; a student id may come as a number."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _object(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[dict]:
    return (each for each in value if isinstance(each, dict)) if isinstance(value, list) else iter(())
