"""What staff are told of a cell (``CellResult.staff_message``), in a sentence instead of a traceback."""

from __future__ import annotations

import re
from typing import NamedTuple

from proctor.exam.paper import CellResult

_CHAINED = ("direct cause of the following exception:", "another exception occurred:")  # between two tracebacks
_TRACEBACK = "Traceback (most recent call last)"
_MODULE = re.compile(r"^(?:\w+\.)+(?=\w+(?:: |$))")  # of an exception that is none of Python's own
_OURS = re.compile(r"^(?:AuthorError|CannotCross): ")


class StaffWords(NamedTuple):
    """``line`` is the cell's, from 1; 0 if the message names none."""

    words: str
    line: int


def staff_words(result: CellResult) -> StaffWords:
    """The words, "" if staff are told nothing."""
    blocks = [block.strip() for block in result.staff_message.split("\n\n")]
    blocks = [block for block in blocks if block and not block.endswith(_CHAINED)]
    said = dict.fromkeys(_last_words(block) if _TRACEBACK in block else block for block in blocks)
    lines = re.findall(rf'File "<ipython-input-{result.execution_count}-[^"]*", line (\d+)', result.staff_message)
    return StaffWords("; ".join(" ".join(words.split()) for words in said), int(lines[-1]) if lines else 0)


def _last_words(traceback: str) -> str:
    """The exception that a traceback ends with, and what follows it."""
    lines = traceback.split("\n")
    last = max((place for place, line in enumerate(lines) if line.startswith(" ")), default=0)
    return _OURS.sub("", _MODULE.sub("", "\n".join(lines[last + 1 :])))
