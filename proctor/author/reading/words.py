"""Test cells that rest on the student's word: on what only their process can say of its own objects.

With stock nbgrader that process answers, and is believed. Here it is not asked unless the author says so
(``c.Exam.self_reports``, or the tag ``self-reports``), so this is said of a cell before it is graded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from proctor.author.findings import Finding, Weight
from proctor.notebooks.assignment import ANSWERS, AssignmentNotebook
from proctor.notebooks.candidates import may_rest_on_the_students_word
from proctor.notebooks.definitions import defined_names
from proctor.notebooks.names import own_names, parsed

_INSTEAD = {
    "isinstance": "Test what the object does: its methods and attributes",
    "type": "Test what the object does: its methods and attributes",
    "class": "Put the class into a read-only cell tagged candidate, and call it there by plain values",
    "__wrapped__": "Test what the function does",
}


def rests_on_the_students_word(notebook: AssignmentNotebook, is_believed: bool) -> Iterator[Finding]:
    """``is_believed``: by the course's settings all tests may."""
    classes = frozenset().union(*(_classes(cell.source) for cell in notebook.cells if cell.role in ANSWERS))
    theirs = frozenset().union(*(defined_names(cell.source) for cell in notebook.cells if cell.role in ANSWERS))
    tagged = may_rest_on_the_students_word(notebook)
    for cell in notebook.cells:
        if cell.role != "test" or cell.cell_type != "code":
            continue
        own = own_names(cell.source)
        for line, what, kind in sorted(set(_questions(parsed(cell.source), classes - own, theirs - own))):
            remedy = f"{_INSTEAD[kind]}."
            if not (is_believed or cell.grade_id in tagged) and kind != "class":
                remedy += " To take the student's word for it, which is marked as such, tag the cell self-reports."
            name = cell.grade_id or cell.id
            yield Finding(
                Weight.DOUBT, f"It rests on the student's word: {what}.", remedy, f"{notebook.name}.ipynb", name, line
            )


def _questions(tree: ast.Module, classes: frozenset[str], theirs: frozenset[str]) -> Iterator[tuple[int, str, str]]:
    """Line, what is asked, and which kind of question it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _named(node.func) == "isinstance" and len(node.args) == 2:
            for name in sorted(_names(node.args[1]) & classes):
                yield node.lineno, f"isinstance() with {name}, a class of theirs", "isinstance"
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(map(_is_type, sides)) and (name := next(iter(_names(*sides) & classes), "")):
                yield node.lineno, f"type() compared with {name}, a class of theirs", "type"
        elif isinstance(node, ast.Attribute) and node.attr in ("__name__", "__qualname__") and _is_type(node.value):
            yield node.lineno, f"the name of a type, {ast.unparse(node)}", "type"
        elif isinstance(node, ast.Attribute) and node.attr == "__wrapped__" and _names(node.value) & theirs:
            yield node.lineno, f"{ast.unparse(node)}, what their function says it stands around", "__wrapped__"
        elif isinstance(node, ast.ClassDef):
            for name in sorted(_names(*node.bases) & classes):
                yield node.lineno, f"class {node.name}({name}), based on a class of theirs", "class"


def _classes(source: str) -> frozenset[str]:
    return frozenset(node.name for node in parsed(source).body if isinstance(node, ast.ClassDef))


def _is_type(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _named(node.func) == "type" and len(node.args) == 1


def _named(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _names(*nodes: ast.expr) -> set[str]:
    """The names that expressions are, or that a tuple of them holds."""
    return {each.id for node in nodes for each in (*getattr(node, "elts", ()), node) if isinstance(each, ast.Name)}
