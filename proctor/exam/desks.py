"""The proctor's side of a candidate and of an examiner: deadlines, deaths, new starts.

Threat model: a candidate may hang, die, flood the channel, answer what was not
asked or fill the disk, at any moment. Each of these ends it. The next question
finds a new one that has run the same cells, except those that ended one. Cells that
a student has added may use half of what there is, of new starts and of time: the
rest is for the answers. What the proctor needs to read a reply is the candidate's time too.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proctor.exam.processes.nursery import Child, ZygoteError
from proctor.exam.shell.outputs import Recorder
from proctor.exam.wire.channel import ChannelError, Late, Oversized
from proctor.exam.wire.messages import (
    Charged,
    Envelope,
    Forget,
    Lost,
    Marked,
    Numbered,
    Open,
    Output,
    Past,
    Query,
    Ran,
    Reader,
    Report,
    Run,
    Stopped,
    encode,
)
from proctor.exam.wire.values import WireError

from .clock import Clock, Overtime, Task
from .limits import Excess, Limits
from .paper import Outcome

_DYING_SECONDS = 1.0  # between closing the channel and having ended
_FRAME_OVERHEAD = 1 << 20  # bytes
_LOOK_SECONDS = 0.5  # between two looks at the folder

Watch = Callable[[int], None]


class CandidateLost(Exception):
    """The candidate did not finish what it was asked. ``outcome`` says how it ended."""

    def __init__(self, outcome: Outcome):
        super().__init__(outcome.value)
        self.outcome = outcome


@dataclass
class _Seat:
    """A running candidate and how many of the cells it has run."""

    child: Child
    clock: Clock
    ran: int = 0


class CandidateDesk:
    """Runs cells and relays questions; ``sit_down`` starts a candidate, ``watch`` looks at its folder.

    All that it does together has ``limits.notebook_seconds``, see ``clock.py``, and ``limits.wall_seconds``.
    """

    def __init__(self, sit_down: Callable[[int], Child], watch: Watch, limits: Limits):
        self._sit_down, self._watch, self._limits = sit_down, watch, limits
        self._left, self._deadline = limits.notebook_seconds, time.monotonic() + limits.wall_seconds
        self._read_report, self._read_output, self._read_number = Reader(Report), Reader(Output), Reader(Numbered)
        self._seat: _Seat | None = None
        self._cells: list[Run] = []
        self._starts = 0
        self._ended_by_own, self._own_seconds = 0, 0.0  # what cells that the student has added have cost

    @property
    def has_time(self) -> bool:
        return self._left > 0 and time.monotonic() < self._deadline

    @property
    def starts(self) -> int:
        """How many candidates there were so far: each new one has run the cells again."""
        return self._starts

    def run(self, run: Run, recorder: Recorder) -> Ran:
        """Run the next cell, with as much of its outputs as the recorder keeps.

        Raises CandidateLost; then the cell is left out of later new starts.
        """
        if run.cell.own and (self._own_time_is_over() or self._ended_by_own >= self._limits.restarts / 2):
            raise CandidateLost(Outcome.NOT_RUN)
        seat = self._ready()
        reply = self._run(run, recorder)
        self._cells.append(run)
        seat.ran += 1
        return reply

    def ask(self, query: Query, seconds: float) -> tuple[Envelope | Lost, float]:
        """Relay a question; the answer, or Lost, and the seconds that it is charged for."""

        def read(frame: bytearray) -> Envelope:
            return Envelope(self._read_number(frame).number, frame)

        left = self._left
        try:
            self._ready()
            left = self._left  # running cells again is not the question's fault
            seconds = min(seconds, self._limits.call_seconds)
            answer = self._exchange(query, seconds, read, self._limits.frame_bytes)
        except CandidateLost as lost:
            return Lost(query.number, lost.outcome), left - self._left
        answer.seconds = left - self._left
        return answer, answer.seconds

    def close(self) -> None:
        if self._seat is not None:
            self._seat.child.kill()
            self._seat = None

    def _ready(self) -> _Seat:
        """A candidate that has run every cell there is."""
        while self._seat is None or self._seat.ran < len(self._cells):
            if self._seat is None:
                if self._starts > self._limits.restarts or not self.has_time:
                    raise CandidateLost(Outcome.NOT_RUN)
                child = self._sit_down(self._starts)
                self._seat = _Seat(child, Clock(child.pid))
                self._starts += 1
            place = self._seat.ran
            if place < len(self._cells):
                if self._cells[place].cell.own and self._own_time_is_over():
                    del self._cells[place]
                    continue
                try:
                    self._run(self._cells[place], Recorder(0))
                    self._seat.ran += 1
                except CandidateLost:
                    del self._cells[place]
        return self._seat

    def _run(self, run: Run, recorder: Recorder) -> Ran:
        def read(frame: bytearray) -> Ran:
            report = self._read_report(frame)
            for output in report.outputs:
                recorder.add(self._read_output(output))
            return Ran(report.number, recorder.outputs(), report.error, report.said, report.line)

        most = _FRAME_OVERHEAD + self._limits.output_bytes
        left = self._left
        try:
            return self._exchange(run, self._limits.cell_seconds, read, most)
        except CandidateLost:
            self._ended_by_own += run.cell.own
            raise
        finally:
            self._own_seconds += (left - self._left) * run.cell.own

    def _own_time_is_over(self) -> bool:
        return self._own_seconds > self._limits.notebook_seconds / 2

    def _exchange(self, request: Run | Query, seconds: float, read: Callable[[bytearray], Any], cap: int):
        """Send, and wait for the reply of ``cap`` bytes at most that carries the same number."""
        assert self._seat is not None, "somebody sits there"
        child, task = self._seat.child, self._seat.clock.start(min(seconds, self._left))
        look = self._look_at(child.pid, task)
        reading = 0.0
        try:
            child.channel.send(encode(request), self._deadline, look)
            frame = child.channel.receive(self._deadline, look, cap)
            reading -= time.thread_time()
            try:
                reply = read(frame)
            finally:
                reading += time.thread_time()
            if reply.number != request.number:
                raise WireError("an answer to another question")
            return reply
        except (ChannelError, WireError, Excess, Overtime) as error:
            self._seat = None
            raise CandidateLost(_end(child, error)) from error
        finally:
            self._left -= task.spent() + reading

    def _look_at(self, pid: int, task: Task) -> Callable[[], None]:
        next_look = 0.0

        def look() -> None:
            nonlocal next_look
            task.look()
            if time.monotonic() >= next_look:
                _count_threads(pid, self._limits)
                self._watch(pid)
                next_look = time.monotonic() + _LOOK_SECONDS

        return look


class ExaminerDesk:
    """Runs read-only cells and tests, and hands the examiner's questions to ``on_query``."""

    def __init__(self, sit_down: Callable[[], Child], opening: Open, limits: Limits):
        self._sit_down, self._opening, self._limits = sit_down, opening, limits
        self._read = Reader(Marked, Query)
        self._child: Child | None = None
        self._so_far: list[Run | Forget | Past | Stopped] = []  # what a new examiner is told again

    def run(self, run: Run, on_query: Callable[[Query], Envelope | Lost]) -> Marked | Outcome:
        """Run one cell; how the examiner ended if it did. The next cell finds a new examiner."""
        ended = self._ready(on_query)
        if ended is not None:
            return ended
        marked = self._exchange(run, on_query)
        if run.cell.role == "test":
            self._so_far.append(Past(run.cell))
        elif isinstance(marked, Marked):
            self._so_far.append(run)
        return marked

    def forget(self, names: frozenset[str]) -> None:
        """These names are the student's from now on, whatever cells of the examiner made of them before."""
        self.tell(Forget(names))

    def tell(self, message: Forget | Stopped) -> None:
        """What the examiner must know of the student's cells."""
        self._so_far.append(message)
        if self._child is not None:
            self._tell(message)

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _ready(self, on_query: Callable[[Query], Envelope | Lost]) -> Outcome | None:
        if self._child is not None:
            return None
        self._child = self._sit_down()
        self._tell(self._opening)
        for message in self._so_far:
            if isinstance(message, Forget | Past | Stopped):
                self._tell(message)
            elif isinstance(marked := self._exchange(message, on_query), Outcome):
                return marked
        return None

    def _tell(self, message: Open | Forget | Past | Stopped) -> None:
        """Send what needs no answer. An examiner that is gone is found out with the next cell."""
        assert self._child is not None, "somebody sits there"
        task = Clock(self._child.pid).start(self._limits.test_seconds)
        with suppress(ChannelError, Overtime):
            self._child.channel.send(encode(message), watch=task.look)

    def _exchange(self, run: Run, on_query: Callable[[Query], Envelope | Lost]) -> Marked | Outcome:
        child = self._child
        assert child is not None, "somebody sits there"
        task = Clock(child.pid).start(self._limits.test_seconds)
        try:
            child.channel.send(encode(run), watch=task.look)
            while True:
                message = self._read(child.channel.receive(watch=task.look))
                if isinstance(message, Marked):
                    return message
                answer = on_query(message)
                task.leave_out()  # the student's time is not the test's
                for frame in _frames(answer):
                    child.channel.send(frame, watch=task.look)
                del answer, frame  # as large as a frame may be
        except (ChannelError, WireError, Overtime) as error:
            self._child = None
            return _end(child, error)


