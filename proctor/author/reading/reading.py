"""An assignment's folder, read with an author's mistakes in mind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
from traitlets.config import Config

from proctor.author.findings import Finding, Weight, by_weight
from proctor.notebooks.assignment import GRADED, Assignment, AssignmentError, load_assignment
from proctor.settings import Exam

from .chance import without_chance
from .code import code_of_files, code_of_notebook
from .leaks import leaks
from .markers import markers
from .points import parts_that_do_not_add_up
from .texts import runs_a_students_text
from .words import rests_on_the_students_word


@dataclass(frozen=True)
class Reading:
    """``assignment`` is None where it cannot be loaded, which the findings then explain."""

    assignment: Assignment | None
    findings: tuple[Finding, ...]

    @property
    def stop(self) -> str:
        """Why nothing should go out to students, in one line that names the first of the grave findings; "" if there is none."""
        return _first([finding for finding in self.findings if finding.is_grave])

    @property
    def wrong(self) -> str:
        """The same, without what files beside the notebooks give away: students have them, and grades stay right."""
        grave = [finding for finding in self.findings if finding.is_grave]
        return _first([each for each in grave if each.weight is Weight.WRONG or each.file.endswith(".ipynb")])


def read(source: Path, config: Config | None = None) -> Reading:
    """Read ``source``, an assignment's folder such as ``source/hw4``; ``config`` is nbgrader's. Never raises for it."""
    marked = tuple(_markers(source, config))
    try:
        assignment = load_assignment(source, config)
    except AssignmentError as error:
        explained = any(finding.is_grave for finding in marked)  # nbgrader's own words name no cell
        return Reading(None, by_weight(marked if explained else (*marked, Finding(Weight.WRONG, str(error)))))
    found = [*marked, *leaks(assignment, config), *code_of_files(assignment)]
    if not any(cell.role in GRADED for notebook in assignment.notebooks for cell in notebook.cells):
        remedy = (
            "If it should be, mark cells as 'Autograder tests' or 'Manually graded answer' in JupyterLab, with points."
        )
        found.append(Finding(Weight.DOUBT, "No cell is graded.", remedy))
    for notebook in assignment.notebooks:
        found += code_of_notebook(notebook, assignment)
        found += parts_that_do_not_add_up(notebook)
        found += without_chance(notebook)
        found += runs_a_students_text(notebook)
        found += rests_on_the_students_word(notebook, Exam(config=config).self_reports)
    return Reading(assignment, by_weight(found))


def _first(findings: list[Finding]) -> str:
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{findings[0].in_a_line()}{more}" if findings else ""


def _markers(source: Path, config: Config | None) -> Iterator[Finding]:
    for path in sorted(source.glob("*.ipynb")):
        with suppress(Exception):  # whatever is wrong with the file, load_assignment says it
            yield from markers(path.name, nbformat.read(path, as_version=4), config)
