"""``proctor check`` and ``proctor new`` as they are typed."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from author.broken import AREA, HIDDEN, IMPORTS, ROOT, TEST, assignment, code

from proctor.cli import main

BIN = Path(sys.executable).parent


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course folder with the repository's configuration, and nothing in it."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_sound_assignment_is_checked_in_a_line_and_exit_code_0(course, capsys):
    assignment(course, IMPORTS, AREA, TEST)
    assert main(["check", "hw5"]) == 0
    assert capsys.readouterr().out == (
        "✓ lab                  your solution 2 of 2 by tests, the release 0\n\nNothing found.\n"
    )


def test_what_is_found_is_listed_by_weight_with_exit_code_1(course, capsys):
    fixed = "### BEGIN HIDDEN TESTS\nassert area(2) > 12\n### END HIDDEN TESTS"
    leaking = HIDDEN.replace("BEGIN HIDDEN TESTS", "BEGIN HIDDEN TEST")
    pair = "assert (area(1) > 3, 'more')"
    tests = [
        code("test", f"test-{i}", source, points)
        for i, (source, points) in enumerate([(fixed, 1), (pair, 1), (leaking, 2)])
    ]
    assignment(course, IMPORTS, AREA, *tests)
    assert main(["check", "hw5"]) == 1
    said = capsys.readouterr().out
    assert re.findall(r"^([✗?]) lab.ipynb, cell ([\w-]+)", said, re.MULTILINE) == [
        ("✗", "test-2"),
        ("✗", "test-1"),
        ("?", "test-0"),
    ]
    assert said.endswith("\n2 to mend, 1 to look at.\n")


def test_doubts_alone_do_not_fail(course, capsys):
    fixed = "### BEGIN HIDDEN TESTS\nassert area(2) > 12\n### END HIDDEN TESTS"
    assignment(course, IMPORTS, AREA, code("test", "test-area", fixed, 1))
    assert main(["check", "source/hw5"]) == 0
    assert "0 to mend, 1 to look at." in capsys.readouterr().out


@pytest.mark.slow
def test_hw4_has_no_finding(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["check", "hw4"]) == 0
    said = capsys.readouterr().out
    assert said.count("✓") == 3 and said.endswith("\nNothing found.\n")


def test_an_assignment_that_is_not_there_is_named_with_those_that_are(course, capsys):
    assignment(course, IMPORTS, AREA, TEST)
    assert main(["check", "hw6"]) == 2
    assert capsys.readouterr().err == "proctor: There is no assignment and no folder 'hw6'. Assignments here: hw5.\n"


def test_a_new_assignment_overwrites_nothing(course, capsys):
    (course / "mutants" / "hw5").mkdir(parents=True)
    assert main(["new", "hw5"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("proctor: Already there: ") and "mutants/hw5" in said
    assert not (course / "source").exists()


def test_a_name_that_leaves_the_course_is_refused(course, capsys):
    assert main(["new", "../hw5"]) == 2
    assert "is no name for an assignment" in capsys.readouterr().err
    assert not (course.parent / "hw5").exists()


@pytest.mark.slow
def test_a_new_assignment_checks_generates_grades_and_bundles_at_once(course, capsys):
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    (course / "setup").mkdir()
    shutil.copy(ROOT / "setup" / "data.py", course / "setup")
    assert main(["new", "hw5"]) == 0
    capsys.readouterr()
    assert main(["check", "hw5"]) == 0
    assert "Nothing found." in capsys.readouterr().out
    nbgrader("generate_assignment", "hw5")
    released = nbformat.read(course / "release" / "hw5" / "softmax.ipynb", 4)
    assert not any(word in cell.source for cell in released.cells for word in ("HIDDEN", "SCHEME", "e.sum"))
    shutil.copytree(course / "source" / "hw5", course / "submitted" / "alice" / "hw5")
    shutil.copytree(course / "release" / "hw5", course / "submitted" / "bob" / "hw5")
    mutants = tomllib.loads((course / "mutants" / "hw5" / "softmax.toml").read_text())["mutant"]
    for number, mutant in enumerate(mutants):
        hand_in_a_mutant(course, f"mutant-{number}", mutant)
    nbgrader("autograde", "hw5")
    nbgrader("export")
    with (course / "grades.csv").open() as file:
        points = {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
    assert points == {"alice": (3, 5), "bob": (0, 5), "mutant-0": (2, 5), "mutant-1": (0, 5)}
    assert main(["gradescope", "bundle", "hw5"]) == 0
    assert (course / "dist" / "hw5-gradescope.zip").exists()
    assert main(["check", "hw5"]) == 0, "the release and the gradebook are up to date"


def hand_in_a_mutant(course: Path, student: str, mutant: dict) -> None:
    folder = course / "submitted" / student / "hw5"
    shutil.copytree(course / "source" / "hw5", folder)
    notebook = nbformat.read(folder / "softmax.ipynb", 4)
    (cell,) = [cell for cell in notebook.cells if cell.id == mutant["cell"]]
    assert cell.source.count(mutant["old"]) == 1
    cell.source = cell.source.replace(mutant["old"], mutant["new"])
    nbformat.write(notebook, folder / "softmax.ipynb")


def nbgrader(*arguments: str) -> None:
    environment = os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}  # nbgrader calls alembic by name
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
