"""What can go wrong between a test and the student's code, as exceptions.

Whatever the candidate does arrives as an ``Exception``: never as one that ends a
loop silently (``StopIteration``), ends the examiner (``SystemExit``), or that a
test takes for its own success.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from proctor.exam.wire.messages import Raised

from .causes import Causes

Fault = TypeVar("Fault", bound=Exception)
#: Whose exceptions arrive as their own. Not those of what runs tests: `unittest.SkipTest` would skip one.
_LIBRARIES = frozenset((
    "_csv", "binascii", "configparser", "dataclasses", "decimal", "json", "numpy", "pandas", "re", "scipy",
    "sqlite3", "sre_constants", "statistics", "struct", "sympy", "zipfile", "zlib",
))  # fmt: skip
_NOT_AS_THEMSELVES = (StopIteration, StopAsyncIteration)


class AuthorError(Exception):
    """The test asks for something that cannot work across processes; says what to write instead."""

    where = "the test could not be run; your instructor has been told"  # what the student reads
    outcome = "author"


class CannotCross(AuthorError):
    """An argument for the student's code is no plain value."""


class FromCandidate(Exception):
    """Mixed into every exception that stands for something the student's code did.

    ``where`` says it in words that the student may read; ``trace`` is for staff. ``their_line`` is the
    student's own innermost line, as function, number in its cell and text, and ``cause`` says which name
    is missing there, if one is: a helper that words a failure itself needs them one by one. ``classes``
    are names of the student's own classes that the exception is one of.
    """

    where = "your code did not give an answer"
    trace = ""
    their_line: tuple[str, int, str] | None = None
    cause = ""
    classes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else self.where


class CandidateError(FromCandidate):
    """The student's code raised something that is no built-in exception, or did not answer."""

    outcome: str  # there only if it did not answer


class Unread(CandidateError):
    """A test asks about the student's source, where reading does not tell."""


class UnreadAttribute(Unread, AttributeError):
    """The same, as one who only looks whether there is such an attribute expects it."""


class UnreadableAttribute(AuthorError, AttributeError):
    """So it is with the author's own solution."""


class OpaqueError(FromCandidate, TypeError):
    """A test used the student's object as if it were a plain value."""

    where = (
        "your code gave an object where a plain value was expected: a number, text, list, tuple, dict, array or tensor"
    )


def lost(outcome: str, where: str) -> CandidateError:
    """The candidate did not answer, for a reason that is an Outcome's value."""
    error = CandidateError(where)
    error.where = where
    error.outcome = outcome
    return error


def arrived(raised: Raised, values: Mapping[str, Any], causes: Causes) -> FromCandidate:
    """The examiner's exception for one of the student's, with the attributes that are ``values``."""
    kind = _kind_of_library(*raised.library) or _kind(raised.kind)
    taken = {"outcome", *dir(kind)}
    try:
        error = kind(raised.message)
    except TypeError:  # an exception that wants other arguments
        error = CandidateError(raised.message)
    for name, value in values.items():
        if name.isidentifier() and not name.startswith("_") and name not in taken:
            setattr(error, name, value)
    error.trace, error.classes = raised.trace, raised.classes
    if causes.is_theirs(raised.function, raised.line):
        error.their_line = raised.function, raised.line, causes.text_of_line(raised.function, raised.line)
        error.cause = causes.of_line(raised.function, raised.line) if raised.kind == "NameError" else ""
    error.where = _where(raised, error)
    return error


def type_of(error: FromCandidate) -> type:
    """What it stands for: the exception that the student's code raised, or that it is based on."""
    return next(base for base in type(error).__mro__ if not issubclass(base, FromCandidate))


@cache
def _kind(name: str) -> type[FromCandidate]:
    """A class that is both ``FromCandidate`` and the built-in exception, and looks like it."""
    base = getattr(builtins, name, None)
    if not (isinstance(base, type) and issubclass(base, Exception)):
        return CandidateError
    if base is Exception or issubclass(base, _NOT_AS_THEMSELVES) or issubclass(base, _groups()):
        return CandidateError
    return type(name, (FromCandidate, base), {"__module__": "builtins"})


def _kind_of_library(module: str, name: str) -> type[FromCandidate] | None:
    """The same for an exception of a library that the examiner has imported itself; None for any other."""
    if module.partition(".")[0] not in _LIBRARIES:
        return None
    base = vars(sys.modules.get(module, builtins)).get(name)
    if not (isinstance(base, type) and issubclass(base, Exception)) or issubclass(base, _NOT_AS_THEMSELVES):
        return None
    return _made(base) if (base.__module__, base.__name__) == (module, name) else None  # type: ignore[arg-type]


@cache
def _made(base: type[Exception]) -> type[FromCandidate]:
    """Its own constructor is not run, which may want more than a message."""
    body = {"__module__": base.__module__, "__init__": lambda error, *args: None}
    return type(base.__name__, (FromCandidate, base), body)


def _groups() -> tuple[type, ...]:
    group = getattr(builtins, "BaseExceptionGroup", None)  # Python 3.11
    return (group,) if group else ()


def _where(raised: Raised, error: FromCandidate) -> str:
    """Fixed words, plus a function and a line of it only if the student wrote such a function."""
    said = "an exception" if isinstance(error, CandidateError) else type(error).__name__
    if error.their_line is None:
        return f"your code raised {said}"
    if raised.kind == "NotImplementedError" and not raised.message:
        return f"`{raised.function}` is not written yet"  # as the released notebook raises it
    cause = f": {error.cause}" if error.cause else ""
    return f"your code raised {said} in `{raised.function}`, line {raised.line} of your cell{cause}"
