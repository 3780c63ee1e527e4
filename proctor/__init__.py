"""Proctor: grades nbgrader assignments with the tests outside of the student's process.

    from proctor import grade, load_assignment, load_submission
    assignment = load_assignment(Path("source/hw4"))
    graded = grade(assignment, load_submission(Path("submitted/alice/hw4"), assignment))

Names are imported when they are first used: the processes of an exam import this
package too, and need little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proctor.exam.limits import Limits
    from proctor.exam.room import Room
    from proctor.grading import GradedNotebook, GradedSubmission, grade
    from proctor.notebooks.assignment import load_assignment
    from proctor.notebooks.submission import load_submission

__all__ = ["GradedNotebook", "GradedSubmission", "Limits", "Room", "grade", "load_assignment", "load_submission"]

_HOMES = {
    "grade": "proctor.grading",
    "GradedNotebook": "proctor.grading",
    "GradedSubmission": "proctor.grading",
    "load_assignment": "proctor.notebooks.assignment",
    "load_submission": "proctor.notebooks.submission",
    "Limits": "proctor.exam.limits",
    "Room": "proctor.exam.room",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'proctor' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
