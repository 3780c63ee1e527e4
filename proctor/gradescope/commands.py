"""``proctor gradescope …``: what instructors type."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from proctor.config import nbgrader_config
from proctor.gradescope.autograder.bundle import BundleError, bundle
from proctor.gradescope.autograder.points import to_enter
from proctor.gradescope.autograder.rehearsal import NotRehearsed, rehearse
from proctor.gradescope.collect.collect import Collected, NotCollected, Outcome, collect
from proctor.gradescope.grades.publish import NotPublished, publish
from proctor.notebooks.unzip import BadArchive

from .autograder_zip import DamagedZip


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add ``gradescope`` and its own commands to the command line."""
    gradescope = commands.add_parser(
        "gradescope",
        help="make a Gradescope autograder, and bring submissions and grades across",
        description="From the repo to a Gradescope autograder, and back. docs/gradescope.md walks through it.",
    )
    own = gradescope.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_bundle(own)
    _add_try(own)
    _add_collect(own)
    _add_publish(own)
    _add_written(own)


# bundle


def _add_bundle(own: argparse._SubParsersAction) -> None:
    command = own.add_parser(
        "bundle",
        help="make the autograder: a zip to upload",
        description=(
            "Make dist/ASSIGNMENT-gradescope.zip from source/ASSIGNMENT, nbgrader_config.py and the versions of the "
            "packages that are installed here, and check it. It holds the hidden tests and the solutions: keep it to "
            "yourself. Packages are not in it, nor data that a script fetches (c.Gradescope.fetch): Gradescope gets them "
            "when it builds the autograder. The same input gives the same bytes. Lines that begin with a ! want to be "
            "read before you upload it. Settings that would give everybody 0 points are refused."
        ),
        epilog="Example: proctor gradescope bundle hw4",
    )
    command.add_argument("assignment", help="the assignment's name in nbgrader, such as hw4")
    command.set_defaults(run=_bundle)


def _bundle(arguments: argparse.Namespace) -> int:
    target = Path("dist", f"{arguments.assignment}-gradescope.zip")
    try:
        bundled = bundle(arguments.assignment, nbgrader_config(), target)
    except (BundleError, DamagedZip, OSError) as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 1
    for warning in bundled.warnings:
        print(f"! {warning}")
    print(f"{bundled.path}: {len(bundled.files)} files, {bundled.path.stat().st_size / 1000:.0f} kB.")
    print("On Gradescope: Configure Autograder, choose this zip and Ubuntu 22.04, Update Autograder.")
    print("\n".join(to_enter(bundled.points)))
    print(f"See it as a student will: proctor gradescope try {bundled.path} SUBMISSION")
    return 0


# try


def _add_try(own: argparse._SubParsersAction) -> None:
    command = own.add_parser(
        "try",
        help="rehearse the autograder here, and see what a student will see",
        description=(
            "Unpack the zip of `proctor gradescope bundle` into a temporary folder, grade one submission with what is "
            "in it, as Gradescope's container would, and show the results as a student sees them at once. Python, "
            "packages and fetched data are this machine's. Exit code 0: everything was graded, whatever the points. "
            "1: something was not, and the output that staff read says why."
        ),
        epilog="Example: proctor gradescope try dist/hw4-gradescope.zip examples/typical/hw4",
    )
    command.add_argument("zip", type=Path, help="what `proctor gradescope bundle` has made")
    command.add_argument("submission", type=Path, help="a student's folder, zip or notebook")
    command.add_argument(
        "--staff", action="store_true", help="show the entries that students see later or never, and staff's output"
    )
    command.set_defaults(run=_try)


def _try(arguments: argparse.Namespace) -> int:
    from rich.console import Console

    from proctor.gradescope.autograder.shown import show

    try:
        rehearsal = rehearse(arguments.zip, arguments.submission, Path())
    except NotRehearsed as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nproctor: stopped.", file=sys.stderr)
        return 130
    for remark in rehearsal.remarks:
        print(f"! {remark}")
    if rehearsal.results is not None:
        show(rehearsal.results, Console(), arguments.staff)
    if arguments.staff or rehearsal.trouble:
        print(f"Output that only staff see:\n{rehearsal.output}")
    if rehearsal.trouble:
        print(f"proctor: {rehearsal.trouble}", file=sys.stderr)
    return 1 if rehearsal.trouble else 0


# collect


def _add_collect(own: argparse._SubParsersAction) -> None:
    command = own.add_parser(
        "collect",
        help="take submissions home: Gradescope's export into submitted/",
        description=(
            "Put the submissions of a Gradescope export into submitted/ID/ASSIGNMENT/, with their times, and the "
            "students into the gradebook. ID is the student with the same e-mail, else the student ID on Gradescope, "
            "else the e-mail up to the @. Each member of a group gets the group's submission. What is there already "
            "stays, unless the export has a newer one; run it as often as you like. Exit code 1: a submission of the "
            "export was not taken; the table says which and why."
        ),
        epilog="Example: proctor gradescope collect ~/Downloads/submissions.zip hw4, then: nbgrader autograde hw4",
    )
    command.add_argument("export", type=Path, help="the zip from Gradescope: Review Grades, Export Submissions")
    command.add_argument("assignment", help="the assignment's name in nbgrader, such as hw4")
    command.set_defaults(run=_collect)


