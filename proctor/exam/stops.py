"""Which of the student's cells did not come to their end, in words for the student.

Threat model: the words of an exception are the student's own. Whoever has been asked hidden
questions could put them there, so they are taken from a process that has been asked none, see
``exam.py``; what became of any other one is said in fixed words.
"""

from __future__ import annotations

from dataclasses import dataclass

from proctor.exam.wire.messages import Ran
from proctor.notebooks.definitions import defined_names, statements

from .paper import Cell, Outcome

#: What a cell did, by how it ended.
ENDINGS = {
    Outcome.TIMEOUT: "took too long and was stopped",
    Outcome.DIED: "ended its own process",
    Outcome.MEMORY: "used too much memory",
    Outcome.TOO_BIG: "wrote or printed more than it may",
    Outcome.PROTOCOL: "sent something that could not be read",
    Outcome.NOT_RUN: "was not run: the notebook failed too often or took too long before",
}
_LONGEST_WORDS = 300
_LONGEST_TITLE = 50


@dataclass(frozen=True)
class Stop:
    """``words`` name the cell and say why it stopped. ``names`` are what it would have defined, as it reads, or was to define."""

    words: str
    names: frozenset[str]


def raised(cell: Cell, ran: Ran) -> Stop:
    """A cell that ended with an exception."""
    if cell.as_released and ran.error == "NotImplementedError":
        return _stop(cell, "is not written yet")
    line = f" at line {ran.line}" if 0 < ran.line <= len(cell.source.split("\n")) else ""
    said = " ".join(ran.said.split())[:_LONGEST_WORDS].rstrip(".") or "an exception"
    return _stop(cell, f"stopped{line}: {said}")


def lost(cell: Cell, outcome: Outcome) -> Stop:
    """A cell that its process did not survive."""
    return _stop(cell, ENDINGS[outcome])


def _stop(cell: Cell, words: str) -> Stop:
    whose = "The" if cell.as_released and words != "is not written yet" else "Your"
    names = defined_names(cell.source) | (cell.defines if cell.as_released else frozenset())
    return Stop(f"{whose} cell `{cell.title or title_of(cell.source)}` {words}", names)


def title_of(source: str) -> str:
    """How a student recognises a cell: by the first function or class that it defines, else by its first line."""
    for statement in statements(source) or ():
        if statement.kind == "definition":
            return min(statement.names)
    lines = [line.strip() for line in source.split("\n")]
    first = next((line for line in lines if line and not line.startswith("#")), lines[0])
    first = first.replace("`", "'")
    return first if len(first) <= _LONGEST_TITLE else f"{first[: _LONGEST_TITLE - 2].rstrip()} …"
