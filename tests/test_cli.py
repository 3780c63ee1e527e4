"""Promises of the command ``proctor``."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from small_assignment import cell, notebook

ROOT = Path(__file__).parents[1]


def proctor(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", "from proctor.cli import main; raise SystemExit(main())", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def test_help_names_every_command_and_where_a_class_is_graded():
    done = proctor("--help")
    assert done.returncode == 0
    for words in ("grade", "check", "new", "protection", "nbgrader autograde"):
        assert words in done.stdout


def test_grading_one_submission_prints_each_test_and_writes_the_notebooks(tmp_path):
    done = proctor("grade", "source/hw4", "examples/typical/hw4", "--seed", "520", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"0 of 1 +test-dl-dp .*sign flipped", done.stdout)
    assert "22 points; written answers are graded by hand. Seed: 520" in done.stdout
    graded = nbformat.read(tmp_path / "backpropagation.ipynb", 4)
    nbformat.validate(graded)
    assert graded.metadata.proctor.seed == 520


def test_a_wrong_folder_is_named_with_what_to_give_instead(tmp_path):
    done = proctor("grade", tmp_path, tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert f"There is no notebook in {tmp_path}" in done.stderr


@pytest.mark.parametrize("folders", [("source/hw9", "examples/blank/hw4"), ("source/hw4", "examples/nobody/hw4")])
def test_a_folder_that_does_not_exist_is_named_with_exit_code_2(folders):
    done = proctor("grade", *folders)
    assert done.returncode == 2 and done.stdout == ""
    missing = folders[0] if "hw9" in folders[0] else folders[1]
    assert done.stderr == f"proctor: there is no {missing}.\n"


def test_the_instructor_is_told_what_students_are_told_the_instructor_knows(tmp_path):
    test = cell("code", "test", "test-twice", "class Dog: pass\n\nassert twice(Dog())", 1)
    imports = cell("code", "readonly", "imports", "import math\nassert math.pi > 4, 'small'")
    twice = cell("code", "solution", "twice", "def twice(x):\n    return 2 * x")
    nbformat.write(notebook(imports, twice, test), tmp_path / "lab.ipynb")
    done = proctor("grade", tmp_path, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "instructor" not in done.stdout
    assert re.search(r"! imports, line 2: .*AssertionError: small", done.stdout)
    assert re.search(r"! test-twice, line 3: an argument of type Dog cannot cross: .*Pass plain values", done.stdout)


def test_protection_says_what_confines_student_code_here():
    done = proctor("protection")
    assert done.returncode == 0
    assert "seccomp" in done.stdout
