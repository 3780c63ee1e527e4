"""Several exams in one room, several rooms on one machine, and what remains of those that were ended by force."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attacks.surroundings import peak_memory
from exam_notebook import LIMITS, Notebook, text

from proctor.exam.room import Room
from proctor.exam.sandbox.sandbox import FIRST_UID, MOST_ROOMS, MOST_SEATS

LEFT = """
import sys
from proctor.exam.room import Room
room = Room(preload=())
print(room.folder, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def hall():
    with Room(LIMITS, preload=(), seats=2) as room:
        yield room


@pytest.fixture
def pair(hall, tmp_path):
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    return [Notebook(hall, folder) for folder in folders]


def at_once(notebooks):
    with ThreadPoolExecutor() as threads:
        return list(threads.map(Notebook.sit, notebooks))


def test_an_answer_as_large_as_it_may_be_is_in_the_proctor_once(pair):
    notebook, _ = pair
    floats = (LIMITS.frame_bytes - 1000) // 8
    notebook.student_cell(f"import numpy as np\n\ndef zeros():\n    return np.zeros({floats})")
    test = notebook.test_cell(f"assert zeros().shape == ({floats},)")
    before = peak_memory(forget=True)
    assert notebook.sit()[test].points == 1
    assert peak_memory() - before < 1.5 * LIMITS.frame_bytes


def test_exams_in_one_room_are_held_at_the_same_time(pair):
    cells = [notebook.student_cell("while not open('../data/go').read(): pass") for notebook in pair]
    for notebook in pair:
        folder = notebook.student.parent / "data"
        folder.mkdir()
        (folder / "go").write_text("")
        notebook.data = (folder,)
    with ThreadPoolExecutor() as threads:
        exams = [threads.submit(notebook.sit) for notebook in pair]
        wait_until(lambda: len(candidates_of(pair[0].room)) == 2)
        for go in [*pair[0].student.parents[1].glob("*/data/go"), *pair[0].room.folder.glob("data-*/data/go")]:
            go.write_text("go")
        results = [exam.result() for exam in exams]
    assert [result[cell].outcome.value for result, cell in zip(results, cells, strict=True)] == ["ok", "ok"]


def test_candidates_of_two_seats_are_different_users_and_see_only_their_own_folder(pair):
    cells = [
        notebook.student_cell(f"import os\nopen('mine', 'w').write('{name}')\nos.getuid(), os.getcwd(), os.listdir()")
        for notebook, name in zip(pair, "ab", strict=True)
    ]
    seen = [eval(text(result[cell])) for result, cell in zip(at_once(pair), cells, strict=True)]
    (one, here, files), (other, there, _) = seen
    assert here != there and files == ["mine"]
    if pair[0].room._uids[0] is not None:
        assert one != other


def test_nobody_who_has_been_asked_lives_while_somebody_is_listened_to(hall, tmp_path):
    when = """
        import time
        def when():
            began = time.monotonic()
            time.sleep(0.3)
            return began, time.monotonic()
        when()
    """
    asks = """
        from proctor.checks import record
        ### BEGIN HIDDEN TESTS
        began, ended = when()
        record("began", began)
        record("ended", ended)
        ### END HIDDEN TESTS
    """
    notebooks = []
    for number in range(6):
        (tmp_path / str(number)).mkdir()
        notebooks.append(Notebook(hall, tmp_path / str(number)))
        notebooks[-1].student_cell(when, id="tells")
        notebooks[-1].test_cell(asks, id="asked")
    results = at_once(notebooks)
    told = [eval(text(result["tells"])) for result in results]
    asked = [(result["asked"].records["began"], result["asked"].records["ended"]) for result in results]
    assert not [(one, other) for one in told for other in asked if one[0] < other[1] and other[0] < one[1]]


def test_when_an_exam_is_over_its_processes_have_ended(pair):
    for notebook in pair:
        notebook.student_cell("def f():\n    global much\n    much = bytearray(500 << 20)  # takes a while to go")
        notebook.test_cell("### BEGIN HIDDEN TESTS\nf()\n### END HIDDEN TESTS", id="test")
        assert notebook.sit()["test"].points == 1.0
        assert not candidates_of(notebook.room)


def test_many_exams_take_turns_in_the_seats_there_are(hall, tmp_path):
    notebooks = []
    for number in range(6):
        folder = tmp_path / str(number)
        folder.mkdir()
        notebooks.append(Notebook(hall, folder))
        notebooks[-1].student_cell(f"def f(): return {number}")
        notebooks[-1].test_cell(f"assert f() == {number}", id="test")
    assert [result["test"].points for result in at_once(notebooks)] == [1.0] * 6


@pytest.fixture
def classroom(tmp_path):
    """Three notebooks that can be sat at once, in a room that may be ended."""
    with Room(LIMITS, preload=(), seats=3) as room:
        notebooks = []
        for name in "abc":
            (tmp_path / name).mkdir()
            notebook = Notebook(room, tmp_path / name)
            notebook.student_cell("import time\ntime.sleep(1)\ndef f(x): return x")
            notebook.test_cell("assert f(1) == 1", id="test")
            notebooks.append(notebook)
        yield notebooks


@pytest.mark.parametrize("which", ["candidates", "examiners"])
def test_a_zygote_that_is_gone_costs_nobody_points(which, classroom):
    """As when the kernel runs out of memory and picks it."""
    zygote = classroom[0].room._nursery.process.pid
    (examiners,) = map(int, Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split())
    os.kill(zygote if which == "candidates" else examiners, signal.SIGKILL)
    assert [result["test"].points for result in at_once(classroom)] == [1.0] * 3


def test_a_zygote_that_goes_during_exams_costs_nobody_points(classroom):
    room = classroom[0].room
    with ThreadPoolExecutor() as threads:
        exams = [threads.submit(notebook.sit) for notebook in classroom]
        wait_until(lambda: len(candidates_of(room)) == 3)
        os.kill(room._nursery.process.pid, signal.SIGKILL)
        assert [exam.result()["test"].points for exam in exams] == [1.0] * 3


def test_a_lock_is_not_seen_from_another_seat(pair):
    folder = pair[0].student.parent / "data"
    folder.mkdir()
    (folder / "shared").write_text("0" * 100)
    for notebook in pair:
        notebook.data = (folder,)
    holds = pair[0].student_cell("""
        import fcntl, time
        shared = open("../data/shared")
        fcntl.flock(shared, fcntl.LOCK_EX)
        fcntl.lockf(shared, fcntl.LOCK_SH, 1, 10)
        time.sleep(2)
    """)
    asks = pair[1].student_cell("""
        import fcntl, os, struct, time
        time.sleep(1)
        shared = open("../data/shared")
        fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB)
        wanted = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 100, 0)
        struct.unpack("hhqqi4x", fcntl.fcntl(shared, fcntl.F_GETLK, wanted))[0] == fcntl.F_UNLCK
    """)
    results = at_once(pair)
    assert results[0][holds].outcome.value == "ok" and text(results[1][asks]) == "True"


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one processor")
def test_a_notebook_that_computes_on_many_threads_leaves_its_neighbour_a_processor(pair):
    asked = """
        import os
        os.sched_setaffinity(0, range(64))
        sorted(os.sched_getaffinity(0))
    """
    cells = [notebook.student_cell(asked) for notebook in pair]
    one, other = (eval(text(result[cell])) for result, cell in zip(at_once(pair), cells, strict=True))
    assert one and other and not set(one) & set(other)


def test_two_rooms_can_work_at_the_same_time(hall):
    with Room(preload=()) as other:
        assert other._slot != hall._slot


def test_all_user_ids_fit_into_a_container():
    assert FIRST_UID + 2 * MOST_SEATS * MOST_ROOMS < 65_534


def test_the_folder_of_a_killed_room_is_removed_by_the_next_and_a_living_ones_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    rooms = [
        subprocess.Popen([sys.executable, "-c", LEFT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    killed, living = (Path(room.stdout.readline().strip()) for room in rooms if room.stdout)
    rooms[0].kill()
    rooms[0].wait()
    try:
        assert killed.exists() and living.exists()
        monkeypatch.setattr("tempfile.tempdir", None)
        with Room(preload=()):
            assert not killed.exists() and living.exists()
    finally:
        rooms[1].communicate("")


def candidates_of(room: Room) -> list[int]:
    """Forks of the candidates' zygote, the examiners' zygote left out."""
    zygote = room._nursery.process.pid
    return [int(pid) for pid in Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()][1:]


def wait_until(condition, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
