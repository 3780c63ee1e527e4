"""What nbgrader has made of an assignment is compared with its source."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from author.broken import AREA, IMPORTS, TEST, assignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from proctor.author.course import gradebook_findings, known_points, register, release_findings
from proctor.author.findings import Weight
from proctor.notebooks.assignment import load_assignment


@pytest.fixture
def course(tmp_path, monkeypatch) -> CourseDirectory:
    monkeypatch.setenv(
        "PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    )  # nbgrader calls alembic
    assignment(tmp_path, IMPORTS, AREA, TEST, helpers_py="PI = 3\n")
    course = CourseDirectory(config=Config(), root=str(tmp_path))
    course.assignment_id = "hw5"
    return course


def generate(course: CourseDirectory) -> None:
    from nbgrader.converters import GenerateAssignment

    GenerateAssignment(coursedir=course, config=Config(), force=True).start()


def findings(course: CourseDirectory) -> list:
    loaded = load_assignment(Path(course.root) / "source" / "hw5")
    return [*release_findings(course, Config(), loaded), *gradebook_findings(course, loaded.notebooks)]


def change(path: Path, **points: float) -> None:
    notebook = nbformat.read(path, 4)
    notebook.cells[0].source += "\nTAU = 2 * math.pi"
    for cell in notebook.cells:
        cell.metadata.nbgrader.update({"points": points[cell.id]} if cell.id in points else {})
    nbformat.write(notebook, path)


def test_an_assignment_that_was_never_generated_has_no_finding(course):
    assert findings(course) == []
    assert not (Path(course.root) / "gradebook.db").exists()


def test_a_release_that_has_just_been_generated_has_no_finding(course):
    generate(course)
    assert findings(course) == []


def test_a_release_that_is_out_of_date_is_named_file_by_file(course):
    generate(course)
    root = Path(course.root)
    change(root / "source" / "hw5" / "lab.ipynb")
    (root / "source" / "hw5" / "helpers.py").rename(root / "source" / "hw5" / "tools.py")
    (root / "release" / "hw5" / "__pycache__").mkdir()
    (root / "release" / "hw5" / "__pycache__" / "helpers.pyc").touch()  # nbgrader leaves it alone, too
    found = {finding.file: finding.what for finding in findings(course)}
    assert set(found) == {f"release/hw5/{name}" for name in ("lab.ipynb", "tools.py", "helpers.py")}
    assert "out of date" in found["release/hw5/lab.ipynb"]


def test_a_gradebook_that_knows_other_points_is_named_with_both(course):
    generate(course)
    change(Path(course.root) / "source" / "hw5" / "lab.ipynb", **{"test-area": 5})
    finding = next(finding for finding in findings(course) if "gradebook" in finding.what)
    assert finding.weight is Weight.WRONG and "test-area had 2 points and has 5" in finding.what


def test_a_gradebook_that_does_not_know_the_assignment_is_a_doubt(course):
    generate(course)
    other = CourseDirectory(config=Config(), root=course.root)
    other.assignment_id = "hw6"
    loaded = load_assignment(Path(course.root) / "source" / "hw5")
    (finding,) = gradebook_findings(other, loaded.notebooks)
    assert finding.weight is Weight.DOUBT and "generate_assignment hw6" in finding.remedy


def test_a_gradebook_that_cannot_be_opened_is_a_finding(course):
    (Path(course.root) / "gradebook.db").write_text("no database" * 100)
    (finding,) = findings(course)
    assert finding.weight is Weight.WRONG and finding.what.startswith("The gradebook cannot be opened: ")


def test_registering_gives_the_gradebook_what_generating_gives_it_and_leaves_the_release(course, tmp_path):
    generate(course)
    wanted, release = known_points(course), Path(course.root) / "release" / "hw5" / "lab.ipynb"
    release.write_text("students have this")
    (Path(course.root) / "gradebook.db").unlink()
    register(course, Config(), course.log)
    assert known_points(course) == wanted == {"lab": {"test-area": 2}}
    assert release.read_text() == "students have this"
