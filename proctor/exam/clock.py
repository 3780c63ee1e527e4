"""A clock that is fair: what a process has computed counts, however busy the machine is.

On a loaded host, or with half a processor in a container, a second of work takes many
seconds of wall time, and that is no fault of the student's. So a process is charged for
the processor time of all its threads, and for wall time only while none of them wants
a processor: a share of it, since waiting may be the machine's fault too. Sleep, a lock
that nobody opens and a read that gives nothing end all the same, later by a factor.

Whether a thread wants a processor is read from ``/proc/PID/task/TID/schedstat`` (time on
a processor, time in the queue for one; proc(5)) and its state; where the kernel keeps no
such numbers, time in the queue counts as waiting.

Threat model: the process is a student's. It cannot turn its clocks back. Threads that wait
for each other's processors make no credit for later: each look settles what was before.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 3.0  # seconds of waiting that count as one


class Overtime(Exception):
    """A process has used up the time that it had for a task."""


class Clock:
    """Tells what one process is charged for, task by task. Reading it takes some 40 microseconds."""

    def __init__(self, pid: int):
        self._tasks = Path("/proc", str(pid), "task")
        self._processor = ~pid << 3 | 2  # Linux' name for the processor time of all of a process's threads
        self._computed = 0.0
        self._wanted: dict[str, int] = {}  # nanoseconds by thread

    def start(self, seconds: float) -> Task:
        """Begin a task that may be charged for as many ``seconds``."""
        return Task(self, seconds)

    def computed(self) -> float:
        """Processor seconds so far."""
        with suppress(OSError):  # it has ended
            self._computed = time.clock_gettime(self._processor)
        return self._computed

    def wanted(self) -> tuple[float, bool]:
        """Seconds since the last time of asking that threads were on processors or in the queue; whether one is now."""
        more, is_runnable = 0, False
        now: dict[str, int] = {}
        with suppress(OSError):
            for task in self._tasks.iterdir():
                with suppress(OSError, ValueError):  # this thread has ended, or there are no such numbers
                    running, queued, _ = (task / "schedstat").read_text().split()
                    now[task.name] = int(running) + int(queued)
                    more += now[task.name] - self._wanted.get(task.name, 0)
                    is_runnable = is_runnable or (task / "stat").read_text().rpartition(")")[2].split()[0] == "R"
        self._wanted = now
        return more / 1e9, is_runnable


class Task:
    """What a process does from now on, until ``spent`` is asked for the last time."""

    def __init__(self, clock: Clock, seconds: float):
        self._clock, self._seconds = clock, seconds
        self._before = self._computed = clock.computed()
        self._waited = 0.0
        self._since = time.monotonic()

    def look(self) -> None:
        """To be called now and then while it runs. Raises Overtime."""
        if self.spent(is_running=True) > self._seconds:
            raise Overtime(f"more than {self._seconds:g} seconds")

    def spent(self, is_running: bool = False) -> float:
        """Seconds charged so far."""
        now, computed = time.monotonic(), self._clock.computed()
        wanted, is_runnable = self._clock.wanted()
        if not (is_running and is_runnable):  # the queue is counted only when a thread leaves it
            self._waited += max(0.0, now - self._since - max(wanted, computed - self._computed))
        self._since, self._computed = now, computed
        return computed - self._before + self._waited / PATIENCE

    def leave_out(self) -> None:
        """What has passed since the last look was somebody else's time."""
        self._since = time.monotonic()
