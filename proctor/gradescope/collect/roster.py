"""Which student of nbgrader's gradebook a submitter on Gradescope is."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from nbgrader.api import Gradebook, MissingEntry

from .export_metadata import Submitter

_LONGEST = 64


@dataclass(frozen=True)
class Identified:
    """A submitter's ID in nbgrader; ``note`` is for staff, "" where there is nothing to say."""

    student: str
    note: str = ""


class Roster:
    """The gradebook's students, and those who are added to it.

    A submitter is the student with the same e-mail. Otherwise the ID is the student ID on
    Gradescope, else what stands before the @ of the e-mail, else the whole e-mail, else the
    submission's number: the first that can be a folder's name and is not somebody else's.
    """

    def __init__(self, gradebook: Gradebook) -> None:
        self._gradebook = gradebook
        students = gradebook.students
        self._ids = {_same(student.id): student.id for student in students}
        self._emails = {_same(student.id): _same(student.email) for student in students}
        self._by_email = {_same(student.email): student.id for student in students if student.email}

    def enrol(self, submitter: Submitter, submission: str) -> Identified:
        """The submitter's ID, the same in every run; they are in the gradebook from now on."""
        identified = self._identify(submitter, submission)
        self._add(identified.student, submitter)
        return identified

    def _identify(self, submitter: Submitter, submission: str) -> Identified:
        email = _same(submitter.email)
        if email in self._by_email:
            return Identified(self._by_email[email])
        refused = []
        for wanted in _wanted(submitter, submission):
            name = folder_name(wanted)
            if not name or (name != wanted and not email):  # two IDs may look the same when made safe
                continue
            owner = self._emails.get(_same(name), "")
            if owner:
                refused.append(f"the ID {name} belongs to {owner}")
                continue
            if name != wanted:
                refused.append(f"{wanted!r} cannot be an ID")
            elif email and _same(name) in self._ids:
                refused.append(f"the student {name} had no e-mail until now")
            student = self._ids.get(_same(name), name)
            note = f"{submitter.email or submitter.name} is {student}: {', '.join(refused)}" if refused else ""
            return Identified(student, note)
        raise AssertionError("there is always a number that nobody has")

    def _add(self, student: str, submitter: Submitter) -> None:
        """Make the student in the gradebook, or fill in what it does not know yet. Nothing known is changed."""
        first_name, _, last_name = submitter.name.rpartition(" ")
        try:
            known = self._gradebook.find_student(student)
        except MissingEntry:
            new = {"first_name": first_name, "last_name": last_name, "email": submitter.email}
        else:
            new = {} if known.email else {"email": submitter.email}
            if not known.first_name and known.last_name in (None, "", student):  # the ID stands in for a name
                new |= {"first_name": first_name, "last_name": last_name}
        new = {field: value for field, value in new.items() if value}
        if new or _same(student) not in self._ids:
            self._gradebook.update_or_create_student(student, **new)
        self._ids[_same(student)] = student
        if "email" in new:
            self._emails[_same(student)] = _same(submitter.email)
            self._by_email[_same(submitter.email)] = student


def folder_name(text: str) -> str:
    """``text`` as an ID that is safe as a folder's name, in nbgrader's patterns and on its command line; maybe ""."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w.@-]+", "-", plain, flags=re.ASCII).strip("-._@")[:_LONGEST].rstrip("-._@")


def _wanted(submitter: Submitter, submission: str) -> Iterator[str]:
    yield submitter.sid
    yield submitter.email.partition("@")[0]
    yield submitter.email
    yield submission
    yield from (f"{submission}-{number}" for number in itertools.count(2))


def _same(text: str | None) -> str:
    """IDs and addresses that differ in case are the same: some file systems and all mail servers think so."""
    return (text or "").strip().casefold()
