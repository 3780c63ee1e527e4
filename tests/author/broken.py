"""Small assignments, broken in one place each."""

from pathlib import Path

import nbformat
from small_assignment import SOLUTION, cell, notebook

from proctor.author.findings import Finding
from proctor.author.reading import read
from proctor.config import nbgrader_config

ROOT = Path(__file__).parents[2]

IMPORTS = cell("code", "readonly", "imports", "import math")
AREA = cell("code", "solution", "area", "def area(radius):\n" + SOLUTION.format("    return math.pi * radius**2"))
HIDDEN = """### BEGIN HIDDEN TESTS
from proctor.checks import assert_close, part, rng, score
with part(1, "any radius"):
    radius = rng.uniform(1, 9)
    assert_close(area(radius), reference.area(radius), "the area")
with part(1, "no radius"):
    assert_close(area(0), 0, "the area")
score()
### END HIDDEN TESTS"""
CHECK = "assert abs(area(1) - 3.14159) < 1e-4, 'the unit circle has the area pi'\n"
TEST = cell("code", "test", "test-area", CHECK + HIDDEN, 2)


def code(kind: str, name: str, source: str, points: float | None = None):
    return cell("code", kind, name, source, points)


def assignment(folder: Path, *cells, name: str = "lab", **files: str) -> Path:
    """A folder like source/hw5 with one notebook of these cells, and files beside it (``old_py`` is old.py)."""
    source = folder / "source" / "hw5"
    source.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(*cells), source / f"{name}.ipynb")
    for file, text in files.items():
        (source / file.replace("_", ".")).write_text(text)
    return source


def found(folder: Path, *cells, **files: str) -> tuple[Finding, ...]:
    """What reading such an assignment finds, by the repository's own configuration."""
    return read(assignment(folder, *cells, **files), nbgrader_config()).findings


def the_one(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding
