"""Time limits are about what students' code computes, not about how busy the machine is."""

import time
from dataclasses import replace

import pytest
from busy import busy_machine
from exam_notebook import BUSY, LIMITS

from proctor.exam.clock import PATIENCE, Clock, Overtime


@pytest.fixture
def limits(room, monkeypatch):
    def limits(**changes):
        monkeypatch.setattr(room, "limits", replace(LIMITS, **changes))

    return limits


@pytest.fixture
def busy():
    with busy_machine():
        yield


def test_cells_and_calls_keep_their_time_on_a_busy_machine(busy, limits, notebook):
    limits(cell_seconds=0.8, call_seconds=0.8)
    cell = notebook.student_cell(
        f"def f():\n    {BUSY.format(0.6)}".replace("\nwhile", "\n    while") + "\n    return 1"
    )
    slow = notebook.student_cell(BUSY.format(0.6))
    test = notebook.test_cell("assert f() == 1")
    results = notebook.sit()
    assert [results[id].outcome.name for id in (cell, slow, test)] == ["OK"] * 3


def test_a_tests_own_work_keeps_its_time_on_a_busy_machine(busy, limits, notebook):
    limits(test_seconds=0.8)
    test = notebook.test_cell(BUSY.format(0.6))
    assert notebook.sit()[test].points == 1


@pytest.mark.parametrize(
    "endless",
    ["while True: pass", "import re; re.match('(a+)+$', 'a' * 40 + 'b')", "import time; time.sleep(1000)"],
    ids=["loop", "loop in C", "sleep"],
)
def test_what_never_ends_is_ended_on_a_busy_machine_too(busy, limits, notebook, endless):
    limits(cell_seconds=0.5)
    cell = notebook.student_cell(endless)
    test = notebook.test_cell("assert 1")
    results = notebook.sit()
    assert results[cell].outcome.name == "TIMEOUT"
    assert results[test].points == 1


def test_threads_together_use_up_the_time(limits, notebook):
    limits(cell_seconds=1)
    cell = notebook.student_cell(
        "import re, threading\n"
        "work = lambda: [re.match('(a+)+$', 'a' * 22 + 'b') for _ in range(100)]\n"
        "threads = [threading.Thread(target=work) for _ in range(3)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()"
    )
    assert notebook.sit()[cell].outcome.name == "TIMEOUT"


def test_what_mostly_waits_and_computes_a_little_is_ended(limits, notebook):
    limits(cell_seconds=0.5)
    cell = notebook.student_cell("import time\nwhile True:\n    time.sleep(0.05)\n    sum(range(100_000))")
    assert notebook.sit()[cell].outcome.name == "TIMEOUT"


def test_many_short_calls_that_wait_use_up_the_time_of_their_test(limits, notebook):
    limits(cell_seconds=0.5)
    notebook.student_cell("import time\ndef f(): time.sleep(0.04)")
    test = notebook.test_cell("for _ in range(1000): f()")
    result = notebook.sit()[test]
    assert result.points == 0 and result.seconds < 20


def test_waiting_counts_by_a_share_and_computing_in_full(start):
    clocks = [Clock(start(code).pid) for code in ("import time; time.sleep(1000)", "while True: pass")]
    tasks, before, began = [clock.start(100) for clock in clocks], clocks[1].computed(), time.monotonic()
    for _ in range(10):
        time.sleep(0.1)
        for task in tasks:
            task.look()
    waited, worked = (task.spent() for task in tasks)
    assert waited == pytest.approx((time.monotonic() - began) / PATIENCE, rel=0.3)
    assert worked == pytest.approx(clocks[1].computed() - before, abs=0.2)


def test_a_process_that_has_ended_is_charged_no_more_than_waiting(start):
    process = start("sum(range(10**6))")
    task = Clock(process.pid).start(10)
    process.wait()
    time.sleep(0.3)
    assert task.spent() < 2


def test_more_than_the_time_is_overtime(start):
    task = Clock(start("while True: pass").pid).start(0.1)
    time.sleep(0.5)
    with pytest.raises(Overtime):
        for _ in range(100):
            task.look()
            time.sleep(0.1)


@pytest.fixture
def start():
    """Start a Python process, which has ended when the test has."""
    import subprocess
    import sys

    running = []

    def start(code: str):
        process = subprocess.Popen([sys.executable, "-c", f"print(flush=True)\n{code}"], stdout=subprocess.PIPE)
        running.append(process)
        assert process.stdout is not None, "a pipe"
        process.stdout.readline()
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()
