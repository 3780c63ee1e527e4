"""The proctor's side of a zygote: start it, ask it for forks, learn how they ended."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .channel import Channel, ChannelError
from .messages import Ended, Fork, Forked, FromZygote, Kill, Reader, Ready, Start, Unavailable, encode
from .sandbox import SandboxUnavailable
from .zygote import CONFINED, MAX_PACKET

_START_SECONDS = 120.0
_ANSWER_SECONDS = 20.0
_MAIN = (
    "import socket, sys; sys.path[0] = sys.argv[1]; from proctor.exam.zygote import main; "
    "main(socket.socket(fileno=int(sys.argv[2])))"
)


class ZygoteError(RuntimeError):
    """A zygote did not start, or is gone."""


class Zygote:
    """One zygote, starting. Close it when done; it ends by itself when this process does."""

    def __init__(self, role: str, preload: Sequence[str], import_path: Sequence[Path], slot: int, home: Path):
        self._tokens = itertools.count(1)
        self._ended: dict[int, Ended] = {}
        self._forgotten: set[int] = set()
        self._read = Reader(FromZygote)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._log = open(home / f"{role}.log", "w+b")  # noqa: SIM115 (open as long as the zygote)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-s", "-c", _MAIN, str(Path(__file__).parents[2]), str(theirs.fileno())],
                cwd="/",
                env=_environment(home),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C at the terminal is the proctor's alone
            )
        self._control.send(encode(Start(list(preload), [str(path.resolve()) for path in import_path], slot, role)))

    def wait_until_ready(self) -> Ready:
        """What it says when all is imported. Raises SandboxUnavailable or ZygoteError."""
        ready = self._receive(time.monotonic() + _START_SECONDS)
        if isinstance(ready, Unavailable):
            raise SandboxUnavailable(ready.explanation)
        return ready

    def fork(self, **fork) -> Child:
        """A new confined process; ``fork`` holds the fields of ``messages.Fork``. Raises ZygoteError."""
        request = Fork(token=next(self._tokens), **fork)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            try:
                socket.send_fds(self._control, [encode(request)], [theirs.fileno()])
            except OSError as error:
                raise ZygoteError(f"the zygote is gone: {self._last_words()}") from error
        deadline = time.monotonic() + _ANSWER_SECONDS
        while True:
            message = self._receive(deadline)
            if isinstance(message, Forked) and message.token == request.token:
                child = Child(self, request.token, message.pid, Channel(ours, request.limits.frame_bytes))
                self._see_confined(child, deadline)
                return child
            self._note(message)

    def kill(self, token: int) -> None:
        """End a fork, without waiting for its end."""
        with suppress(OSError):  # a zygote that is gone has taken its forks along
            self._control.send(encode(Kill(token)))
        self._forgotten.add(token)

    def wait(self, token: int, seconds: float) -> Ended:
        """How a fork ended. Raises ZygoteError when it has not within ``seconds``."""
        deadline = time.monotonic() + seconds
        while token not in self._ended:
            self._note(self._receive(deadline))
        return self._ended.pop(token)

    def close(self) -> None:
        self._control.close()
        try:
            self._process.wait(_ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _see_confined(self, child: Child, deadline: float) -> None:
        """Wait for its word. What comes later is the notebook's doing, but this is not."""
        try:
            if child.channel.receive(deadline) == CONFINED:
                return
        except ChannelError:
            pass
        child.kill()
        raise ZygoteError(f"a process could not be confined: {self._last_words()}")

    def _note(self, message) -> None:
        if isinstance(message, Ended) and message.token in self._forgotten:
            self._forgotten.remove(message.token)
        elif isinstance(message, Ended):
            self._ended[message.token] = message

    def _receive(self, deadline: float):
        self._control.settimeout(max(0.0, deadline - time.monotonic()))
        try:
            packet = self._control.recv(MAX_PACKET)
        except (TimeoutError, BlockingIOError) as error:
            raise ZygoteError("the zygote does not answer") from error
        if not packet:
            raise ZygoteError(f"the zygote ended: {self._last_words()}")
        return self._read(packet)

    def _last_words(self) -> str:
        self._log.seek(0)
        return self._log.read()[-2000:].decode("utf-8", "replace")


class Child:
    """A forked process and the channel to it."""

    def __init__(self, zygote: Zygote, token: int, pid: int, channel: Channel):
        self._zygote, self._token, self.pid, self.channel = zygote, token, pid, channel
        self._ended = False

    def kill(self) -> None:
        """End it, whatever it is doing, without waiting for its end."""
        self.channel.close()
        if not self._ended:
            self._zygote.kill(self._token)

    def wait(self, seconds: float) -> Ended:
        """How it ended by itself. Raises ZygoteError when it has not within ``seconds``."""
        ended = self._zygote.wait(self._token, seconds)
        self._ended = True
        return ended


def _environment(home: Path) -> dict[str, str]:
    """All that a zygote and its forks see of the environment."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "IPYTHONDIR": str(home),
        "MPLCONFIGDIR": str(home),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "USER": "student",
        "LOGNAME": "student",
        "NBGRADER_EXECUTION": "autograde",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
