"""The house keeps its contracts, and each of them finds what breaks it."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOOLS = Path(sys.executable).parent

WAYS = "Imports go one way"
WINGS = "The exam's wings"
GRADESCOPE = "Gradescope's wings"
AUTHOR = "The author's wings"
READING = "Reading an assignment holds no exam"
BANK = "The bank is read"
CLASS = "A class: the command"
REPORT = "A report: the command"
SMALL = "what runs in a student's process is small"
CIRCLE = "No circle"

#: What breaks a contract: the file, what is added to it, and the contract.
BREAKS = {
    "a front end imports another": ("gradescope/commands.py", "import proctor.nbgrader", WAYS),
    "a front end imports the command line": ("feedback/exporter.py", "import proctor.cli", WAYS),
    "the core imports a front end": ("grading.py", "import proctor.feedback", WAYS),
    "the exam imports the core": ("exam/room.py", "import proctor.grading", WAYS),
    "notebooks import the exam": ("notebooks/transplant.py", "import proctor.exam.paper", WAYS),
    "what authors import knows the exam": ("checks.py", "import proctor.exam.limits", WAYS),
    "a module has no floor": ("attic.py", "", WAYS),
    "a room of the exam has no floor": ("exam/attic.py", "", WINGS),
    "the candidate meets the examiner": ("exam/candidate/candidate.py", "import proctor.exam.examiner.session", WINGS),
    "the examiner meets the candidate": ("exam/examiner/session.py", "import proctor.exam.candidate.candidate", WINGS),
    "the wire imports the shell": ("exam/wire/values.py", "import proctor.exam.shell.errors", WINGS),
    "a process imports the desks": ("exam/processes/zygote.py", "import proctor.exam.desks", WINGS),
    "a wing of Gradescope imports another": (
        "gradescope/collect/collect.py",
        "import proctor.gradescope.grades.scores",
        GRADESCOPE,
    ),
    "a wing of Gradescope imports the commands": (
        "gradescope/written/pdfs.py",
        "import proctor.gradescope.commands",
        GRADESCOPE,
    ),
    "a room of Gradescope has no floor": ("gradescope/attic.py", "", GRADESCOPE),
    "the core knows the author's side": ("grading.py", "import proctor.author.findings", WAYS),
    "the author's side imports a front end": ("author/course.py", "import proctor.nbgrader", WAYS),
    "the cheap part tries the assignment out": ("author/course.py", "import proctor.author.trial", AUTHOR),
    "a room of the author's has no floor": ("author/attic.py", "", AUTHOR),
    "the values of a class know its command": ("autograde/work.py", "import proctor.autograde.command", CLASS),
    "what is found knows how it is shown": ("report/statistics.py", "import proctor.report.page", REPORT),
    "what is found knows the gradebook": ("report/diagnoses.py", "import proctor.report.reading", REPORT),
    "reading an assignment holds an exam": ("author/reading/code.py", "import proctor.exam.room", READING),
    "the bank knows how it is tried": ("mutants/bank.py", "import proctor.mutants.trial", BANK),
    "the student's process reads notebooks": ("exam/shell/shell.py", "import nbformat", SMALL),
    "the student's process knows nbgrader": ("exam/candidate/candidate.py", "def f():\n    import nbgrader", SMALL),
    "two modules import each other": ("notebooks/names.py", "import proctor.notebooks.demos", CIRCLE),
    "two import each other for the types": (
        "notebooks/names.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import proctor.notebooks.demos",
        CIRCLE,
    ),
}
#: What nothing below the front ends may import.
DATABASE = ["from nbgrader.api import Gradebook", "import sqlalchemy", "from nbgrader.apps import NbGraderApp"]


@pytest.fixture
def house(tmp_path):
    """A copy to break."""
    shutil.copytree(ROOT / "proctor", tmp_path / "proctor", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_are_kept(house):
    done = lint_imports(house)
    assert done.returncode == 0 and "BROKEN" not in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("what", BREAKS)
def test_what_breaks_a_contract_is_found(house, what):
    file, added, contract = BREAKS[what]
    add(house / "proctor" / file, added)
    done = lint_imports(house)
    assert done.returncode == 1, done.stdout + done.stderr
    broken = [line for line in done.stdout.splitlines() if line.endswith("BROKEN")]
    assert any(contract in line for line in broken), broken


def test_every_contract_is_broken_once(house):
    """No contract stands in pyproject.toml that nothing above would break."""
    kept = [line for line in lint_imports(house).stdout.splitlines() if line.endswith("KEPT")]
    assert kept and all(any(tried in line for _, _, tried in BREAKS.values()) for line in kept), kept


@pytest.mark.parametrize("statement", DATABASE)
def test_only_front_ends_know_nbgraders_database(house, statement):
    modules = ["grading.py", "settings.py", "pages/harmless.py", "exam/room.py", "notebooks/intake.py"]
    for module in modules:
        add(house / "proctor" / module, f"def f():\n    {statement}")
    found = ruff(house).stdout
    assert all(f"proctor/{module}:" in found for module in modules), found


def test_front_ends_may_know_nbgraders_database(house):
    add(house / "proctor" / "gradescope" / "collect" / "roster.py", "def f():\n    import sqlalchemy")
    done = ruff(house)
    assert done.returncode == 0, done.stdout


def test_what_students_get_needs_nothing_of_proctor():
    trees = [ast.parse(path.read_text()) for path in (ROOT / "source" / "hw4").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    imported += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    assert "numpy" in imported
    assert not [name for name in imported if name.split(".")[0] in ("proctor", "nbgrader", "")]


def add(module: Path, code: str) -> None:
    with module.open("a") as file:
        file.write(f"\n{code}\n")


def lint_imports(folder: Path) -> subprocess.CompletedProcess:
    command = [str(TOOLS / "lint-imports"), "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True)


def ruff(folder: Path) -> subprocess.CompletedProcess:
    command = [str(TOOLS / "ruff"), "check", "--no-cache", "--select=TID251", "--output-format=concise"]
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True)


def environment(folder: Path) -> dict[str, str]:
    """The copy is what is imported, and lines are as long as they are."""
    return os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"}
