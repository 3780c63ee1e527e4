"""A course with a notebook of three functions, and a class that has handed in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from small_assignment import ANSWERS, PRISTINE

ROOT = Path(__file__).parents[2]
_PROCTOR = [sys.executable, "-c", "import sys; from proctor.cli import main; sys.exit(main())"]


def hears_interrupts() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C, and so would be all that tests start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class ClassCourse:
    """A course folder and the command in it; ``becomes`` makes it another user's."""

    folder: Path
    becomes: Callable[[list[str]], list[str]] = list

    def hand_in(self, student: str, answers: Mapping[str, str] = ANSWERS) -> Path:
        """The released notebook with answers filled in; the folder that it lies in."""
        notebook = nbformat.read(self.folder / "release" / "hw4" / "lab.ipynb", 4)
        for cell in notebook.cells:
            cell.source = answers.get(cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.source)
        folder = self.folder / "submitted" / student / "hw4"
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / "lab.ipynb")
        return folder

    def begin(self, *arguments: str, assignment: str = "hw4") -> subprocess.Popen:
        return subprocess.Popen(
            self.becomes([*_PROCTOR, "autograde", assignment, *arguments]),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=hears_interrupts,  # noqa: PLW1509  (no threads here)
        )

    def autograde(self, *arguments: str, code: int = 0) -> str:
        """What the command prints on both streams; its exit code must be ``code``."""
        process = self.begin(*arguments)
        printed = "".join(process.communicate())
        assert process.returncode == code, printed
        return printed

    def nbgrader(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "nbgrader", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=self.environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.folder}/gradebook.db")

    def grades(self, student: str) -> dict[str, tuple]:
        """By cell: points by tests, points by hand, whether a person is to look; empty if nothing is recorded."""
        with self.gradebook() as gradebook:
            found = [s for s in gradebook.assignment_submissions("hw4") if s.student.id == student]
            return {
                grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                for submission in found
                for book in submission.notebooks
                for grade in book.grades
            }

    def graded(self, student: str) -> Path:
        return self.folder / "autograded" / student / "hw4" / "lab.ipynb"

    def is_whole(self, student: str) -> bool:
        """Whether a student has both, the graded notebook and the grades in the gradebook, or neither."""
        return self.graded(student).is_file() == bool(self.grades(student))

    def environment(self) -> dict[str, str]:
        settings = {name: str(self.folder.parent / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
        return (
            os.environ
            | settings
            | {"PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        )


@pytest.fixture(scope="session")
def released(tmp_path_factory) -> Path:
    """The course when the assignment has been generated."""
    folder = tmp_path_factory.mktemp("class") / "course"
    (folder / "source" / "hw4").mkdir(parents=True)
    nbformat.write(PRISTINE.notebook, folder / "source" / "hw4" / "lab.ipynb")
    config = (ROOT / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").write_text(f"{config}\nc.Exam.data = []\nc.Exam.seed = 7\nc.Exam.seats = 2\n")
    ClassCourse(folder).nbgrader("generate_assignment", "hw4")
    return folder


@pytest.fixture
def new_course(released, tmp_path) -> Callable[[], ClassCourse]:
    numbers = iter(range(100))

    def make() -> ClassCourse:
        return ClassCourse(Path(shutil.copytree(released, tmp_path / f"course{next(numbers)}")))

    return make


@pytest.fixture
def course(new_course) -> ClassCourse:
    return new_course()
