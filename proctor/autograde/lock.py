"""One run at a time in a course."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from proctor.notebooks.assignment import AssignmentError

NAME = ".proctor-autograde.lock"


class Locked(AssignmentError):
    """Somebody else grades in this course."""


@contextmanager
def the_only_run(course: Path, wait: bool) -> Iterator[None]:
    """Hold the course's lock, which ends with the process whatever ends that. Raises Locked, or waits."""
    with open(course / NAME, "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another run"
            raise Locked(
                f"This course is being graded by {holder}. Wait until that has ended: with --wait this command does."
            ) from None
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()} since {time.strftime('%H:%M:%S')}")
        file.flush()
        yield
        file.truncate(0)
