"""Exceptions and other objects in words, whatever they do when they are asked."""

from __future__ import annotations

import builtins

from .outputs import clean


def kind_of(error: BaseException) -> str:
    """The name of the nearest built-in exception."""
    return next(base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base)


def safe_text(value: object, limit: int = 10_000) -> str:
    """``str(value)``, shortened, whatever the object does when asked."""
    try:
        text = str(value)[:limit]
    except BaseException:
        return "(no text)"
    return clean(text)
