"""Whatever a cell does to its process, the other cells keep their points and the next exam starts."""

import os
import time
from dataclasses import replace

import pytest
from exam_notebook import BUSY, LIMITS, text

ENDINGS = {
    "loop": ("while True: pass", "TIMEOUT"),
    "loop that ignores signals": (
        (
            "import signal\nfor s in (signal.SIGINT, signal.SIGALRM, signal.SIGTERM): signal.signal(s, signal.SIG_IGN)\n"
            "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
        ),
        "TIMEOUT",
    ),
    "loop in C": ("import re\nre.match('(a+)+$', 'a' * 40 + 'b')", "TIMEOUT"),
    "sleep": ("import time\ntime.sleep(1000)", "TIMEOUT"),
    "stopped by itself": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "TIMEOUT"),
    "exit": ("import os\nos._exit(0)", "DIED"),
    "abort": ("import os\nos.abort()", "DIED"),
    "segmentation fault": ("import ctypes\nctypes.string_at(0)", "DIED"),
    "endless recursion in C": (
        "import sys\nsys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())",
        "DIED",
    ),
    "killed": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "MEMORY"),
    "memory": ("x = bytearray(8 << 30)", "MEMORY"),
    "memory of tensors": ("import torch\ntorch.ones(1 << 40)", "ERROR"),
    "closed channel": ("import os\nos.close(3)", "DIED"),
    "closed descriptors": ("import os\nos.closerange(0, 1000)", "DIED"),
    "noise on the channel": ("import os\nos.write(3, b'\\x00\\x00\\x00\\x05noise')", "PROTOCOL"),
    "gigantic frame": ("import os\nos.write(3, b'\\xff\\xff\\xff\\xff')", "TOO_BIG"),
    "half a frame": ("import os\nos.write(3, b'\\x00\\x00\\x00\\xff1')\nwhile True: pass", "TIMEOUT"),
    "empty frame": ("import os\nos.write(3, bytes(4))", "PROTOCOL"),
    "reads the channel": ("import os\nos.set_blocking(3, True)\nos.read(3, 1 << 20)", "TIMEOUT"),
    "threads": (
        (
            "import threading, time\nthreading.stack_size(65536)\n"
            "for _ in range(1000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\ntime.sleep(60)"
        ),
        "TOO_BIG",
    ),
    "files": ("i = 0\nwhile True:\n    open(f'file-{i}', 'w').close(); i += 1", "TOO_BIG"),
    "disk": ("i = 0\nwhile True:\n    open(f'file-{i}', 'wb').write(bytes(4 << 20)); i += 1", "TOO_BIG"),
    "deleted files": (
        (
            "import os\nkept = []\nwhile True:\n"
            "    f = open('f', 'wb'); f.write(bytes(4 << 20)); f.flush(); os.unlink('f')\n"
            "    kept.append(f)"
        ),
        "TOO_BIG",
    ),
    "deep folders": ("import os\nwhile True:\n    os.mkdir('d' * 100); os.chdir('d' * 100)", "TOO_BIG"),
    "one large file": ("open('f', 'wb').write(bytes(64 << 20))", "ERROR"),
    "folder that nobody may enter": ("import os\nos.mkdir('closed', 0)\nos.mkdir('open')", "OK"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_cell_that_ends_its_process_costs_only_itself(impatient, notebook, ending):
    source, outcome = ENDINGS[ending]
    notebook.student_cell("def before(): return 1\ncount = 0")
    fatal = notebook.student_cell(source)
    notebook.student_cell("def after(): return before() + 1")
    test = notebook.test_cell("assert before() == 1 and after() == 2")
    results = notebook.sit()
    assert results[test].points == 1, (results[fatal], results[test].staff_message)
    if ending == "threads" and results[fatal].outcome.name == "ERROR":
        return  # the limit of its own user id came first
    assert results[fatal].outcome.name == outcome, results[fatal]
    assert results[fatal].outputs or outcome == "OK"


def test_nothing_is_left_of_an_exam(room):
    assert not [path for path in room.folder.iterdir() if path.name.startswith("exam-")]


CALLS = """
import ctypes, os, signal, time
def dies(): os._exit(0)
def crashes(): ctypes.string_at(0)
def hangs():
    while True: pass
def answers(x): return x + 1
def deep():
    value = []
    for _ in range(100_000): value = [value]
    return value
def loop():
    value = []
    value.append(value)
    return value
def large(): return bytes(100 << 20)
def many(): return [0] * 3_000_000
def recurses(): return recurses()
def forged():
    os.write(3, b"\\x00\\x00\\x00\\x05hello")
    return 1
def two_answers():
    import msgspec
    frame = msgspec.msgpack.encode({"type": "answer", "number": 1, "body": {"type": "value", "node": 42}})
    os.write(3, len(frame).to_bytes(4, "big") + frame)
    return 42
"""


@pytest.mark.parametrize(
    ("call", "outcome"),
    [("dies", "DIED"), ("crashes", "DIED"), ("hangs", "TIMEOUT"), ("deep", "TOO_BIG"), ("loop", "TOO_BIG"),
     ("large", "TOO_BIG"), ("many", "TOO_BIG"), ("recurses", "FAILED"), ("forged", "PROTOCOL"),
     ("two_answers", "PROTOCOL")],
)  # fmt: skip
def test_a_call_that_ends_the_process_costs_its_part_only(impatient, notebook, call, outcome):
    notebook.student_cell(CALLS)
    fatal = notebook.test_cell(f"{call}()", id="fatal")
    parts = notebook.test_cell(
        f"""
        from proctor.checks import part, score
        with part(1, "before"):
            assert answers(1) == 2
        with part(2, "fatal"):
            assert {call}() == 42
            assert answers(1) == 2
        with part(3, "after"):
            assert answers(2) == 3
        score()
        """,
        points=6,
    )
    results = notebook.sit()
    assert results[fatal].outcome.name == outcome and results[fatal].points == (call == "forged" and 0)
    assert results[parts].points == 4, results[parts]


def test_an_object_made_before_a_restart_is_gone_and_its_name_is_not(notebook):
    notebook.student_cell(CALLS + "\nclass Net:\n    def __init__(self): self.x = 5\nnet = Net()")
    test = notebook.test_cell("""
        f, made, named = answers, Net(), net
        try:
            dies()
        except Exception:
            pass
        assert f(1) == 2 and named.x == 5
        try:
            made.x
        except Exception as error:
            assert "gone" in str(error)
        else:
            raise AssertionError
    """)
    assert notebook.sit()[test].points == 1


def test_a_candidate_that_dies_all_the_time_is_given_up(notebook):
    notebook.student_cell(CALLS)
    tests = [notebook.test_cell("dies()") for _ in range(8)]
    results = notebook.sit()
    assert [results[test].outcome.name for test in tests] == ["DIED"] * 5 + ["NOT_RUN"] * 3


def test_a_notebook_that_takes_too_long_is_stopped_and_every_cell_has_a_result(room, notebook, monkeypatch):
    monkeypatch.setattr(room, "limits", replace(room.limits, notebook_seconds=2))
    cells = [notebook.student_cell(BUSY.format(1.5)) for _ in range(3)]
    results = notebook.sit()
    assert [results[cell].outcome.name for cell in cells] == ["OK", "TIMEOUT", "NOT_RUN"]
    assert results[cells[2]].execution_count is None


def test_a_notebook_is_stopped_at_its_wall_time_whatever_it_does(room, notebook, monkeypatch):
    monkeypatch.setattr(room, "limits", replace(room.limits, wall_seconds=3))
    cells = [notebook.student_cell("import time; time.sleep(2)") for _ in range(3)]
    results = notebook.sit()
    assert [results[cell].outcome.name for cell in cells] == ["OK", "TIMEOUT", "NOT_RUN"]


@pytest.mark.parametrize(
    ("test", "outcome"),
    [
        ("while True: pass", "TIMEOUT"),
        ("import os; os._exit(1)", "DIED"),
        ("import ctypes; ctypes.string_at(0)", "DIED"),
    ],
)
def test_a_test_that_never_ends_costs_only_itself(impatient, notebook, test, outcome):
    notebook.shared_cell("def helper(): return 3")
    notebook.student_cell("def f(): return 3")
    broken = notebook.test_cell(test)
    good = notebook.test_cell("assert f() == helper()")
    results = notebook.sit()
    assert results[broken].outcome.name == outcome and results[broken].points == 0
    assert results[good].points == 1


def test_a_cell_that_ran_once_and_hangs_when_run_again_keeps_its_result(impatient, notebook):
    flaky = notebook.student_cell(
        "import os\nif os.path.exists('flag'):\n    while True: pass\nopen('flag', 'w').close()\n'ran'"
    )
    notebook.student_cell("import os\ndef f(): return 1")
    fatal = notebook.student_cell("os._exit(1)")
    test = notebook.test_cell("assert f() == 1")
    results = notebook.sit()
    assert text(results[flaky]) == "'ran'" and results[fatal].outcome.name == "DIED" and results[test].points == 1


def test_a_hostile_value_ends_neither_examiner_nor_other_cells(notebook):
    notebook.student_cell(
        "import numpy as np\n"
        "def keys(): return {i * (2**61 - 1): 0 for i in range(2000)}\n"
        "def mess(): return [np.array(['\\ud800']), float('nan'), 10**5000, b'\\x00', {(1, (2,)): {3}}]\n"
        "def fine(): return 1"
    )
    keys, mess = notebook.test_cell("assert len(keys()) == 2000"), notebook.test_cell("mess()\nTrue")
    fine = notebook.test_cell("assert fine() == 1")
    results = notebook.sit()
    assert results[keys].points == 1 and results[fine].points == 1 and results[mess].outcome.name in ("OK", "FAILED")


def test_threads_do_not_outlive_the_exam(notebook):
    cell = notebook.student_cell(
        "import os, threading, time\nthreading.Thread(target=time.sleep, args=(100,)).start()\nos.getpid()"
    )
    pid = int(text(notebook.sit()[cell]))
    deadline = time.monotonic() + 20
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{pid}")


SLOW = "import os\nos._exit(1)  # or computes until it is stopped"


def own(notebook, source: str) -> str:
    """A cell that the student has added."""
    id = notebook.student_cell(source)
    notebook.cells[-1] = replace(notebook.cells[-1], own=True)
    return id


def test_any_number_of_own_cells_that_end_the_process_leave_the_answers_their_points(notebook):
    kept = own(notebook, "mine = 1")
    endings = [own(notebook, SLOW) for _ in range(10)]
    notebook.student_cell("def f(): return 1\ndef g(): import os; os._exit(1)")
    tests = [notebook.test_cell(source) for source in ("assert f() == 1", "g()", "assert f() == 1", "assert mine == 1")]
    results = notebook.sit()
    assert [results[id].points for id in tests] == [1.0, 0.0, 1.0, 1.0]
    assert results[kept].outcome.name == "OK"
    assert {results[id].outcome.name for id in endings[:2]} == {"DIED"}
    assert {results[id].outcome.name for id in endings[2:]} == {"NOT_RUN"}
    assert "not run" in results[endings[-1]].message


def test_own_cells_that_take_all_the_time_leave_the_answers_theirs(room, notebook, monkeypatch):
    monkeypatch.setattr(room, "limits", replace(LIMITS, notebook_seconds=2, restarts=2))
    cells = [own(notebook, BUSY.format(0.3)) for _ in range(12)]
    notebook.student_cell("def f(): return 1")
    test = notebook.test_cell("assert f() == 1")
    results = notebook.sit()
    assert results[test].points == 1.0
    assert results[cells[0]].outcome.name == "OK" and results[cells[-1]].outcome.name == "NOT_RUN"


def test_cells_of_the_assignment_are_not_left_out(notebook):
    """Only what the student has added is."""
    for _ in range(2):
        notebook.student_cell(SLOW)
    notebook.student_cell("def f(): return 1")
    test = notebook.test_cell("assert f() == 1")
    assert notebook.sit()[test].points == 1.0
