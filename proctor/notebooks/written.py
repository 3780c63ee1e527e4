"""Functions and classes that cells define for certain, found by reading: what is so is nobody's word.

A name is certain if the last statement that binds it is a plain ``def`` or ``class`` at the top level of
a cell, and no cell does what may change that unseen. What a module does that a student hands in is not
read: the answer says what stands in the cells.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .definitions import bound_names, lines_for_ipython, read_as_it_runs

Function = ast.FunctionDef | ast.AsyncFunctionDef
#: Whoever uses one of these may make a name mean something else than what is read.
_UNSEEN = frozenset((
    "globals", "exec", "eval", "setattr", "delattr", "__dict__", "__main__", "__code__", "__globals__",
    "__setattr__", "__builtins__", "_getframe", "currentframe", "f_globals", "user_ns", "user_global_ns",
    "vars", "locals", "get_ipython", "__import__", "import_module",
))  # fmt: skip
_WORD = re.compile(r"[^\W\d]\w*")
_MAGIC = re.compile(r"^\s*(?:[%!?]+\w*)?")
_RUNS_FILES = re.compile(r"^\s*%(?:run|load|store|pylab|macro)\b", re.MULTILINE)
_OF_FIGURES = ("matplotlib", "matplotlib inline", "config", "load_ext", "reload_ext", "autoreload")
_OF_METHODS = ("staticmethod", "classmethod", "property")


@dataclass(frozen=True)
class Definition:
    """A function or a class. ``lines`` are those of its cell, which ``node`` counts. ``within`` is its class's name."""

    node: Function | ast.ClassDef
    lines: tuple[str, ...]
    within: str = ""

    @property
    def name(self) -> str:
        return f"{self.within}.{self.node.name}" if self.within else self.node.name

    def member(self, name: str) -> Definition | None:
        """A method of this class, if it stands in the class's body for certain."""
        if not isinstance(self.node, ast.ClassDef):
            return None
        bound = [statement for statement in self.node.body if name in bound_names(statement)]
        if not bound or not isinstance(bound[-1], Function) or not all(map(_is_plain, bound[-1].decorator_list)):
            return None
        return Definition(bound[-1], self.lines, self.node.name)


class Unclear(Exception):
    """Reading does not tell what a name is; the message says why, to follow “`NAME`”."""


def definition(name: str, cells: Sequence[str], trusted: Sequence[str] = ()) -> Definition:
    """What the cells, run one after the other, define ``name`` to be. Raises Unclear.

    ``trusted`` are those among them that may do what is not seen by reading.
    """
    found: Definition | str = "is defined by none of your cells"
    for cell in cells:
        read = read_as_it_runs(cell)
        if read is None:
            if name in _WORD.findall(cell):
                found = "stands in a cell that cannot be read as Python"
            if cell not in trusted and (words := _UNSEEN.intersection(_WORD.findall(cell))):
                found = f"may be changed by `{min(words)}` in a cell that cannot be read as Python"
                break
            continue
        lines, tree = read
        for statement in tree.body:
            bound = bound_names(statement)
            if name in bound:
                found = _defined_by(statement, name, tuple(lines))
            elif any(each.endswith(".*") for each in bound) and isinstance(found, Definition):
                found = "may be changed by `import *` in one of your cells"
        if _RUNS_FILES.search(cell) and cell not in trusted and isinstance(found, Definition):
            found = "may be changed by a file that one of your cells runs"
        if cell not in trusted and (how := _changed_unseen(tree, name, found) or _changed_by_ipython(cell, name)):
            found = how
            break
    if isinstance(found, str):
        raise Unclear(found)
    return found


def _defined_by(statement: ast.stmt, name: str, lines: tuple[str, ...]) -> Definition | str:
    if not isinstance(statement, Function | ast.ClassDef) or statement.name != name:
        return f"is not defined by a `def` or `class` of its own, at the left margin of a cell ({_what(statement)})"
    if statement.decorator_list:
        return "has a decorator"
    return Definition(statement, lines)


def _what(statement: ast.stmt) -> str:
    kinds = {ast.Assign: "it is assigned", ast.Import: "it is imported", ast.ImportFrom: "it is imported"}
    return kinds.get(type(statement), f"it is bound in a `{type(statement).__name__.lower()}`")


def _changed_unseen(tree: ast.Module, name: str, found: Definition | str) -> str:
    """What a cell does that may change what ``name`` is, "" for nothing."""
    nodes = list(ast.walk(tree))
    of_self = {id(each) for node in nodes for each in _of_an_object_itself(node)}
    is_class = isinstance(found, Definition) and isinstance(found.node, ast.ClassDef)
    for node in nodes:
        word = getattr(node, "id", getattr(node, "attr", ""))
        if isinstance(node, ast.Global) and name in node.names:
            return "is `global` in a function"
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Del):
            return "is deleted by one of your cells"
        if _is_changed(node, name) and (is_class or word.startswith("__")):
            return f"has its `{word}` changed by one of your cells"
        if word in _UNSEEN and id(node) not in of_self and isinstance(node, ast.Name | ast.Attribute):
            return f"may be changed by `{word}` in one of your cells"
    return _imported_unseen(nodes)


def _imported_unseen(nodes: list[ast.AST]) -> str:
    """The notebook's own module, in other ways than by the name of it: ``sys.modules``, ``import __main__ as m``."""
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}  # a network's ``modules()``
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr == "modules" and id(node) not in called:
            return "may be changed by `modules` in one of your cells"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {getattr(node, "module", None), *(alias.name for alias in node.names)}
            if (node.__class__ is ast.ImportFrom and "modules" in names) or names & _UNSEEN:
                return "may be changed by what one of your cells imports"
    return ""


def _changed_by_ipython(cell: str, name: str) -> str:
    """The same for lines that are more than Python, such as ``%time f = g``."""
    for line in lines_for_ipython(cell):
        code = _MAGIC.sub("", line).strip().rstrip("?")
        read = read_as_it_runs(code)
        if read is None:
            binds = bool(re.search(rf"\b{re.escape(name)}\s*=(?!=)", code) or _UNSEEN.intersection(_WORD.findall(code)))
        else:
            binds = any(name in bound_names(each) for each in read[1].body) or bool(_changed_unseen(read[1], name, ""))
        if binds:
            return "may be changed by a line of one of your cells that is more than Python"
    return ""


def _of_an_object_itself(node: ast.AST) -> Iterator[ast.AST]:
    """``setattr(self, …)`` and ``self.__dict__``: methods do it, and it is their object's own business."""
    if isinstance(node, ast.Call) and node.args and _is_named(node.args[0], "self"):
        yield node.func
    elif isinstance(node, ast.Attribute) and _is_named(node.value, "self"):
        yield node
    elif isinstance(node, ast.Call) and node.args:
        yield from _of_the_kernel(node)


def _of_the_kernel(call: ast.Call) -> Iterator[ast.AST]:
    """``get_ipython()`` where notebooks ask it for figures, or whether they are on Colab."""
    first, function = call.args[0], call.func
    if isinstance(first, ast.Call) and isinstance(function, ast.Name) and function.id in ("str", "type"):
        asked: ast.expr = first.func
    elif (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Call)
        and function.attr in ("run_line_magic", "magic")
        and isinstance(first, ast.Constant)
        and first.value in _OF_FIGURES
    ):
        asked = function.value.func
    else:
        return
    if _is_named(asked, "get_ipython"):
        yield asked


def _is_changed(node: ast.AST, name: str) -> bool:
    """Whether an attribute of it is set or deleted."""
    return isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load) and _is_named(node.value, name)


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_plain(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id in _OF_METHODS
