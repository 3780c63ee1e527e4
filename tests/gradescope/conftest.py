"""A fresh autograder for each test, and a graded class for all."""

from pathlib import Path

import pytest
from gradescope.autograder_folder import Autograder, set_up
from gradescope.graded_class import GradedClass, grade_class
from nbgrader.api import Gradebook


@pytest.fixture
def autograder(tmp_path) -> Autograder:
    """Gradescope's folder as it is before a run."""
    return set_up(tmp_path / "autograder")


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory) -> GradedClass:
    """A class that nbgrader has graded: see GradedClass. Change only copies of it."""
    return grade_class(tmp_path_factory.mktemp("graded-class"))


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory) -> Path:
    """A gradebook without students, to copy: to make one, nbgrader starts a process."""
    path = tmp_path_factory.mktemp("gradebook") / "gradebook.db"
    Gradebook(f"sqlite:///{path}", "").close()
    return path
