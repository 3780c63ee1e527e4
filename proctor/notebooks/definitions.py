"""What a code cell defines, read from its source without running it.

Students' sources are parsed in a trusted process, so every parse is bounded and a
source that cannot be parsed is an answer ("defines nothing"), never an error.
"""

from __future__ import annotations

import ast
import re
import symtable
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

#: Longer sources are not parsed: no notebook cell written by hand comes near.
MAX_PARSED_CHARS = 200_000
#: Of more functions, each directly in the same cell, function or class, nobody asks ``symtable``: it compares each with each.
MOST_FUNCTIONS = 500
#: Cell magics whose body runs in the notebook's own namespace.
_TRANSPARENT_MAGICS = re.compile(r"\s*%%(time|capture|prun)\b[^\n]*\n")
_NAME_AT_LINE_START = re.compile(
    r"^(?:(?:async[ ]+)?def|class)[ ]+(\w+)|^([A-Za-z_]\w*)[ ]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)


_PARSING = threading.Lock()
_WORD = re.compile(r"[^\W\d]\w*")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_WITH_A_TABLE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *_COMPREHENSIONS)
_LOOKS_NAMES_UP = frozenset(("eval", "exec", "globals", "locals", "vars", "get_ipython"))


@dataclass(frozen=True)
class Statement:
    """One top-level statement of a cell: its text and the names it binds in the notebook.

    ``stub`` marks a function, class or ``raise NotImplementedError`` that still waits
    for its answer, and docstrings and ``pass``, which hold none.
    """

    source: str
    names: frozenset[str]
    kind: Literal["definition", "import", "other"]
    stub: bool


@lru_cache(maxsize=4096)
def statements(source: str) -> tuple[Statement, ...] | None:
    """The top-level statements of a code cell, or None if it is no Python that we can parse.

    IPython's magics and shell lines are passed over; the body of ``%%time``, ``%%capture`` and ``%%prun``
    counts as the cell's own.
    """
    parsed = read_as_it_runs(source)
    if parsed is None:
        return None
    lines, tree = parsed
    return tuple(_statement(node, lines) for node in tree.body)


def defined_names(source: str) -> frozenset[str]:
    """Names that running the cell binds at top level, stubs included.

    For a cell that does not parse: the names that its unindented lines seem to define.
    """
    found = statements(source)
    if found is None:
        return frozenset(a or b for a, b in _NAME_AT_LINE_START.findall(source[:MAX_PARSED_CHARS]))
    return frozenset().union(*(statement.names for statement in found))


def really_defined(source: str) -> frozenset[str]:
    """Names that the cell binds with more than a stub; nothing if the cell cannot run.

    What follows a top-level ``raise NotImplementedError`` is never reached and does not count.
    """
    names: set[str] = set()
    for statement in statements(source) or ():
        if statement.stub and statement.kind == "other" and statement.source.startswith("raise"):
            break
        if not statement.stub:
            names |= statement.names
    return frozenset(names)


def only_stubs(source: str) -> bool:
    """Whether the cell consists of stubs alone: running it could only undo an answer."""
    found = statements(source) or ()
    return bool(found) and all(statement.stub for statement in found)


def imported_names(source: str) -> frozenset[str]:
    """Names that the cell binds by importing."""
    return frozenset().union(*(statement.names for statement in statements(source) or () if statement.kind == "import"))


