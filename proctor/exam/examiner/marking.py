"""From what a test cell did to points and words.

Threat model: the words go to the student. They may hold what the test's author
wrote, what the student wrote, and a fixed vocabulary; they must not hold what
the student's code said while it saw hidden inputs, nor the source of hidden
tests. So every text that came from the candidate is blanked unless the student
has it anyway; and, once hidden tests have been asked, every number of three digits
or more, and every list of numbers, that is not the author's own words: what the
student's code returns to a visible check it may remember from a hidden one.
"""

from __future__ import annotations

import ast
import math
import numbers
import re
import traceback
from dataclasses import dataclass, field
from types import TracebackType
from typing import SupportsFloat, TypeGuard

import numpy as np

from proctor import checks
from proctor.exam.paper import Outcome
from proctor.exam.shell.errors import safe_text
from proctor.exam.shell.outputs import holds_json
from proctor.exam.wire.messages import Display, Error, Output, Result, Stream
from proctor.notebooks.hidden import hidden_lines

from .faults import AuthorError, FromCandidate

AUTHOR_MESSAGE = "The test could not be run; your instructor has been told."
_BLANK = "[…]"
_NUMBER = re.compile(r"\d[\d.]+\d")
_TOKEN = re.compile(r"[\w.]+|\n(?=\S)")
_CONSTANTS = {"True", "False", "None", "nan", "inf"}
_WRAPPERS = {"array", "tensor", "range", "dtype"}  # between the numbers of a list that is printed
_SHORTEST_LIST = 4  # fewer numbers are a shape or a place
_CATCHES_A_HANDLE = "catching classes that do not inherit"  # Python's words for `except StudentError:`
_PLACES = 0xE000  # characters for private use: they stand for records while other numbers are blanked
_SHORTEST_BLANKED = 3  # shorter texts say nothing and occur everywhere
_STAFF_LENGTH = 20_000


@dataclass(frozen=True)
class Mark:
    """What a test cell earns, and why. ``message`` may be shown to the student."""

    outcome: Outcome
    points: float
    message: str
    staff_message: str


@dataclass(frozen=True)
class Sitting:
    """How one test cell went: its last value or its exception, and what happened on the way.

    ``after_hidden``: hidden tests have been asked, here or in an earlier cell. ``details`` are
    for staff, see ``proctor.checks``.
    """

    source: str
    max_points: float
    value: object
    error: BaseException | None
    faults: tuple[Exception, ...]
    strings: frozenset[str]
    known: str
    after_hidden: bool
    has_parts: bool = False
    details: tuple[str, ...] = ()
    records: dict[str, float] = field(default_factory=dict)


def mark(sitting: Sitting) -> Mark:
    """nbgrader's convention: an exception earns nothing, a number as last value that many points, else all."""
    error = sitting.error
    faults = _unique((*sitting.faults, *([error] if error else [])))
    staff = "\n\n".join([*sitting.details, *map(_for_staff, faults)])[:_STAFF_LENGTH]
    if _is_the_authors_problem(error, faults):
        return Mark(Outcome.AUTHOR, 0.0 if error else _points(sitting), AUTHOR_MESSAGE, staff)
    if not error and not _is_finite(sitting.value):
        return Mark(Outcome.AUTHOR, 0.0, AUTHOR_MESSAGE, f"the test's last value is {sitting.value!r}")
    if not error and sitting.has_parts and not _is_number(sitting.value):
        return Mark(Outcome.AUTHOR, 0.0, AUTHOR_MESSAGE, f"score() is not the test's last expression\n\n{staff}")
    lost = next((Outcome(fault.outcome) for fault in faults if hasattr(fault, "outcome")), None)
    if not error:
        return Mark(lost or Outcome.OK, _points(sitting), "", staff)
    outcome = lost if lost and isinstance(error, FromCandidate) else Outcome.FAILED
    return Mark(outcome, 0.0, _for_student(error, sitting), staff)


