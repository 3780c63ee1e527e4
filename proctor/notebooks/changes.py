"""Names whose values a cell changes, found by reading it: ``answers["q"] = 4``, ``answers.update(q=4)``.

What a cell binds anew is ``definitions.defined_names``'s business; here it is what a cell makes of a value
that it has from elsewhere, itself or by functions: those it defines, and those of other cells that it calls.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from .names import parsed

_METHODS = frozenset((
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse", "update", "setdefault", "popitem",
    "add", "discard", "difference_update", "intersection_update", "symmetric_difference_update", "move_to_end",
    "appendleft", "extendleft", "popleft", "rotate", "subtract", "fill", "resize", "put", "itemset", "setflags",
    "partition", "byteswap", "__setitem__", "__delitem__", "__setattr__", "__iadd__", "load_state_dict",
))  # fmt: skip
_FUNCTIONS_OF_THEIR_FIRST = frozenset((
    "setattr", "delattr", "setitem", "delitem", "shuffle", "heappush", "heappop", "heapify", "heapreplace",
    "heappushpop", "insort", "insort_left", "insort_right", "fill_diagonal", "copyto", "put", "place", "putmask",
    "put_along_axis", "next",
))  # fmt: skip
_MADE_HERE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def changed_names(source: str, others: Iterable[str] = ()) -> frozenset[str]:
    """Names of the notebook whose values running the cell, or calling a function that it defines, may change.

    ``others`` are sources of the cells whose functions it may call.
    """
    reader = _Reader(_functions(map(parsed, (*others, source))))
    scope = _Scope()
    reader.read(parsed(source).body, scope)
    return frozenset(scope.changed)


@lru_cache(maxsize=64)
def changed_by_cell(sources: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """The same for each cell of a notebook, all of whose functions the others may call."""
    trees = [parsed(source) for source in sources]
    reader = _Reader(_functions(trees))
    found = []
    for tree in trees:
        scope = _Scope()
        reader.read(tree.body, scope)
        found.append(frozenset(scope.changed))
    return tuple(found)


def _functions(trees: Iterable[ast.Module]) -> dict[str, ast.FunctionDef | ast.AsyncFunctionDef]:
    """By name; the last one of a name counts."""
    return {
        node.name: node
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


@dataclass
class _Scope:
    """A cell, or a function: ``own`` are its parameters and what it binds, ``aliases`` names for parts of others."""

    parameters: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()
    aliases: dict[str, set[str]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    def spread(self) -> None:
        """Whatever a name that has changed is a part of has changed too."""
        pending = list(self.changed)
        while pending:
            more = self.aliases.get(pending.pop(), set()) - self.changed
            self.changed |= more
            pending += more


class _Reader:
    def __init__(self, functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]):
        self._functions = functions
        self._effects: dict[str, _Scope] = {}

    def read(self, nodes: list, scope: _Scope) -> None:
        for node in nodes:
            self._read(node, scope)
        scope.spread()

    def _read(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, _MADE_HERE):
            scope.changed.update(self._of_function(node).changed - _inside(node))
            return
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            scope.changed.update(_roots(node))
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
            scope.changed.add(node.id)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                _alias(target, node.value, scope)
        elif isinstance(node, ast.AugAssign):
            scope.changed.update(_roots(node.target))
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            _alias(node.target, node.iter, scope)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            _alias(node.optional_vars, node.context_expr, scope)
        elif isinstance(node, ast.Call):
            scope.changed.update(self._by_call(node))
        for child in ast.iter_child_nodes(node):
            self._read(child, scope)

    def _by_call(self, call: ast.Call) -> Iterator[str]:
        for keyword in call.keywords:
            if keyword.arg == "out":
                yield from _roots(keyword.value)
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        in_place = name.endswith("_") and not name.startswith("_")  # torch's way of saying so
        if isinstance(call.func, ast.Attribute) and (name in _METHODS or in_place):
            yield from _roots(call.func.value)
        if call.args and (name in _FUNCTIONS_OF_THEIR_FIRST or in_place):
            yield from _roots(call.args[0])
        if isinstance(call.func, ast.Name) and name in self._functions:
            effects = self._named(name)
            yield from effects.changed - effects.own
            for parameter, value in _given(effects.parameters, call):
                if parameter in effects.changed:
                    yield from _roots(value)

    def _named(self, name: str) -> _Scope:
        if name not in self._effects:
            self._effects[name] = _Scope()  # while it is read: functions may call each other
            self._effects[name] = self._of_function(self._functions[name])
        return self._effects[name]

    def _of_function(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> _Scope:
        arguments = function.args
        positional = tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args))
        others = tuple(argument.arg for argument in arguments.kwonlyargs)
        scope = _Scope((*positional, *others), _inside(function))
        self.read(function.body if isinstance(function.body, list) else [function.body], scope)
        scope.changed |= _global(function)
        return scope


def _inside(function: ast.AST) -> frozenset[str]:
    """Names of a function's own."""
    names = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    names |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(names - _global(function))


def _global(function: ast.AST) -> frozenset[str]:
    return frozenset(name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names)


def _given(parameters: tuple[str, ...], call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    yield from zip(parameters, call.args, strict=False)  # the shorter one decides
    yield from ((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)


def _alias(target: ast.AST, value: ast.AST | None, scope: _Scope) -> None:
    roots = set(_roots(value))
    for node in ast.walk(target):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            scope.aliases.setdefault(node.id, set()).update(roots - {node.id})


def _roots(node: ast.AST | None) -> Iterator[str]:
    """Names that the value of an expression may be a part of: ``answers`` for ``answers["q"].items()``."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute | ast.Starred | ast.NamedExpr):
        yield from _roots(node.value)
    elif isinstance(node, ast.Subscript):
        looked_up = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if _is_namespace(node.value) and isinstance(looked_up, str):
            yield looked_up
        yield from _roots(node.value)
    elif isinstance(node, ast.Call):
        yield from _roots(node.func.value) if isinstance(node.func, ast.Attribute) else ()
        if isinstance(node.func, ast.Name) and node.func.id in ("enumerate", "zip", "reversed", "iter"):
            for argument in node.args:
                yield from _roots(argument)
    elif isinstance(node, ast.IfExp):
        yield from _roots(node.body)
        yield from _roots(node.orelse)
    elif isinstance(node, ast.Tuple | ast.List):
        for element in node.elts:
            yield from _roots(element)


def _is_namespace(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("globals", "locals")
