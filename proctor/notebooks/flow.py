"""Which names a cell takes from cells before it, and which it is sure to give to those after it.

Read like ``definitions.py``, in the order in which the statements of a cell run.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .definitions import MAX_PARSED_CHARS, binds_plainly, parsing, used_names
from .names import uses

_WORD = re.compile(r"[^\W\d]\w*")
_COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp")  # these run where they stand
_BRANCHES = ("body", "orelse", "finalbody", "handlers")


@dataclass(frozen=True)
class Flow:
    """``asks`` are names that it reads before it has bound them, ``later`` those that its functions read when they
    are called, ``gives`` those that it has bound when it has come to its end. Of a cell whose names are not plain to
    read, ``asks`` and ``later`` are all of its words.
    """

    asks: frozenset[str]
    later: frozenset[str]
    gives: frozenset[str]


@lru_cache(maxsize=4096)
def flow(source: str) -> Flow:
    """The flow of names of one code cell."""
    if len(source) > MAX_PARSED_CHARS or not binds_plainly(source):
        words = frozenset(_WORD.findall(source))
        return Flow(words, words, frozenset())
    with parsing():
        body, table = ast.parse(source).body, symtable.symtable(source, "<cell>", "exec")
    asks: set[str] = set()
    gives = _read(body, frozenset(), asks)
    later = frozenset(name for child in table.get_children() for name in _deferred(child))
    return Flow(frozenset(asks), later & used_names(source), gives)


def _read(body: list[ast.stmt], bound: frozenset[str], asks: set[str]) -> frozenset[str]:
    """Add what the statements ask for, where ``bound`` are there already; the names that are there afterwards."""
    for node in body:
        if isinstance(node, ast.If):
            _read_parts([node.test], bound, asks)
            bound = _read(node.body, bound, asks) & _read(node.orelse, bound, asks)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.With | ast.AsyncWith):
            items = [node.iter, node.target] if isinstance(node, ast.For | ast.AsyncFor) else node.items
            inside = _read_parts(items, bound, asks)
            _read(node.body, inside, asks)
            _read(getattr(node, "orelse", []), bound, asks)
        elif any(hasattr(node, branch) for branch in _BRANCHES) and not isinstance(node, _MADE):
            _read_branches(node, bound, asks)
        else:
            bound = _read_parts([node], bound, asks)
    return bound


_MADE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _read_branches(node: ast.AST, bound: frozenset[str], asks: set[str]) -> None:
    """Of ``while`` and ``try``: whatever is bound there may not have come to be."""
    for field in node._fields:
        value = getattr(node, field)
        if field == "handlers":
            for handler in value:
                inside = bound | ({handler.name} if handler.name else set())
                _read_parts([handler.type] if handler.type else [], bound, asks)
                _read(handler.body, inside, asks)
        elif field in _BRANCHES:
            _read(value, bound, asks)
        elif isinstance(value, ast.AST):
            _read_parts([value], bound, asks)


def _read_parts(nodes: list, bound: frozenset[str], asks: set[str]) -> frozenset[str]:
    for name, is_bound in uses(nodes):
        if is_bound:
            bound |= {name}
        elif name not in bound:
            asks.add(name)
    return bound


def _deferred(table: symtable.SymbolTable) -> Iterator[str]:
    if table.get_name() not in _COMPREHENSIONS:
        yield from (
            symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and symbol.is_global()
        )
    for child in table.get_children():
        yield from _deferred(child)
