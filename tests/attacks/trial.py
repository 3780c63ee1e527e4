"""One attack, tried: what it earned, what it learned, what it left behind, and what it cost the proctor."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from traitlets.config import Config

from proctor.exam.limits import Limits
from proctor.exam.paper import Outcome
from proctor.exam.room import Room
from proctor.grading import GradedNotebook, grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import load_submission

from . import attack as collection
from . import surroundings
from .attack import Attack

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
DATA = (collection.ROOT / "data",)
#: Who watches the machine may take what strangers do for a message, now and then; a neighbour's is there each time.
_TRIES_BESIDE_OTHERS = 3
DYING_SECONDS = 30.0  # a busy machine takes its time
_ENDED = (Outcome.TIMEOUT, Outcome.DIED, Outcome.MEMORY, Outcome.TOO_BIG, Outcome.PROTOCOL)


@dataclass(frozen=True)
class Cost:
    """Of grading one notebook: seconds by the clock on the wall, and the proctor's own processor seconds and bytes."""

    seconds: float
    computed: float
    grown: int


@dataclass(frozen=True)
class Trial:
    """Points are by test cell; ``honest``, of the same notebook without the trick, with what its answers are worth."""

    attack: Attack
    graded: tuple[GradedNotebook, ...]
    """The attacker's and, if it has one, its neighbour's."""
    cost: Cost
    honest: dict[str, float]
    learned: tuple[str, ...]
    """What the student can read and should not."""
    harm: tuple[str, ...]
    """What is not as it was: processes, files, the course; and what would act on whoever opens the notebook."""

    @property
    def earned(self) -> dict[str, tuple[float, float]]:
        """Cells with more points than the answers are worth: (points, honest points)."""
        most = dict(self.honest)
        cell, worth = self.attack.earns
        if cell:
            most[cell] += worth
        return {
            cell: (got, most[cell])
            for graded in self.graded
            for cell, got in points(graded).items()
            if got > most[cell]
        }

    @property
    def stopped(self) -> str:
        """Where it came to its end, and how; "" if it ran through."""
        tests, results = self.graded[0].tests, self.graded[0].results
        lost = [f"{result.id}: {result.outcome.value}" for result in tests if result.outcome in _ENDED]
        return next((result.stopped for result in results if result.stopped), "") or next(iter(lost), "")


class Examined:
    """A course, a room of ``seats``, and what notebooks without tricks get there."""

    def __init__(self, course: surroundings.Course, room: Room):
        self.course, self.room = course, room
        config = Config()
        config.ClearMarkScheme.enforce_metadata = False
        self.assignment = load_assignment(course.source, config)
        self.secrets = course.secrets()
        self._honest: dict[tuple[str, str], tuple[dict[str, float], Cost]] = {}

    def grade(self, folder: Path, notebook: str) -> GradedNotebook:
        with load_submission(folder, self.assignment) as submission:
            return grade_notebook(self.assignment, notebook, submission, self.room, SEED, DATA)

    def honest(self, notebook: str, student: str) -> dict[str, float]:
        """Points by test cell of the notebook without the trick."""
        return self._honestly(notebook, student)[0]

    def honest_cost(self, notebook: str, student: str) -> Cost:
        return self._honestly(notebook, student)[1]

    def hand_in_honestly(self, notebook: str, student: str) -> Path:
        folder = self.course.root / "submitted" / student / "hw4"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{notebook}.ipynb").write_text(json.dumps(collection.without_attack(notebook, student)))
        return folder

    def attack(self, attack: Attack, folder: Path) -> Trial:
        """Hand the attack in, in ``folder``, and grade it, beside its neighbour if it has one."""
        honest = self.honest(attack.notebook, attack.student)
        folders = collection.hand_in_all(attack, folder, self.course.root)
        state, running, files = self.course.state(), set(surroundings.processes()), set(surroundings.traces())
        for _ in range(_TRIES_BESIDE_OTHERS if attack.with_neighbour else 1):
            graded, cost = self._measured(folders, attack.notebook)
            learned = tuple(self.learned(graded, attack))
            if not learned:
                break
        harm = tuple(self._harm(graded, state, running, files))
        return Trial(attack, graded, cost, honest, learned, harm)

    def learned(self, graded: tuple[GradedNotebook, ...], attack: Attack) -> Iterator[str]:
        """What their students can read in graded notebooks and should not."""
        for notebook in (each.notebook for each in graded):
            yield from surroundings.loot(notebook, attack.loot)
            shown = surroundings.outputs(notebook)
            own = "\n".join(
                cell.source for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")
            )
            for secret, what in self.secrets.items():
                if secret not in own and json.dumps(secret, ensure_ascii=False)[1:-1] in shown:
                    yield what

    def _honestly(self, notebook: str, student: str) -> tuple[dict[str, float], Cost]:
        if (notebook, student) not in self._honest:
            (graded,), cost = self._measured([self.hand_in_honestly(notebook, student)], notebook)
            self._honest[notebook, student] = points(graded), cost
        return self._honest[notebook, student]

    def _measured(self, folders: list[Path], notebook: str) -> tuple[tuple[GradedNotebook, ...], Cost]:
        memory = surroundings.peak_memory(forget=True)
        started, computed = time.monotonic(), time.process_time()
        with ThreadPoolExecutor() as threads:
            graded = tuple(threads.map(lambda folder: self.grade(folder, notebook), folders))
        seconds, computed = time.monotonic() - started, time.process_time() - computed
        return graded, Cost(seconds, computed, surroundings.peak_memory() - memory)

    def _harm(
        self, graded: tuple[GradedNotebook, ...], state: dict, running: set[int], files: set[str]
    ) -> Iterator[str]:
        for notebook in (each.notebook for each in graded):
            for what in surroundings.active(notebook):
                yield f"the graded notebook holds {what}"
            nbformat.validate(notebook)
            nbformat.reads(nbformat.writes(notebook), 4)
        deadline = time.monotonic() + DYING_SECONDS
        while (left := set(surroundings.processes()) - running) and time.monotonic() < deadline:
            time.sleep(0.05)
        if left:
            yield f"processes outlive the exam: {sorted(left)}"
        yield from (f"a file outside of the exam's folder: {path}" for path in set(surroundings.traces()) - files)
        if self.course.state() != state:
            yield "the course's folder changed"


def points(graded: GradedNotebook) -> dict[str, float]:
    return {result.id: result.points for result in graded.tests}


@contextmanager
def examined(seats: int = 2) -> Iterator[Examined]:
    """A course to attack, with a secret in the environment, and a room."""
    course = surroundings.Course()
    before, os.environ["GRADER_TOKEN"] = os.environ.get("GRADER_TOKEN"), course.secret("the environment")
    try:
        with Room(LIMITS, seats=seats) as room:
            yield Examined(course, room)
    finally:
        del os.environ["GRADER_TOKEN"]
        if before is not None:
            os.environ["GRADER_TOKEN"] = before
        course.close()
