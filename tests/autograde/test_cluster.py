"""A class that is graded on a Dask cluster: a scheduler and workers of their own, on loopback, that share no folder."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from small_assignment import ANSWERS

pytest.importorskip("distributed")

ROOT = Path(__file__).parents[2]
UNCONFINED = Path(__file__).with_name("unconfined.py")
CLASS = ("alice", "bob", "carol", "dave")
HALF = {**ANSWERS, "twice": "def twice(x):\n    return x"}
SLOW = {**ANSWERS, "area": "import time\ntime.sleep(1.5)\n" + ANSWERS["area"]}


class DaskCluster:
    """Workers that begin in folders of their own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.running: list[subprocess.Popen] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self._begin("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--no-show")

    def worker(self, *before: str, threads: int = 2) -> subprocess.Popen:
        options = ("--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
        return self._begin("worker", self.address, *options, before=before)

    def _begin(self, *arguments: str, before: tuple[str, ...] = ()) -> subprocess.Popen:
        place = self.folder / f"{arguments[0]}-{len(self.running)}"
        place.mkdir()
        with open(place / "log", "wb") as log:
            command = [*before, sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
            env = {**os.environ, "PYTHONPATH": str(ROOT)}
            process = subprocess.Popen(command, cwd=place, env=env, stdout=log, stderr=log)
        self.running.append(process)
        return process


@pytest.fixture
def cluster(tmp_path_factory):
    made = DaskCluster(tmp_path_factory.mktemp("cluster"))
    yield made
    for process in made.running:
        process.terminate()
    for process in made.running:
        with kills_what_stays(process):
            process.wait(20)


@contextmanager
def kills_what_stays(process):
    try:
        yield
    except subprocess.TimeoutExpired:
        process.kill()


@pytest.mark.slow
def test_a_cluster_gives_the_grades_that_one_machine_gives(new_course, cluster):
    here, there = new_course(), new_course()
    for course in (here, there):
        (course.folder / "data").mkdir()
        (course.folder / "data" / "rate.txt").write_text("2")
        with open(course.folder / "nbgrader_config.py", "a") as config:
            config.write("\nc.Exam.data = ['data']\nc.Exam.seed = 520\n")
        course.hand_in(
            "alice", {**ANSWERS, "twice": "def twice(x):\n    return int(open('../data/rate.txt').read()) * x"}
        )
        course.hand_in("bob", HALF)
        broken = course.hand_in("carol") / "lab.ipynb"
        broken.write_text(broken.read_text()[:300])
    for _ in range(2):
        cluster.worker()
    printed = there.autograde(f"--dask={cluster.address}")
    here.autograde()
    assert "✓ alice: 6 of 6 points" in printed
    for student in ("alice", "bob", "carol"):
        assert there.grades(student) == here.grades(student) != {}
        assert without_seconds(there.graded(student)) == without_seconds(here.graded(student))
    assert "3 unchanged" in here.autograde()
    assert "3 unchanged" in there.autograde()


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_a_retry_and_one_that_cannot_confine_gets_no_work(course, cluster):
    for student in CLASS:
        course.hand_in(student, SLOW)
    killed = cluster.worker(threads=1)
    cluster.worker(sys.executable, str(UNCONFINED), threads=1)
    process = course.begin(f"--dask={cluster.address}", "--seats=1")
    wait_until(
        lambda: course.graded(CLASS[0]).is_file() or course.graded(CLASS[1]).is_file() or process.poll() is not None
    )
    killed.send_signal(signal.SIGKILL)
    cluster.worker(threads=1)
    printed = "".join(process.communicate())
    assert process.returncode == 0, printed
    assert "Graded: 4 submissions of 4" in printed
    assert "gets no work: Student code cannot be confined here" in printed
    assert all(course.grades(student)["test-area"] == (2, None, False) for student in CLASS)


@pytest.mark.slow
def test_a_cluster_where_nobody_can_grade_is_said_and_nothing_is_recorded(course, cluster):
    course.hand_in("alice")
    cluster.worker(sys.executable, str(UNCONFINED))
    printed = course.autograde(f"--dask={cluster.address}", code=1)
    assert "Student code cannot be confined here" in printed
    assert "the same command goes on" in printed
    assert "Traceback" not in printed
    assert course.grades("alice") == {}


@pytest.mark.slow
def test_no_cluster_at_that_address_is_said(course):
    course.hand_in("alice")
    printed = course.autograde("--dask=tcp://127.0.0.1:9", code=1)
    assert "There is no Dask scheduler at tcp://127.0.0.1:9" in printed
    assert "Traceback" not in printed


def without_seconds(path: Path):
    """The cells of a graded notebook, but for what the clock said."""
    cells = nbformat.read(path, 4).cells
    for cell in cells:
        cell.metadata.get("proctor", {}).pop("seconds", None)
    return cells


def wait_until(what, seconds=240):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.1)
