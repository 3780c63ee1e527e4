"""The proctor's side of the zygotes: start them, ask them for forks, learn how those ended."""

from __future__ import annotations

import itertools
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from proctor.exam.sandbox.sandbox import SandboxUnavailable
from proctor.exam.wire.channel import Channel, ChannelError
from proctor.exam.wire.messages import (
    CONFINED,
    MAX_PACKET,
    Ended,
    Fork,
    Forked,
    FromZygote,
    Kill,
    Reader,
    Ready,
    Start,
    ToZygote,
    Unavailable,
    encode,
)

_START_SECONDS = 120.0
_ANSWER_SECONDS = 20.0
_TURN_SECONDS = 0.02  # how long one thread may keep the others from the socket
_MAIN = (
    "import socket, sys; sys.path[0] = sys.argv[1]; from proctor.exam.processes.zygote import main; "
    "main(*(socket.socket(fileno=int(number)) for number in sys.argv[2:]))"
)


class ZygoteError(RuntimeError):
    """A zygote did not start, or is gone."""


class SilentZygote(ZygoteError):
    """A zygote did not answer in time."""


class Nursery:
    """Two zygotes, starting: ``candidates``, and ``examiners``, a fork of it: they share what both have imported.

    Close it when done; both end by themselves when this process does.
    """

    def __init__(self, preload: Sequence[str], import_path: Sequence[Path], slot: int, home: Path):
        self._log = open(home / "zygotes.log", "w+b")  # noqa: SIM115 (open as long as the zygotes)
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(2)]
        numbers = [theirs.fileno() for _, theirs in pairs]
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-c", _MAIN, str(Path(__file__).parents[3]), *map(str, numbers)],
            cwd="/",
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            pass_fds=numbers,
            start_new_session=True,  # Ctrl-C at the terminal is the proctor's alone
        )
        for _, theirs in pairs:
            theirs.close()
        self.candidates, self.examiners = (Zygote(ours, self._log) for ours, _ in pairs)
        self.candidates.send(Start(list(preload), [str(path.resolve()) for path in import_path], slot))

    def wait_until_ready(self) -> tuple[Ready, Ready]:
        """What the two say when all is imported. Raises SandboxUnavailable or ZygoteError."""
        return self.candidates.wait_until_ready(), self.examiners.wait_until_ready()

    @property
    def is_gone(self) -> bool:
        """Whether one of them has ended, whatever the reason."""
        return self.candidates.is_gone or self.examiners.is_gone

    def close(self) -> None:
        self.candidates.close()
        self.examiners.close()
        try:
            self.process.wait(_ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()


class Zygote:
    """The control socket of one zygote, for any number of threads."""

    def __init__(self, control: socket.socket, log: BinaryIO):
        self._control, self._log, self._lock = control, log, threading.RLock()
        self._tokens = itertools.count(1)
        self._ended: dict[int, Ended] = {}
        self._read = Reader(FromZygote)

    @property
    def is_gone(self) -> bool:
        if self._control.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(self._control, 0)
        return bool(poll.poll(0))  # a hang-up or an error

    def send(self, message: ToZygote, descriptors: Sequence[int] = ()) -> None:
        """Raises ZygoteError."""
        try:
            with self._lock:
                socket.send_fds(self._control, [encode(message)], descriptors)
        except OSError as error:
            raise ZygoteError(f"the zygote is gone: {self._last_words()}") from error

    def wait_until_ready(self) -> Ready:
        """What it says when all is imported. Raises SandboxUnavailable or ZygoteError."""
        ready = self._receive(time.monotonic() + _START_SECONDS)
        if isinstance(ready, Unavailable):
            raise SandboxUnavailable(ready.explanation)
        return ready

    def fork(self, **fork) -> Child:
        """A new confined process; ``fork`` holds the fields of ``messages.Fork``. Raises ZygoteError."""
        request = Fork(token=next(self._tokens), **fork)
        deadline = time.monotonic() + _ANSWER_SECONDS
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs, self._lock:
            self.send(request, [theirs.fileno()])
            while True:
                message = self._receive(deadline)
                if isinstance(message, Forked) and message.token == request.token:
                    break
                self._note(message)
        child = Child(self, request.token, message.pid, Channel(ours, request.limits.frame_bytes))
        self._see_confined(child, deadline)
        return child

    def kill(self, token: int) -> None:
        """End a fork, without waiting for its end."""
        with suppress(ZygoteError):  # a zygote that is gone has taken its forks along
            self.send(Kill(token))

    def wait(self, token: int, seconds: float) -> Ended:
        """How a fork ended. Raises ZygoteError when it has not within ``seconds``."""
        deadline = time.monotonic() + seconds
        while True:
            with self._lock:  # given back now and then, for the other threads
                if token in self._ended:
                    return self._ended.pop(token)
                try:
                    self._note(self._receive(min(deadline, time.monotonic() + _TURN_SECONDS)))
                except SilentZygote:
                    if time.monotonic() >= deadline:
                        raise

    def close(self) -> None:
        self._control.close()

    def _see_confined(self, child: Child, deadline: float) -> None:
        """Wait for its word. What comes later is the notebook's doing, but this is not."""
        try:
            if child.channel.receive(deadline) == CONFINED:
                return
        except ChannelError:
            pass
        child.see_out()
        raise ZygoteError(f"a process could not be confined: {self._last_words()}")

    def _note(self, message) -> None:
        if isinstance(message, Ended):
            self._ended[message.token] = message

    def _receive(self, deadline: float):
        try:
            self._control.settimeout(max(0.0, deadline - time.monotonic()))
            packet = self._control.recv(MAX_PACKET)
        except (TimeoutError, BlockingIOError) as error:
            raise SilentZygote("the zygote does not answer") from error
        except OSError:  # reset by its end, or closed by another thread that found it gone
            packet = b""
        if not packet:
            raise ZygoteError(f"the zygote ended: {self._last_words()}")
        return self._read(packet)

    def _last_words(self) -> str:
        with suppress(ValueError):  # the log is closed with the nursery
            self._log.seek(0)
            return self._log.read()[-2000:].decode("utf-8", "replace")
        return ""


class Child:
    """A forked process and the channel to it. Whoever had it forked sees it out."""

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

    def see_out(self) -> None:
        """End it, and wait until it has ended."""
        self.kill()
        if not self._ended:
            with suppress(ZygoteError):  # gone, with its forks, or the machine hangs
                self.wait(_ANSWER_SECONDS)


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
        # How glibc keeps memory that was freed is the machine's affair: a small one gives it back.
        **{name: value for name, value in os.environ.items() if name.startswith("MALLOC_")},
    }
