"""The run inside Gradescope's container: ``python -m proctor.gradescope.autograder.run``.

``run_autograder`` of the zip that ``proctor gradescope bundle`` makes calls it for each
submission. It reads ``submission/`` and ``submission_metadata.json``, grades with the
assignment and nbgrader_config.py in ``source/``, and writes ``results/results.json``: before
the first notebook, after each, and at the end. So whatever ends it, the results so far are there.

What it prints is for instructors; Gradescope does not show it to students.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import stat
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from proctor.exam.room import Room
from proctor.grading import GradedNotebook, GradedSubmission, draw_seed, grade_notebook
from proctor.notebooks.problems import Problem
from proctor.notebooks.submission import load_submission

from .course import Course, read_course
from .late import late_penalty
from .markdown import plain
from .metadata import BadMetadata, Metadata, read_metadata
from .points import other_points
from .results import FAILED, results

_CLOSED_TO_STUDENTS = ("source", "submission", "results", "submission_metadata.json")
_PASSES = 2  # an exam runs the student's cells twice
_SHARE = 0.9  # of the time that notebooks have; the rest is for starting and ending
_STAFF_CHARS = 1_000  # per test: stdout is cut at 100,000


class _TimeIsUp(BaseException):
    """Raised wherever the run is when its time ends; no Exception, so that nothing on the way keeps it."""


@dataclass
class _Report:
    """The results so far, for students in results.json and for instructors on stdout."""

    path: Path
    course: Course
    metadata: Metadata
    started: float
    graded: list[GradedNotebook] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)

    def write(self) -> None:
        graded = GradedSubmission(tuple(self.graded), tuple(self.problems))
        try:
            penalty = late_penalty(graded, self.metadata, self.course.config)
        except Exception as error:
            _print_failure("the penalty for late work", error)
            penalty = None
            words = "This submission is late. Your instructors will see to the penalty."
            graded = replace(graded, problems=(*graded.problems, Problem("late", words, words)))
        value = results(
            self.course.assignment,
            graded,
            self.metadata,
            self.course.settings,
            late=self.course.late,
            penalty=penalty,
            seconds=time.monotonic() - self.started,
            reasons=self.reasons,
        )
        _write(self.path, value)

    def share(self, notebooks: int) -> float:
        """Wall-clock seconds for one run of a notebook, so that it leaves time for as many."""
        left = self.course.settings.seconds - (time.monotonic() - self.started)
        return min(self.course.limits.wall_seconds, max(_SHARE * left / (_PASSES * notebooks), 0.0))

    def add(self, notebook: GradedNotebook) -> None:
        self.graded.append(notebook)
        _print_graded(notebook)
        self.write()

    def fail(self, name: str, error: Exception) -> None:
        """Nothing of this notebook could be graded."""
        self.reasons[name] = FAILED
        _print_failure(name, error)
        self.write()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m proctor.gradescope.autograder.run",
        description="Grade one submission inside Gradescope's container and write results/results.json.",
        epilog="Settings: c.Gradescope in nbgrader_config.py. docs/gradescope.md says how the container comes about.",
    )
    words = "Gradescope's folder (default: %(default)s)"
    parser.add_argument("--root", type=Path, default=Path("/autograder"), help=words)
    run(parser.parse_args(argv).root.resolve())
    return 0


def run(root: Path) -> None:
    """Grade ``root/submission`` and write ``root/results/results.json``, whatever happens.

    Raises OSError when even that file cannot be written.
    """
    started = time.monotonic()
    path = root / "results" / "results.json"
    _write(path, {"score": 0.0, "output": FAILED, "output_format": "md", "stdout_visibility": "hidden", "tests": []})
    try:
        _close_to_students(root)
        course = read_course(root / "source")
        report = _Report(path, course, _read_metadata(root), started)
        report.write()
        if words := other_points(course.assignment, report.metadata.total_points):
            print(f"! {words}")
    except Exception as error:
        _print_failure("the assignment", error)
        return
    try:
        with _time_limit(course.settings.seconds - (time.monotonic() - started)):
            _grade(root / "submission", course, report)
    except _TimeIsUp:
        print(f"Stopped after {course.settings.seconds:g} seconds (c.Gradescope.seconds): the results so far count.")
    except Exception as error:
        for notebook in course.assignment.notebooks:
            report.reasons.setdefault(notebook.name, FAILED)
        _print_failure("the submission", error)
    report.write()


def _grade(upload: Path, course: Course, report: _Report) -> None:
    assignment = course.assignment
    seed = draw_seed()
    with load_submission(upload, assignment) as submission:
        report.problems += submission.problems
        for problem in (*submission.problems, *(each for found in submission.notebooks for each in found.problems)):
            print(plain(f"! {problem.staff_message or problem.message}"))
        with Room(course.limits) as room:
            print(f"Student code: {room.protection}. Seed: {seed}")
            names = [notebook.name for notebook in assignment.notebooks]
            for place, notebook in enumerate(assignment.notebooks):
                coming = sum(submission.notebook(name) is not None for name in names[place:])
                room.limits = replace(course.limits, wall_seconds=report.share(max(coming, 1)))
                try:
                    report.add(grade_notebook(assignment, notebook.name, submission, room, seed, course.data))
                except Exception as error:
                    report.fail(notebook.name, error)


def _close_to_students(root: Path) -> None:
    """Student code runs as another user; where the kernel has no Landlock, this keeps it out.

    Gradescope makes ``submission/`` and ``results/`` anew for each run, so it is done in each.
    """
    for name in _CLOSED_TO_STUDENTS:
        path = root / name
        if path.exists():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~stat.S_IRWXO)


def _read_metadata(root: Path) -> Metadata:
    """Without metadata a submission is graded all the same, as one that is not late."""
    try:
        return read_metadata(root / "submission_metadata.json")
    except BadMetadata as error:
        print(f"! {error}. Graded without: nothing is known of due dates and earlier submissions.")
        return Metadata()


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise _TimeIsUp in the body after that time, and again if something there should swallow it."""

    def ring(*_) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 20.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _write(path: Path, value: dict) -> None:
    """Write strict JSON in one step: a reader finds either the old or the new, whole."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value, allow_nan=False, indent=1))
    os.replace(part, path)


def _print_graded(notebook: GradedNotebook) -> None:
    for problem in notebook.problems:
        if problem.code == "stopped":  # the others were printed when the submission was read
            print(plain(f"! {notebook.name}: {problem.staff_message}"))
    for match in notebook.matches:
        if match.note:
            print(plain(f"! {notebook.name}, {match.grade_id}: {match.note}"))
    for test in notebook.tests:
        print(f"{test.points:>6g} of {test.max_points:<4g} {notebook.name}, {test.id}, {test.seconds:.2f} s")
        if test.points < test.max_points and test.staff_message:
            print(plain(test.staff_message)[:_STAFF_CHARS])
    sys.stdout.flush()


def _print_failure(what: str, error: Exception) -> None:
    print(f"! Not graded: {what}")
    print(plain("".join(traceback.format_exception(error))), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
