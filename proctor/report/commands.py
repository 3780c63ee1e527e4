"""``proctor report``: what instructors type."""

from __future__ import annotations

import argparse
import sys
import textwrap
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from proctor.config import nbgrader_config
from proctor.notebooks.assignment import load_assignment


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add ``report`` to the command line."""
    command = commands.add_parser(
        "report",
        help="the class at a glance: one page and tables of what a graded assignment shows",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=textwrap.dedent("""\
            Write what a graded class shows into reports/ASSIGNMENT: report.html, one page that needs nothing beside it
            and prints well, and tables for spreadsheets. The gradebook is read and not changed, also while others grade.

            report.html    what needs somebody: tests that are wrong themselves, submissions that could not be graded,
                           grades of tests that have changed since, written answers that wait, late work, repaired
                           files; the distribution of points; each question and part with mean, difficulty (the mean
                           share of its points) and discrimination (the correlation of its points with the points for
                           all the rest: below 0.2, look at the test); the most frequent diagnoses; what tests wrote
                           down, such as accuracy against parameters; pairs of answers that are alike
            students.csv   one row for each submission        questions.csv  questions and parts
            diagnoses.csv  all diagnoses, with students       attention.csv  everything that needs somebody
            published.csv  what tests wrote down              similar.csv    pairs, those to look at first before others

            Alike answers are pairs to look at, not cases: answers are compared without comments, layout, names of
            variables and what was handed out, and ranked by how few pairs are as close."""),
        epilog=textwrap.dedent("""\
            The report names students: keep it as you keep the gradebook. With --anonymous it has pseudonyms, the same
            each time for an assignment, and nobody's name or ID, also not in what students wrote.

            Examples: proctor report hw4
                      proctor report hw4 --anonymous --output ~/for-the-meeting
            Exit code 1: there is no such assignment, or nothing of it is graded; it says what to do."""),
    )
    command.add_argument("assignment", help="the assignment's name in nbgrader, such as hw4")
    command.add_argument(
        "--output", type=Path, metavar="FOLDER", help="where to write (default: reports/ASSIGNMENT in the course)"
    )
    command.add_argument("--anonymous", action="store_true", help="pseudonyms instead of names and IDs")
    command.set_defaults(run=_report)


def _report(arguments: argparse.Namespace) -> int:
    from . import csvs, page  # matplotlib takes a second
    from .anonymity import anonymous
    from .findings import findings
    from .reading import read

    config = nbgrader_config()
    course = CourseDirectory(config=config)
    source = Path(course.format_path(course.source_directory, ".", arguments.assignment))
    assignment = load_assignment(source, config)
    graded, secret = read(course, assignment)
    if arguments.anonymous:
        graded = anonymous(graded, assignment, secret)
    found = findings(graded, assignment)
    folder = arguments.output or Path(course.root) / "reports" / assignment.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = (page.write(folder, found, arguments.anonymous), *csvs.write(folder, found))
    except OSError as error:
        print(f"proctor: {error.filename or folder} cannot be written: {error.strerror}.", file=sys.stderr)
        return 1
    for path in written:
        print(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
    return 0
