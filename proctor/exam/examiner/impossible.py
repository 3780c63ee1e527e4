"""What a test asks for that cannot work, or means something else, when the student's code is in another process.

Found by reading the test. What is certain stops it, and its author is told what to write
instead. What is only likely goes to staff beside the failure that it may explain: whether
the author's own solution fails too decides whose fault that is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from proctor.notebooks.names import parsed

_PATCHES = ("patch", "setattr")
_ASKING = ("input", "print", "open")  # functions that a test replaces
_NOT_SEEN = (
    "what the student's code does to an argument is seen here when the call ends, and only where your own solution does "
    "something to it too: else have it returned"
)
_OWN_FIGURE = (
    "this is the test's own figure, since the test draws too: the student's is candidate.plt's, or have their function "
    "return it"
)
_OF_A_PROCESS = {
    "setrecursionlimit": "the student's process has a limit of its own: set it in a read-only cell, which runs there too",
    "vars": "the attributes of a student's object are known one by one: ask for each by its name",
    **dict.fromkeys(("gca", "gcf", "get_fignums"), _OWN_FIGURE),
}


def looked_up(source: str) -> frozenset[str]:
    """Names that a cell looks up as text in IPython's namespace: ``get_ipython().user_ns["f"]``."""
    found = set()
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Compare) and any(map(_is_namespace, node.comparators)):
            found.add(node.left)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and _is_namespace(node.value):
            found.add(node.slice)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_namespace(node.func.value):
            found.update(node.args[:1])
    return frozenset(key.value for key in found if isinstance(key, ast.Constant) and isinstance(key.value, str))


def doubts(source: str, answered: frozenset[str], has_their_pyplot: bool = False) -> list[str]:
    """For staff: lines whose meaning depends on being in the student's process. ``answered``: names of answers."""
    found = sorted(_doubts(parsed(source), answered))
    return [f"line {line}: {words}" for line, words in found if not (has_their_pyplot and words == _OWN_FIGURE)]


def _doubts(tree: ast.Module, answered: frozenset[str]) -> Iterator[tuple[int, str]]:
    asserted = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Is | ast.IsNot):
            if not any(map(_is_the_same_everywhere, (node.left, *node.comparators))):
                yield node.lineno, "a value that crossed is a copy, never the same object: compare with =="
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in answered:
            yield (
                node.lineno,
                (
                    f"the student's code does not see this {node.id!r}: pass it as an argument, or write "
                    f"candidate.{node.id} = …, which holds until the cell ends"
                ),
            )
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if _is_of(node.value, answered) and any(isinstance(arg, ast.Name) for arg in node.value.args):
                yield node.lineno, _NOT_SEEN
        elif isinstance(node, ast.Assign | ast.Assert):
            calls = [each for each in ast.walk(node) if isinstance(each, ast.Call) and _is_of(each, answered)]
            given = {arg.id for call in calls for arg in call.args if isinstance(arg, ast.Name)}
            later = [each for each in asserted if each.lineno > node.lineno]
            if given & set[str]().union(*(_names_beside_calls(each, answered) for each in later)):
                yield node.lineno, _NOT_SEEN
        elif isinstance(node, ast.Name | ast.FunctionDef) and _bound(node) in _ASKING:
            name = _bound(node)
            yield node.lineno, f'the student\'s code does not see this {name!r}: write patch("builtins.{name}", …)'
        elif isinstance(node, ast.Call) and _last_name(node.func) in _OF_A_PROCESS:
            yield node.lineno, _OF_A_PROCESS[_last_name(node.func)]
        elif isinstance(node, ast.FunctionDef) and any(_root(each) in answered for each in node.decorator_list):
            yield (
                node.lineno,
                "the student's code gets this function without its name, its docstring and its attributes",
            )
        elif isinstance(node, ast.Call) and _last_name(node.func) in _PATCHES and not _patches_theirs(node):
            yield (
                node.lineno,
                (
                    "the student's code does not see what a test patches in a library: patch it there, as in "
                    'patch.object(candidate.time, "sleep", …)'
                ),
            )


def _patches_theirs(node: ast.Call) -> bool:
    """Whether it is something of the student's, or of Python's own."""
    roots = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    return bool(roots & {"candidate", "__main__"}) or any(word.startswith(("__main__.", "builtins.")) for word in words)


def _names_beside_calls(node: ast.Assert, answered: frozenset[str]) -> set[str]:
    """Names that an assertion looks at, but for what it hands to the student's functions."""
    handed = {
        id(arg) for each in ast.walk(node) if isinstance(each, ast.Call) and _is_of(each, answered) for arg in each.args
    }
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and id(each) not in handed}


def _is_of(call: ast.Call, answered: frozenset[str]) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id in answered


def _bound(node: ast.Name | ast.FunctionDef) -> str:
    if isinstance(node, ast.FunctionDef):
        return node.name
    return node.id if isinstance(node.ctx, ast.Store) else ""


def _root(node: ast.expr) -> str:
    """The name that a decorator begins with."""
    return _root(node.func) if isinstance(node, ast.Call) else _last_name(node)


def _is_namespace(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("user_ns", "user_global_ns")


def _is_the_same_everywhere(node: ast.expr) -> bool:
    """None, True, a type, a dtype."""
    if isinstance(node, ast.Call):
        return _last_name(node.func) in ("type", "dtype")
    return isinstance(node, ast.Constant) or _last_name(node) in ("dtype", "device", "Ellipsis", "NotImplemented")


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
