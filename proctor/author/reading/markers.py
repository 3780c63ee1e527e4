"""Markers of regions that nbgrader would not understand: it passes over them without a word.

``### BEGIN HIDDEN TEST`` marks nothing, so the test is released.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from proctor.author.findings import Finding, Weight

_ALIKE = 0.85
_MOST_WORDS = 4
_FIRST = ("BEGIN", "END")
_LATER = ("HIDDEN", "TEST", "TESTS", "SOLUTION", "SOLUTIONS", "SCHEME", "MARKING")


@dataclass(frozen=True)
class _Region:
    """What a pair of markers stands around. ``belongs`` says whether nbgrader accepts it in a cell."""

    begin: str
    end: str
    what: str
    unmarked: Weight  # what it means if nbgrader does not see the marker
    belongs_in: str  # "" for anywhere

    def belongs(self, cell: NotebookNode) -> bool:
        fits = {"answer": utils.is_solution, "test": utils.is_grade, "task": utils.is_task}
        return not self.belongs_in or fits[self.belongs_in](cell)


def markers(file: str, notebook: NotebookNode, config: Config | None = None) -> Iterator[Finding]:
    """What is wrong with the BEGIN and END lines of a notebook, by the delimiters of nbgrader's ``config``."""
    regions = _regions(config)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id", "")
        misspelt = list(_misspelt(file, name, cell, regions))
        yield from misspelt
        for region in regions:
            if not misspelt:  # whose region seems open for that reason
                yield from _unbalanced(file, name, cell.source, region)
            line = _line_of(cell.source, region.begin)
            if line and not region.belongs(cell):
                yield Finding(
                    Weight.WRONG,
                    f"{region.begin} stands in a cell of another type, where nbgrader refuses it.",
                    f"Make the cell one of type {_TYPES[region.belongs_in]} in JupyterLab's Create Assignment panel.",
                    file,
                    name,
                    line,
                )


_TYPES = {
    "answer": "'Autograded answer' or 'Manually graded answer'",
    "test": "'Autograder tests'",
    "task": "'Manually graded task'",
}


def _regions(config: Config | None) -> tuple[_Region, ...]:
    solutions, tests = ClearSolutions(config=config), ClearHiddenTests(config=config)
    schemes = ClearMarkScheme(config=config)
    return (
        _Region(
            tests.begin_test_delimeter,
            tests.end_test_delimeter,
            "hidden tests",
            Weight.LEAK,
            "test" * tests.enforce_metadata,
        ),
        _Region(
            solutions.begin_solution_delimeter,
            solutions.end_solution_delimeter,
            "solution",
            Weight.WRONG,  # nbgrader then takes the whole cell out, the given lines of it too
            "answer" * solutions.enforce_metadata,
        ),
        _Region(
            schemes.begin_mark_scheme_delimeter,
            schemes.end_mark_scheme_delimeter,
            "marking scheme",
            Weight.LEAK,
            "task" * schemes.enforce_metadata,
        ),
    )


def _misspelt(file: str, name: str, cell: NotebookNode, regions: tuple[_Region, ...]) -> Iterator[Finding]:
    wanted = {marker: region for region in regions for marker in (region.begin, region.end)}
    for number, line in enumerate(cell.source.split("\n"), 1):
        if any(marker in line for marker in wanted) or (cell.cell_type == "code" and not line.lstrip().startswith("#")):
            continue
        letters = re.sub(r"[\W\d_]+", " ", line).strip().replace("START ", "BEGIN ").replace("STOP ", "END ")
        if not 2 <= len(letters.split()) <= _MOST_WORDS:
            continue
        nearest = max(wanted, key=lambda marker: _likeness(letters.upper(), marker))
        if _likeness(letters.upper(), nearest) >= _ALIKE or _is_meant(letters):
            region = wanted[nearest]
            consequence = (
                f"the {region.what} would be in the release."
                if region.unmarked is Weight.LEAK
                else "in the release the whole cell would be empty."
            )
            yield Finding(
                region.unmarked,
                f"'{line.strip()}' is no marker that nbgrader knows: {consequence}",
                f"Write ### {nearest}",
                file,
                name,
                number,
            )


def _is_meant(letters: str) -> bool:
    """Capitals that begin or end something of the kind: BEGIN TESTS, START SOLUTION."""
    words = letters.split()
    return words[0] in _FIRST and any(word in _LATER for word in words[1:])


def _likeness(letters: str, marker: str) -> float:
    return SequenceMatcher(None, letters, marker).ratio()


def _unbalanced(file: str, name: str, source: str, region: _Region) -> Iterator[Finding]:
    opened = 0
    for number, line in enumerate(source.split("\n"), 1):
        if region.begin in line:
            if opened:
                what = f"{region.begin}, and the one of line {opened} has not ended."
                yield Finding(Weight.WRONG, what, f"Write ### {region.end} between them.", file, name, number)
            opened = number
        elif region.end in line:
            if not opened:
                what = f"{region.end} without {region.begin}: what stands above it would be in the release."
                yield Finding(Weight.LEAK, what, f"Write ### {region.begin} above it.", file, name, number)
            opened = 0
    if opened:
        what = f"{region.begin} without {region.end}: nbgrader makes no release."
        yield Finding(Weight.WRONG, what, f"Write ### {region.end} where it ends.", file, name, opened)


def _line_of(source: str, marker: str) -> int:
    return next((number for number, line in enumerate(source.split("\n"), 1) if marker in line), 0)
