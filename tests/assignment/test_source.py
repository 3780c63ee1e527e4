"""Promises of the assignment as a whole: its points, its cells, its release."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from proctor.notebooks.assignment import role

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "source" / "hw4"
RELEASE = ROOT / "release" / "hw4"
NAMES = ["backpropagation", "convolution", "fashion_mnist"]
POINTS = {"backpropagation": (30, 8), "convolution": (20, 4), "fashion_mnist": (50, 6)}


def read(folder: Path, name: str) -> nbformat.NotebookNode:
    return nbformat.read(folder / f"{name}.ipynb", 4)


def test_the_assignment_is_three_notebooks_and_their_helpers():
    found = {path.name for path in SOURCE.iterdir()} - {"__pycache__", ".ipynb_checkpoints"}
    assert found == {f"{name}.ipynb" for name in NAMES} | {"hw4.py", "hw4_helpers", "requirements.txt"}, (
        "anything else in source/hw4 would be released to students and laid over their submissions"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_points_are_those_of_the_assignment(name):
    graded = [c.metadata.nbgrader for c in read(SOURCE, name).cells if c.metadata.get("nbgrader", {}).get("grade")]
    by_hand = [info["points"] for info in graded if info["solution"]]
    assert (sum(info["points"] for info in graded), sum(by_hand)) == POINTS[name]


@pytest.mark.parametrize("name", NAMES)
def test_cells_have_stable_readable_ids_and_no_outputs(name):
    cells = read(SOURCE, name).cells
    ids = [cell.id for cell in cells]
    assert len(set(ids)) == len(ids)
    for cell in cells:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cell.id), f"{cell.id!r}: not a readable id"
        assert not re.fullmatch(r"[0-9a-f]{8}", cell.id), f"{cell.id!r} looks made by a machine"
        info = cell.metadata.get("nbgrader")
        assert cell.metadata.get("tags", ["demo"]) in (["demo"], ["candidate"])
        assert set(cell.metadata) <= {"nbgrader", "tags"}, (
            f"{cell.id}: metadata that an editor left: {set(cell.metadata)}"
        )
        assert info is None or info["grade_id"] == cell.id
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None, f"{cell.id}: clear the outputs"


@pytest.mark.parametrize("name", NAMES)
def test_every_visible_check_is_followed_by_hidden_tests(name):
    """In the same cell, or in a cell of its own that gives points name by name."""
    tests = [c for c in read(SOURCE, name).cells if role(c) == "test"]
    for cell, following in zip(tests, [*tests[1:], None], strict=True):
        if "### BEGIN HIDDEN TESTS" not in cell.source:
            assert following is not None and following.id == cell.id.replace("test-", "hidden-")
            assert "### BEGIN HIDDEN TESTS" in following.source


@pytest.mark.parametrize("name", NAMES)
def test_every_written_answer_has_a_marking_scheme_where_graders_see_it(name):
    cells = read(SOURCE, name).cells
    written = [i for i, cell in enumerate(cells) if role(cell) == "manual"]
    assert written
    for i in written:
        question = cells[i - 1]
        assert role(question) == "shared", f"{question.id} is the question: make it read-only"
        scheme = re.search(r"### BEGIN MARK SCHEME\n(.*)### END MARK SCHEME", question.source, re.S)
        assert scheme, f"{question.id} has no marking scheme"
        assert "strong answer" in scheme[1].lower() and "weak answer" in scheme[1].lower()
        assert "MARK SCHEME" not in cells[i].source


@pytest.fixture(scope="module")
def regenerated(tmp_path_factory) -> Path:
    """A release made anew from source/, in a course folder of its own."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(
        SOURCE, course / "source" / "hw4", ignore=shutil.ignore_patterns("__pycache__", "runs", "*.safetensors")
    )
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "hw4", f"--course-dir={course}"]
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}  # nbgrader calls alembic by name
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return course / "release" / "hw4"


def test_the_committed_release_is_what_the_source_generates(regenerated):
    made = {str(path.relative_to(regenerated)) for path in regenerated.rglob("*") if path.is_file()}
    tracked = subprocess.check_output(["git", "ls-files", "."], cwd=RELEASE, text=True).splitlines()
    assert made == set(tracked)
    for name in made:
        assert (regenerated / name).read_bytes() == (RELEASE / name).read_bytes(), (
            f"release/hw4/{name} is out of date: run `make release`"
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_release_gives_nothing_away(name):
    text = (RELEASE / f"{name}.ipynb").read_text()
    for secret in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "proctor"):
        assert secret not in text
    for cell in read(RELEASE, name).cells:
        info = cell.metadata.get("nbgrader", {})
        if info.get("solution") and cell.cell_type == "code":
            assert "NotImplementedError" in cell.source, f"{cell.id} is already solved"


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_source_runs_top_to_bottom(name, tmp_path):
    """Training shortened by HW4_QUICK; any error in any cell fails."""
    shutil.copytree(SOURCE, tmp_path, dirs_exist_ok=True)
    env = os.environ | {"HW4_QUICK": "1", "FASHION_MNIST_DIR": str(ROOT / "data")}
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace"]
    done = subprocess.run(
        [*command, f"{name}.ipynb"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for cell in nbformat.read(tmp_path / f"{name}.ipynb", 4).cells:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr" or "warn" not in output.text.lower(), f"{cell.id}: {output.text}"
