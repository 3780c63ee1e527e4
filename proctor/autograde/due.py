"""Which submissions are to be graded: new ones, changed ones, and those whose tests have changed."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from proctor import timestamps
from proctor.course.digests import NotebookDigest, submission_digest
from proctor.course.records import Recorded
from proctor.notebooks.assignment import AssignmentError

from .placement import Places
from .work import Work


class NothingSubmitted(AssignmentError):
    """There is no submission, or none of that student."""


@dataclass(frozen=True)
class Submitted:
    """A folder that a student handed in, and when."""

    student: str
    folder: Path
    timestamp: datetime | None


@dataclass(frozen=True)
class Due:
    """``works`` are to be done; of these ``stale`` only because their tests have changed. ``unchanged`` are students."""

    works: tuple[Work, ...]
    unchanged: tuple[str, ...]
    stale: tuple[str, ...]


def submitted(course: CourseDirectory) -> tuple[dict[str, Submitted], tuple[str, ...]]:
    """By student id, and warnings about timestamps. A name with brackets means that student, not a pattern of nbgrader's."""
    step, assignment, wanted = course.submitted_directory, course.assignment_id, course.student_id
    pattern = course.format_path(step, "(.*)", assignment, escape=True)
    found = {}
    for folder in sorted(glob.glob(course.format_path(step, "*", glob.escape(assignment)))):
        match = re.fullmatch(pattern, folder)
        if match:
            found[match[1]] = Path(folder)
    chosen = {wanted} & set(found) or {student for student in found if fnmatchcase(student, wanted)}
    chosen -= set(filter(None, course.student_id_exclude.split(",")))
    if not chosen:
        place = course.format_path(step, wanted, assignment)
        others = f" There are submissions of {', '.join(list(found)[:5])} and so on." if found else ""
        raise NothingSubmitted(f"There is no submission in {place}.{others}")
    warnings = [warning for student in sorted(chosen) if (warning := timestamps.in_order(found[student]))]
    return {
        student: Submitted(student, found[student], course.get_existing_timestamp(str(found[student])))
        for student in sorted(chosen)
    }, tuple(warnings)


def due(
    students: Mapping[str, Submitted],
    digests: Mapping[str, NotebookDigest],
    recorded: Mapping[tuple[str, str], Recorded],
    places: Places,
    run: str,
    seed: int | None,
    force: bool,
) -> Due:
    """What is to be done for ``students``, for the notebooks that have ``digests``.

    A submission that has not changed is graded again only where its tests have, and with the seed it had: what has
    not changed keeps its points.
    """
    works, unchanged, stale = [], [], []
    for student, it in students.items():
        digest = submission_digest(it.folder)
        names, seeds, is_new = [], {}, force
        for name, of_notebook in digests.items():
            known = recorded.get((student, name))
            there = (places.of(student) / f"{name}.ipynb").is_file()
            same = known is not None and known.submission == digest and there
            if force or not same or known is None or known.assignment != of_notebook.whole:
                names.append(name)
                is_new = is_new or not same
                if seed is not None:
                    seeds[name] = seed
                elif same and known is not None and not force:
                    seeds[name] = known.seed
        if not names:
            unchanged.append(student)
            continue
        if not is_new:
            stale.append(student)
        works.append(Work(student, it.folder, tuple(names), digest, run, seeds))
    return Due(tuple(works), tuple(unchanged), tuple(stale))
