"""Marks beside each other: what differs, and what all of it comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .marks import Mark, Marks

_CLOSE = 1e-9
_NAMED = 5  # students


@dataclass(frozen=True)
class Difference:
    """A test cell that scores differently, for these students."""

    notebook: str
    grade_id: str
    stock: Mark
    here: Mark
    students: tuple[str, ...]

    @property
    def is_loss(self) -> bool:
        return (self.here.points or 0) < (self.stock.points or 0)


@dataclass(frozen=True)
class Comparison:
    """``cells`` were compared; ``full`` of them have all points with stock nbgrader, ``kept`` of these here too."""

    differences: tuple[Difference, ...]
    cells: int
    different: int
    full: int
    kept: int


def compare(stock: Marks, here: Marks, possible: dict[tuple[str, str], float]) -> Comparison:
    """``possible`` are the points of test cells, by notebook and grade_id."""
    groups: dict[tuple[str, str, Mark, Mark], list[str]] = defaultdict(list)
    full = kept = 0
    cells = sorted({*stock, *here})
    for cell in cells:
        of_stock, ours = stock.get(cell, Mark(None)), here.get(cell, Mark(None))
        most = possible.get((cell.notebook, cell.grade_id), 0)
        is_full = _has(of_stock, most)
        full += is_full
        kept += is_full and _has(ours, most)
        if not _same(of_stock, ours):
            groups[cell.notebook, cell.grade_id, of_stock, ours].append(cell.student)
    found = [
        Difference(notebook, grade_id, of_stock, ours, tuple(students))
        for (notebook, grade_id, of_stock, ours), students in groups.items()
    ]
    found.sort(key=lambda each: (not each.is_loss, each.notebook, each.grade_id, -len(each.students)))
    return Comparison(tuple(found), len(cells), sum(len(each.students) for each in found), full, kept)


def in_words(comparison: Comparison) -> Iterator[str]:
    """Line by line, points that are lost first."""
    for each in comparison.differences:
        yield f"\n{each.notebook}.ipynb, cell {each.grade_id}: {_said(each)} ({_named(each.students)})"
        if each.stock.why and each.stock.why != each.here.why:
            yield f"    stock: {_short(each.stock.why)}"
        if each.here.why:
            yield f"    here:  {_short(each.here.why)}"
    same = comparison.cells - comparison.different
    yield f"\n{comparison.cells} test cells: {same} score the same, {comparison.different} differ."
    if comparison.full:
        share = 100 * comparison.kept / comparison.full
        yield f"{comparison.full} have all points with stock nbgrader; {comparison.kept} of these here ({share:.1f} %)."


def _same(one: Mark, other: Mark) -> bool:
    if one.points is None or other.points is None:
        return one.points is other.points
    return abs(one.points - other.points) <= _CLOSE


def _has(mark: Mark, points: float) -> bool:
    return points > 0 and mark.points is not None and mark.points >= points - _CLOSE


def _said(each: Difference) -> str:
    of_stock, ours = ("no grade" if mark.points is None else f"{mark.points:g}" for mark in (each.stock, each.here))
    return f"{of_stock} with stock nbgrader, {ours} here"


def _named(students: Sequence[str]) -> str:
    more = f" and {len(students) - _NAMED} more" if len(students) > _NAMED else ""
    return f"{', '.join(students[:_NAMED])}{more}"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 300 else f"{words[:299]}…"
