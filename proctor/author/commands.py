"""``proctor check`` and ``proctor new``: what authors type."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

from proctor.config import nbgrader_config
from proctor.notebooks.assignment import AssignmentNotebook

from .check import NoSuchAssignment, check, find
from .findings import Finding, Weight
from .skeleton import AlreadyThere, new_assignment
from .trial import SEEDS, Tried

_SIGNS = {Weight.LEAK: "✗", Weight.WRONG: "✗", Weight.DOUBT: "?"}


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add ``check`` and ``new`` to the command line."""
    _add_check(commands)
    _add_new(commands)


# check


def _add_check(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "check",
        help="find out what is wrong with an assignment before a student does",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=textwrap.dedent(f"""\
            Check an assignment before anybody gets it, and after each change. Three things are done:

            read   markers that nbgrader would not understand (### BEGIN HIDDEN TEST would release the test), files
                   that give solutions away, parts that do not add up to their cell's points, assert (x, "words"),
                   names that nobody defines, packages that are not installed, hidden tests that draw nothing at random
            made   a release that is out of date, a gradebook that knows other points
            tried  your own solution sits the exam with {len(SEEDS)} seeds and must get all points each time; the release,
                   without any answer, must get none; whatever staff would be told is told here

            `nbgrader autograde` and `proctor gradescope bundle` do the first by themselves, and stop where it matters."""),
        epilog=textwrap.dedent("""\
            A line for each notebook, then what was found, the gravest first:
              ✗  students would get what is not for them, or somebody's points would be wrong: mend it (exit code 1)
              ?  may be meant: look at it (exit code 0)
            Exit code 2: there is no such assignment.

            Where students hand in more than notebooks, c.Check.handed_in in nbgrader_config.py names a folder with it.

            Examples: proctor check hw4
                      proctor check ~/another-course/source/hw1"""),
    )
    command.add_argument("assignment", help="its name in the course, such as hw4, or its source folder")
    command.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    config = nbgrader_config()
    try:
        place = find(arguments.assignment, config)
    except NoSuchAssignment as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 2
    found = check(place, config, _print_tried)
    _print_findings(found)
    return 1 if any(finding.is_grave for finding in found) else 0


def _print_tried(notebook: AssignmentNotebook, tried: Tried) -> None:
    by_hand = sum(cell.points for cell in notebook.cells if cell.role in ("manual", "task"))
    is_fine = not any(finding.is_grave for finding in tried.findings)
    words = f"your solution {tried.solution:g} of {tried.possible:g} by tests, the release {tried.release:g}"
    if by_hand:
        words += f"; {by_hand:g} by hand"
    print(f"{'✓' if is_fine else '✗'} {tried.name:<20} {words}", flush=True)


def _print_findings(found: Iterable[Finding]) -> None:
    found = tuple(found)
    width = max(60, min(110, shutil.get_terminal_size().columns))
    for finding in found:
        print(f"\n{_SIGNS[finding.weight]} {finding.where}".rstrip())
        for text in filter(None, (finding.what, finding.remedy)):
            wrapped = textwrap.wrap(text, width - 4, break_long_words=False, break_on_hyphens=False)
            print(textwrap.indent("\n".join(wrapped), "    "))
    grave = sum(finding.is_grave for finding in found)
    print(f"\n{grave} to mend, {len(found) - grave} to look at." if found else "\nNothing found.")


# new


def _add_new(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "new",
        help="begin an assignment: a small one that works, to be changed step by step",
        description=(
            "Write source/ASSIGNMENT/softmax.ipynb: a function with visible checks and hidden tests in parts, and a "
            "written answer with a marking scheme; and mutants/ASSIGNMENT/softmax.toml, a wrong answer that the tests "
            "must notice. It checks, generates, grades and bundles as it is. Nothing is overwritten. "
            "docs/instructors.md goes on from there."
        ),
        epilog="Example: proctor new hw5, then: proctor check hw5",
    )
    command.add_argument("assignment", help="its name, such as hw5: letters, digits, - and _")
    command.set_defaults(run=_new)


def _new(arguments: argparse.Namespace) -> int:
    try:
        written = new_assignment(arguments.assignment, nbgrader_config())
    except AlreadyThere as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 2
    for path in written:
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    print(f"Now change them in JupyterLab, and run: proctor check {arguments.assignment}")
    return 0
