"""A machine on which others compute too."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def busy_machine(processes: int = 8, cores: int = 2) -> Iterator[None]:
    """This process and what it starts have to share ``cores`` processors with others that compute without end."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(mine)[:cores])
    try:
        with ExitStack() as running:
            for _ in range(processes):
                # Sessions of their own: Linux shares processors between sessions first, then inside of one.
                command = [sys.executable, "-c", "while True: pass"]
                other = running.enter_context(subprocess.Popen(command, start_new_session=True))
                running.callback(other.kill)
            yield
    finally:
        os.sched_setaffinity(0, mine)
