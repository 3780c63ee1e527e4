"""The course that `nbgrader quickstart` makes, as nbgrader ships it, graded here."""

import shutil
from pathlib import Path

import nbformat
import nbgrader
import pytest
from traitlets.config import Config

from proctor.exam.room import Room
from proctor.grading import GradedNotebook, grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import load_submission

PS1 = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source" / "ps1"


@pytest.fixture(scope="module")
def room():
    with Room(preload=()) as room:
        yield room


@pytest.fixture
def grade(room, tmp_path):
    """Grade the course's own solution of a notebook, with a text in it replaced."""

    def grade(name: str, old: str = "", new: str = "") -> GradedNotebook:
        shutil.copytree(PS1, tmp_path / "ps1", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        config = Config()
        config.ClearMarkScheme.enforce_metadata = False
        assignment = load_assignment(tmp_path / "ps1", config)
        book = nbformat.read(PS1 / f"{name}.ipynb", 4)
        for cell in book.cells:
            cell.source = cell.source.replace(old, new) if old else cell.source
        submitted = tmp_path / "submitted"
        submitted.mkdir()
        nbformat.write(book, submitted / f"{name}.ipynb")
        with load_submission(submitted, assignment) as submission:
            return grade_notebook(assignment, name, submission, room, seed=1)

    return grade


def test_its_own_solution_earns_all_points(grade):
    tests = grade("problem1").tests
    assert len(tests) == 4 and [test.id for test in tests if test.points < test.max_points] == []


def test_a_sum_that_does_not_rely_on_squares_loses_the_point_for_that(grade):
    graded = grade("problem1", "return sum(squares(n))", "return n * (n + 1) * (2 * n + 1) // 6")
    lost = {test.id: test.message for test in graded.tests if not test.points}
    assert lost == {"sum_of_squares_uses_squares": "sum_of_squares does not use squares"}
