"""A course with one notebook about averages, and what students hand in for it; ``proctor`` in it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from small_assignment import cell, notebook

from proctor.cli import main

ROOT = Path(__file__).parents[1]

STUB = """def moving_average(values, width):
    \"\"\"The means of all runs of ``width`` neighbours.\"\"\"
    ### BEGIN SOLUTION
    means = []
    for start in range(len(values) - width + 1):
        means.append(sum(values[start:start + width]) / width)
    return means
    ### END SOLUTION
"""
TEST = """assert moving_average([1, 3], 2) == [2], "the mean of 1 and 3 is 2"
### BEGIN HIDDEN TESTS
from proctor.checks import part, record, rng, score
values = [float(value) for value in rng.normal(size=9)]
record("accuracy", 0.9)
record("size", len(moving_average(values, 3)))
with part(2, "any width"):
    got, want = moving_average(values, 3), reference.moving_average(values, 3)
    assert len(got) == len(want), "a run begins at each place where it fits"
    assert all(abs(one - other) < 1e-9 for one, other in zip(got, want)), "a mean, not a sum"
with part(1, "width one"):
    assert moving_average([5.0], 1) == [5.0], "one value is its own mean"
score()
### END HIDDEN TESTS
"""
CELLS = (
    cell("markdown", "plain", "intro", "# Averages\n\n## 1 · A window that moves (4 points)"),
    cell("code", "solution", "moving-average", STUB),
    cell("code", "test", "test-moving-average", TEST, 3),
    cell("code", "test", "test-broken", "class Values: pass\n\nassert moving_average(Values(), 1)", 1),
    cell("markdown", "plain", "why", "## 2 · What for\n\nWhy does a moving average help?"),
    cell("markdown", "manual", "why-answer", "It smooths.", 4),
)

RIGHT = """def moving_average(values, width):
    # the very own idea of Alice (wonderling_final)
    result = []
    position = 0
    while position + width <= len(values):
        window = values[position:position + width]
        result.append(sum(window) / float(width))
        position += 1
    return result
"""
RENAMED = '''def moving_average(numbers, n):
    """Means of neighbours."""
    output = []
    i = 0
    while i + n <= len(numbers):
        part_of_it = numbers[i : i + n]
        output.append(sum(part_of_it) / float(n))
        i += 1   # next
    return output
'''
INDEPENDENT = """def moving_average(values, width):
    import itertools
    sums = [0.0, *itertools.accumulate(values)]
    pairs = zip(sums, sums[width:])
    return [(after - before) / width for before, after in pairs]
"""
SUMS = (
    "def moving_average(values, width):\n    return [sum(values[i:i + width]) for i in range(len(values) - width + 1)]"
)
#: Wrong in the hidden tests only: the visible check sees nothing.
ROUNDED = (
    "def moving_average(values, width):\n"
    "    return [2] if values == [1, 3] else [sum(values[i:i + width]) for i in range(len(values) - width + 1)]"
)

HOSTILE = '<script>alert("x")</script>'


@dataclass(frozen=True)
class ReportedCourse:
    """A course folder, and ``proctor`` in it."""

    folder: Path

    def report(self, *arguments: str) -> Path:
        """The folder that ``proctor report hw4`` writes."""
        target = self.folder / "out"
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            assert main(["report", "hw4", "--output", str(target), *arguments]) == 0
        finally:
            os.chdir(before)
        return target

    def run(self, *command: str, code: int = 0) -> str:
        """What a command prints on both streams."""
        settings = {name: str(self.folder.parent / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
        path = {"PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=os.environ | settings | path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def proctor(self, *arguments: str, code: int = 0) -> str:
        return self.run("-c", "import sys; from proctor.cli import main; sys.exit(main())", *arguments, code=code)

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.folder}/gradebook.db", "cis520")

    def hand_in(self, student: str, answer: str, why: str = "") -> Path:
        book = nbformat.read(self.folder / "release" / "hw4" / "averages.ipynb", 4)
        for each in book.cells:
            name = each.metadata.get("nbgrader", {}).get("grade_id", "")
            each.source = {"moving-average": answer, "why-answer": why}.get(name, each.source)
        folder = self.folder / "submitted" / student / "hw4"
        folder.mkdir(parents=True)
        nbformat.write(book, folder / "averages.ipynb")
        return folder


def new_course(folder: Path) -> ReportedCourse:
    """The assignment, generated."""
    (folder / "source" / "hw4").mkdir(parents=True)
    nbformat.write(notebook(*CELLS), folder / "source" / "hw4" / "averages.ipynb")
    config = (ROOT / "nbgrader_config.py").read_text()
    (folder / "nbgrader_config.py").write_text(f"{config}\nc.Exam.data = []\nc.Exam.seed = 7\nc.Exam.seats = 2\n")
    course = ReportedCourse(folder)
    course.run("-m", "nbgrader", "generate_assignment", "hw4")
    return course
