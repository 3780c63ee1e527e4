"""What became of a class: counted, in words for a person and as JSON for a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from .due import Due
from .work import Failed, Graded

_SHOWN = 12
_SLOWEST = 3


@dataclass
class Summary:
    """Filled while the class is graded."""

    assignment: str
    due: Due
    graded: list[Graded] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)
    stopped: str = ""

    def add(self, done: Graded | Failed) -> None:
        if isinstance(done, Failed):
            self.failed.append(done)
        else:
            self.graded.append(done)

    @property
    def is_complete(self) -> bool:
        return not self.failed and not self.stopped and len(self.graded) == len(self.due.works)

    @property
    def of_author(self) -> dict[tuple[str, str], list[str]]:
        """Test cells that are wrong themselves, by (notebook, cell): what was said, each once, the most frequent first."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for graded in self.graded:
            for book in graded.books:
                for cell, words in book.of_author:
                    found.setdefault((book.name, cell), Counter())[words] += 1
        return {place: [f"{words} ({count} ×)" for words, count in said.most_common()] for place, said in found.items()}


def in_words(summary: Summary) -> Iterator[str]:
    """Line by line, what matters most first."""
    due = summary.due
    yield f"Graded: {_count(len(summary.graded), 'submission')} of {len(due.works)}" + (
        f", {len(due.unchanged)} unchanged since they were graded (--force grades them again)" if due.unchanged else ""
    )
    if summary.stopped:
        yield f"Stopped: {summary.stopped}"
    if summary.failed:
        yield "Failed:"
        yield from _some([f"  {failed.work.student}: {failed.reason}" for failed in summary.failed])
    for (notebook, cell), words in summary.of_author.items():
        yield f"Wrong itself is the test {cell} of {notebook}.ipynb: {words[0].strip().splitlines()[-1]}"
    odd = [(graded.work.student, graded.problems) for graded in summary.graded if graded.problems]
    if odd:
        yield f"Repaired, found elsewhere or odd: {_count(len(odd), 'submission')}"
        yield from _some([f"  {student}: {' '.join(problems[0].split())}" for student, problems in odd])
    waiting = sum(book.waiting for graded in summary.graded for book in graded.books)
    if waiting:
        yield f"Waiting for a person: {_count(waiting, 'written answer')} (nbgrader's formgrader shows them)"
    if due.stale:
        yield f"Graded again because tests have changed: {_count(len(due.stale), 'submission')}"
    slow = sorted(summary.graded, key=lambda graded: -graded.seconds)[:_SLOWEST]
    if len(summary.graded) > _SLOWEST:
        yield "Slowest: " + ", ".join(f"{graded.work.student} ({graded.seconds:.1f} s)" for graded in slow)


def as_json(summary: Summary) -> dict[str, Any]:
    """The same, complete."""
    return {
        "assignment": summary.assignment,
        "complete": summary.is_complete,
        "stopped": summary.stopped or None,
        "graded": [
            {
                "student": graded.work.student,
                "points": graded.points,
                "possible": graded.possible,
                "seconds": round(graded.seconds, 3),
                "problems": list(graded.problems),
                "waiting": sum(book.waiting for book in graded.books),
            }
            for graded in summary.graded
        ],
        "failed": [{"student": failed.work.student, "reason": failed.reason} for failed in summary.failed],
        "unchanged": list(summary.due.unchanged),
        "stale": list(summary.due.stale),
        "author_problems": [
            {"notebook": notebook, "cell": cell, "words": words}
            for (notebook, cell), words in summary.of_author.items()
        ],
    }


def _some(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more: the log has them all"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
