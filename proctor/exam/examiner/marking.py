"""From what a test cell did to points and words.

Threat model: the words go to the student. They hold what the test's author wrote, what
the student wrote, and a fixed vocabulary, see ``scrubbing.py``; never the source of
hidden tests.
"""

from __future__ import annotations

import math
import numbers
import traceback
from dataclasses import dataclass, replace
from typing import SupportsFloat, TypeGuard

import numpy as np

from proctor import checks
from proctor.exam.paper import Outcome
from proctor.exam.shell.errors import safe_text
from proctor.exam.shell.outputs import holds_json
from proctor.exam.wire.messages import Display, Error, Output, Result, Stream
from proctor.parts import PASSED, Part

from .causes import Causes
from .faults import AuthorError, FromCandidate
from .scrubbing import scrub, scrub_words
from .sitting import Sitting

AUTHOR_MESSAGE = "The test could not be run; your instructor has been told."
_CATCHES_A_HANDLE = "catching classes that do not inherit"  # Python's words for `except StudentError:`
_STAFF_LENGTH = 20_000


@dataclass(frozen=True)
class Mark:
    """What a test cell earns, and why. ``message`` may be shown to the student."""

    outcome: Outcome
    points: float
    message: str
    staff_message: str


def mark(sitting: Sitting) -> Mark:
    """nbgrader's convention: an exception earns nothing, a number as last value that many points, else all."""
    error = sitting.error
    faults = _unique((*sitting.faults, *([error] if error else [])))
    staff = "\n\n".join([*sitting.details, *map(_for_staff, faults)])[:_STAFF_LENGTH]
    if _is_the_authors_problem(error, faults):
        return Mark(Outcome.AUTHOR, 0.0 if error else _points(sitting), AUTHOR_MESSAGE, staff)
    if not error and not _is_finite(sitting.value):
        return Mark(Outcome.AUTHOR, 0.0, AUTHOR_MESSAGE, f"the test's last value is {sitting.value!r}")
    if not error and sitting.parts and not _is_number(sitting.value):
        return Mark(Outcome.AUTHOR, 0.0, AUTHOR_MESSAGE, f"score() is not the test's last expression\n\n{staff}")
    lost = next(
        (Outcome(fault.outcome) for fault in faults if isinstance(fault, FromCandidate) and hasattr(fault, "outcome")),
        None,
    )
    if not error:
        return Mark(lost or Outcome.OK, _points(sitting), "", staff)
    outcome = lost if lost and isinstance(error, FromCandidate) else Outcome.FAILED
    words = scrub_words(_for_student(error, sitting), sitting, sitting.fails_in_sight)
    return Mark(outcome, 0.0, words, staff)


def explained(error: BaseException, causes: Causes) -> str:
    """What the student's code did, or which name of theirs is missing; "" if it is neither."""
    if isinstance(error, NameError) and not isinstance(error, FromCandidate):
        return causes.of_name(error.name)
    missing = error.__context__  # `except NameError: raise AssertionError(…)`
    if isinstance(error, AssertionError) and isinstance(missing, NameError) and checks.authors_words(error):
        stop = causes.stop_of(missing.name)
        return stop and f"{str(error).rstrip('.')}. {stop}"
    return getattr(error, "where", "")


def marked_parts(sitting: Sitting, marked: Mark) -> tuple[Part, ...]:
    """The parts that the test has come to, as the student may see them. Without its end it gives no points."""
    lost = marked.message and not marked.points
    return tuple(
        replace(
            part,
            label=scrub(part.label, sitting),
            points=0.0 if lost else part.points,
            message="right, but the test stopped later" if lost and part.outcome == PASSED
            else scrub_words(part.message, sitting),
        )
        for part in sitting.parts
    )  # fmt: skip


def for_feedback(outputs: list[Output], sitting: Sitting, marked: Mark) -> list[Output]:
    """The test cell's outputs as the student may see them."""
    kept: list[Output] = []
    for output in outputs:
        if isinstance(output, Stream):
            kept.append(Stream(output.name, scrub(output.text, sitting)))
        elif isinstance(output, Result) and _is_number(sitting.value):
            kept.append(output)  # the points
        elif isinstance(output, (Display, Result)):
            output.data = {
                kind: scrub(text, sitting) if kind.startswith("text/") or holds_json(kind) else text
                for kind, text in output.data.items()
            }
            kept.append(output)
    if sitting.error is not None:
        kept.append(_error(sitting.error, marked))
    return kept


def _error(error: BaseException, marked: Mark) -> Error:
    """The message as a notebook shows an error; the type of the exception is named once."""
    name = "AuthorError" if marked.outcome is Outcome.AUTHOR else _name(error)
    if marked.message.startswith(name):
        return Error(name, marked.message.removeprefix(name).strip(), [marked.message])
    by_itself = isinstance(error, FromCandidate) or hasattr(error, "_render_traceback_")
    shown = marked.message if by_itself else f"{name}: {marked.message}"
    return Error(name, marked.message, [shown])


def _is_the_authors_problem(error: BaseException | None, faults: list[BaseException]) -> bool:
    """Whether the test asked for the impossible or is broken, rather than failed by the student's code."""
    if isinstance(error, FromCandidate):
        return False
    broken = isinstance(error, (SyntaxError, SystemExit, KeyboardInterrupt, GeneratorExit, PermissionError))
    broken = broken or (isinstance(error, TypeError) and str(error).startswith(_CATCHES_A_HANDLE))
    return broken or any(isinstance(fault, AuthorError) for fault in faults)


def _for_student(error: BaseException, sitting: Sitting) -> str:
    """Why it failed: the author's words, or fixed ones; the line only if the student can see it."""
    in_sight = sitting.fails_in_sight
    if words := explained(error, sitting.causes):
        return words[0].upper() + words[1:] + "." * (words[-1] not in ".?")
    words = safe_text(error, 2000)
    if isinstance(error, AssertionError):
        if words and checks.authors_words(error):
            return words
        line = sitting.source.splitlines()[sitting.failing_line - 1].strip()
        return f"This check failed: {line}" if in_sight else "A check failed."
    if in_sight:
        return f"{_name(error)} in line {sitting.failing_line} of the test: {words}"
    return f"The test could not go on with what your code returned ({_name(error)})."


def _for_staff(error: BaseException) -> str:
    try:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except Exception:
        text = _name(error)
    trace = getattr(error, "trace", "")
    if str(error).startswith(_CATCHES_A_HANDLE):
        text += "Write `except Exception`, or a built-in exception that the student's is based on."
    if isinstance(error, PermissionError) and not isinstance(error, FromCandidate):
        text += "A test cannot write here: put files beside the notebook, or have candidate.HELPER(...) write them."
    return f"{text}\nIn the student's process:\n{trace}" if trace else text


def _points(sitting: Sitting) -> float:
    value, most = sitting.value, sitting.max_points
    if not _is_number(value):
        return most
    return min(max(float(value), 0.0), most)


def _is_finite(value: object) -> bool:
    return not _is_number(value) or math.isfinite(value)


def _is_number(value: object) -> TypeGuard[SupportsFloat]:
    """A real number; bool is none, as for nbgrader."""
    return isinstance(value, (numbers.Real, np.number)) and not isinstance(value, (bool, np.bool_, np.complexfloating))


def _name(error: BaseException) -> str:
    return type(error).__name__


def _unique(errors: tuple) -> list[BaseException]:
    return list({id(error): error for error in errors}.values())
