"""What pyflakes and a look at the imports tell about an assignment's code.

The cells of a notebook are read as one module, in their order: what one defines, the next may use.
"""

from __future__ import annotations

import ast
import importlib.util
import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from pyflakes.checker import Checker
from pyflakes.messages import AssertTuple, UndefinedName

from proctor.author.findings import Finding, Weight
from proctor.notebooks.assignment import Assignment, AssignmentNotebook
from proctor.notebooks.definitions import parsing
from proctor.notebooks.imports import imports

#: What a notebook has without defining it: IPython's names, and those of an exam.
_GIVEN = frozenset("get_ipython display In Out _ __ ___ exit quit reference candidate".split())
_RUNS_HERE = re.compile(r"\s*%%(time|timeit|capture|prun)\b")
_WRITES_MODULE = re.compile(r"\s*%%(?:writefile|file)[ ]+(?:-a[ ]+|--append[ ]+)?[\"']?(\w+)\.py\b")
_BRINGS_NAMES = re.compile(r"^\s*%(run|load|pylab|store|env|macro)\b|\b(exec|globals|setattr)\s*\(", re.MULTILINE)
_MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)


def code_of_notebook(notebook: AssignmentNotebook, assignment: Assignment) -> Iterator[Finding]:
    module = _module(notebook)
    yield from module.broken
    found = Checker(module.tree, f"{notebook.name}.ipynb", builtins=_GIVEN | module.magic).messages
    for message in found:
        if isinstance(message, AssertTuple):
            what = "assert (condition, message) is always true: a pair is not empty."
            yield module.finding(message.lineno, what, "Leave out the parentheses: assert condition, message")
        elif isinstance(message, UndefinedName) and module.is_closed and message.lineno < module.unsolved:
            name = message.message_args[0]
            what = f"{name} is defined by nobody: neither this notebook nor Python has it."
            yield module.finding(message.lineno, what, f"Define {name} in a cell above, or correct the name.")
    for line, package in _missing(module.tree, _own_modules(assignment) | module.written):
        yield module.finding(line, *_not_installed(package))


def code_of_files(assignment: Assignment) -> Iterator[Finding]:
    """The same of the Python files beside the notebooks, which students import."""
    for path in assignment.files:
        if path.suffix != ".py":
            continue
        try:
            with parsing():
                tree = ast.parse((assignment.folder / path).read_bytes())
        except (SyntaxError, ValueError) as error:
            yield Finding(Weight.WRONG, f"It cannot be read as Python: {error}.", "", str(path), "", _line(error))
            continue
        for line, package in _missing(tree, _own_modules(assignment)):
            yield Finding(Weight.WRONG, *_not_installed(package), file=str(path), line=line)


@dataclass
class _Module:
    """A notebook's code cells as one module. ``magic`` are words of IPython's commands, which may define names."""

    file: str
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []))
    magic: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    broken: list[Finding] = field(default_factory=list)
    is_closed: bool = True  # whether reading tells all names
    unsolved: float = math.inf  # line of the first answer without a solution: what students define is not known below
    cells: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def finding(self, line: int, what: str, remedy: str) -> Finding:
        place = bisect_right(self.starts, line) - 1
        return Finding(Weight.WRONG, what, remedy, self.file, self.cells[place], line - self.starts[place])


def _module(notebook: AssignmentNotebook) -> _Module:
    module, length = _Module(f"{notebook.name}.ipynb"), 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        name = cell.grade_id or cell.id
        if written := _WRITES_MODULE.match(cell.source):
            module.written.add(written[1])
        module.magic |= {word for line in _MAGIC.findall(cell.source) for word in re.findall(r"[A-Za-z_]\w*", line)}
        module.is_closed = module.is_closed and not _BRINGS_NAMES.search(cell.source)
        try:
            body = _parse(cell.source)
        except (SyntaxError, ValueError) as error:
            module.is_closed = False
            if cell.role in ("test", "shared"):  # of an answer the trial tells; students write another
                what = f"The cell cannot be read as Python: {getattr(error, 'msg', error)}."
                module.broken.append(Finding(Weight.WRONG, what, "Correct it.", module.file, name, _line(error)))
            continue
        if cell.role in ("answer", "manual") and all(map(_does_nothing, body.body)):
            module.unsolved = min(module.unsolved, length)
        module.cells.append(name)
        module.starts.append(length)
        module.tree.body += ast.increment_lineno(body, length).body
        length += len(cell.source.split("\n")) + 1
    return module


def _does_nothing(node: ast.stmt) -> bool:
    """As an answer that is still to be written: a text, `pass`, or what is raised in its place."""
    return isinstance(node, ast.Pass | ast.Raise) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _parse(source: str) -> ast.Module:
    """A cell's syntax tree, with the line numbers of the cell; empty for one that another program runs."""
    lines = source.split("\n")
    while lines and lines[0].lstrip().startswith("%%"):
        if not _RUNS_HERE.match(lines[0]):
            return ast.Module([], [])
        lines = lines[1:]
    while lines and not lines[0].strip():  # IPython leaves them out, and would count without them
        lines = lines[1:]
    with parsing():
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = compile(TransformerManager().transform_cell("\n".join(lines)), "<cell>", "exec", flags)
    assert isinstance(tree, ast.Module), "what was asked for"
    return ast.increment_lineno(tree, source.count("\n") + 1 - len(lines))


def _missing(tree: ast.Module, own: set[str]) -> Iterator[tuple[int, str]]:
    """Line and name of each package that is imported, wherever, and not installed here."""
    for found in imports(tree):
        if not (found.is_optional or found.package in own or importlib.util.find_spec(found.package)):
            yield found.line, found.package


def _own_modules(assignment: Assignment) -> set[str]:
    """Modules and packages beside the notebooks."""
    return {Path(path.parts[0]).stem for path in assignment.files}


def _not_installed(package: str) -> tuple[str, str]:
    return (
        f"{package} is imported, and not installed here, where it would be graded.",
        "Install it, and name it where students find what to install; or do without it.",
    )


def _line(error: Exception) -> int:
    return getattr(error, "lineno", 0) or 0
