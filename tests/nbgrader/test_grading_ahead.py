"""Several exams at a time, ahead of nbgrader: the same grades, also when the run is ended by force and begun again."""

import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.api import Gradebook

from proctor import grade, load_assignment, load_submission
from proctor.config import nbgrader_config

ROOT = Path(__file__).parents[2]
NOTEBOOK = "backpropagation"


@pytest.fixture
def copy(course, tmp_path):
    """The course with nothing graded yet."""
    copied = replace(course, folder=shutil.copytree(course.folder, tmp_path / "course"))
    config = (course.folder / "nbgrader_config.py").read_text()
    (copied.folder / "nbgrader_config.py").write_text(config.replace(str(course.folder), str(copied.folder)))
    shutil.rmtree(copied.folder / "autograded")
    with Gradebook(f"sqlite:///{copied.folder}/gradebook.db") as gradebook:
        for student in course.students:
            gradebook.remove_submission("hw4", student)
    return copied


@pytest.mark.slow
def test_the_plugin_adds_nothing_to_how_a_grade_comes_about(copy):
    copy.nbgrader("autograde", "hw4", f"--notebook={NOTEBOOK}", "--Exam.seed=520", "--Exam.seats=3")
    assignment = load_assignment(ROOT / "source" / "hw4", nbgrader_config())
    alone = replace(assignment, notebooks=tuple(book for book in assignment.notebooks if book.name == NOTEBOOK))
    with Gradebook(f"sqlite:///{copy.folder}/gradebook.db") as gradebook:
        for student in copy.students:
            graded = grade(alone, load_submission(ROOT / "examples" / student / "hw4", assignment), seed=520)
            book = gradebook.find_submission_notebook(NOTEBOOK, "hw4", student)
            found = {each.name: each.auto_score for each in book.grades}
            tests = {test.id: test.points for test in graded.notebooks[0].tests}
            assert {name: found[name] for name in tests} == tests


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_is_ended_by_force_continues_and_gives_the_same_grades(course, copy, end):
    command = [sys.executable, "-m", "nbgrader", "autograde", "hw4", f"--notebook={NOTEBOOK}"]
    run = subprocess.Popen(
        command,
        cwd=copy.folder,
        env=copy.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 (one system call)
    )
    second = copy.folder / "autograded" / copy.students[1] / "hw4" / f"{NOTEBOOK}.ipynb"
    deadline = time.monotonic() + 120
    while not second.exists() and run.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    run.send_signal(end)
    run.wait(60)
    assert run.returncode != 0
    copy.nbgrader("autograde", "hw4", f"--notebook={NOTEBOOK}")
    by_tests = [{name: some.points(name)[0] for name in copy.students} for some in (copy, course)]
    assert by_tests[0] == by_tests[1]


@pytest.mark.slow
def test_what_a_student_shows_is_not_taken_for_a_mark_of_ours(copy):
    student = copy.students[0]
    path = copy.folder / "submitted" / student / "hw4" / f"{NOTEBOOK}.ipynb"
    notebook = nbformat.read(path, 4)
    shown = "from IPython.display import JSON\ndisplay(JSON({'waits_for_its_exam': True}))"
    notebook.cells.insert(1, new_code_cell(shown))
    nbformat.write(notebook, path)
    seeds = []
    for _ in range(2):
        copy.nbgrader("autograde", "hw4", f"--notebook={NOTEBOOK}", f"--student={student}")
        graded = nbformat.read(copy.folder / "autograded" / student / "hw4" / f"{NOTEBOOK}.ipynb", 4)
        seeds.append(graded.metadata.proctor.seed)
    assert "waits_for_its_exam" in nbformat.writes(graded)
    assert seeds[0] == seeds[1], "it was graded again"
