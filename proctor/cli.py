"""The command ``proctor``."""

from __future__ import annotations

import argparse
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import nbformat

from proctor.author.commands import add_commands as add_authors_commands
from proctor.author.staff_words import staff_words
from proctor.autograde.command import main as autograde
from proctor.compare.commands import add_commands as add_compare
from proctor.config import nbgrader_config
from proctor.exam.paper import CellResult, Outcome
from proctor.exam.room import Room
from proctor.exam.sandbox.sandbox import SandboxUnavailable
from proctor.gradescope.commands import add_commands as add_gradescope
from proctor.grading import GradedSubmission, grade
from proctor.mutants.commands import add_commands as add_mutants
from proctor.notebooks.assignment import AssignmentError, load_assignment
from proctor.notebooks.submission import load_submission
from proctor.parts import PASSED, in_words
from proctor.report.commands import add_commands as add_report
from proctor.settings import Exam

_LONGEST = 1000  # characters of what staff are told of one test


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="proctor",
        description="Grades nbgrader assignments with the tests outside of the student's process.",
        epilog="A whole class, with a gradebook: nbgrader autograde ASSIGNMENT (nbgrader_config.py plugs the exam in).",
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    one = commands.add_parser(
        "grade",
        help="grade one submission and print what became of each test",
        description="Grade one submission, without a gradebook. Reads nbgrader_config.py in this folder.",
        epilog=(
            "Exit code 0: it was graded, whatever the points. 2: there is no such folder or file. "
            "Example: proctor grade source/hw4 examples/report/hw4"
        ),
    )
    one.add_argument("assignment", type=Path, help="the assignment's source folder, such as source/hw4")
    one.add_argument("submission", type=Path, help="a student's folder or zip, such as submitted/alice/hw4")
    one.add_argument("--seed", type=int, help="repeat a grading: the seed that it printed")
    one.add_argument("--out", type=Path, metavar="FOLDER", help="write the graded notebooks there")
    one.set_defaults(run=_grade)

    commands.add_parser("autograde", help="grade a class: submitted/*/ASSIGNMENT into autograded/ and the gradebook")
    add_authors_commands(commands)
    add_compare(commands)
    add_report(commands)
    add_mutants(commands)
    add_gradescope(commands)

    protection = commands.add_parser("protection", help="say what confines student code on this machine")
    protection.set_defaults(run=_protection)

    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["autograde"]:  # its flags are nbgrader's
        return autograde(argv[1:])
    arguments = parser.parse_args(argv)
    try:
        return arguments.run(arguments)
    except (AssignmentError, SandboxUnavailable) as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 1


def _grade(arguments: argparse.Namespace) -> int:
    for path in (arguments.assignment, arguments.submission):
        if not path.exists():
            print(f"proctor: there is no {path}.", file=sys.stderr)
            return 2
    config = nbgrader_config()
    assignment = load_assignment(arguments.assignment, config)
    data = tuple(map(Path, Exam(config=config).data))
    with load_submission(arguments.submission, assignment) as submission, Room(seats=len(assignment.notebooks)) as room:
        graded = grade(assignment, submission, room, arguments.seed, data)
    _print(graded)
    if arguments.out:
        arguments.out.mkdir(parents=True, exist_ok=True)
        for notebook in graded.notebooks:
            nbformat.write(notebook.notebook, arguments.out / f"{notebook.name}.ipynb")
    return 0


def _protection(arguments: argparse.Namespace) -> int:
    with Room(preload=()) as room:
        print(room.protection)
    return 0


def _print(graded: GradedSubmission) -> None:
    for problem in graded.all_problems:
        print(f"! {problem.staff_message or problem.message}")
    for notebook in graded.notebooks:
        tests = notebook.tests
        points, possible = sum(test.points for test in tests), sum(test.max_points for test in tests)
        print(f"\n{notebook.name}  {points:g} of {possible:g}")
        for problem in notebook.problems:
            if problem not in graded.problems:
                print(f"  ! {problem.staff_message or problem.message}")
        for match in notebook.matches:
            if match.note:
                print(f"  ! {match.grade_id}: {match.note}")
        graded_ids = {test.id for test in tests}
        for result in notebook.results:
            if result.id not in graded_ids and (told := staff_words(result)).words:
                print(f"  ! {result.id}{_at(told.line)}: {told.words}")
        for test in tests:
            _print_test(test)
    print(f"\n{graded.points:g} points; written answers are graded by hand. Seed: {graded.notebooks[0].seed}")


def _print_test(test: CellResult) -> None:
    """What became of a test, with what is kept for staff.

    Students read of a broken test that their instructor has been told. Here the instructor is told.
    """
    is_authors = test.outcome is Outcome.AUTHOR
    message = "the test could not be run, which is not the student's fault" if is_authors else test.message
    print(f"  {test.points:>5g} of {test.max_points:<4g} {test.id:<28} {test.seconds:6.2f} s  {message}".rstrip())
    for part in test.parts:
        if part.outcome != PASSED and test.outcome is not Outcome.NOT_RUN:
            known = "the test could not be run" if part.outcome == Outcome.AUTHOR.value else part.message
            print(f"{'':<15}{' '.join(in_words(replace(part, message=known)).split())}")
    told = staff_words(test)
    is_lost = is_authors or test.points < test.max_points
    if is_lost and " " in told.words:  # more than an exception's name
        print(f"{'':<15}! {test.id}{_at(told.line)}: {textwrap.shorten(told.words, _LONGEST, placeholder=' …')}")


def _at(line: int) -> str:
    return f", line {line}" if line else ""
