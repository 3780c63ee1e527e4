"""What is wrong with a submission, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

_SHOWN = 5
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Problem:
    """Something wrong with a submission. ``message`` is for the student, ``staff_message`` for staff."""

    code: str
    message: str
    staff_message: str
    notebook: str | None = None


def problem_with(code: str, words: str, names: Sequence[PurePosixPath], detail: str = "") -> Problem:
    """``words``, and the files that they are about."""
    message = f"{words}: {listed(names)}." if names else f"{words}."
    return Problem(code, message, f"{message} {detail}".rstrip())


def listed(names: Sequence[PurePosixPath]) -> str:
    """The first few names, and how many more there are."""
    more = [f"{len(names) - _SHOWN:,} more"] if len(names) > _SHOWN else []
    return ", ".join([*map(shown, names[:_SHOWN]), *more])


def shown(name: PurePosixPath) -> str:
    """A name without what a terminal would obey."""
    return "".join(c if c.isprintable() else "?" for c in str(name))[:_LONGEST_NAME]
