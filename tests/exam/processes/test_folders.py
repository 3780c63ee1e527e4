"""What of a submission's files enters an exam, and what does not."""

import os
import stat
from pathlib import Path

import pytest
from exam_notebook import LIMITS

from proctor.exam.paper import Paper
from proctor.exam.processes.folders import lay_out, remove


class Enter:
    """Lays out an exam from two folders."""

    def __init__(self, folder: Path):
        self.folder, self.student, self.shared = folder, folder / "submitted", folder / "hw"
        self.student.mkdir()
        self.shared.mkdir()

    def __call__(self, data=()):
        paper = Paper("x", (), (), self.student, self.shared, data)
        return lay_out(self.folder / "exam", paper, LIMITS, None, None)


@pytest.fixture
def enter(tmp_path):
    return Enter(tmp_path)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_files_and_folders_enter_with_their_contents(enter):
    (enter.student / "a" / "b").mkdir(parents=True)
    (enter.student / "a" / "b" / "c.txt").write_bytes(b"\x00text")
    folders = enter()
    assert (folders.work / "a" / "b" / "c.txt").read_bytes() == b"\x00text"


def test_links_pipes_and_sockets_stay_outside(enter, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "secret").write_text("secret")
    (enter.student / "link").symlink_to(tmp_path / "secret")
    (enter.student / "folder").symlink_to(tmp_path / "folder")
    (enter.student / "dangling").symlink_to("nowhere")
    os.mkfifo(enter.student / "pipe")
    os.mknod(enter.student / "socket", stat.S_IFSOCK | 0o644)
    (enter.student / "real").write_text("x")
    assert names(enter().work) == ["real"]


def test_the_assignments_files_win_over_files_folders_and_links(enter, tmp_path):
    (enter.shared / "hw4.py").write_text("ours")
    (enter.shared / "data").mkdir()
    (enter.shared / "data" / "x").write_text("ours")
    (enter.student / "hw4.py").mkdir()
    (enter.student / "hw4.py" / "x").write_text("theirs")
    (enter.student / "data").write_text("theirs")
    folders = enter()
    assert (folders.work / "hw4.py").read_text() == (folders.work / "data" / "x").read_text() == "ours"
    assert names(folders.shared) == ["data", "data/x", "hw4.py"]


def test_compiled_python_stays_outside(enter):
    (enter.student / "__pycache__").mkdir()
    (enter.student / "__pycache__" / "hw4.cpython-311.pyc").write_bytes(b"x")
    assert names(enter().work) == []


def test_a_file_beyond_the_limit_stays_outside_and_the_others_enter(enter):
    with open(enter.student / "large", "wb") as file:
        file.truncate(LIMITS.file_bytes + 1)
    (enter.student / "small").write_text("x")
    assert names(enter().work) == ["small"]


def test_more_files_than_allowed_stay_outside_and_the_assignments_enter(enter):
    for number in range(LIMITS.folder_files + 50):
        (enter.student / f"{number:04}").touch()
    (enter.shared / "hw4.py").write_text("ours")
    folders = enter()
    assert (folders.work / "hw4.py").exists() and len(names(folders.work)) <= LIMITS.folder_files + 2


def test_strange_names_enter(enter):
    for name in (b"\xff\xfe", b"new\nline", b"-rf", "héé".encode()):
        Path(os.fsdecode(os.fsencode(enter.student) + b"/" + name)).write_text("x")
    assert len(names(enter().work)) == 4


def test_data_appears_beside_the_notebook(enter, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_text("data")
    folders = enter((tmp_path / "data",))
    assert (folders.work / ".." / "data" / "x").read_text() == "data"


def test_everything_is_removed_however_deep(enter):
    folders = enter()
    here = os.getcwd()
    try:
        os.chdir(folders.work)
        for _ in range(300):
            os.mkdir("d" * 100)
            os.chdir("d" * 100)
    finally:
        os.chdir(here)
    remove(folders)
    assert not folders.root.exists()
