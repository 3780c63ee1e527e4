"""Which parts a test cell has, found by reading it: also those that it never came to."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from proctor.parts import NOT_REACHED, Part

from .names import parsed


def with_unreached(source: str, seen: Iterable[Part], message: str) -> tuple[Part, ...]:
    """The parts that were ``seen``, and after them those of the test that were not, with this message."""
    seen = tuple(seen)
    counted = Counter(part.label for part in seen)
    missing = []
    for label, maximum in _declared(source):
        if counted[label]:
            counted[label] -= 1
        else:
            missing.append(Part(label, 0.0, maximum, NOT_REACHED, message))
    return (*seen, *missing)


@lru_cache(maxsize=256)
def _declared(source: str) -> tuple[tuple[str, float], ...]:
    """Label and points of each ``part(points, label)`` that is written out, in order."""
    calls = [
        node.args
        for node in ast.walk(parsed(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "part"
    ]
    literal = [args for args in calls if len(args) == 2 and all(isinstance(arg, ast.Constant) for arg in args)]
    literal.sort(key=lambda args: (args[0].lineno, args[0].col_offset))
    return tuple(
        (label.value, float(points.value))
        for points, label in literal
        if isinstance(label.value, str) and isinstance(points.value, (int, float)) and points.value > 0
    )
