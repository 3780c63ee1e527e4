"""Hidden tests of functions that draw nothing at random.

They ask everybody the same, this year and next: who has heard of the inputs can write the answers down.
That may be meant (a special case, a paper's example), so it is a doubt.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from proctor.author.findings import Finding, Weight
from proctor.notebooks.assignment import ANSWERS, AssignmentNotebook
from proctor.notebooks.hidden import hidden_lines
from proctor.notebooks.names import parsed

_CHANCE = re.compile(r"rng|rand|shuffle|seed", re.IGNORECASE)


def without_chance(notebook: AssignmentNotebook) -> Iterator[Finding]:
    functions = {
        node.name: node
        for cell in notebook.cells
        if cell.cell_type == "code"
        for node in parsed(cell.source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    theirs = {
        node.name
        for cell in notebook.cells
        if cell.role in ANSWERS and cell.cell_type == "code"
        for node in parsed(cell.source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for cell in notebook.cells:
        if cell.role != "test" or cell.cell_type != "code":
            continue
        hidden = _hidden(cell.source)
        asked = {name for node in hidden for name in _names(node)} & theirs
        takes = [name for name in sorted(asked) if _takes_arguments(functions[name])]
        if takes and not any(_CHANCE.search(name) for name in _reached(hidden, functions)):
            yield Finding(
                Weight.DOUBT,
                f"The hidden tests of {takes[0]} draw nothing at random: everybody is asked the same, every year.",
                "Draw inputs from proctor.checks.rng and compare with reference."
                f"{takes[0]}, beside the cases that you want in any event.",
                f"{notebook.name}.ipynb",
                cell.grade_id or cell.id,
                min(hidden_lines(cell.source)),
            )


def _hidden(source: str) -> list[ast.AST]:
    """The statements that students do not get."""
    lines = hidden_lines(source)
    return [node for node in parsed(source).body if node.lineno in lines]


def _reached(nodes: list[ast.AST], functions: dict) -> set[str]:
    """Names in these statements, and in the functions that they name, and so on."""
    pending, reached = list(nodes), set()
    while pending:
        for name in _names(pending.pop()):
            if name not in reached:
                reached.add(name)
                pending += [functions[name]] if name in functions else []
    return reached


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr


def _takes_arguments(node: ast.FunctionDef | ast.ClassDef) -> bool:
    if isinstance(node, ast.ClassDef):
        return True
    arguments = node.args
    return bool(arguments.args or arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg)
