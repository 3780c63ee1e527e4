"""Which lines of a test cell are hidden from students.

nbgrader marks them with ``BEGIN HIDDEN TESTS`` and ``END HIDDEN TESTS`` and
leaves them out of the release.
"""

from __future__ import annotations

_BEGIN, _END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"


def hidden_lines(source: str) -> set[int]:
    """Numbers of the hidden lines, from 1, markers included."""
    lines, inside = set(), False
    for number, line in enumerate(source.splitlines(), 1):
        inside = inside or _BEGIN in line
        if inside:
            lines.add(number)
        inside = inside and _END not in line
    return lines


def visible(source: str) -> str:
    """The source without its hidden lines: what the student has."""
    hidden = hidden_lines(source)
    return "\n".join(line for number, line in enumerate(source.splitlines(), 1) if number not in hidden)
