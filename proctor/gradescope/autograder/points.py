"""The points of an assignment, as they have to be entered on Gradescope."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from proctor.notebooks.assignment import Assignment


@dataclass(frozen=True)
class Points:
    """Of a notebook, or of all: what tests give, and what people give for written answers."""

    name: str
    tests: float
    written: float

    @property
    def together(self) -> float:
        return self.tests + self.written


def points_of(assignment: Assignment) -> tuple[Points, ...]:
    """Notebook by notebook."""
    return tuple(
        Points(
            book.name,
            sum(cell.points for cell in book.cells if cell.role == "test"),
            sum(cell.points for cell in book.cells if cell.role in ("manual", "task")),
        )
        for book in assignment.notebooks
    )


def added_up(points: Iterable[Points]) -> Points:
    points = tuple(points)
    return Points("together", sum(each.tests for each in points), sum(each.written for each in points))


def to_enter(points: tuple[Points, ...]) -> list[str]:
    """A table of lines for people: what to type into Gradescope's fields, and where the points come from."""
    total = added_up(points)
    rows = [
        ("", "tests", "written"),
        *((each.name, f"{each.tests:g}", f"{each.written:g}") for each in (*points, total)),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [f"  {name:<{widths[0]}}  {tests:>{widths[1]}}  {written:>{widths[2]}}" for name, tests, written in rows]
    by_hand = f" With manual grading on: {total.written:g} more, {total.together:g} in all." if total.written else ""
    return [f"Points to enter on Gradescope: autograder points {total.tests:g}.{by_hand}", *lines]


def other_points(assignment: Assignment, on_gradescope: float | None) -> str:
    """What staff should know if Gradescope has other points for the assignment; "" if not, or if it does not say.

    Its number includes questions that are graded by hand, if there are any on Gradescope.
    """
    ours = added_up(points_of(assignment))
    if on_gradescope is None or any(math.isclose(on_gradescope, each) for each in (ours.tests, ours.together)):
        return ""
    with_written = f", {ours.together:g} together with the written answers" if ours.written else ""
    return (
        f"Gradescope has {on_gradescope:g} points for this assignment; its tests have {ours.tests:g}{with_written}. "
        f"In the assignment's settings on Gradescope, set the autograder points to {ours.tests:g}."
    )
