"""Run cells of the source notebooks in this process, one at a time.

Tests use it to try a reference function, or to put a wrong answer in place of a
solution and see what the notebook's own test cell says about it.
"""

import ast
import linecache
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from proctor.authoring import NotebookNames

SOURCE = Path(__file__).parents[1] / "source" / "hw4"


@lru_cache
def cells(notebook: str) -> dict[str, nbformat.NotebookNode]:
    """Cells of ``source/hw4/<notebook>.ipynb`` by cell id, in notebook order."""
    return {cell.id: cell for cell in nbformat.read(SOURCE / f"{notebook}.ipynb", 4).cells}


def namespace(notebook: str, answers: dict[str, str] | None = None) -> dict:
    """What a kernel knows after the read-only and solution cells have run.

    ``answers`` replaces the source of solution cells, by cell id.
    """
    if str(SOURCE) not in sys.path:
        sys.path.insert(0, str(SOURCE))
    os.environ.setdefault("MPLBACKEND", "agg")
    answers = answers or {}
    unknown = set(answers) - set(cells(notebook))
    if unknown:
        raise KeyError(f"no such cells in {notebook}: {sorted(unknown)}")
    names: dict = {"__name__": "__main__"}
    for cell_id, cell in cells(notebook).items():
        info = cell.metadata.get("nbgrader")
        if cell.cell_type == "code" and info and not info["grade"]:
            run(answers.get(cell_id, cell.source), names, cell_id)
    return names


def run_test_cell(notebook: str, cell_id: str, names: dict, hidden: bool = True) -> Any:
    """Run a test cell; return the value of its last expression, as nbgrader would read it.

    ``hidden=False`` leaves the hidden tests out: what a student sees.
    """
    source = cells(notebook)[cell_id].source
    names.setdefault("candidate", NotebookNames(names))
    names.setdefault("reference", NotebookNames(namespace(notebook)))
    if not hidden:
        source = source.split("### BEGIN HIDDEN TESTS")[0]
    return run(source, names, cell_id)


def run(source: str, names: dict, filename: str) -> Any:
    """Execute ``source`` in ``names``; return the value of a last expression, else None."""
    filename = f"{filename}-{hash(source):x}"
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)  # as a kernel does
    tree = ast.parse(source, filename)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        del tree.body[-1]
    exec(compile(tree, filename, "exec"), names)
    return eval(compile(ast.Expression(last.value), filename, "eval"), names) if isinstance(last, ast.Expr) else None
