"""The three ways from an upload to a grade, each for all cases at once."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from nbgrader.api import Gradebook
from reading import accidents, damage  # noqa: F401  (register their cases)
from reading.cases import CASES
from reading.lab import NAME, SOURCE, hand_in, write_source

from proctor import Room, grade, load_assignment, load_submission
from proctor.gradescope.autograder import run as gradescope

CONFIG = """c = get_config()
c.Autograde.exporter_class = "proctor.nbgrader.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["proctor.nbgrader.TransplantAnswers"]
c.Autograde.autograde_preprocessors = [
    "proctor.nbgrader.Exam",
    "proctor.nbgrader.RecordGrades",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.exporter_class = "proctor.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "proctor.feedback.StudentView",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
"""
SEED = 520


@dataclass(frozen=True)
class Graded:
    """``points`` by test cell; ``words`` is all that the student reads; ``log`` what staff read.

    ``copied`` are names of files that the route has copied for good.
    """

    points: dict[str, float]
    words: str
    log: str
    copied: frozenset[str] = frozenset()


def by_proctor(folder: Path) -> dict[str, Graded]:
    """``proctor.grade``, what ``proctor grade`` prints from."""
    write_source(folder / "source" / NAME)
    assignment = load_assignment(folder / "source" / NAME)
    graded = {}
    with Room(seats=len(SOURCE), preload=()) as room:
        for name, case in CASES.items():
            upload = folder / "submitted" / name / NAME
            hand_in(upload)
            case.change(upload)
            done = grade(assignment, load_submission(upload, assignment), room, SEED)
            problems = [*done.problems, *(problem for notebook in done.notebooks for problem in notebook.problems)]
            tests = [test for notebook in done.notebooks for test in notebook.tests]
            graded[name] = Graded(
                {test.id: test.points for test in tests},
                "\n".join([*(problem.message for problem in problems), *(test.message for test in tests)]),
                "\n".join(problem.staff_message for problem in problems),
            )
    return graded


def by_nbgrader(folder: Path) -> dict[str, Graded]:
    """``nbgrader autograde`` and ``generate_feedback``: one course, a student for each case."""
    write_source(folder / "source" / NAME)
    (folder / "nbgrader_config.py").write_text(CONFIG)
    for name, case in CASES.items():
        upload = folder / "submitted" / name / NAME
        hand_in(upload)
        case.change(upload)
    nbgrader(folder, "generate_assignment", NAME)
    log = nbgrader(folder, "autograde", NAME)
    nbgrader(folder, "generate_feedback", NAME)
    graded = {}
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for name in CASES:
            grades = [grade for book in SOURCE for grade in gradebook.find_submission_notebook(book, NAME, name).grades]
            pages = [(folder / "feedback" / name / NAME / f"{book}.html").read_text() for book in SOURCE]
            graded[name] = Graded(
                {grade.name: grade.auto_score for grade in grades if grade.cell.cell_type == "code"},
                "\n".join(
                    html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", "", page, flags=re.DOTALL)) for page in pages
                ),
                "\n".join(line for line in log.splitlines() if f"{name}," in line),
                frozenset(path.name for path in (folder / "autograded" / name / NAME).rglob("*")),
            )
    return graded


def by_gradescope(folder: Path) -> dict[str, Graded]:
    """What runs in Gradescope's container, in rooms that are one: opening one takes a second."""
    graded = {}
    with Room(preload=()) as room, patch.object(gradescope, "Room", lambda *_: nullcontext(room)):
        for name, case in CASES.items():
            root = folder / name
            write_source(root / "source" / "source" / NAME)
            (root / "source" / "nbgrader_config.py").write_text(
                "c = get_config()\nc.Gradescope.hidden_visibility = 'visible'\n"
            )
            (root / "results").mkdir()
            hand_in(root / "submission")
            case.change(root / "submission")
            gradescope.run(root)
            results = json.loads((root / "results" / "results.json").read_text())
            tests = results["tests"]
            graded[name] = Graded(
                {test["extra_data"]["cell"]: test["score"] for test in tests if "score" in test},
                "\n".join([results["output"], *(test["output"] for test in tests)]).replace("\\", ""),
                "",
            )
    return graded


def nbgrader(folder: Path, *arguments: str) -> str:
    """Run a command of nbgrader in a course's folder; what it logs."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert done.returncode == 0, f"nbgrader {' '.join(arguments)}:\n{done.stdout}"
    return done.stdout


ROUTES = {"nbgrader": by_nbgrader, "proctor": by_proctor, "gradescope": by_gradescope}
