"""A class whose gradebook is in PostgreSQL: a real server, started here."""

import csv
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from small_assignment import ANSWERS

pytestmark = pytest.mark.slow
HALF = {**ANSWERS, "twice": "def twice(x):\n    return x"}


@pytest.fixture(scope="module")
def db_url() -> Iterator[str]:
    pytest.importorskip("psycopg")
    tools = [path.parent for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))]
    if not tools:
        pytest.skip("no PostgreSQL server is installed here")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))  # pytest closes its own to others whenever it is started
    owner = _owner(folder)
    data = folder / "data"
    _run([tools[-1] / "initdb", "--auth=trust", "--username=grader", "--no-sync", "-D", data], owner)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p {port}"
    _run([tools[-1] / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start"], owner)
    try:
        yield f"postgresql://grader@127.0.0.1:{port}/postgres"
    finally:
        _run([tools[-1] / "pg_ctl", "-D", data, "-m", "immediate", "stop"], owner)
        shutil.rmtree(folder)


@pytest.fixture
def course(course, db_url):
    config = course.folder / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.CourseDirectory.db_url = {db_url!r}\n")
    course.nbgrader("generate_assignment", "hw4", "--force")
    return course


def test_a_class_is_graded_and_what_has_not_changed_is_not_graded_again(course, db_url):
    course.hand_in("alice")
    course.hand_in("bob", HALF)
    assert "Graded: 2 submissions of 2" in course.autograde()
    assert points(db_url) == {"alice": 6, "bob": 3}
    assert "2 unchanged" in course.autograde()


def test_two_machines_that_grade_the_same_class_at_once_both_end_well(course, db_url, tmp_path):
    """Folders of their own, and one gradebook."""
    course.hand_in("alice")
    course.hand_in("bob", HALF)
    other = type(course)(Path(shutil.copytree(course.folder, tmp_path / "other")))
    runs = [course.begin("--force"), other.begin("--force")]
    for run in runs:
        printed = "".join(run.communicate())
        assert run.returncode == 0, printed
    assert points(db_url) == {"alice": 6, "bob": 3}


def test_the_report_shows_what_grading_has_kept_there(course):
    course.hand_in("alice")
    course.hand_in("bob", HALF)
    course.autograde()
    done = subprocess.run(
        [sys.executable, "-c", "from proctor.cli import main; raise SystemExit(main())", "report", "hw4"],
        cwd=course.folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    with (course.folder / "reports" / "hw4" / "diagnoses.csv").open(newline="", encoding="utf-8") as file:
        assert [row["students"] for row in csv.DictReader(file)] == ["bob"]
    with (course.folder / "reports" / "hw4" / "students.csv").open(newline="", encoding="utf-8") as file:
        assert {row["student"]: float(row["score"]) for row in csv.DictReader(file)} == {"alice": 6, "bob": 3}


def points(db_url: str) -> dict[str, float]:
    with Gradebook(db_url) as gradebook:
        return {s.student.id: s.score for s in gradebook.assignment_submissions("hw4")}


def _owner(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    owner = pwd.getpwnam("postgres").pw_uid
    os.chown(folder, owner, -1)
    return owner


def _run(command: list, owner: int | None) -> None:
    words = [str(word) for word in command]
    done = subprocess.run(
        words, user=owner, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert done.returncode == 0, done.stderr.decode()
