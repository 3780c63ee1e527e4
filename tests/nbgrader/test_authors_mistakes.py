"""`nbgrader autograde` reads the assignment before it touches a submission, and has the gradebook know it."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from running_course import BIN, ROOT, Course
from small_assignment import ANSWERS, FULL_MARKS, PRISTINE

from proctor.author.course import register
from proctor.config import nbgrader_config

SOLVED = {cell.grade_id: ANSWERS[cell.grade_id] for cell in PRISTINE.cells if cell.grade_id in ANSWERS}


@pytest.fixture
def clone(tmp_path) -> Course:
    """A course as a fresh clone has it: source and release, no gradebook; one student has handed in."""
    course = Course(tmp_path / "course", ("alice",))
    shutil.copytree(ROOT / "setup", course.folder / "setup", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "nbgrader_config.py", course.folder)
    submitted = nbformat.from_dict(PRISTINE.release)
    for cell in submitted.cells:
        cell.source = SOLVED.get(cell.metadata.get("nbgrader", {}).get("grade_id"), cell.source)
    for folder, notebook in (
        ("source/hw4", PRISTINE.notebook),
        ("release/hw4", PRISTINE.release),
        ("submitted/alice/hw4", submitted),
    ):
        (course.folder / folder).mkdir(parents=True)
        nbformat.write(notebook, course.folder / folder / "lab.ipynb")
    return course


def autograde(course: Course) -> tuple[int, list[str]]:
    """Exit code and what is logged above INFO."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", "hw4"],
        cwd=course.folder,
        env=course.environment() | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    return done.returncode, [line for line in done.stderr.splitlines() if "| INFO]" not in line]


def change(course: Course, old: str, new: str) -> None:
    path = course.folder / "source" / "hw4" / "lab.ipynb"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.slow
def test_a_fresh_clone_is_graded_although_its_gradebook_knows_nothing(clone):
    released = (clone.folder / "release" / "hw4" / "lab.ipynb").read_bytes()
    code, _ = autograde(clone)
    assert code == 0
    with Gradebook(f"sqlite:///{clone.folder}/gradebook.db") as gradebook:
        graded = gradebook.find_submission_notebook("lab", "hw4", "alice")
        assert graded.code_score == sum(FULL_MARKS.values())
        assert graded.max_score == sum(cell.points for cell in PRISTINE.cells)
    assert (clone.folder / "release" / "hw4" / "lab.ipynb").read_bytes() == released


def test_a_mistake_of_the_authors_stops_in_one_line_before_anything_is_touched(clone):
    change(clone, "### BEGIN HIDDEN TESTS", "### BEGIN HIDDEN TEST")
    code, said = autograde(clone)
    assert code == 1
    (line,) = said
    assert "lab.ipynb, cell test-area, line 2" in line and "Write ### BEGIN HIDDEN TESTS" in line
    assert "proctor check hw4" in line
    assert not (clone.folder / "autograded").exists()


def test_a_gradebook_that_knows_other_points_stops_in_one_line(clone, monkeypatch):
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    directory = CourseDirectory(config=(config := nbgrader_config()), root=str(clone.folder), assignment_id="hw4")
    register(directory, config, directory.log)
    change(clone, '"points": 3', '"points": 7')
    code, said = autograde(clone)
    assert code == 1
    (line,) = said
    assert "test-twice had 3 points and has 7" in line and "nbgrader generate_assignment hw4 --force" in line
    assert not (clone.folder / "autograded").exists()


def test_an_assignment_that_is_not_there_stops_in_one_line(clone):
    shutil.rmtree(clone.folder / "source")
    code, said = autograde(clone)
    assert code == 1
    (line,) = said
    assert "There is no notebook in" in line
