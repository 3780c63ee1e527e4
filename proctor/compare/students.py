"""Whose work is graded: the class's, or the author's own where nobody has handed in yet."""

from __future__ import annotations

import glob
import re
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

SOLUTION, RELEASE = "solution", "release"


@dataclass(frozen=True)
class Students:
    """What each handed in, by student. ``are_made_up``: the source and its release stand in for a class."""

    folders: dict[str, Path]
    are_made_up: bool


def students(course: CourseDirectory | None, assignment: str, source: Path, release: Path) -> Students:
    """Everybody in ``submitted/*/ASSIGNMENT``, else the author's notebooks with and without their answers."""
    found = _submitted(course, assignment) if course is not None else {}
    if found:
        return Students(found, are_made_up=False)
    return Students({SOLUTION: source, RELEASE: release}, are_made_up=True)


def _submitted(course: CourseDirectory, assignment: str) -> dict[str, Path]:
    pattern = course.format_path(course.submitted_directory, "(.*)", assignment, escape=True)
    folders = sorted(glob.glob(course.format_path(course.submitted_directory, "*", glob.escape(assignment))))
    return {match[1]: Path(folder) for folder in folders if (match := re.fullmatch(pattern, folder))}
