"""The package alone, as pip installs it, in a course of somebody else's: no repository, no course of ours."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from compatibility.questions import Question, answered, assignment
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[2]
HALF = Question("half", "def half(x):\n    return x / 2", "assert half(4) == 2", wrong="half = None", points=4)
LINES = """\
c.Autograde.exporter_class = "proctor.nbgrader.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["proctor.nbgrader.TransplantAnswers"]
c.Autograde.autograde_preprocessors = ["proctor.nbgrader.Exam", "proctor.nbgrader.RecordGrades"]
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built in a copy that has nothing but the package."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "proctor", folder / "proctor", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir=out", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = (folder / "out").glob("*.whl")
    return built


def test_the_wheel_has_every_file_of_the_package(wheel):
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("proctor/")}
    files = (path for path in (ROOT / "proctor").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert inside == {path.relative_to(ROOT).as_posix() for path in files}


@pytest.mark.slow
def test_three_lines_plug_it_into_a_course_outside_of_the_repository(wheel, tmp_path):
    site, course = tmp_path / "site", tmp_path / "course"
    zipfile.ZipFile(wheel).extractall(site)
    lab = assignment(HALF)
    for place, book in (
        ("source/ps1", lab),
        ("submitted/right/ps1", answered(lab, {"half": HALF.right})),
        ("submitted/wrong/ps1", answered(lab, {"half": HALF.wrong})),
    ):
        (course / place).mkdir(parents=True)
        nbformat.write(book, course / place / "lab.ipynb")
    (course / "nbgrader_config.py").write_text(f"c = get_config()\n{LINES}")

    def run(*command: str) -> str:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        environment = os.environ | {"PYTHONPATH": str(site), "PATH": path}
        done = subprocess.run([sys.executable, *command], cwd=course, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert run("-c", "import proctor; print(proctor.__file__)").startswith(str(site))
    run("-m", "nbgrader", "generate_assignment", "ps1")
    run("-m", "nbgrader", "autograde", "ps1")
    run("-m", "nbgrader", "generate_feedback", "ps1")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        scores = {each.student_id: each.score for each in gradebook.assignment_submissions("ps1")}
    assert scores == {"right": 4, "wrong": 0}
    graded = nbformat.read(course / "autograded/right/ps1/lab.ipynb", 4)
    assert "seed" in graded.metadata.proctor, "by this grader"
    assert "Nothing found" in run("-c", "import sys; from proctor.cli import main; sys.exit(main(['check', 'ps1']))")
    assert (course / "feedback/right/ps1/lab.html").is_file()
    run("-c", "import sys; from proctor.cli import main; sys.exit(main(['new', 'hw5']))")
    assert (course / "source/hw5/softmax.ipynb").is_file()


def test_the_three_lines_stand_in_the_docs():
    text = " ".join((ROOT / "docs/from-nbgrader.md").read_text().split())
    assert " ".join(LINES.split()) in text
