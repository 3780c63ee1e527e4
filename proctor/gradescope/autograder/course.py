"""What lies in the autograder's ``source/``: the one assignment, the settings, the data folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from proctor.exam.limits import Limits
from proctor.gradescope.settings import Gradescope
from proctor.notebooks.assignment import Assignment, AssignmentError, load_assignment
from proctor.settings import Exam, Late

SETTINGS = "nbgrader_config.py"


@dataclass(frozen=True)
class Course:
    """``data`` are absolute paths."""

    assignment: Assignment
    config: Config
    settings: Gradescope
    late: Late
    limits: Limits
    data: tuple[Path, ...]


def read_course(folder: Path) -> Course:
    """Read ``folder`` as Gradescope has unpacked it. Raises AssignmentError, and whatever nbgrader_config.py raises."""
    config = PyFileConfigLoader(SETTINGS, path=str(folder)).load_config()
    sources = folder / CourseDirectory(config=config).source_directory
    found = sorted({path.parent for path in sources.glob("*/*.ipynb")})
    if len(found) != 1:
        raise AssignmentError(
            f"{sources} should hold one folder with notebooks, not {len(found)}. Make the bundle anew."
        )
    assignment = load_assignment(found[0], config)
    exam = Exam(config=config)
    return Course(
        assignment,
        config,
        Gradescope(config=config),
        Late(config=config),
        exam.limits,
        tuple(folder / path for path in exam.data),
    )
