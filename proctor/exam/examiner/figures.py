"""pyplot in a test that looks at what the student's code has drawn.

``plot_wave()``, then ``plt.gca().get_title()``; ``fig, ax = plt.subplots()``, then ``plot_wave(ax)``: with stock nbgrader
there is one pyplot. Here such a test, and what it calls in read-only cells, has the student's, without figures at
first. Its figures and axes are handles: what they say of themselves are values like any that the student's code gives.

Threat model: whoever draws with the student's pyplot hands over what is drawn, and takes their word for it. So only a
test that draws nothing itself, nor has a helper draw, has it: one that draws what it wants, to compare, has its own.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from types import CodeType, FunctionType
from typing import Any

from proctor.notebooks.names import own_names, parsed

_PYPLOT = "matplotlib.pyplot"
_CURRENT = {"gca", "gcf", "get_fignums", "fignum_exists"}
_MADE = {"figure", "subplots", "subplot", "axes"}
_HARMLESS = {"close", "clf", "cla", "show", "sca", "draw", "ioff", "ion", "Axes", "Figure", "rcParams"}
_DRAWING = frozenset(
    """plot scatter bar barh hist hist2d imshow pie errorbar fill fill_between step stem contour contourf boxplot violinplot
    text annotate axhline axvline hlines vlines pcolormesh quiver stackplot loglog semilogx semilogy matshow add_patch
    add_line add_collection add_artist add_image suptitle""".split()
)
_DRAWING_ON_CURRENT = frozenset("title xlabel ylabel xlim ylim xticks yticks axis legend grid colorbar".split())


class Matplotlib:
    """What a test imports, with the student's pyplot in it."""

    def __init__(self, pyplot: Any):
        self.pyplot = pyplot

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module("matplotlib"), name)


def pyplots_of_theirs(source: str, names: dict[str, Any]) -> frozenset[str]:
    """What a cell calls pyplot, if it looks at the student's figures; nothing if it is to have its own."""
    tree = parsed(source)
    nodes = list(ast.walk(tree))
    pyplots = _imported(nodes) | {name for name, value in names.items() if value is sys.modules.get(_PYPLOT, _PYPLOT)}
    used = {
        node.attr
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in pyplots
    }
    called = {node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    if not used <= _CURRENT | _MADE | _HARMLESS or any(map(_is_drawing, called)):
        return frozenset()
    if any(map(_has_the_solution_draw, nodes)) or any(_draws(code, pyplots) for code in _helpers(nodes, names)):
        return frozenset()
    return frozenset(pyplots) if used & _CURRENT or _hands_over(nodes, pyplots, source) else frozenset()


def _is_drawing(attribute: str) -> bool:
    return attribute in _DRAWING or attribute.startswith("set_")


def _has_the_solution_draw(node: ast.AST) -> bool:
    """A call of `reference` for what it does, not for what it gives."""
    called = node.value.func if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "reference"


def _draws(code: CodeType, pyplots: set[str]) -> bool:
    own = set(code.co_names)
    return any(map(_is_drawing, own)) or bool(own & pyplots and own & _DRAWING_ON_CURRENT)


def _helpers(nodes: list[ast.AST], names: dict[str, Any]) -> list[CodeType]:
    """Of functions of other cells that the cell uses, and of those that these use."""
    pending = [node.id for node in nodes if isinstance(node, ast.Name)]
    seen, found = set[str](), list[CodeType]()
    while pending:
        name = pending.pop()
        value = names.get(name)
        if name in seen or type(value) is not FunctionType:
            continue
        seen.add(name)
        value = inspect.unwrap(value)  # see ``helpers.py``; IPython's own `open` wraps a built-in one
        if type(value) is not FunctionType or value.__globals__ is not names:
            continue
        codes = [value.__code__]
        for code in codes:
            codes += [const for const in code.co_consts if isinstance(const, CodeType)]
            pending += code.co_names
        found += codes
    return found


def _imported(nodes: list[ast.AST]) -> set[str]:
    found = set()
    for node in nodes:
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            module = f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
            if (module == _PYPLOT and alias.asname) or (module == _PYPLOT and isinstance(node, ast.ImportFrom)):
                found.add(alias.asname or alias.name)
    return found


def _hands_over(nodes: list[ast.AST], pyplots: set[str], source: str) -> bool:
    """Whether figures or axes that the cell makes are arguments of functions that are not its own."""
    made = set[str]()
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _is_making(node.value.func, pyplots):
            made |= {each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)}
    own = own_names(source)
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id not in own
        and any(
            isinstance(each, ast.Name) and each.id in made
            for arg in [*node.args, *node.keywords]
            for each in ast.walk(arg)
        )
        for node in nodes
    )


def _is_making(node: ast.expr, pyplots: set[str]) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in _MADE
        and isinstance(node.value, ast.Name)
        and node.value.id in pyplots
    )
