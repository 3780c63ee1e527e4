"""The process that grades. If it dies, another takes its place: that costs a retry, and nothing of what is recorded.

There is one for the machine: two rooms side by side know nothing of each other's turns (``exam.turns``).
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.pool import ThreadPool

from proctor.exam.sandbox.sandbox import SandboxUnavailable
from proctor.notebooks.assignment import AssignmentError

from .work import Failed, Graded, Grader, Setup, Work

_TRIES = 3


class CannotGrade(AssignmentError):
    """Nothing can be graded on this machine; the message says why."""


class Crew:
    """Grades several submissions at a time in a process of its own. Use it as a context manager."""

    def __init__(self, setup: Setup):
        self._setup = setup
        self._spawn = multiprocessing.get_context("spawn")
        self._process: multiprocessing.process.BaseProcess | None = None

    def results(self, works: Iterable[Work]) -> Iterator[Graded | Failed]:
        """One result for each, as they come. Raises CannotGrade."""
        waiting, doing, tries = deque(works), dict[str, Work](), dict[str, int]()
        while waiting or doing:
            if self._process is None:
                self._begin()
            while waiting and len(doing) < self._setup.at_a_time:
                work = waiting.popleft()
                doing[work.student] = work
                with contextlib.suppress(OSError):  # it is gone; reading from it says so
                    self._connection.send(work)
            try:
                answer = self._connection.recv()
            except (EOFError, OSError):
                code = self._end()
                for work in doing.values():
                    tries[work.student] = tries.get(work.student, 0) + 1
                    if tries[work.student] < _TRIES:
                        waiting.append(work)
                    else:
                        yield Failed(work, f"the process that graded it has ended {_TRIES} times (exit code {code})")
                doing = {}
                continue
            if isinstance(answer, str):
                raise CannotGrade(answer)
            del doing[answer.work.student]
            yield answer

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None:
            self._end()

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    _connection: Connection

    def _begin(self) -> None:
        self._connection, theirs = self._spawn.Pipe()
        process = self._spawn.Process(target=_serve, args=(theirs, self._setup))
        process.start()
        theirs.close()
        self._process = process

    def _end(self) -> int | None:
        """Wait until it has tidied up, for a while; its exit code."""
        process, self._process = self._process, None
        assert process is not None, "it was begun"
        self._connection.close()
        process.join(timeout=_TIDY)
        if process.is_alive():
            process.kill()
            process.join()
        return process.exitcode


_TIDY = 20  # seconds


def _serve(connection: Connection, setup: Setup) -> None:
    """What a process of the crew does until nobody listens any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who writes
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        grader = Grader(setup)
    except (AssignmentError, SandboxUnavailable) as error:
        connection.send(str(error))
        return
    sending = threading.Lock()

    def answer(work: Work) -> None:
        done = grader.grade(work)
        with sending:
            connection.send(done)

    with ThreadPool(setup.at_a_time) as threads:
        try:
            while True:
                threads.apply_async(answer, (connection.recv(),))
        except (EOFError, OSError):
            grader.close()
