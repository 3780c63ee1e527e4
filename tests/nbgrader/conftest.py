"""One course, graded once, and a formgrader that shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import nbformat
import pytest
from running_course import NOTEBOOK, ROOT, Course, Formgrader, running_formgrader
from small_assignment import PRISTINE

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def course(tmp_path_factory) -> Course:
    """The assignment generated, three students graded, nothing done by hand."""
    folder = tmp_path_factory.mktemp("nbgrader") / "course"
    shutil.copytree(
        ROOT / "source", folder / "source", ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    )
    (folder / "nbgrader_config.py").write_text(
        f"load_subconfig('nbgrader_config.py', path={str(ROOT)!r})\nget_config().CourseDirectory.root = {str(folder)!r}\n"
    )
    course = Course(folder, ("blank", "half-done", "typical"))
    for student in course.students:
        shutil.copytree(ROOT / "examples" / student / "hw4", folder / "submitted" / student / "hw4")
    course.nbgrader("generate_assignment", "hw4")
    course.nbgrader("autograde", "hw4", f"--notebook={NOTEBOOK}")
    return course


@pytest.fixture(scope="session")
def formgrader(course) -> Iterator[Formgrader]:
    with running_formgrader(course) as formgrader:
        yield formgrader


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from browsers import running_browser

    with running_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def small_course(tmp_path_factory) -> Course:
    """The repository's configuration and a notebook of three functions, generated; nothing handed in."""
    folder = tmp_path_factory.mktemp("small") / "course"
    (folder / "source" / "hw4").mkdir(parents=True)
    nbformat.write(PRISTINE.notebook, folder / "source" / "hw4" / "lab.ipynb")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = Course(folder, ())
    course.nbgrader("generate_assignment", "hw4")
    return course


@pytest.fixture
def open_formgrader():
    """Formgrader for a course, as a context manager."""
    return running_formgrader
