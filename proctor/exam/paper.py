"""What goes into an exam and what comes out of it, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Literal

from proctor.parts import Part

Role = Literal["student", "shared", "test"]


@dataclass(frozen=True)
class Cell:
    """One code cell.

    ``role`` says where it runs: ``student`` in the candidate, ``shared`` (a
    read-only cell) in candidate and examiner, ``test`` in the examiner.
    ``defines`` are names that the instructor's solution binds or changes here: from this cell
    on they are the student's, also where a read-only or test cell had used them.
    ``only_shown``: its outputs are wanted, and no test depends on what it does.
    ``own``: the student has added it; the first to be left out where there is no time for all.
    ``title`` is how students know the cell; without one it goes by what it defines.
    ``as_released``: the student has not changed it.
    ``self_reports``: this test may rest on what the student's process says of itself.
    """

    id: str
    source: str
    role: Role
    max_points: float = 0.0
    defines: frozenset[str] = frozenset()
    only_shown: bool = False
    own: bool = False
    title: str = ""
    as_released: bool = False
    self_reports: bool = False


@dataclass(frozen=True)
class Paper:
    """Everything that one notebook's exam needs.

    ``cells`` are the notebook's code cells in order. ``reference`` are the
    instructor's, without tests; they become ``reference`` in test cells.
    ``student_files`` are the files beside the notebook, by their relative names there
    (with ``/``); where ``shared_files``, a folder with the assignment's own, has the name,
    that one is meant. ``data`` are files or folders that both
    sides may read; they appear beside the exam's folder under their own names.
    ``imports`` are the instructor's import statements in cells that students may
    change: what they import is the examiner's own in tests, never the student's.
    ``modules`` are those that answers write (``%%writefile m.py``): they are the student's.
    ``borrowed`` is code that the candidate runs first: imports that its cells have of tests.
    """

    name: str
    cells: tuple[Cell, ...]
    reference: tuple[Cell, ...]
    student_files: Mapping[str, Path]
    shared_files: Path
    data: tuple[Path, ...] = ()
    imports: tuple[str, ...] = ()
    modules: frozenset[str] = frozenset()
    borrowed: str = ""


class Outcome(Enum):
    """How a cell ended."""

    OK = "ok"
    FAILED = "failed"  # a test cell raised: a check failed, or the student's code did
    ERROR = "error"  # a student's cell raised
    TIMEOUT = "timeout"
    DIED = "died"
    MEMORY = "memory"
    TOO_BIG = "too big"  # a value, the outputs, a file or the exam's folder
    PROTOCOL = "protocol"  # the candidate's channel carried something that is no answer
    AUTHOR = "author"  # the test asks for something impossible, or is broken itself
    NOT_RUN = "not run"


@dataclass(frozen=True)
class CellResult:
    """What became of one cell.

    ``outputs`` are nbformat v4 outputs. ``message`` may be shown to the student:
    a fixed vocabulary and the test author's own words. ``staff_message`` may
    hold tracebacks and hidden inputs. ``seed`` repeats a test cell's draws. ``records`` are
    numbers that a test wrote down beside the points, by name, see ``proctor.checks.record``.
    ``parts`` are those of a test cell, also the ones that it did not come to. ``line`` is
    that of the statement at which a test cell stopped, from 1; 0 if it came to its end, or if that is not known.
    ``stopped`` says why a cell that the student has written did not come to its end, with the cell's name.
    ``self_reports`` are questions of a test that only the student's process could answer.
    """

    id: str
    outputs: tuple[dict, ...]
    execution_count: int | None
    outcome: Outcome
    points: float
    max_points: float
    message: str
    staff_message: str
    seconds: float
    seed: int | None
    records: dict[str, float] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    line: int = 0
    stopped: str = ""
    self_reports: tuple[str, ...] = ()
