"""How much of a machine may be used, a container's limits included."""

import os

import pytest

from proctor import machine
from proctor.settings import Exam


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """Control groups of both versions, without any limit yet."""
    (tmp_path / "cpu").mkdir()
    (tmp_path / "memory").mkdir()
    lines = "1:cpu,cpuacct:/mine\n2:memory:/mine\n0::/mine\n"
    (tmp_path / "own").write_text(lines)
    monkeypatch.setattr(machine, "_GROUPS", tmp_path)
    monkeypatch.setattr(machine, "_OWN_GROUPS", tmp_path / "own")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)))
    return tmp_path


def test_without_limits_all_processors_count(groups):
    assert machine.processors() == 16
    (groups / "cpu.max").write_text("max 100000\n")
    (groups / "cpu" / "cpu.cfs_quota_us").write_text("-1\n")
    assert machine.processors() == 16


@pytest.mark.parametrize(
    "files",
    [
        {"cpu.max": "300000 100000\n"},
        {"mine/cpu.max": "300000 100000\n", "cpu.max": "max 100000\n"},
        {"cpu/mine/cpu.cfs_quota_us": "150000\n", "cpu/mine/cpu.cfs_period_us": "50000\n"},
    ],
)
def test_a_containers_share_of_processors_counts(groups, files):
    write(groups, files)
    assert machine.processors() == 3


def test_half_a_processor_is_one(groups):
    write(groups, {"cpu.max": "50000 100000\n"})
    assert machine.processors() == 1


@pytest.mark.parametrize("name", ["memory.max", "memory/mine/memory.limit_in_bytes"])
def test_a_containers_memory_counts(groups, name):
    assert machine.memory_bytes() > 0
    write(groups, {name: f"{64 << 20}\n"})
    assert machine.memory_bytes() == 64 << 20


def test_there_are_as_many_seats_as_processors_and_memory_for_them(groups, monkeypatch):
    monkeypatch.setattr(machine, "memory_bytes", lambda: 100 << 30)
    assert Exam().seats == 16
    monkeypatch.setattr(machine, "memory_bytes", lambda: 5 << 30)
    assert Exam().seats == 5
    monkeypatch.setattr(machine, "memory_bytes", lambda: 1 << 20)
    assert Exam().seats == 1


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