def _frames(answer: Envelope | Lost) -> tuple[bytes | bytearray, ...]:
    """What the examiner is sent."""
    return (encode(answer),) if isinstance(answer, Lost) else (encode(Charged(answer.seconds)), answer.frame)


def _end(child: Child, error: Exception) -> Outcome:
    """End a process that is of no more use; what became of it, in one word."""
    if isinstance(error, (Oversized, Excess)):
        outcome = Outcome.TOO_BIG
    elif isinstance(error, (Late, Overtime)):
        outcome = Outcome.TIMEOUT
    elif isinstance(error, WireError):
        outcome = Outcome.PROTOCOL
    else:
        return _how_it_died(child)
    child.kill()
    return outcome


def _how_it_died(child: Child) -> Outcome:
    try:
        status = child.wait(_DYING_SECONDS).status
    except ZygoteError:  # it only closed its channel
        return Outcome.DIED
    finally:
        child.kill()
    if os.WIFSIGNALED(status):
        by_signal: dict[int, Outcome] = {
            signal.SIGKILL: Outcome.MEMORY,
            signal.SIGXCPU: Outcome.TIMEOUT,
            signal.SIGXFSZ: Outcome.TOO_BIG,
        }
        return by_signal.get(os.WTERMSIG(status), Outcome.DIED)
    return Outcome.DIED


def _count_threads(pid: int, limits: Limits) -> None:
    with suppress(OSError):
        if len(os.listdir(Path("/proc", str(pid), "task"))) > limits.threads:
            raise Excess("too many threads")
