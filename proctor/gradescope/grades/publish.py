"""Bring nbgrader's final grades to Gradescope: an autograder that only looks them up.

Gradescope takes points from nowhere but its autograder. So the zip that this module makes
holds a sealed table of the final grades and a script that finds the submitter's row
(``lookup/``); "Regrade All Submissions" then puts them where students see them.
The same gradebook gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from tqdm import tqdm
from traitlets.config import Config

from proctor.gradescope.autograder_zip import SCRIPTS, write_autograder
from proctor.gradescope.grades.lookup.look_up import plain, seal
from proctor.notebooks.assignment import load_assignment

from .final_grades import FinalGrade, FinalGrades, GradedWork, final_grades

LOOKUP = Path(__file__).with_name("lookup")


class NotPublished(Exception):
    """No zip was made; the message says what to do about it."""


@dataclass(frozen=True)
class Published:
    """A zip that was written and checked: how many grades are in it, and what staff should know of them."""

    path: Path
    students: int
    waiting: tuple[str, ...]
    without_email: tuple[str, ...]


def publish(assignment: str, config: Config, target: Path, partial: bool = False) -> Published:
    """Write the look-up autograder for an assignment of the course that ``config`` describes.

    Raises NotPublished while answers wait to be graded by hand, unless ``partial``; NotInGradebook
    and other AssignmentErrors when there is nothing to publish.
    """
    course = CourseDirectory(config=config)
    source = Path(course.format_path(course.source_directory, ".", assignment))
    loaded = load_assignment(source, config)
    with Gradebook(course.db_url, course.course_id) as gradebook:
        grades = final_grades(gradebook, loaded)
    students = [student for student in grades.students if student.work is not None]
    waiting = tuple(
        _waits(student.student, student.work) for student in students if student.work and student.work.waits
    )
    _check(grades, students, waiting, partial)
    table = _table(grades, students)
    programs = {name: (LOOKUP / name).read_bytes().replace(b"\r\n", b"\n") for name in (*SCRIPTS, "look_up.py")}
    write_autograder(target, programs | {"grades.json": _json(table)})
    return Published(
        target, len(students), waiting, tuple(student.student for student in students if not student.email)
    )


def _check(grades: FinalGrades, students: list[FinalGrade], waiting: tuple[str, ...], partial: bool) -> None:
    if not students:
        raise NotPublished(f"Nothing of {grades.assignment} is graded yet. Run `nbgrader autograde` first.")
    if waiting and not partial:
        raise NotPublished(
            f"{len(waiting)} of {len(students)} students have answers that wait to be graded:\n  "
            + "\n  ".join(waiting)
            + "\nGrade them in formgrader, or publish what there is with --partial."
        )
    shared = [*_shared(student.email for student in students), *_shared(student.student for student in students)]
    if shared:
        raise NotPublished(
            f"Several students of the gradebook have the same e-mail or ID ({', '.join(shared)}), so their grades "
            "cannot be told apart. Correct it: `nbgrader db student add ID --email=…`."
        )


def _shared(identifiers: Iterable[str]) -> list[str]:
    """Identifiers that the look-up would find for more than one student."""
    return [identifier for identifier, count in Counter(map(plain, identifiers)).items() if identifier and count > 1]


def _waits(student: str, work: GradedWork) -> str:
    names = [f"{grade.question.notebook}/{grade.question.name}" for grade in work.questions if grade.waits]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{student}: {shown}"


def _table(grades: FinalGrades, students: list[FinalGrade]) -> dict:
    """The sealed table. Its salt follows from what is in it, so that a changed grade changes every entry."""
    students = sorted(students, key=lambda student: student.student)
    rows = [(student, _record(student.student, student.work)) for student in students if student.work]
    salt = hashlib.sha256(_json([[student.email, record] for student, record in rows])).hexdigest()
    table = {"assignment": grades.assignment, "max_points": grades.max_points, "salt": salt, "grades": {}}

    def add(row: tuple[FinalGrade, dict]) -> None:
        student, record = row
        # The student ID is what a student may have typed on Gradescope: it opens no grade that has an address.
        seal(table, record, {"email": student.email} if student.email else {"sid": student.student})

    with ThreadPoolExecutor() as workers:  # scrypt is slow on purpose, and lets go of Python's lock
        list(tqdm(workers.map(add, rows), total=len(rows), desc="sealing grades", unit="student", disable=None))
    return table


def _record(student: str, work: GradedWork) -> dict:
    """What the look-up needs to know; ``students`` are nbgrader's IDs, more than one for a group."""
    return {
        "students": [student],
        "points": work.points,
        "penalty": round(work.penalty, 6),
        "submitted_at": work.submitted_at and f"{work.submitted_at:%Y-%m-%d %H:%M:%S} UTC",
        "questions": [
            {
                "number": grade.question.number,
                "name": grade.question.title,
                "max_points": grade.question.max_points,
                "points": round(grade.points, 6),
                "waits": grade.waits,
                "comments": list(grade.comments),
            }
            for grade in work.questions
        ],
    }


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False).encode() + b"\n"
