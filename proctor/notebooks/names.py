"""Which names a cell makes its own, found by reading it.

Threat model: a name that the examiner does not know is looked up with the student. A
test such as ``try: ok = check() except Exception: pass`` followed by ``assert ok`` has a
name that is unknown when ``check()`` raised, and a student's ``ok = True`` must not be it.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from functools import lru_cache

from IPython.core.inputtransformer2 import TransformerManager

_DEFERRED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_BIND_BY_TEXT = (ast.ExceptHandler, ast.MatchAs, ast.MatchStar, ast.MatchMapping)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_AS_THEY_RUN = {
    ast.Assign: ("value", "targets"),
    ast.AnnAssign: ("value", "target"),
    ast.NamedExpr: ("value", "target"),
    ast.For: ("iter", "target", "body", "orelse"),
    ast.AsyncFor: ("iter", "target", "body", "orelse"),
    ast.comprehension: ("iter", "target", "ifs"),
}


@lru_cache(maxsize=256)
def own_names(source: str) -> frozenset[str]:
    """Names of the notebook that the cell binds before it reads them, if only in one of its branches.

    ``x = x + 1`` reads first: that ``x`` is whoever's it was. What a function reads when it is
    called does not count.
    """
    first: dict[str, bool] = {}
    for name, is_bound in uses(parsed(source)):
        first.setdefault(name, is_bound)
    return frozenset(name for name, is_bound in first.items() if is_bound)


@lru_cache(maxsize=1024)
def parsed(source: str) -> ast.Module:
    """A cell's syntax tree, an empty one if it is no Python. Lines are counted from below its magics."""
    while source.lstrip().startswith("%%"):  # magics whose cell runs here, see ``shell.py``
        source = source.lstrip().partition("\n")[2]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def uses(node: ast.AST | list) -> Iterator[tuple[str, bool]]:
    """Names of the module in the order in which running it meets them, and whether they are bound there."""
    if isinstance(node, list):
        for each in node:
            if isinstance(each, ast.AST):
                yield from uses(each)
    elif isinstance(node, ast.Name):
        yield node.id, not isinstance(node.ctx, ast.Load)
    elif isinstance(node, _DEFERRED):
        yield from uses([*getattr(node, "decorator_list", []), *node.args.defaults, *node.args.kw_defaults])
        for inside in ast.walk(node):
            if isinstance(inside, ast.Global):
                yield from ((name, True) for name in inside.names)
        if not isinstance(node, ast.Lambda):
            yield node.name, True
    elif isinstance(node, ast.ClassDef):
        yield from uses([*node.decorator_list, *node.bases, *node.keywords])
        used = list(uses(node.body))
        its_own = {name for name, is_bound in used if is_bound}
        yield from (use for use in used if use[0] not in its_own)
        yield node.name, True
    elif isinstance(node, _COMPREHENSIONS):
        targets = {name for generator in node.generators for name, _ in uses(generator.target)}
        parts = [*node.generators, *(each for each in ast.iter_child_nodes(node) if each not in node.generators)]
        yield from (use for use in uses(parts) if use[0] not in targets)
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.split(".")[0], True
    elif isinstance(node, ast.AugAssign):
        if isinstance(node.target, ast.Name):
            yield node.target.id, False
        yield from uses([node.value, node.target])
    else:
        for field in _AS_THEY_RUN.get(type(node), node._fields):
            value = getattr(node, field, None)
            if isinstance(value, str) and isinstance(node, _BIND_BY_TEXT):
                yield value, True
            elif isinstance(value, ast.AST | list):
                yield from uses(value)
