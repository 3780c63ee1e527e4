"""A class of any size leaves nothing behind and takes no more memory with each submission."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_assignment import ANSWERS

from proctor.autograde.work import Graded, Grader, Setup, Work
from proctor.config import nbgrader_config
from proctor.exam.limits import Limits


@pytest.fixture
def scratch(monkeypatch) -> Iterator[Path]:
    """Where temporary files go; those who sit exams may pass it."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o711)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


def test_a_dozen_submissions_leave_no_process_no_descriptor_and_no_folder(course, scratch):
    before = state(scratch)
    works = [work(course, f"s{number}") for number in range(12)]
    grader = Grader(Setup(course.folder / "source" / "hw4", nbgrader_config(), Limits(), (), 1, len(works)))
    states = []
    for each in works:
        graded = grader.grade(each)
        assert isinstance(graded, Graded) and graded.points == 6
        states.append(state(scratch))
    grader.close()
    assert states[2] == states[-1], "after the first ones nothing comes to stay"
    after = state(scratch)
    assert not any(Counter(after[what]) - Counter(before[what]) for what in before)


def work(course, student: str) -> Work:
    return Work(student, course.hand_in(student, ANSWERS), ("lab",), "", "run", {"lab": 7})


def state(scratch: Path) -> dict[str, list]:
    """Processes that come of this one, its open files, and what lies in the folders."""
    return {
        "processes": sorted(name for name in map(command, children(os.getpid()))),
        "descriptors": sorted(filter(None, map(target, os.listdir("/proc/self/fd")))),
        "folders": sorted(str(path) for path in scratch.rglob("*")),
    }


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *children(child)]
    return found


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def target(descriptor: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").partition(":")[0]
    except OSError:  # the one that lists them
        return ""
