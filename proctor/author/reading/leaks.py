"""Files beside the notebooks that hold what is not for students: they are released as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator

from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions
from traitlets.config import Config

from proctor.author.findings import Finding, Weight
from proctor.notebooks.assignment import Assignment

_TELLING = 40  # characters: shorter lines of code are the same in many places


def leaks(assignment: Assignment, config: Config | None = None) -> Iterator[Finding]:
    for path in assignment.files:
        reason = _gives_away((assignment.folder / path).read_text(errors="replace"), assignment, config)
        if reason:
            yield Finding(
                Weight.LEAK,
                f"The file holds {reason}, and students get the files beside the notebooks.",
                "Move it out of the assignment's folder.",
                str(path),
            )


def _gives_away(text: str, assignment: Assignment, config: Config | None) -> str | None:
    """What a text has of the hidden tests or solutions, in words."""
    marks = (
        ClearHiddenTests(config=config).begin_test_delimeter,
        ClearSolutions(config=config).begin_solution_delimeter,
        ClearMarkScheme(config=config).begin_mark_scheme_delimeter,
    )
    for mark in marks:
        if mark in text:
            return f'"{mark}"'
    escaped = (json.dumps(line)[1:-1] for line in _secret_lines(assignment))  # as in a notebook's file
    for line in (*_secret_lines(assignment), *escaped):
        if line in text:
            return f"a line of a hidden test or solution, {line!r},"
    return None


def _secret_lines(assignment: Assignment) -> list[str]:
    """Long lines that students do not get, in order."""
    cells = [cell for notebook in assignment.notebooks for cell in notebook.cells]
    released = {line.strip() for cell in cells for line in cell.release_source.splitlines()}
    written = dict.fromkeys(line.strip() for cell in cells for line in cell.source.splitlines())
    return [line for line in written if len(line) >= _TELLING and line not in released]
