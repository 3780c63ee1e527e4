"""A class without names: each student has a pseudonym, and texts lose what would name somebody.

A pseudonym is made of the student's ID and a secret of the gradebook's: it stays the same for an assignment,
and nobody without the gradebook can find out whose it is by trying IDs.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from proctor.course.results import Kept
from proctor.notebooks.assignment import Assignment

from .values import GradedClass, Student, Submission

_LETTERS = 7  # of 5 bits each: among thousands no two are the same, as good as always
_HIDDEN = "[…]"
# What is said of files has their names in it, and those may hold any name.
_REPAIRED = "files or cells were repaired or found elsewhere: the report with names says which"
_FAILED = "the report with names says why"
_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 3  # letters of a name that are looked for inside of words, in what its owner handed in


def anonymous(graded: GradedClass, assignment: Assignment, secret: str) -> GradedClass:
    """The same class, ordered by pseudonyms: names would give an order of their own away."""
    everybody: tuple[Submission | Student, ...] = (
        *graded.submissions,
        *graded.failed,
        *graded.ungraded,
        *graded.absent,
    )
    veil = _Veil(((each.student, each.name) for each in everybody), _words_of(assignment))

    def nameless(student: Student) -> Student:
        return Student(_pseudonym(student.student, secret), "", student.reason and _FAILED)

    def all_nameless(students: tuple[Student, ...]) -> tuple[Student, ...]:
        return tuple(sorted(map(nameless, students)))

    submissions = [
        replace(
            each,
            student=_pseudonym(each.student, secret),
            name="",
            kept={book: _veiled(kept, veil, each) for book, kept in each.kept.items()},
        )
        for each in graded.submissions
    ]
    return replace(
        graded,
        submissions=tuple(sorted(submissions, key=lambda each: each.student)),
        failed=all_nameless(graded.failed),
        ungraded=all_nameless(graded.ungraded),
        absent=all_nameless(graded.absent),
    )


class _Veil:
    """Takes out of a text the names of everybody, word by word, and its owner's also from inside of words.

    ``known`` are the assignment's own words, which name nobody: sum, max, mean.
    """

    def __init__(self, everybody: Iterable[tuple[str, str]], known: frozenset[str]):
        self._known = known
        words = {word for names in everybody for name in names for word in _WORD.findall(name)}
        self._names = frozenset(word.casefold() for word in words if _names_somebody(word))

    def __call__(self, text: str, owner: Student | Submission) -> str:
        words = set(_WORD.findall(text))
        named = {word for word in words - self._known if word.casefold() in self._names}
        if named:
            text = _WORD.sub(lambda found: _HIDDEN if found[0] in named else found[0], text)
        for name in (owner.student, *_WORD.findall(owner.name), *_WORD.findall(owner.student)):
            if len(name) >= _SHORTEST and name not in self._known and name.casefold() in text.casefold():
                text = re.sub(re.escape(name), _HIDDEN, text, flags=re.I)
        return text


def _names_somebody(word: str) -> bool:
    """A single letter and a small number do not."""
    return len(word) > _SHORTEST if word.isdigit() else len(word) > 1


def _veiled(kept: Kept, veil: _Veil, owner: Submission) -> Kept:
    tests = {
        name: msgspec.structs.replace(
            test,
            message=veil(test.message, owner),
            staff_message=veil(test.staff_message, owner),
            parts=tuple(replace(part, message=veil(part.message, owner)) for part in test.parts),
        )
        for name, test in kept.tests.items()
    }
    answers = {name: veil(source, owner) for name, source in kept.answers.items()}
    return Kept(kept.handed_in, kept.notes and (_REPAIRED,), tests, answers)


def _pseudonym(student: str, secret: str) -> str:
    digest = hmac.digest(secret.encode(), student.encode("utf-8", "surrogatepass"), "sha256")
    return f"s-{base64.b32encode(digest).decode().lower()[:_LETTERS]}"


def _words_of(assignment: Assignment) -> frozenset[str]:
    return frozenset(
        word for book in assignment.notebooks for cell in book.cells for word in _WORD.findall(cell.source)
    )
