"""Wrong answers made by a machine: Cosmic Ray's mutations, applied to the solutions.

Some change nothing that matters, so nobody says what they must lose: survivors are listed for a person to look at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from proctor.notebooks.assignment import AssignmentCell, AssignmentNotebook

from .bank import Answer, BankError

#: Of Cosmic Ray's operators, without those that only make another TypeError: shifts and bits of floats.
_KINDS = (
    "AddNot", "ExceptionReplacer", "NumberReplacer", "RemoveDecorator", "Replace", "ZeroIterationForLoop",
)  # fmt: skip
_ARITHMETIC = frozenset(("Add", "Sub", "Mul", "Div", "FloorDiv", "Pow", "Mod"))


def machine_made(notebook: AssignmentNotebook) -> tuple[Answer, ...]:
    """All that the operators make of the solutions; each is named after the line that it changes."""
    try:
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator, operator_names
    except ImportError:
        raise BankError("Machine-made answers need a package: pip install 'cosmic-ray>=8.7,<9'") from None
    operators = [get_operator(name)() for name in sorted(operator_names()) if _is_wanted(name)]
    found: dict[tuple[str, str], Answer] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.role != "answer":
            continue
        for operator in operators:
            occurrence = 0
            while (changed := mutate_code(cell.source, operator, occurrence)) is not None:
                occurrence += 1
                for name in _names(cell, changed):
                    found.setdefault((cell.id, _tree(changed)), Answer(name, cell.id, {cell.id: changed}, {}))
    return tuple(sorted(found.values(), key=lambda answer: list(notebook.cells).index(_cell(notebook, answer))))


def _is_wanted(name: str) -> bool:
    kind = name.removeprefix("core/")
    if kind.startswith("ReplaceBinaryOperator_"):
        return set(kind.split("_")[1:]) <= _ARITHMETIC
    return kind.startswith(_KINDS)


def _cell(notebook: AssignmentNotebook, answer: Answer) -> AssignmentCell:
    return next(cell for cell in notebook.cells if cell.id == answer.cell)


def _names(cell: AssignmentCell, changed: str) -> Iterator[str]:
    """The changed line, before and after, if students write it and Python reads it."""
    released = set(cell.release_source.splitlines())
    for before, after in zip(cell.source.splitlines(), changed.splitlines(), strict=False):
        if before != after:
            if before not in released and _tree(changed) != _tree(cell.source):
                yield f"{before.strip()}  →  {after.strip()}"
            return


def _tree(source: str) -> str:
    """What Python makes of a source; "" if nothing."""
    try:
        return ast.dump(ast.parse(source))
    except SyntaxError:
        return ""
