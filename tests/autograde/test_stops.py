"""Whatever stops a run: nothing is half recorded, the words say what to do, and the same command goes on."""

import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from other_users import as_user, with_readable_interpreter
from small_assignment import ANSWERS

CLASS = ("alice", "bob", "carol", "dave")
SLOW = {**ANSWERS, "area": "import time\ntime.sleep(1.5)\n" + ANSWERS["area"]}


@pytest.fixture
def slow_class(course):
    """Four students whose notebooks take some seconds each."""
    for student in CLASS:
        course.hand_in(student, SLOW)
    return course


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_a_run_that_is_stopped_goes_on_where_it_was(slow_class, how, code):
    process = slow_class.begin("--seats=1")
    wait_until(lambda: slow_class.graded(CLASS[0]).is_file())
    process.send_signal(how)
    printed = "".join(process.communicate())
    assert process.returncode == code
    assert all(slow_class.is_whole(student) for student in CLASS)
    assert not all(slow_class.grades(student) for student in CLASS)
    if code == 130:
        assert "goes on from here" in printed
        assert "Traceback" not in printed
    wait_until(lambda: not processes_in(slow_class.folder))
    slow_class.autograde()
    for student in CLASS:
        assert slow_class.grades(student)["test-area"] == (2, None, False)


@pytest.mark.slow
def test_a_submission_that_is_being_recorded_is_recorded_to_its_end(course):
    plugin = "c.AssignLatePenalties.plugin_class = 'autograde.late.Terminating'"
    with (course.folder / "nbgrader_config.py").open("a") as config:
        config.write(f"import sys\nsys.path.insert(0, {str(Path(__file__).parents[1])!r})\n{plugin}\n")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("hw4", duedate="2020-01-01 12:00:00")
    for student in CLASS:
        (course.hand_in(student) / "timestamp.txt").write_text("2020-01-02 12:00:00")
    assert "goes on from here" in course.autograde("--seats=1", code=130)
    assert sum(bool(course.grades(student)) for student in CLASS) == 1
    assert all(course.is_whole(student) for student in CLASS)


@pytest.mark.slow
def test_a_process_of_the_crew_that_dies_costs_a_retry(slow_class):
    process = slow_class.begin("--seats=1")
    wait_until(lambda: slow_class.graded(CLASS[0]).is_file())
    (worker,) = children(process.pid)
    os.kill(worker, signal.SIGKILL)
    printed = "".join(process.communicate())
    assert process.returncode == 0, printed
    assert "Graded: 4 submissions of 4" in printed


@pytest.mark.slow
def test_a_full_disk_is_said_and_leaves_nothing_half(course):
    with small_disk(course.folder / "autograded"):
        for student in CLASS:
            (course.hand_in(student) / "notes.txt").write_bytes(bytes(800_000))
        printed = course.autograde(code=1)
        assert "the disk is full" in printed
        assert "upgrade" not in printed
        assert all(course.is_whole(student) for student in CLASS)
        assert any(course.grades(student) for student in CLASS)
        for student in CLASS:
            (course.hand_in(student) / "notes.txt").unlink()
        assert course.autograde()
        assert all(course.grades(student) for student in CLASS)


@pytest.mark.slow
def test_a_full_disk_under_the_gradebook_is_said_too(course):
    database = course.folder / "gradebook.db"
    for student in CLASS:
        course.hand_in(student)
    with small_disk(course.folder / "db") as disk:
        shutil.copy(database, disk)
        (disk / "filler").write_bytes(bytes(disk_left(disk) - 20_000))
        printed = course.autograde(f"--db=sqlite:///{disk}/gradebook.db", code=1)
        assert "the disk is full" in printed
        assert not any(course.graded(student).exists() for student in CLASS)


@pytest.mark.slow
def test_a_gradebook_that_another_program_holds_is_said(course):
    course.hand_in("alice")
    with sqlite3.connect(course.folder / "gradebook.db", isolation_level=None) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        printed = course.autograde(code=1)
    holder.close()
    assert "another program has held the gradebook" in printed
    assert "Traceback" not in printed


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="only root can be several users")
@pytest.mark.parametrize("closed", ["gradebook.db", "."])
def test_a_gradebook_that_an_ordinary_user_may_only_read_is_said_and_once_it_is_open_the_run_goes_on(
    course, users_own, closed
):
    for student in CLASS[:2]:
        course.hand_in(student)
    own = users_own(course)
    place = own.folder / closed
    mode = place.stat().st_mode
    place.chmod(mode & ~0o222)
    printed = own.autograde(code=1)
    assert any(words in printed for words in ("gradebook.db) cannot be written", "autograde.log may not be written"))
    assert "Change its permissions" in printed
    assert "Traceback" not in printed and "upgrade" not in printed
    assert not any(own.graded(student).exists() or own.grades(student) for student in CLASS)
    place.chmod(mode)
    own.autograde()
    assert all(own.grades(student) and own.is_whole(student) for student in CLASS[:2])


@pytest.fixture
def users_own():
    """Makes a copy of a course that is another user's, and so are the commands in it."""
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory() as top:
        Path(top).chmod(0o711)

        def copied(course):
            home = Path(shutil.copytree(course.folder.parent, Path(top) / "home"))
            for path in (home, *home.rglob("*")):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
            own = ["env", f"HOME={home}", "TMPDIR=/tmp"]
            return replace(
                course,
                folder=home / course.folder.name,
                becomes=lambda command: with_readable_interpreter(
                    as_user(nobody.pw_uid, nobody.pw_gid, [*own, *command])
                ),
            )

        yield copied


@pytest.mark.slow
def test_a_second_run_says_who_grades_and_ends_or_waits(slow_class):
    first = slow_class.begin("--seats=1")
    wait_until(lambda: (slow_class.folder / ".proctor-autograde.lock").exists() and slow_class.graded("alice").exists())
    printed = slow_class.autograde(code=1)
    assert f"process {first.pid}" in printed
    second = slow_class.begin("--wait")
    assert first.wait() == 0
    printed = "".join(second.communicate())
    assert second.returncode == 0
    assert "4 unchanged" in printed
    first.communicate()


def wait_until(condition) -> None:
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")


def children(pid: int) -> list[int]:
    """Processes that grade, without the one that counts semaphores."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [child for child in map(int, text.split()) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def processes_in(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd").startswith(str(folder)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@contextmanager
def small_disk(folder: Path):
    """A file system of 2 MB. Only root can have one."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def disk_left(folder: Path) -> int:
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize
