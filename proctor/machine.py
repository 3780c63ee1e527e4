"""What of this machine may be used: a container often has less than the machine that it runs on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_GROUPS, _OWN_GROUPS = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
_LARGE = 1 << 50  # bytes: version 1 says so where there is no limit


def processors() -> int:
    """How many processors this process may keep busy, at least 1."""
    return max(1, round(min(len(os.sched_getaffinity(0)), *_quotas())))


def memory_bytes() -> int:
    """Memory that is free now, for this process and others."""
    meminfo = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    return min(int(meminfo["MemAvailable"].split()[0]) << 10, *_memory_limits())


def _quotas() -> Iterator[float]:
    yield float("inf")
    for path in _files("cpu", "cpu.max"):
        quota, period = path.read_text().split()
        if quota != "max":
            yield int(quota) / int(period)
    for path in _files("cpu", "cpu.cfs_quota_us"):
        microseconds = int(path.read_text())
        if microseconds > 0:
            yield microseconds / int(path.with_name("cpu.cfs_period_us").read_text())


def _memory_limits() -> Iterator[int]:
    yield _LARGE
    for name in ("memory.max", "memory.limit_in_bytes"):
        for path in _files("memory", name):
            limit = path.read_text().strip()
            if limit != "max":
                yield int(limit)


def _files(controller: str, name: str) -> Iterator[Path]:
    """The files of that name of this process's control group and those above it, in either version."""
    with suppress(OSError, ValueError):
        for line in _OWN_GROUPS.read_text().splitlines():
            _, controllers, own = line.split(":", 2)
            if controllers and controller not in controllers.split(","):
                continue
            top = _GROUPS / controller if controllers else _GROUPS
            here = top / own.lstrip("/")
            for group in (here, *here.parents):
                if group.is_relative_to(top) and (group / name).is_file():
                    yield group / name
