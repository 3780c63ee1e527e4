"""The packages that code imports, wherever it does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Import:
    """A package, the first part of a module's name, and the line; ``is_optional`` where a ``try`` is around it."""

    package: str
    line: int
    is_optional: bool


def imports(tree: ast.Module) -> Iterator[Import]:
    optional = {
        id(inside)
        for node in ast.walk(tree)
        if isinstance(node, ast.Try)
        for statement in node.body
        for inside in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for package in _packages(node):
                yield Import(package, node.lineno, id(node) in optional)


def _packages(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return list(dict.fromkeys(alias.name.split(".")[0] for alias in node.names))
    return [node.module.split(".")[0]] if node.module and not node.level else []
