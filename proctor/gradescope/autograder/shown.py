"""results.json in a terminal: what a student sees of it at once, or what staff see."""

from __future__ import annotations

from collections import Counter

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

_WHEN = {
    "visible": "at once",
    "after_due_date": "after the due date",
    "after_published": "when grades are published",
    "hidden": "never",
}


def show(results: dict, console: Console, staff: bool) -> None:
    """Print results that fit results.schema.json. As on Gradescope, students see no total while an entry is hidden."""
    tests = results.get("tests", [])
    seen = [test for test in tests if staff or _visibility(test) == "visible"]
    later = Counter(_visibility(test) for test in tests if _visibility(test) != "visible")
    console.print(Markdown(results.get("output", "")))
    console.print(_table(seen, staff))
    possible = sum(test.get("max_score", 0) for test in tests)
    if staff or not later:
        console.print(Text(f"Total: {results.get('score', 0):g} of {possible:g} points"))
    else:
        console.print(Text("Total: – (shown when every entry is)"))
    if results.get("leaderboard"):
        console.print(_leaderboard(results["leaderboard"]))
    if later and not staff:
        when = ", ".join(f"{count} {_WHEN[visibility]}" for visibility, count in later.items())
        console.print(Text(f"Students see {sum(later.values())} more entries later: {when}. --staff shows them."))


def _table(tests: list[dict], staff: bool) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_lines=False)
    for name in ("", "No.", "Test", "Points", *(["Students see it"] if staff else []), "What it says"):
        table.add_column(name, justify="right" if name == "Points" else "left", overflow="fold")
    for test in tests:
        points = f"{test['score']:g} of {test['max_score']:g}" if "score" in test else ""
        when = [Text(_WHEN[_visibility(test)])] if staff else []
        words = Markdown(test.get("output", ""))
        table.add_row(_sign(test), test.get("number", ""), Text(test.get("name", "")), points, *when, words)
    return table


def _leaderboard(figures: list[dict]) -> Table:
    table = Table(title="Leaderboard", box=SIMPLE_HEAD, pad_edge=False, title_justify="left")
    for name in ("Figure", "Value", "Best"):
        table.add_column(name)
    for figure in figures:
        value = figure["value"]
        shown = f"{value:g}" if isinstance(value, int | float) else str(value)
        table.add_row(Text(figure["name"]), Text(shown), "smallest" if figure.get("order") == "asc" else "largest")
    return table


def _sign(test: dict) -> str:
    return {"passed": "✓", "failed": "✗"}.get(test.get("status", ""), "")


def _visibility(test: dict) -> str:
    return test.get("visibility", "visible")
