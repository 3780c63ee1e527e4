"""Demonstrations that are the same for the whole class run once; in doubt, each notebook runs its own."""

from pathlib import Path

import nbformat
import pytest
from small_assignment import cell, notebook

from proctor import Room, load_assignment, load_submission
from proctor.exam.room import Room as ExamRoom
from proctor.grading import GradedNotebook, _shared_files, grade_notebook
from proctor.notebooks.demos import only_shown
from proctor.notebooks.transplant import transplant
from proctor.rehearsal import Rehearsals

HELPERS = """
import os, random, sys, threading, time, warnings
import matplotlib.pyplot as plt
import numpy as np

calls = []

def draw(label="a"):
    plt.subplots(figsize=(2, 1), layout="constrained")[1].plot([1, 2], label=label)
    plt.show()

def shuffles():
    np.random.rand()

def draws_random():
    print(random.random())

def mutates(values):
    values.append(1)

def counts():
    calls.append(1)

def leaves_open():
    plt.ioff()

def styles():
    plt.rcParams["lines.linewidth"] = 9

def times():
    print(time.perf_counter())

def says_where():
    print(os.getcwd())

def looks():
    print(os.path.exists("results.csv"))

def reads():
    print(len(open("notes.txt").read()) if "notes.txt" in os.listdir() else "no notes")

def writes():
    open("made.txt", "w").write("x")

def warns():
    warnings.warn("careful")

def imports():
    import xml.dom.pulldom

def starts():
    threading.Thread(target=time.sleep, args=(100,), daemon=True).start()

def sets():
    os.environ["MODE"] = "x"

def seeds_torch():
    import torch
    torch.manual_seed(3)

def show():
    print(open("../numbers/x.txt").read())

def tries():
    try:
        open("weights.bin", "rb")
    except FileNotFoundError:
        print("not trained yet")
"""
NAMES = "draw shuffles draws_random mutates counts styles times says_where looks reads writes warns imports starts sets seeds_torch tries show"
IMPORTS = (
    f"from IPython.display import Markdown, display\n\nfrom helpers import {', '.join(NAMES.split())}\nvalues = [0]"
)
SAME = {
    "figure": "draw()",
    "text": "rows = [1, 2]\nprint(rows)",
    "value": "rows = [1, 2]\nrows",
    "html": "display({'text/html': '<b>bold</b>'}, raw=True)",
}
OWN = {
    **{name: f"{name}()" for name in NAMES.split() if name not in ("draw", "mutates", "show")},
    "mutates": "mutates(values)",
    "names_a_file": "Markdown('results.md')",
    "raises": "1 / 0",
    "updates": "display(1, display_id='shown')",
    "answer": "print(f(1))",
}
FIRST = "def f(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def hall():
    with Room(seats=2) as room:
        yield room


class Class:
    """An assignment of one notebook, and whoever hands it in."""

    def __init__(self, folder: Path, room: ExamRoom, demos: dict[str, str], data: tuple[Path, ...] = ()):
        self.folder, self.room = folder, room
        self.source = folder / "source" / "hw"
        self.source.mkdir(parents=True)
        (self.source / "helpers.py").write_text(HELPERS)
        cells = [cell("code", "readonly", "given", IMPORTS), cell("code", "solution", "f", FIRST)]
        for id, source in demos.items():
            cells.append(cell("code", "plain", id, source))
            cells[-1].metadata["tags"] = ["demo"]
        test = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(2) == 4\n### END HIDDEN TESTS"
        cells.append(cell("code", "test", "test-f", test, 1))
        nbformat.write(notebook(*cells), self.source / "lab.ipynb")
        self.assignment = load_assignment(self.source)
        self.data, self.rehearsals = data, Rehearsals(room, data)

    def grade(
        self, name: str, answer: str = FIRST, rehearsed: bool = True, files: tuple[str, ...] = ()
    ) -> GradedNotebook:
        written = nbformat.read(self.source / "lab.ipynb", 4)
        for node in written.cells:
            if node.id == "f":
                node.source = answer
        folder = self.folder / name
        folder.mkdir()
        nbformat.write(written, folder / "lab.ipynb")
        for file in files:
            (folder / file).write_text("x")
        submission = load_submission(folder, self.assignment)
        rehearsals = self.rehearsals if rehearsed else None
        return grade_notebook(self.assignment, "lab", submission, self.room, 5, self.data, rehearsals)

    def handed_out(self) -> set[str]:
        """Ids of cells that the class was spared."""
        return set(
            self.rehearsals._known(
                self.assignment.notebooks[0], _shared_files(self.assignment, frozenset(), self.room.folder)
            )
        )