@lru_cache(maxsize=4096)
def used_names(source: str) -> frozenset[str]:
    """Names that the cell, or a function in it, may take from the notebook's namespace.

    Every word of a cell that is more than plain Python, or that may look names up by their text.
    """
    words = frozenset(_WORD.findall(source))
    if len(source) > MAX_PARSED_CHARS:
        return words
    try:
        with parsing():
            pending = [symtable.symtable(source, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return words
    used = set()
    while pending:
        table = pending.pop()
        if len(table.get_children()) > MOST_FUNCTIONS:
            return words
        is_module = table.get_type() == "module"
        used |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (is_module or s.is_global())}
        pending += table.get_children()
    return words if used & _LOOKS_NAMES_UP or "__main__" in words else frozenset(used) | _of_the_candidate(source)


@lru_cache(maxsize=4096)
def binds_plainly(source: str) -> bool:
    """Whether ``defined_names`` are all that running the cell may bind in the notebook, as far as reading tells."""
    if len(source) > MAX_PARSED_CHARS:
        return False
    try:
        with parsing():
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    unclear = (ast.Global, ast.Match)
    nodes = list(ast.walk(tree))
    is_clear = sum(isinstance(node, _WITH_A_TABLE) for node in nodes) <= MOST_FUNCTIONS and not any(
        isinstance(node, unclear) or (isinstance(node, ast.ImportFrom) and node.names[0].name == "*") for node in nodes
    )
    return is_clear and not used_names(source) & {*_LOOKS_NAMES_UP, "setattr"}


@lru_cache(maxsize=1024)
def read_as_it_runs(source: str) -> tuple[list[str], ast.Module] | None:
    """Lines and syntax tree of a code cell, whose line numbers are counted below a magic that runs the cell here.

    None if it is no Python that we can parse. IPython's magics and shell lines stand as ``None``.
    """
    magic = _TRANSPARENT_MAGICS.match(source)
    return _parse(source[magic.end() :] if magic else source)


def lines_for_ipython(source: str) -> list[str]:
    """Lines that ``read_as_it_runs`` may pass over."""
    return [line for line in source.split("\n") if _without_magic(line) != line]


def bound_names(node: ast.stmt) -> frozenset[str]:
    """Names that a statement binds in the namespace it runs in."""
    return frozenset(_bound(node))


def _of_the_candidate(source: str) -> frozenset[str]:
    """The names in ``candidate.NAME``, which tests write for the student's."""
    with parsing():
        nodes = ast.walk(ast.parse(source))
    return frozenset(node.attr for node in nodes if isinstance(node, ast.Attribute) and _is_candidate(node.value))


def _is_candidate(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "candidate"


def _parse(source: str) -> tuple[list[str], ast.Module] | None:
    """Lines and syntax tree of a cell."""
    if len(source) > MAX_PARSED_CHARS:
        return None
    # Python splits lines at \n only, where str.splitlines would also split at \f and others.
    lines = source.split("\n")
    plain = [_without_magic(line) for line in lines]
    for attempt in (lines, plain) if plain != lines else (lines,):
        try:
            with parsing():
                return lines, ast.parse("\n".join(attempt))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


@contextmanager
def parsing() -> Iterator[None]:
    """No warnings while a student's source is parsed. Their filters are the process's, so one thread at a time."""
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _without_magic(line: str) -> str:
    """A line that IPython would rewrite, as Python that binds the same names.

    IPython's own transformer would do, but it reads the whole cell anew for each magic: a
    notebook full of them would cost minutes.
    """
    code = line.strip()
    if code.startswith(("%", "!", "?")) or code.endswith("?"):
        return line[: len(line) - len(line.lstrip())] + "None"
    names, equals, value = line.partition("=")
    return f"{names}= None" if equals and value.lstrip().startswith(("%", "!")) else line


def _statement(node: ast.stmt, lines: list[str]) -> Statement:
    kind: Literal["definition", "import", "other"] = "other"
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        kind = "definition"
    elif isinstance(node, ast.Import | ast.ImportFrom):
        kind = "import"
    return Statement(_source_of(node, lines), frozenset(_bound(node)), kind, _is_stub(node))


def _source_of(node: ast.stmt, lines: list[str]) -> str:
    """The text of a statement, with its decorators; columns are UTF-8 offsets."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    taken = lines[first - 1 : node.end_lineno]
    if _without_magic(taken[-1]) == taken[-1]:  # else its columns are not those that were parsed
        taken[-1] = taken[-1].encode()[: node.end_col_offset].decode(errors="ignore")
    if not decorators:
        taken[0] = taken[0].encode()[node.col_offset :].decode(errors="ignore")
    return "\n".join(taken)


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds in the namespace it runs in, not inside functions or classes."""
    pending = [node]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, _WITH_A_TABLE):
            pending.extend(_run_outside(node))
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            for alias in node.names:
                # A star import binds names that we cannot know: it stands for itself.
                bound = alias.asname or alias.name.split(".")[0]
                yield f"{origin}*" if alias.name == "*" else bound
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping):
            name = node.rest if isinstance(node, ast.MatchMapping) else node.name
            yield from [name] if name else ()
        pending.extend(ast.iter_child_nodes(node))


def _run_outside(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a function, class or comprehension that bind names around it: defaults, bases, ``:=`` in a comprehension."""
    if isinstance(node, _COMPREHENSIONS):
        yield from (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        return
    yield from getattr(node, "decorator_list", ())
    if isinstance(node, ast.ClassDef):
        yield from (*node.bases, *node.keywords)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        yield from (*node.args.defaults, *(default for default in node.args.kw_defaults if default))


def _is_stub(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return _never_answers(node.body)
    if isinstance(node, ast.ClassDef):
        methods = [m for m in node.body if isinstance(m, ast.FunctionDef | ast.AsyncFunctionDef)]
        return bool(methods) and all(_never_answers(method.body) for method in methods)
    return _is_filler(node) or _raises_not_implemented(node)


def _never_answers(body: list[ast.stmt]) -> bool:
    """Whether a function's body is empty or always ends in NotImplementedError."""
    for node in body:
        if isinstance(node, ast.Return):
            return False
        if _raises_not_implemented(node):
            return True
    return all(_is_filler(node) for node in body)


def _is_filler(node: ast.stmt) -> bool:
    """``pass``, ``...`` and docstrings."""
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and (node.value.value is Ellipsis or isinstance(node.value.value, str))
    )


def _raises_not_implemented(node: ast.stmt) -> bool:
    if not isinstance(node, ast.Raise):
        return False
    raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
