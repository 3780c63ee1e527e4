"""Promises of the command ``proctor``."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[1]


def proctor(*arguments: object, cwd: Path = ROOT) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", "from proctor.cli import main; raise SystemExit(main())", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300)


def test_help_names_every_command_and_where_a_class_is_graded():
    done = proctor("--help")
    assert done.returncode == 0
    for words in ("grade", "protection", "nbgrader autograde"):
        assert words in done.stdout


def test_grading_one_submission_prints_each_test_and_writes_the_notebooks(tmp_path):
    done = proctor("grade", "source/hw4", "examples/typical/hw4", "--seed", "520", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"0 of 1 +test-dl-dp .*sign flipped", done.stdout)
    assert "24 points; written answers are graded by hand. Seed: 520" in done.stdout
    graded = nbformat.read(tmp_path / "backpropagation.ipynb", 4)
    nbformat.validate(graded)
    assert graded.metadata.proctor.seed == 520


def test_a_wrong_folder_is_named_with_what_to_give_instead(tmp_path):
    done = proctor("grade", tmp_path, tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert f"There is no notebook in {tmp_path}" in done.stderr


def test_protection_says_what_confines_student_code_here():
    done = proctor("protection")
    assert done.returncode == 0
    assert "seccomp" in done.stdout
