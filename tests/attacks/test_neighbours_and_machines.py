"""Attacks on whoever sits an exam at the same time, and on every kind of machine that grades."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from attacks.attack import FOLDER, hand_in, read
from attacks.trial import examined, points
from exam.sandbox.test_sandbox import MACHINES, on_such_a_machine

SEATS = 3
ON_NEIGHBOURS = (
    "deleted_file_bomb descriptor_bomb detached_process disk_bomb fork_bomb hand_hidden_inputs_over_in_a_file "
    "hand_hidden_inputs_over_in_file_locks hand_hidden_inputs_over_in_file_names "
    "hand_hidden_inputs_over_in_memory_that_is_shared hand_hidden_inputs_over_in_record_locks kill_everyone "
    "memory_bomb print_hidden_inputs_later read_own_memory shared_memory_bomb spy_on_the_grader stop_itself thread_bomb"
).split()
ON_EVERY_MACHINE = (
    "call_home detached_process edit_the_gradebook kill_everyone read_a_classmates_answers read_own_memory "
    "read_source_folder read_the_graders_environment"
).split()
#: What every user may read or write stays so without Landlock: `/tmp`, where two look and leave something, and the
#: command lines of processes, which the last one prints.
NOT_WITHOUT_LANDLOCK = ("detached_process", "read_a_classmates_answers", "read_the_graders_environment")

pytestmark = pytest.mark.slow


def test_attackers_and_honest_students_who_are_graded_at_the_same_time_get_what_they_get_alone(tmp_path):
    with examined(SEATS) as room:
        honest = room.honest("convolution", "half-done")
        folder = room.hand_in_honestly("convolution", "half-done")
        jobs = [("", folder)]
        for name in ON_NEIGHBOURS:
            hand_in(read(FOLDER / f"{name}.py"), tmp_path / name, room.course.root)
            jobs += [(name, tmp_path / name), ("", folder)]
        state = room.course.state()
        with ThreadPoolExecutor(SEATS) as threads:
            graded = list(threads.map(lambda job: room.grade(job[1], "convolution"), jobs))
        for (name, _), result in zip(jobs, graded, strict=True):
            got = points(result)
            if name:
                assert not {cell: got[cell] for cell in got if got[cell] > honest[cell]}, f"{name} earned points"
                assert not list(room.learned((result,), read(FOLDER / f"{name}.py"))), f"{name} learned something"
            else:
                assert got == honest, "an honest student beside attackers"
        assert room.course.state() == state


@pytest.mark.parametrize("machine", MACHINES)
def test_attacks_achieve_nothing_on_any_kind_of_machine(machine):
    kind = MACHINES[machine]
    surroundings = next((word for word in kind if not word.startswith("--")), "-")
    program = Path(__file__).with_name("elsewhere.py")
    names = [name for name in ON_EVERY_MACHINE if surroundings != "no-landlock" or name not in NOT_WITHOUT_LANDLOCK]
    command = on_such_a_machine(kind, [sys.executable, str(program), surroundings, *names])
    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)  # whoever grades there looks into it for what attacks have left
        environment = {**os.environ, "HOME": home, "TMPDIR": "/tmp"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd="/", timeout=900)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["achieved"] == {name: [] for name in names}, report["protection"]