def outputs(graded: GradedNotebook) -> dict[str, list]:
    return {node.id: node.outputs for node in graded.notebook.cells if node.cell_type == "code"}


def test_only_what_is_the_same_in_every_run_and_leaves_nothing_behind_is_handed_out(hall, tmp_path):
    room = Class(tmp_path, hall, SAME | OWN)
    room.grade("ann")
    assert room.handed_out() == set(SAME)


def test_a_notebook_shows_the_same_and_earns_the_same_with_and_without(hall, tmp_path):
    room = Class(tmp_path, hall, SAME)
    with_, without = room.grade("ann"), room.grade("bob", rehearsed=False)
    assert room.handed_out() == set(SAME)
    assert outputs(with_) == outputs(without)
    assert [(r.id, r.points, r.outcome, r.execution_count) for r in with_.results] == [
        (r.id, r.points, r.outcome, r.execution_count) for r in without.results
    ]
    assert "image/png" in str(outputs(with_)["figure"])


def test_the_class_is_spared_running_it(hall, tmp_path):
    room = Class(tmp_path, hall, {"slow": "import time\nwhile time.process_time() < 0: pass\nsum(range(10**7))"})
    room.grade("ann")
    spared, run = room.grade("bob"), room.grade("cem", rehearsed=False)
    assert outputs(spared) == outputs(run)
    [seconds] = [r.seconds for r in spared.results if r.id == "slow"]
    assert seconds < 0.05


@pytest.mark.parametrize(
    "trick",
    [
        "import matplotlib.pyplot as plt\nplt.show = lambda: print('mine')",
        "import helpers\nhelpers.draw = print",
        "import sys\nm = sys.modules['matplotlib.pyplot']\nm.show = lambda: print('mine')",
        "import gc\nfor o in gc.get_objects():\n    if type(o) is dict and o.get('__name__') == 'helpers':\n        o['draw'] = print",
        "open('helpers.py', 'w').write('def draw(): print(1)')",
        "def draw(): print('mine')",
    ],
)
def test_nothing_that_a_student_does_comes_into_what_others_get(hall, tmp_path, trick):
    room = Class(tmp_path, hall, SAME)
    room.grade("mallory", f"{trick}\n{FIRST}")
    honest = room.grade("ann")
    assert outputs(honest) == outputs(room.grade("bob", rehearsed=False))
    assert honest.tests[0].points == 1


def test_a_student_who_replaces_what_it_uses_gets_their_own(hall, tmp_path):
    room = Class(tmp_path, hall, SAME)
    graded = room.grade("mallory", f"def draw(): print('mine')\n{FIRST}")
    assert outputs(graded)["figure"][0]["text"] == "mine\n"


def test_a_demonstration_that_names_a_students_file_runs_for_them(hall, tmp_path):
    room = Class(tmp_path, hall, {"named": "'results.csv'", "text": "print(1)"})
    room.grade("ann")
    assert room.handed_out() == {"named", "text"}
    [book] = room.assignment.notebooks
    submission = load_submission(tmp_path / "ann", room.assignment)
    transplanted = transplant(book, submission.notebook("lab"))
    shown = only_shown(book, transplanted)
    given = room.rehearsals.given(book, transplanted, shown, ["results.csv"], room.source)
    assert set(given) == {"text"}


def test_a_changed_helper_or_data_file_makes_it_run_again(hall, tmp_path):
    data = tmp_path / "numbers"
    data.mkdir()
    (data / "x.txt").write_text("1")
    room = Class(tmp_path, hall, {"figure": "draw()", "data": "show()"}, data=(data,))
    first = outputs(room.grade("ann"))
    assert room.handed_out() == {"figure", "data"}
    (room.source / "helpers.py").write_text(HELPERS.replace("[1, 2]", "[2, 1]"))
    second = outputs(room.grade("bob"))
    assert second["figure"] != first["figure"] and second["data"] == first["data"]
    (data / "x.txt").write_text("2")
    third = outputs(room.grade("cem"))
    assert third["figure"] == second["figure"] and third["data"] != first["data"]
    assert room.handed_out() == {"figure", "data"}
