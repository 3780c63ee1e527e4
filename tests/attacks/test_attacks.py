"""Each attack of ``collection/``, in a student's notebook, through the front door.

An attack must not pay, must learn nothing, must leave nothing, and must not touch who
comes next. What it may do is harm its own notebook, where it says so.
"""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from attacks import attack as collection
from attacks import surroundings
from traitlets.config import Config

from proctor.exam.limits import Limits
from proctor.exam.room import Room
from proctor.grading import grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import load_submission

MIB = 1 << 20
LIMITS = Limits(
    cell_seconds=2.5,
    call_seconds=1.5,
    test_seconds=5,
    notebook_seconds=30,
    memory_bytes=1024 * MIB,
    file_bytes=16 * MIB,
    folder_bytes=32 * MIB,
    folder_files=500,
    threads=32,
    output_bytes=MIB,
    frame_bytes=24 * MIB,
    restarts=8,
)
SEED = 520
PROCTOR_MAY_GROW = 128 * MIB
PROCTOR_MAY_COMPUTE = 10.0  # seconds, besides what it takes from the candidate's own time
DYING_SECONDS = 30.0  # a busy machine takes its time
ATTACKS = collection.attacks()
MEANWHILE = ("convolution", "half-done")  # what the submission graded next hands in


class Examined:
    """A course, a room, and what notebooks without tricks get there."""

    def __init__(self, course: surroundings.Course, room: Room, data):
        self.course, self.room, self.data = course, room, data
        config = Config()
        config.ClearMarkScheme.enforce_metadata = False
        self.assignment = load_assignment(course.source, config)
        self.secrets = course.secrets()
        self._honest: dict = {}

    def grade(self, folder, notebook):
        submission = load_submission(folder, self.assignment)
        return grade_notebook(self.assignment, notebook, submission, self.room, SEED, self.data)

    def honest(self, notebook, student) -> dict[str, float]:
        """Points by test cell of the notebook without the trick."""
        if (notebook, student) not in self._honest:
            self._honest[notebook, student] = points(self.grade(self.hand_in_honestly(notebook, student), notebook))
        return self._honest[notebook, student]

    def hand_in_honestly(self, notebook, student):
        folder = self.course.root / "submitted" / student / "hw4"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{notebook}.ipynb").write_text(json.dumps(collection.without_attack(notebook, student)))
        return folder


def points(graded) -> dict[str, float]:
    return {result.id: result.points for result in graded.tests}


@pytest.fixture(scope="module")
def examined(data):
    course = surroundings.Course()
    before, os.environ["GRADER_TOKEN"] = os.environ.get("GRADER_TOKEN"), course.secret("the environment")
    try:
        with Room(LIMITS, seats=2) as room:
            yield Examined(course, room, data)
    finally:
        del os.environ["GRADER_TOKEN"]
        if before is not None:
            os.environ["GRADER_TOKEN"] = before
        course.close()


@pytest.fixture(scope="module")
def data():
    return (collection.ROOT / "data",)


def is_slow(attack: collection.Attack) -> bool:
    """Those on Fashion-MNIST take the network through its 10,000 pictures, three times."""
    return attack.slow or attack.notebook == "fashion_mnist"


@pytest.mark.parametrize(
    "attack",
    [pytest.param(attack, id=attack.name, marks=[pytest.mark.slow] * is_slow(attack)) for attack in ATTACKS],
)
def test_attack(attack, examined, tmp_path):
    course, honest = examined.course, dict(examined.honest(attack.notebook, attack.student))
    cell, worth = attack.earns
    most = honest | ({cell: honest[cell] + worth} if cell else {})
    next_honest = examined.honest(*MEANWHILE)
    folders = collection.hand_in_all(attack, tmp_path, course.root)
    state, running, memory = course.state(), surroundings.processes(), surroundings.peak_memory(forget=True)

    computed = time.process_time()

    with ThreadPoolExecutor() as threads:
        all_graded = list(threads.map(lambda folder: examined.grade(folder, attack.notebook), folders))
    computed = time.process_time() - computed
    for graded in all_graded:
        check(attack, graded, honest, most, examined)

    deadline = time.monotonic() + DYING_SECONDS
    while (left := set(surroundings.processes()) - set(running)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left, f"processes outlive the exam: {left}"
    assert not surroundings.traces(), "files outside of the exam's folder"
    assert course.state() == state, "the course's folder changed"
    grown = surroundings.peak_memory() - memory
    assert grown < PROCTOR_MAY_GROW, f"the proctor itself needed {grown >> 20} MiB"

    assert computed < PROCTOR_MAY_COMPUTE + LIMITS.notebook_seconds / 2, f"the proctor itself took {computed:.0f} s"

    after = points(examined.grade(examined.hand_in_honestly(*MEANWHILE), MEANWHILE[0]))
    assert after == next_honest, "the submission graded next got another grade than it always gets"


def check(attack, graded, honest, most, examined):
    """What the attacker has got."""
    got = points(graded)
    gained = {cell: (got[cell], most[cell]) for cell in most if got[cell] > most[cell]}
    assert not gained, f"the trick earned points: {gained}"
    assert set(got) == set(honest), "there must be a result for every test cell"
    lost = {cell: (got[cell], honest[cell]) for cell in honest if got[cell] < honest[cell]}
    if "everything" not in attack.may_lose:
        assert set(lost) <= attack.may_lose, f"answers that have nothing to do with the trick lost points: {lost}"

    shown = surroundings.outputs(graded.notebook)
    assert not surroundings.loot(graded.notebook, attack.loot), "the student learned something"
    as_shown = {json.dumps(secret, ensure_ascii=False)[1:-1]: what for secret, what in examined.secrets.items()}
    learned = {what for secret, what in as_shown.items() if secret in shown}
    assert not learned, f"the student can read {learned}"

    assert not surroundings.active(graded.notebook), "whoever opens the graded notebook is not safe from it"
    nbformat.validate(graded.notebook)
    nbformat.reads(nbformat.writes(graded.notebook), 4)


def test_there_are_at_least_fifty_attacks():
    assert len(ATTACKS) >= 50
    assert len({attack.says for attack in ATTACKS}) == len(ATTACKS)