def _collect(arguments: argparse.Namespace) -> int:
    try:
        collected = collect(arguments.export, arguments.assignment, nbgrader_config())
    except (NotCollected, BadArchive, OSError) as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nproctor: stopped. Submissions that are there are whole; run it again for the others.", file=sys.stderr)
        return 130
    _print_collected(collected)
    return 0 if all(each.outcome.is_here for each in collected) else 1


def _print_collected(collected: tuple[Collected, ...]) -> None:
    """What needs somebody's attention, line by line; then how many of what."""
    remarkable = [each for each in collected if each.notes or not each.outcome.is_here]
    widths = [max((len(text) for text in column), default=0) for column in zip(*map(_cells, remarkable), strict=True)]
    for each in remarkable:
        print("  ".join(f"{text:<{width}}" for text, width in zip(_cells(each), widths, strict=True)).rstrip())
        for note in each.notes:
            print(f"    {note}")
    counts = Counter(each.outcome for each in collected)
    print("; ".join(f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome]) + ".")


def _cells(each: Collected) -> tuple[str, str, str]:
    return each.submission, each.student or "–", each.outcome.value


# publish


def _add_publish(own: argparse._SubParsersAction) -> None:
    command = own.add_parser(
        "publish",
        help="bring final grades back: an autograder that only looks them up",
        description=(
            "Make dist/ASSIGNMENT-grades-gradescope.zip from nbgrader's gradebook: final grades, points given by hand, "
            "late penalties and graders' comments included. Upload it as the assignment's autograder and choose "
            "Regrade All Submissions: each submission gets its students' grade, found by e-mail, or by student ID "
            "for students without an e-mail in the gradebook. "
            "Nothing that students submitted runs. Whoever has the zip and knows a student's e-mail can read "
            "that student's grade: keep it as you keep the gradebook."
        ),
        epilog="Example: proctor gradescope publish hw4",
    )
    command.add_argument("assignment", help="the assignment's name in nbgrader, such as hw4")
    command.add_argument(
        "--partial",
        action="store_true",
        help="publish although answers wait to be graded by hand; they count 0 so far, and students see that they wait",
    )
    command.set_defaults(run=_publish)


def _publish(arguments: argparse.Namespace) -> int:
    target = Path("dist", f"{arguments.assignment}-grades-gradescope.zip")
    try:
        published = publish(arguments.assignment, nbgrader_config(), target, arguments.partial)
    except (NotPublished, DamagedZip, OSError) as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 1
    for line in published.waiting:
        print(f"waits  {line}")
    for student in published.without_email:
        print(f"no e-mail in the gradebook  {student}: found only if that is the student ID on Gradescope")
    print(f"{published.path}: the grades of {published.students} students.")
    return 0


# written


def _add_written(own: argparse._SubParsersAction) -> None:
    command = own.add_parser(
        "written",
        help="print the written answers, one PDF per student, for a Gradescope PDF assignment",
        description=(
            "Print the manually graded answers and tasks of everybody in submitted/ into dist/ASSIGNMENT-written/: "
            "students/ID.pdf, where each question has the same pages for everybody (an answer that is too long goes on "
            "behind the last of them), template.pdf, which Gradescope wants for the assignment, and pages.csv, which "
            "says what stands where. PDFs whose answers have not changed are not made again. Needs Chromium."
        ),
        epilog="Example: proctor gradescope written hw4",
    )
    command.add_argument("assignment", help="the assignment's name in nbgrader, such as hw4")
    command.add_argument(
        "--pages",
        type=_positive,
        default=2,
        metavar="N",
        help="pages for each question, its text included; a question that fills more than one gets as many more. "
        "Keep it once the outline on Gradescope is made (default: 2)",
    )
    command.set_defaults(run=_written)


def _written(arguments: argparse.Namespace) -> int:
    # Not above: grading needs no browser, and what prints is not installed in Gradescope's container.
    try:
        from proctor.gradescope.written.chromium import NoBrowser, NotPrinted
        from proctor.gradescope.written.course import print_course
    except ModuleNotFoundError as error:
        print(f"proctor: {error.name} is not installed. Run: pip install -e '.[written]'", file=sys.stderr)
        return 1

    try:
        printed = print_course(arguments.assignment, nbgrader_config(), arguments.pages)
    except (NoBrowser, NotPrinted, OSError) as error:
        print(f"proctor: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nproctor: stopped. The PDFs that are there are complete; run it again for the others.", file=sys.stderr)
        return 130
    for remark in printed.remarks:
        print(f"! {remark}")
    print("\nPages  Points  Question")
    for place in printed.page_map.places:
        print(f"{place.pages:>5}  {place.question.points:>6g}  {place.question.number}. {place.question.title}")
    pages = printed.page_map.pages
    print(f"\n{printed.folder}: {printed.made} PDFs made, {printed.unchanged} unchanged, {pages} pages each.")
    print("On Gradescope: a new Exam / Quiz with template.pdf, an outline with these questions, points and pages,")
    print("then upload students/*.pdf. docs/gradescope.md walks through it.")
    return 1 if printed.failed else 0


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}: give a whole number of at least 1")
    return int(text)
