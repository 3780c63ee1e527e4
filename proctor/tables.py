"""CSV for people with spreadsheets, from values that students may have chosen, such as their names."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable
from pathlib import Path

#: What begins a formula in Excel, LibreOffice or Google Sheets, in a cell's first place or behind what another
#: country's spreadsheet takes for the end of a cell.
_FORMULA = re.compile(r"(^|[;,])(?=\s*[=+\-@＝＋－＠])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")  # some of them end a row, as csv does not know

Cell = str | float | None


def write_table(target: Path, rows: Iterable[Iterable[Cell]]) -> None:
    """Write rows as a CSV file in UTF-8, whole or not at all.

    Text stands in one line, is quoted where it needs be, and no formula: an apostrophe goes before what would be one.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_harmless(cell) for cell in row] for row in rows)
    partial = target.with_name(f".{target.name}.partial")
    partial.write_text(text.getvalue(), encoding="utf-8", newline="")
    os.replace(partial, target)


def _harmless(cell: Cell) -> Cell:
    return _FORMULA.sub(r"\1'", _CONTROL.sub(" ", cell)) if isinstance(cell, str) else cell
