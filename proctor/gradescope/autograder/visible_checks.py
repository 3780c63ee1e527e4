"""How the visible checks of a test cell went, where hidden tests follow in the same cell.

Students read it before they may know anything of the hidden ones. So only what ran above the first hidden
line decides, and whether anything is said at all follows from the cell's source, never from a hidden result.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from proctor.exam.paper import CellResult, Outcome
from proctor.notebooks.hidden import hidden_lines, visible
from proctor.notebooks.names import parsed
from proctor.parts import NOT_REACHED, PASSED, Part

_REPEATS = (ast.For, ast.While, ast.If, ast.FunctionDef, ast.Lambda, ast.Try)


@dataclass(frozen=True)
class VisibleChecks:
    """``message`` says what failed, ``parts`` are those of them. ``are_all``: none stands below the hidden tests."""

    passed: bool
    message: str
    parts: tuple[Part, ...]
    are_all: bool


def has_visible_checks(source: str) -> bool:
    """Whether a cell with hidden tests has checks above them of which a result can be told."""
    return _has_code(_above(source)) and not source.lstrip().startswith("%%") and _count_parts(source) is not None


def visible_checks(source: str, result: CellResult) -> VisibleChecks | None:
    """What became of them; None if the test itself is broken there, or ended nobody knows where.

    ``source`` is the test cell's, and has_visible_checks.
    """
    parts = result.parts[: _count_parts(source)]
    are_all = not _has_code(_below(source))
    in_order = all(part.outcome == PASSED for part in parts)
    if result.outcome is Outcome.NOT_RUN:
        return VisibleChecks(False, result.message, parts, are_all)
    if not result.message:  # the cell came to its end
        return VisibleChecks(in_order, "", parts, are_all)
    if result.line:
        if result.line > len(_above(source).splitlines()):
            return VisibleChecks(in_order, "", parts, are_all)
        return None if result.outcome is Outcome.AUTHOR else VisibleChecks(False, result.message, parts, are_all)
    hidden_parts = result.parts[len(parts) :]
    if any(part.outcome != NOT_REACHED for part in hidden_parts):
        return VisibleChecks(in_order, "", parts, are_all)
    return None


def _above(source: str) -> str:
    """The lines above the first hidden one."""
    return "\n".join(source.splitlines()[: min(hidden_lines(source)) - 1])


def _below(source: str) -> str:
    """The visible lines below it, without the points, which are no check."""
    text = visible(source)[len(_above(source)) :]
    return "\n".join(line for line in text.splitlines() if line.strip() != "score()")


def _count_parts(source: str) -> int | None:
    """How many parts come above the hidden tests; None if reading does not tell."""
    tree, end = parsed(source), min(hidden_lines(source))
    calls = {id(node) for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_part(node) and node.lineno < end}
    unsure = any(
        id(inside) in calls for node in ast.walk(tree) if isinstance(node, _REPEATS) for inside in ast.walk(node)
    )
    return None if unsure else len(calls)


def _is_part(call: ast.Call) -> bool:
    return getattr(call.func, "id", getattr(call.func, "attr", "")) == "part"


def _has_code(source: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in source.splitlines())
