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
    found = []
    for node in ast.walk(parsed(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "part"):
            continue
        points, label = [arg.value if isinstance(arg, ast.Constant) else None for arg in (*node.args, node, node)][:2]
        if isinstance(label, str) and isinstance(points, (int, float)) and points > 0:
            found.append((node.lineno, node.col_offset, label, float(points)))
    return tuple((label, points) for _, _, label, points in sorted(found))
