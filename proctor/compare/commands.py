"""``proctor compare``: what instructors type who come from stock nbgrader."""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from tqdm import tqdm
from traitlets.config import Config

from proctor.author.check import NoSuchAssignment, Place, find
from proctor.config import nbgrader_config
from proctor.exam.room import Room
from proctor.notebooks.assignment import Assignment, AssignmentError, load_assignment
from proctor.settings import Exam

from .differences import compare, in_words
from .here import grade_here
from .marks import Marks
from .stock import StockCourse, stock_course
from .students import RELEASE, SOLUTION, Students, students

_UNPROTECTED = (
    "! Stock nbgrader runs students' code unprotected: it can read and change what you can. Use a machine or a container "
    "where that does no harm."
)


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add ``compare`` to the command line."""
    command = commands.add_parser(
        "compare",
        help="grade an assignment by stock nbgrader and here, and show each test cell that differs",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=textwrap.dedent(f"""\
            For courses that were written for stock nbgrader: grade the class both ways, side by side.

            Whose work    submitted/*/ASSIGNMENT; where nobody has handed in, two students are made of the source:
                          "{SOLUTION}", your own notebooks, and "{RELEASE}", what students get, without answers
            stock         generate_assignment and autograde in a temporary copy of the course, with your settings but
                          for those that plug this grader in. It runs students' code unprotected, as it always does.
            here          as `nbgrader autograde` and `proctor autograde` grade with this grader
            untouched     your gradebook, release/, submitted/, autograded/ and feedback/

            For each test cell that scores differently: points on both sides, the students, and why points are missing.
            What to write instead: `proctor check ASSIGNMENT`, and docs/writing-tests.md."""),
        epilog=textwrap.dedent("""\
            Exit code 0: all test cells score the same. 1: some differ. 2: it could not be compared.

            Examples: proctor compare ps1
                      proctor compare ~/another-course/source/ps1"""),
    )
    command.add_argument("assignment", help="its name in the course, such as ps1, or its source folder")
    command.set_defaults(run=_compare)


def _compare(arguments: argparse.Namespace) -> int:
    config = nbgrader_config()
    try:
        place = find(arguments.assignment, config)
        with stock_course(place.source, place.course, config) as copy:
            assignment = load_assignment(copy.source, config)
            whose = students(place.course, assignment.name, copy.source, copy.release)
            print(_about(assignment.name, whose), _UNPROTECTED, sep="\n", file=sys.stderr, flush=True)
            stock, here = _both(copy, assignment, whose, place, config)
    except (NoSuchAssignment, AssignmentError) as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 2
    possible = {
        (notebook.name, cell.grade_id or cell.id): cell.points
        for notebook in assignment.notebooks
        for cell in notebook.cells
        if cell.role == "test"
    }
    comparison = compare(stock, here, possible)
    for line in in_words(comparison):
        print(line)
    return 1 if comparison.differences else 0


def _both(
    copy: StockCourse, assignment: Assignment, whose: Students, place: Place, config: Config
) -> tuple[Marks, Marks]:
    exam, root = Exam(config=config), Path(place.course.root) if place.course is not None else Path()
    data = tuple(root / folder for folder in exam.data)
    stock, here = Marks(), Marks()
    with tqdm(total=2 * len(whose.folders), unit="submission", disable=None) as bar:
        with Room(exam.limits, seats=exam.seats) as room:
            bar.set_description("here")
            for _, marks in grade_here(assignment, whose.folders, room, data):
                here |= marks
                bar.update()
        bar.set_description("stock nbgrader")
        for student, folder in whose.folders.items():
            stock |= copy.grade(student, folder)
            bar.update()
    return stock, here


def _about(name: str, whose: Students) -> str:
    if whose.are_made_up:
        return f"Nobody has handed in {name}: your own solution and the release stand in for students."
    return f"Grading {name} both ways: {len(whose.folders)} submission{'' if len(whose.folders) == 1 else 's'}."
