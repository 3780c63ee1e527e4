"""What means the student's process too, though Python never asks a handle: seeds, ``type``, ``isinstance``, ``except``.

``np.random.seed(1)`` before ``f()`` decides what ``f`` draws; ``type(shape)`` is a class of the student's, and
so is ``Oops`` in ``except Oops``.

Threat model: a seed crosses as an argument would. What ``proctor.checks.rng`` draws has another seed.
"""

from __future__ import annotations

import ast
import random
import sys
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol

from .faults import FromCandidate
from .faults import type_of as exception_of
from .handles import Handle, is_handle

_SEEDING, _TYPE_OF, _CAUGHT_BY = "__seeding__", "__type_of__", "__caught_by__"
_IS_INSTANCE = "__is_instance__"
_SEEDS = ("seed", "manual_seed")
Generator = Literal["random", "numpy", "torch"]


class Line(Protocol):
    def seed(self, generator: Generator, value: Any) -> None: ...

    def type_of(self, handle: Handle) -> Any: ...

    def check_class(self, handle: Handle, classes: Any) -> None:
        """Raises what says whose mistake it is that an object is of none of these classes."""

    def is_subclass(self, handle: Handle, other: Any) -> bool: ...


class Hooks(ast.NodeTransformer):
    """Has these pass by what ``hooks`` gives."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        if node.type is not None:
            hook = ast.copy_location(ast.Name(_CAUGHT_BY, ast.Load()), node.type)
            node.type = ast.copy_location(ast.Call(hook, [node.type], []), node.type)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in _SEEDS:
            return _passing_by(_SEEDING, node, [node.func, *node.args])
        if isinstance(node.func, ast.Name) and called == "type" and len(node.args) == 1 and not node.keywords:
            return _passing_by(_TYPE_OF, node, [node.func, *node.args])
        if isinstance(node.func, ast.Name) and called == "isinstance" and len(node.args) == 2 and not node.keywords:
            return _passing_by(_IS_INSTANCE, node, [node.func, *node.args])
        return node


def hooks(line: Line) -> dict[str, Callable[..., Any]]:
    """What these are made by, for the cells' builtins."""

    def seed(function: Any, *args: Any, **kwargs: Any) -> Any:
        given = function(*args, **kwargs)
        if not is_handle(function):  # else the student's has been seeded just now
            for generator, seeds in _generators():
                if function == seeds:
                    line.seed(generator, next(iter((*args, *kwargs.values())), None))
        return given

    def type_of(function: Any, value: Any) -> Any:
        if function is type and is_handle(value):
            return line.type_of(value)
        if function is type and issubclass(type(value), FromCandidate):
            return exception_of(value)
        return function(value)

    def caught_by(wanted: Any) -> Any:
        """What `except` looks for: of a class of the student's, the exception that is there, if it is one."""
        kind, several = sys.exc_info()[0], wanted if type(wanted) is tuple else (wanted,)
        if kind is None or not any(is_handle(each) for each in several):
            return wanted
        ours = tuple(each for each in several if not is_handle(each))
        theirs = [each for each in several if is_handle(each) and line.is_subclass(each, kind)]
        return (*ours, kind) if theirs else ours

    def is_instance(function: Any, value: Any, classes: Any) -> Any:
        found = function(value, classes)
        if found is False and function is isinstance and is_handle(value):
            line.check_class(value, classes)
        return found

    return {_SEEDING: seed, _TYPE_OF: type_of, _CAUGHT_BY: caught_by, _IS_INSTANCE: is_instance}


def _passing_by(hook: str, node: ast.Call, args: list[ast.expr]) -> ast.Call:
    name = ast.copy_location(ast.Name(hook, ast.Load()), node.func)
    return ast.copy_location(ast.Call(name, args, node.keywords), node)


def _generators() -> Iterator[tuple[Generator, Any]]:
    yield "random", random.seed
    if "numpy" in sys.modules:
        yield "numpy", sys.modules["numpy"].random.seed
    if "torch" in sys.modules:
        yield "torch", sys.modules["torch"].manual_seed
