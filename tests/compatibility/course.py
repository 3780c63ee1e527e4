"""A course in a temporary folder, graded by real ``nbgrader`` commands, with or without the plugin."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook

BIN = Path(sys.executable).parent
CONFIG = """
import sys
c = get_config()
sys.path.insert(0, {folder!r})
c.CourseDirectory.root = {folder!r}
c.AssignLatePenalties.plugin_class = "late.TwoPointsPerDay"
c.ClearMarkScheme.enforce_metadata = False
{system}
"""
LATE = """
from nbgrader.plugins import LateSubmissionPlugin

class TwoPointsPerDay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 2 * total_seconds_late / 86400
"""
#: The settings that ask for the exam are those of the repository's nbgrader_config.py.
SYSTEMS = {
    "stock": "c.Execute.timeout = 3",
    "here": """
c.Autograde.exporter_class = "proctor.nbgrader.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["proctor.nbgrader.TransplantAnswers"]
c.Autograde.autograde_preprocessors = [
    "proctor.nbgrader.Exam",
    "proctor.nbgrader.RecordGrades",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Exam.cell_seconds = 3
""",
}


@dataclass(frozen=True)
class Run:
    """How a command ended, and all it said."""

    status: int
    log: str


@dataclass(frozen=True)
class Grade:
    """What the gradebook says about a graded cell or a task."""

    auto: float | None
    manual: float | None
    needs_manual: bool
    score: float


class Course:
    """One course with one assignment, ``lab``. ``system`` is a key of SYSTEMS; ``settings`` are further lines."""

    def __init__(self, root: Path, system: str, settings: str = ""):
        self.root = root / system
        self.root.mkdir(parents=True)
        text = CONFIG.format(folder=str(self.root), system=SYSTEMS[system])
        (self.root / "nbgrader_config.py").write_text(f"{text}\n{settings}\n")
        (self.root / "late.py").write_text(LATE)

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root / 'gradebook.db'}", "")

    def nbgrader(self, *arguments: str) -> Run:
        """Run ``nbgrader ARGUMENTS`` in the course's folder."""
        return self.run(str(BIN / "nbgrader"), *arguments)

    def proctor(self, *arguments: str) -> Run:
        return self.run(str(BIN / "proctor"), *arguments)

    def run(self, *command: str) -> Run:
        environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            command,
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return Run(done.returncode, done.stdout)

    def publish(self, notebooks: dict[str, NotebookNode], files: dict[str, str]) -> dict[str, NotebookNode]:
        """Write the assignment, run ``nbgrader generate_assignment``; the notebooks that students get."""
        for name, notebook in notebooks.items():
            self._write(f"source/lab/{name}.ipynb", nbformat.writes(notebook))
        for name, text in files.items():
            self._write(f"source/lab/{name}", text)
        run = self.nbgrader("generate_assignment", "lab")
        assert run.status == 0, run.log
        return {name: nbformat.read(self.root / f"release/lab/{name}.ipynb", 4) for name in notebooks}

    def hand_in(self, student: str, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            self._write(f"submitted/{student}/lab/{name}", content)

    def autograde(self, *flags: str) -> Run:
        return self.nbgrader("autograde", "lab", *flags)

    def grades(self, student: str, notebook: str) -> dict[str, Grade]:
        """By grade_id; empty for a student that the gradebook does not know."""
        with self.gradebook() as gradebook:
            if student not in {submission.student_id for submission in gradebook.assignment_submissions("lab")}:
                return {}
            graded = gradebook.find_submission_notebook(notebook, "lab", student).grades
            return {
                grade.name: Grade(grade.auto_score, grade.manual_score, bool(grade.needs_manual_grade), grade.score)
                for grade in graded
            }

    def _write(self, path: str, content: str | bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
