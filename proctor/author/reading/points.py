"""Parts whose points are not those of their cell."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from proctor.author.findings import Finding, Weight
from proctor.notebooks.assignment import AssignmentNotebook
from proctor.notebooks.names import parsed


def parts_that_do_not_add_up(notebook: AssignmentNotebook) -> Iterator[Finding]:
    for cell in notebook.cells:
        points = written_out(cell.source) if cell.role == "test" and cell.cell_type == "code" else None
        if points is not None and abs(points - cell.points) > 1e-9:
            yield not_the_cells(points, cell.points, f"{notebook.name}.ipynb", cell.grade_id or cell.id)


def not_the_cells(parts: float, cell: float, file: str, name: str) -> Finding:
    return Finding(
        Weight.WRONG,
        f"The parts have {parts:g} points together, the cell has {cell:g}.",
        f"Give the cell {parts:g} points in JupyterLab's Create Assignment panel, or the parts {cell:g}.",
        file,
        name,
    )


def written_out(source: str) -> float | None:
    """The sum of the parts' points; None without parts, or where only running the test can tell."""
    tree = parsed(source)
    points = list(_plain(tree.body))
    return sum(points) if points and len(points) == sum(map(_is_part, ast.walk(tree))) else None


def _plain(body: list[ast.stmt]) -> Iterator[float]:
    """Points of the parts that always run, once."""
    for statement in body:
        if isinstance(statement, ast.With):
            for item in statement.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and _is_part(call) and call.args:
                    value = getattr(call.args[0], "value", None)
                    if isinstance(value, int | float):
                        yield value
            yield from _plain(statement.body)


def _is_part(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "part"
