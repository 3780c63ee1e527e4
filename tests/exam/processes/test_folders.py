"""What of a submission's files enters an exam, and what does not."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from exam_notebook import LIMITS, files_in

from proctor.exam.limits import Excess
from proctor.exam.paper import Paper
from proctor.exam.processes.folders import check_size, lay_out, remove


class Enter:
    """Lays out an exam from two folders."""

    def __init__(self, folder: Path):
        self.folder, self.student, self.shared = folder, folder / "submitted", folder / "hw"
        self.student.mkdir()
        self.shared.mkdir()

    def __call__(self, data=()):
        paper = Paper("x", (), (), files_in(self.student), self.shared, data)
        return lay_out(self.folder / "exam", paper, None, None)


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
    assert [name for name in names(folders.shared) if "__pycache__" not in name] == ["data", "data/x", "hw4.py"]


def test_compiled_python_stays_outside(enter):
    (enter.student / "__pycache__").mkdir()
    (enter.student / "__pycache__" / "hw4.cpython-311.pyc").write_bytes(b"x")
    assert names(enter().work) == []


def imported(folder, module):
    """What a new process prints that imports it there, and whether it compiled anything."""
    command = [sys.executable, "-vB", "-c", f"import {module}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip(), f"code object from {folder / module}.py" in done.stderr


def test_the_assignments_modules_come_compiled_and_who_changes_one_runs_what_they_wrote(enter):
    (enter.shared / "hw4.py").write_text("print('ours')")
    (enter.shared / "broken.py").write_text("print(")
    folders = enter()
    assert imported(folders.work, "hw4") == ("ours", False)
    (folders.work / "hw4.py").write_text("print('mine')")
    assert imported(folders.work, "hw4") == ("mine", True)
    assert imported(folders.shared, "hw4") == ("ours", False)


def test_a_package_of_the_assignment_is_the_same_for_all_with_what_it_reads_and_other_folders_are_everybodys_own(enter):
    for name in ("package/__init__.py", "package/style.css", "tables/module.py", "tables/numbers.csv"):
        (enter.shared / name).parent.mkdir(exist_ok=True)
        (enter.shared / name).write_text("")
    folders = enter()
    for place in (folders.work, folders.handed_in):
        assert (place / "package").is_symlink() and (place / "package" / "style.css").is_file()
        assert not (place / "tables").is_symlink() and (place / "tables" / "numbers.csv").is_file()


def test_a_changed_module_of_the_assignment_enters_as_it_is_now(enter):
    for text in ("1", "2"):
        (enter.shared / "hw4.py").write_text(f"print({text})")
        folders = enter()
        assert imported(folders.work, "hw4") == (text, False)
        remove(folders)


def test_what_a_student_lays_among_our_modules_is_theirs_alone(enter):
    for folder in (enter.shared, enter.student):
        (folder / "helpers").mkdir()
    (enter.shared / "helpers" / "ours.py").write_text("print('ours')")
    (enter.student / "helpers" / "mine.py").write_text("print('mine')")
    folders = enter()
    assert imported(folders.work, "helpers.mine")[0] == "mine" and imported(folders.work, "helpers.ours")[0] == "ours"
    assert not (folders.shared / "helpers" / "mine.py").exists(), "all who come after would have it"


def test_names_that_lead_out_of_the_folder_stay_outside(tmp_path):
    (tmp_path / "hw").mkdir()
    (tmp_path / "file").write_text("x")
    files = dict.fromkeys(("../climbs", "/absolute", "a/../../climbs", ".git/config"), tmp_path / "file")
    folders = lay_out(tmp_path / "exam", Paper("x", (), (), files, tmp_path / "hw", ()), None, None)
    assert names(folders.work) == [] and not (tmp_path / "climbs").exists()


def test_what_was_handed_in_lies_twice_and_the_examiners_is_its_own(enter):
    (enter.student / "net").write_text("net")
    folders = enter()
    (folders.work / "net").write_text("changed")
    assert (folders.handed_in / "net").read_text() == "net" and (enter.student / "net").read_text() == "net"


def test_large_files_are_read_where_they_lie_and_no_process_may_write_there(enter):
    with open(enter.student / "large", "wb") as file:
        file.truncate(1 << 30)
    (enter.student / "small").write_text("x")
    folders = enter()
    assert names(folders.work) == ["large", "small"]
    for place in (folders.work, folders.handed_in):
        assert (place / "large").is_symlink() and (place / "large").stat().st_size == 1 << 30
    assert folders.linked == (enter.student / "large",)


def test_a_large_file_that_nobody_else_may_read_is_copied_once(enter):
    with open(enter.student / "large", "wb") as file:
        file.truncate(40 << 20)
    os.chown(enter.student / "large", 12345, 12345)
    (enter.student / "large").chmod(0o600)
    folders = enter()
    (place,) = folders.linked
    assert place.is_relative_to(folders.root) and place.stat().st_mode & 0o777 == 0o644
    assert (enter.student / "large").stat().st_mode & 0o777 == 0o600


def test_a_second_name_of_a_large_file_is_not_followed(enter, tmp_path):
    with open(tmp_path / "secret", "wb") as file:
        file.truncate(40 << 20)
    os.link(tmp_path / "secret", enter.student / "second")
    (enter.student / "link").symlink_to(tmp_path / "secret")
    folders = enter()
    assert names(folders.work) == [] and folders.linked == ()


def test_what_was_handed_in_is_no_debt_of_the_students_code(enter):
    for number in range(LIMITS.folder_files + 50):
        (enter.student / f"{number:04}").touch()
    (enter.student / "large").write_bytes(bytes(LIMITS.folder_bytes + 1))
    folders = enter()
    check_size(folders, os.getpid(), LIMITS)
    for number in range(LIMITS.folder_files + 1):
        (folders.work / f"new {number}").touch()
    with pytest.raises(Excess):
        check_size(folders, os.getpid(), LIMITS)


def test_strange_names_enter(enter):
    for name in (b"\xff\xfe", b"new\nline", b"-rf", "héé".encode()):
        Path(os.fsdecode(os.fsencode(enter.student) + b"/" + name)).write_text("x")
    assert len(names(enter().work)) == 4


def test_data_appears_beside_the_notebook(enter, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_text("data")
    folders = enter((tmp_path / "data",))
    assert (folders.work / ".." / "data" / "x").read_text() == "data"


def test_data_that_is_not_there_is_missed_by_who_opens_it(enter, tmp_path):
    paper = Paper("x", (), (), files_in(enter.student), enter.shared, (tmp_path / "data",))
    folders = lay_out(tmp_path / "exam", paper, os.getuid(), os.getuid())
    assert folders.data == () and "data" not in names(folders.root)


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
