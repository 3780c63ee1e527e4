"""What a fork starts with, what it does not, and how everything ends together."""

import ast
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from exam_notebook import text


def value(result):
    return ast.literal_eval(text(result))


def test_a_candidate_knows_nothing_of_the_proctors_environment(run, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    environment = value(run("import os\ndict(os.environ)")[0])
    assert not {"SECRET_TOKEN", "PYTEST_CURRENT_TEST", "PWD", "SHELL"} & set(environment)
    assert environment["USER"] == "student" and environment["PATH"] == os.defpath
    assert environment["HOME"].startswith(tempfile.gettempdir())


def test_a_candidate_starts_with_one_thread_and_four_descriptors_beside_its_own_event_loop(run):
    threads, descriptors = run(
        "import threading\nthreading.active_count()",
        "import os, asyncio\ndef is_open(n):\n    try: return bool(os.fstat(n))\n    except OSError: return False\n"
        "loop = asyncio.get_running_loop()\n"
        "of_loop = {loop._selector.fileno(), loop._ssock.fileno(), loop._csock.fileno()}\n"
        "[n for n in range(256) if is_open(n) and n not in of_loop]",
    )
    assert value(threads) == 1 and value(descriptors) == [0, 1, 2, 3]


def test_a_candidate_cannot_find_tests_or_solutions_in_its_own_memory(notebook):
    notebook.student_cell("def f(x): return x")
    notebook.test_cell(
        "### BEGIN HIDDEN TESTS\nneedle_in_the_test = 1\nassert f(1) == reference.f(1)\n### END HIDDEN TESTS"
    )
    search = notebook.student_cell("""
        import gc, sys
        found = [type(o).__name__ for o in gc.get_objects() if isinstance(o, (str, bytes)) and "needle" "_in" in str(o)]
        names = [name for name in sys.modules if name.startswith("proctor")]
        frame, held = sys._getframe(), []
        while frame:
            held += [str(v) for v in frame.f_locals.values()]
            frame = frame.f_back
        found, [h for h in held if "needle_in" "_the" in h]
    """)
    assert value(notebook.sit(reference="needle_in_the_solution = 1\ndef f(x): return x")[search]) == ([], [])


def test_two_exams_do_not_share_random_numbers_and_one_repeats_them(notebook):
    cell = notebook.student_cell(
        "import random, numpy as np, torch\nrandom.random(), np.random.rand(), float(torch.rand(1))"
    )
    one, other, again = (value(notebook.sit(seed)[cell]) for seed in (1, 2, 1))
    assert one == again and not set(one) & set(other)


def test_sets_and_dicts_are_walked_in_the_same_order_in_every_run(run):
    assert value(run("hash('x')")[0]) == value(run("hash('x')")[0])


def test_one_exam_leaves_nothing_for_the_next(notebook, run):
    run("import sys, numpy as np, builtins\nbuiltins.left = sys.left = np.left = 1\nopen('left', 'w').close()\nx = 1")
    notebook.cells.clear()
    (result,) = run(
        "import sys, os, numpy as np, builtins\n"
        "[hasattr(module, 'left') for module in (builtins, sys, np)] + [os.path.exists('left'), 'x' in globals()]"
    )
    assert value(result) == [False] * 5


def test_modules_that_slow_down_the_first_step_are_loaded_already(run):
    modules = ["torch._dynamo", "matplotlib.pyplot", "tqdm.auto"]
    assert value(run(f"import sys\n[name for name in {modules} if name not in sys.modules]")[0]) == []


def test_the_students_own_modules_can_be_imported(notebook):
    (notebook.student / "mine.py").write_text("VALUE = 1")
    (notebook.shared / "ours.py").write_text("VALUE = 2")
    (notebook.student / "ours.py").write_text("VALUE = 3")
    cell = notebook.student_cell("import mine, ours\nmine.VALUE, ours.VALUE")
    assert value(notebook.sit()[cell]) == (1, 2)


PROCTOR = """
import sys, time
from pathlib import Path
from proctor.exam.paper import Cell, Paper
from proctor.exam.room import Room
folder = Path(sys.argv[1], "files")
folder.mkdir()
room = Room(preload=())
print(room._nursery.process.pid, flush=True)
cells = (Cell("a", "import os\\nopen('pid', 'w').write(str(os.getpid()))\\nwhile True: pass", "student"),)
room.sit(Paper("x", cells, (), {}, folder), 1)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_everything_ends_with_the_proctor_however_it_ends(tmp_path, end):
    process = subprocess.Popen(
        [sys.executable, "-c", PROCTOR, str(tmp_path)],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None, "a pipe"
    zygote = int(process.stdout.readline())
    children = wait_for(lambda: [pid for pid in children_of(zygote) if len(children_of(zygote)) == 2])
    process.send_signal(end)
    process.wait(20)
    assert len(children) == 2, "the examiners' zygote and a candidate"
    wait_for(lambda: not [pid for pid in (zygote, *children) if is_running(pid)])


def test_a_process_that_cannot_be_confined_is_an_error_and_not_a_students_zero(room, notebook, monkeypatch):
    from dataclasses import replace

    from proctor.exam.processes.nursery import ZygoteError

    monkeypatch.setattr(room, "limits", replace(room.limits, notebook_seconds=float("inf")))
    notebook.student_cell("1")
    with pytest.raises(ZygoteError, match="could not be confined"):
        notebook.sit()


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for(condition, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while not (got := condition()):
        assert time.monotonic() < deadline, "still waiting"
        time.sleep(0.02)
    return got
