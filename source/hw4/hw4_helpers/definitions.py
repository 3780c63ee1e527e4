"""What a saved notebook defines, without running what it does."""

import ast
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .saved import read_cells


def run_definitions(notebook: Path) -> dict:
    """Names that the cells of a saved notebook define: its imports, functions, classes and plain values.

    Nothing is trained, read or drawn: of each cell only these statements run, in the order of
    the cells. What ends in an error is passed over. Raises ``FileNotFoundError`` and
    ``ValueError`` as ``read_cells`` does.
    """
    folder = str(notebook.parent.resolve())
    if folder not in sys.path:
        sys.path.append(folder)  # modules that lie beside the notebook
    names: dict = {"__name__": "__main__"}
    for number, statement in enumerate(_statements(notebook)):
        if _defines(statement):
            code = compile(ast.Module([statement], type_ignores=[]), f"<definition {number}>", "exec")
            with suppress(Exception):
                exec(code, names)
    return names


def plain_value(notebook: Path, name: str) -> object:
    """The value that a saved notebook last gives to ``name``, written as a plain one; None when there is none."""
    found = None
    with suppress(OSError, ValueError):
        for statement in _statements(notebook):
            if isinstance(statement, ast.Assign) and name in {getattr(t, "id", None) for t in statement.targets}:
                with suppress(ValueError):
                    found = _value(statement.value)
    return found


def argument(notebook: Path, function: str, name: str) -> object:
    """The plain value that a saved notebook last passes as ``function(…, name=value)``; None when there is none."""
    found = None
    with suppress(OSError, ValueError):
        for statement in _statements(notebook):
            for call in ast.walk(statement):
                if isinstance(call, ast.Call) and getattr(call.func, "id", None) == function:
                    for keyword in call.keywords:
                        with suppress(ValueError):
                            found = _value(keyword.value) if keyword.arg == name else found
    return found


def _statements(notebook: Path) -> Iterator[ast.stmt]:
    from IPython.core.inputtransformer2 import TransformerManager

    for cell in read_cells(notebook):
        if cell["cell_type"] == "code":
            with suppress(SyntaxError, ValueError):
                yield from ast.parse(TransformerManager().transform_cell(cell["source"])).body


def _defines(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        with suppress(ValueError):
            _value(statement.value)
            return True
        return False
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)


def _value(node: ast.expr) -> object:
    """A value that is written out, ``dict(…)`` included. Raises ``ValueError``."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "dict" and not node.args:
        return {keyword.arg: _value(keyword.value) for keyword in node.keywords}
    return ast.literal_eval(node)
