"""Exceptions and other objects in words, whatever they do when they are asked."""

from __future__ import annotations

import builtins
import sys
import traceback

from .outputs import clean


def kind_of(error: BaseException) -> str:
    """The name of the nearest built-in exception."""
    return next(base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base)


def stop_of(error: BaseException, cell_number: int) -> tuple[str, int]:
    """Why a cell stopped, in words for whoever wrote it, and at which of its lines, from 1; 0 if none is known."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        return f"{kind}: {safe_text(error.msg)}", error.lineno or 0
    line = 0
    for frame, number in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(f"<ipython-input-{cell_number}-"):
            line = number
    said = safe_text(error)
    if isinstance(error, ModuleNotFoundError) and (error.name or "").split(".")[0] not in sys.modules:
        return f"{said} (not installed where this is graded)", line
    if isinstance(error, FileNotFoundError) and error.filename:
        return f"there is no {safe_text(error.filename)!r} among the files that were handed in", line
    if kind in _SPEAKS_FOR_ITSELF:
        return said, line
    return f"{kind}: {said}" if said else kind, line


_SPEAKS_FOR_ITSELF = ("ModuleNotFoundError", "StdinNotImplementedError", "AssertionError")


def safe_text(value: object, limit: int = 10_000) -> str:
    """``str(value)``, shortened, whatever the object does when asked."""
    try:
        text = str(value)[:limit]
    except BaseException:
        return "(no text)"
    return clean(text)
