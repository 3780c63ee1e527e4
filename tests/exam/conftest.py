"""One room for all tests here: what it costs to start is paid once."""

from dataclasses import replace

import pytest
from exam_notebook import LIMITS, Notebook

from proctor.exam.paper import CellResult
from proctor.exam.room import Room


@pytest.fixture(scope="session")
def room():
    with Room(LIMITS) as room:
        yield room


@pytest.fixture
def impatient(room, monkeypatch):
    """Short limits, for cells that never end."""
    monkeypatch.setattr(room, "limits", replace(LIMITS, cell_seconds=1.2, call_seconds=0.9, test_seconds=2))


@pytest.fixture
def notebook(room, tmp_path):
    return Notebook(room, tmp_path)


@pytest.fixture
def run(notebook):
    """Run student cells; their results in order."""

    def run(*sources: str) -> list[CellResult]:
        ids = [notebook.student_cell(source) for source in sources]
        results = notebook.sit()
        return [results[id] for id in ids]

    return run


@pytest.fixture
def examine(notebook):
    """Run one student cell and one test of it; the test's result."""

    def examine(student: str, test: str, points: float = 1.0, **sit) -> CellResult:
        notebook.student_cell(student)
        return_id = notebook.test_cell(test, points)
        return notebook.sit(**sit)[return_id]

    return examine
