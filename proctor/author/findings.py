"""What is wrong with an assignment, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum


class Weight(IntEnum):
    """How bad a finding is; all but ``DOUBT`` must be mended before anybody is graded."""

    DOUBT = 1  # may be meant
    WRONG = 2  # somebody's points would be wrong, or grading would stop
    LEAK = 3  # students would get what is not for them


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: where, ``what``, and the ``remedy``.

    ``file`` is the notebook's or another file's name, ``cell`` a grade_id or a cell's id, ``line`` counts from 1
    in the cell, or in the file where there is no cell.
    """

    weight: Weight
    what: str
    remedy: str = ""
    file: str = ""
    cell: str = ""
    line: int = 0

    @property
    def where(self) -> str:
        cell = f"cell {self.cell}" if self.cell else ""
        line = f"line {self.line}" if self.line else ""
        return ", ".join(filter(None, (self.file, cell, line)))

    @property
    def is_grave(self) -> bool:
        return self.weight is not Weight.DOUBT

    def in_a_line(self) -> str:
        return " ".join(f"{self.where}: {self.what} {self.remedy}".removeprefix(": ").split())


def by_weight(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each finding once, the gravest first, in the order in which they were found."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: -finding.weight))
