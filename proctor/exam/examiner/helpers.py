"""Helpers in read-only cells that need an object of the student's and one of the examiner's.

A read-only cell runs on both sides. A helper in it such as ``try_training``, which
makes an optimizer for a model and hands both to the student's ``train_epoch``, cannot
run in the examiner: the optimizer does not cross. It can in the candidate, where
everything lives together. So a helper runs in the examiner, and when that meets
something that cannot cross, the same call is made in the candidate instead.

Threat model: what a helper does in the candidate is the student's word. A helper
that judges (``def is_right(): return np.allclose(forward(X), want)``) must therefore
stay in the examiner, and does: nothing in it has to cross. Whether something has to
cross is decided by what the author's code passes on, not by what the student's returns.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Callable
from typing import Any

from .faults import CannotCross
from .session import Session


def let_helpers_cross(names: dict[str, Any], session: Session) -> None:
    """Let the functions defined in ``names`` run in the candidate where they cannot run here."""
    for name, value in names.items():
        if type(value) is types.FunctionType and value.__globals__ is names and not hasattr(value, "__wrapped__"):
            names[name] = _on_either_side(value, name, session)


def _on_either_side(function: Callable, name: str, session: Session) -> Callable:
    @functools.wraps(function)
    def helper(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except CannotCross as problem:
            session.forget(problem)  # what counts is what happens there
            try:
                there = session.name(name)
            except KeyError:
                raise session.fault(problem) from None
            return there(*args, **kwargs)

    return helper
