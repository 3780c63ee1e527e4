"""How much of everything one exam may use.

All limits are enforced by the proctor or the kernel, never by the process they
bind. They are generous for homework on a laptop and small for a bomb.
"""

from dataclasses import dataclass, field

MIB = 1 << 20


class Excess(Exception):
    """A process used more than it may."""


def _budget(default, help: str, least: float = 1):
    """A field whose ``help`` nbgrader shows as that of the setting; with less than ``least`` nobody could be graded."""
    return field(default=default, metadata={"help": help, "least": least})


@dataclass(frozen=True)
class Limits:
    """Budgets of one notebook's exam, and whether a student's word may count."""

    cell_seconds: float = _budget(
        60.0,
        "Processor seconds for one cell; in a test cell, for all calls of the student's code together. Seconds in which "
        "nothing computes, as in sleep, count a third.",
    )

    call_seconds: float = _budget(
        20.0,
        "Processor seconds for one call of the student's code by a test, and as many again for functions of the "
        "test that it calls.",
    )

    test_seconds: float = _budget(120.0, "Processor seconds for one test cell, not counting the student's code.")

    notebook_seconds: float = _budget(
        600.0, "Processor seconds for one run of a notebook; an exam runs the student's cells twice."
    )

    wall_seconds: float = _budget(3600.0, "Wall-clock seconds for one run of a notebook, however busy the machine is.")

    memory_bytes: int = _budget(
        3072 * MIB, "Address space a process may add to what it has after its imports.", 16 * MIB
    )

    file_bytes: int = _budget(256 * MIB, "Size of any one file a notebook may write.")

    folder_bytes: int = _budget(512 * MIB, "All files in the exam's folder together.")

    folder_files: int = _budget(10_000, "Number of files and folders in the exam's folder.")

    threads: int = _budget(64, "Threads a process may have at a time.")

    output_bytes: int = _budget(8 * MIB, "Outputs of one cell; of longer text the head and the tail are kept.")

    notebook_output_bytes: int = _budget(
        16 * MIB,
        "Outputs of all cells together. Half of it is shared out equally among the cells, the other half goes to "
        "those that come first.",
    )

    notebook_outputs: int = _budget(
        10_000,
        "Number of outputs of all cells together, shared out as their bytes are; what is printed at once is one.",
    )

    frame_bytes: int = _budget(
        128 * MIB, "One message between examiner and candidate, so also the largest value that crosses.", MIB
    )

    nodes: int = _budget(1_000_000, "Objects inside one value that crosses; an array or a tensor is one object.")

    depth: int = _budget(64, "Containers nested inside each other in a value that crosses.")

    restarts: int = _budget(8, "How often a candidate that died is started again in one exam.", 0)

    self_reports: bool = _budget(
        False,
        "Let tests ask the student's process about itself: isinstance with a class of theirs, type, ==, "
        "__wrapped__. What they find is the student's word, and is marked as such.",
    )
