"""Test cells that would run a student's text as Python, in the examiner: by ``eval``, or by SymPy, which reads text so.

What a student's function gives may be any plain value, a str too. The examiner is confined, but a text that runs
there can pass the test that it is given to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from proctor.author.findings import Finding, Weight
from proctor.notebooks.assignment import ANSWERS, AssignmentNotebook
from proctor.notebooks.definitions import defined_names
from proctor.notebooks.names import own_names, parsed

_PYTHON = ("eval", "exec")
_SYMPY = ("sympify", "S", "parse_expr", "simplify", "lambdify", "Matrix")
_BINDING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.comprehension)


def runs_a_students_text(notebook: AssignmentNotebook) -> Iterator[Finding]:
    theirs = frozenset().union(*(defined_names(cell.source) for cell in notebook.cells if cell.role in ANSWERS))
    with_sympy = any("sympy" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    functions = _PYTHON + _SYMPY if with_sympy else _PYTHON
    for cell in notebook.cells:
        if cell.role != "test" or cell.cell_type != "code":
            continue
        tree = parsed(cell.source)
        given = _given(tree, theirs - own_names(cell.source))
        for line, function, value in sorted(set(_run(tree, given, functions))):
            named = value if value.isidentifier() else "got"
            remedy = f"First `assert isinstance({named}, sympy.Basic)`, with words for the student."
            if function in _PYTHON:
                remedy = "Let their function return the value itself, and compare that."
            elif named != value:
                remedy = f"Write `{named} = {value}`. {remedy}"
            what = f"`{function}` runs text as Python, beside your tests, and `{value}` is a student's: it may be text."
            yield Finding(Weight.DOUBT, what, remedy, f"{notebook.name}.ipynb", cell.grade_id or cell.id, line)


def _run(tree: ast.Module, given: frozenset[str], functions: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """Line, function and argument of each call that would run a text, unless a type was asked for before."""
    asked = list(_asked(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or (function := _function(node.func)) not in functions:
            continue
        if function in given:  # a function of the student's own, by that name
            continue
        for argument in node.args:
            value = ast.unparse(argument)
            if _is_given(argument, given) and not any(line <= node.lineno and each == value for line, each in asked):
                yield node.lineno, function, value


def _function(node: ast.expr) -> str:
    """What is called, "" if it has no name: a method ``eval`` is not Python's."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) and node.attr in _SYMPY else ""


def _given(tree: ast.Module, theirs: frozenset[str]) -> frozenset[str]:
    """Names that are the student's, and those that the cell gives to what came from there."""
    given = theirs | {"candidate"}
    while True:
        more = {
            name.id
            for node in ast.walk(tree)
            if isinstance(node, _BINDING)
            and (value := node.iter if isinstance(node, ast.For | ast.comprehension) else node.value) is not None
            and _is_given(value, given)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            for name in ast.walk(target)
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)
        } - given
        if not more:
            return given
        given |= more


def _is_given(node: ast.expr, given: frozenset[str]) -> bool:
    """Whether a value is just as a student gave it: a name, what a call returns, or a piece of that."""
    while isinstance(node, ast.Call | ast.Subscript | ast.Attribute | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Tuple | ast.List):
        return any(_is_given(each, given) for each in node.elts)
    return isinstance(node, ast.Name) and node.id in given


def _asked(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and value of each question for a type other than text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 2:
            kinds = {each.id for each in ast.walk(node.args[1]) if isinstance(each, ast.Name)}
            if node.func.id == "isinstance" and not kinds & {"str", "object"}:
                yield node.lineno, ast.unparse(node.args[0])