def scrub(text: str, sitting: Sitting) -> str:
    """``text`` without what only the candidate can have told."""
    for secret in sorted(sitting.strings, key=len, reverse=True):
        if not _SHORTEST_BLANKED <= len(secret) <= len(text):
            continue
        for form in (secret, repr(secret)[1:-1]):
            if form in text and secret not in sitting.known:
                text = text.replace(form, _BLANK)
    if sitting.after_hidden:
        words = f"{sitting.known} {_authors_words(sitting.source)}"
        kept = set(_NUMBER.findall(words))
        places = map(chr, range(_PLACES, _PLACES + 1000))
        records = dict(zip(places, checks.in_words(sitting.records).splitlines(), strict=False))
        for place, record in records.items():
            text = text.replace(record, place)
        text = _without_lists(text, words)
        text = _NUMBER.sub(lambda number: number[0] if number[0] in kept else _BLANK, text)
        for place, record in records.items():
            text = text.replace(place, record)
    return text


def _without_lists(text: str, words: str) -> str:
    """``text`` without rows of numbers and constants, as values print, that are not among these words."""
    rows: list[list[re.Match]] = [[]]
    for token in _TOKEN.finditer(text):
        if token[0] in _CONSTANTS or any(character.isdigit() for character in token[0]):
            rows[-1].append(token)
        elif token[0] not in _WRAPPERS:
            rows.append([])
    kept, end = [], 0
    for row in rows:
        if len(row) >= _SHORTEST_LIST and text[row[0].start() : row[-1].end()] not in words:
            kept += [text[end : row[0].start()], _BLANK]
            end = row[-1].end()
    return "".join([*kept, text[end:]])


def _authors_words(source: str) -> str:
    """The texts of a test cell, and the points of its parts."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except (SyntaxError, ValueError, RecursionError):
        return ""
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    points = [
        ast.unparse(node.args[0])
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "part" and node.args
    ]
    return " ".join([*texts, *points])


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
        name = "AuthorError" if marked.outcome is Outcome.AUTHOR else _name(sitting.error)
        kept.append(Error(name, marked.message, [f"{name}: {marked.message}"]))
    return kept


def failing_line(error: BaseException, source: str) -> int:
    """Where in the cell it was raised or passed through last, from 1; 0 if not in the cell.

    Also 0 in a cell that a magic runs, whose lines are counted without the magic's.
    """
    if source.lstrip().startswith("%%"):
        return 0
    line, cell = 0, _cell_file(error.__traceback__)
    for frame, number in traceback.walk_tb(error.__traceback__):
        if cell and frame.f_code.co_filename == cell:
            line = number
    return line if line <= len(source.splitlines()) else 0


def _is_the_authors_problem(error: BaseException | None, faults: list[BaseException]) -> bool:
    """Whether the test asked for the impossible or is broken, rather than failed by the student's code."""
    if isinstance(error, FromCandidate):
        return False
    broken = isinstance(error, (SyntaxError, SystemExit, KeyboardInterrupt, GeneratorExit, PermissionError))
    broken = broken or (isinstance(error, TypeError) and str(error).startswith(_CATCHES_A_HANDLE))
    return broken or any(isinstance(fault, AuthorError) for fault in faults)


def _for_student(error: BaseException, sitting: Sitting) -> str:
    """Why it failed: the author's words, or fixed ones; the line only if the student can see it."""
    if isinstance(error, FromCandidate):
        return error.where[0].upper() + error.where[1:] + "."
    line = failing_line(error, sitting.source)
    visible = line > 0 and line not in hidden_lines(sitting.source)
    words = scrub(safe_text(error, 2000), sitting)
    if isinstance(error, AssertionError):
        words = words if checks.authors_words(error) else ""
        if words:
            return words
        return f"This check failed: {sitting.source.splitlines()[line - 1].strip()}" if visible else "A check failed."
    if visible:
        return f"{_name(error)} in line {line} of the test: {words}"
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


def _cell_file(trace: TracebackType | None) -> str:
    """The first frame that belongs to a cell belongs to the one that ran."""
    for frame, _ in traceback.walk_tb(trace):
        if frame.f_code.co_filename.startswith("<ipython-input-"):
            return frame.f_code.co_filename
    return ""
