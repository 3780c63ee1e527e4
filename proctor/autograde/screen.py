"""What is seen while a class is graded: a line per student, and how far it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from .work import Failed, Graded


class Screen:
    """Writes to stderr, which is a terminal or not: lines are the same."""

    def __init__(self, progress: Progress, task) -> None:
        self._progress, self._task, self._problems = progress, task, 0

    def show(self, done: Graded | Failed) -> None:
        self._problems += isinstance(done, Failed) or bool(done.problems)
        self._progress.console.print(line(done), highlight=False, markup=False, soft_wrap=True)
        self._progress.update(self._task, advance=1, problems=self._problems)


@contextmanager
def screen(console: Console, total: int) -> Iterator[Screen]:
    columns = (
        TextColumn("Grading"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        _Rate(),
        TextColumn("problems: {task.fields[problems]}"),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Screen(progress, progress.add_task("", total=total, problems=0))


def line(done: Graded | Failed) -> str:
    """One student's line."""
    if isinstance(done, Failed):
        return f"✗ {done.work.student}: {done.reason}"
    waits = sum(book.waiting for book in done.books)
    said = [
        f"{done.points:g} of {done.possible:g} points",
        *([f"{waits} answers wait"] if waits else []),
        f"{done.seconds:.1f} s",
        *([f"! {' '.join(done.problems[0].split())[:100]}"] if done.problems else []),
    ]
    return f"✓ {done.work.student}: {', '.join(said)}"


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.0f} a minute" if task.speed else "")
