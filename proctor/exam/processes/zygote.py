"""The zygote: a process that has imported everything, knows nothing, and forks.

Starting Python with PyTorch takes seconds, forking a process that has it takes
milliseconds. What a zygote knows, all of its forks know, so it is given neither
tests nor answers, and its environment holds nothing of the caller's. It has one
thread: a fork keeps only the thread that forks, and locks held by others would
never be released (a zygote that once ran OpenMP on two threads hangs its children).

There are two: one forks candidates, the other, itself a fork of the first, examiners.
Each listens on a socket of its own. When that closes, because whoever started it is
gone in whatever way, it ends and takes its forks along.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from proctor.exam.candidate import candidate
from proctor.exam.examiner import examiner
from proctor.exam.sandbox import sandbox, seccomp
from proctor.exam.shell import stand_ins, traces  # noqa: F401 (``traces`` is for rehearsals, whose process finds it imported)
from proctor.exam.shell.randomness import seed_all
from proctor.exam.shell.shell import ExamShell, make_shell, move_in, run_cell
from proctor.exam.wire.channel import Channel
from proctor.exam.wire.messages import (
    CONFINED,
    MAX_PACKET,
    Ended,
    Fork,
    Forked,
    Kill,
    Reader,
    Ready,
    Start,
    ToZygote,
    Unavailable,
    encode,
)

_CHANNEL = 3  # the only descriptor that a child has beside 0, 1 and 2

Role = Callable[[Channel, ExamShell, Fork], None]  # what a fork does for the rest of its life


@dataclass(frozen=True)
class _Child:
    token: int
    pid: int
    pidfd: int


def main(candidates: socket.socket, examiners: socket.socket) -> None:
    """Serve fork requests until the other ends close, as two processes. Never returns in a child."""
    start = Reader(ToZygote)(candidates.recv(MAX_PACKET))
    assert isinstance(start, Start)
    uid = sandbox.first_uid(start.slot)
    try:
        protection = sandbox.choose(uid)
    except sandbox.SandboxUnavailable as error:
        candidates.send(encode(Unavailable(str(error))))
        return
    shell = _get_ready(start)
    second = os.fork()
    try:
        if second:
            examiners.close()
            _serve(candidates, candidate.serve, start, protection, shell)
            candidates.close()
            os.waitpid(second, 0)
        else:
            candidates.close()
            _serve(examiners, examiner.serve, start, sandbox.choose(uid + 1), shell)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)  # Python's tidying up would write to pages that all share, and so copy them


def _get_ready(start: Start) -> ExamShell:
    """Import everything, warm up what is slow the first time, and leave one thread."""
    sys.path[:0] = start.import_path
    shell = make_shell()
    for name in start.preload:
        with suppress(ImportError):
            importlib.import_module(name)
    if "torch.utils.data" in sys.modules:
        stand_ins.replace_loader_workers()
    _warm_up(shell)
    assert len(os.listdir("/proc/self/task")) == 1, "a zygote has one thread"
    gc.collect()
    gc.freeze()  # so that no child's collector writes to, and so copies, pages that all share
    return shell


def _warm_up(shell: ExamShell) -> None:
    """The first traceback and the first figure load modules and fonts; do it once for all forks."""
    cells = ["1 / 0", "1 1"]
    if "matplotlib.pyplot" in sys.modules:
        cells.append("import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.title('$x$'); plt.show(); del plt")
    for number, source in enumerate(cells, 1):
        run_cell(shell, source, number, 1 << 20)
    shell.reset(new_session=True)
    seccomp.exam_filter(0)  # most of it is the same for every process


def _serve(
    control: socket.socket, become: Role, start: Start, protection: sandbox.Protection, shell: ExamShell
) -> None:
    control.send(encode(Ready(protection.uid, str(protection))))
    children: dict[int, _Child] = {}
    read = Reader(ToZygote)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    while True:
        ready = {descriptor for descriptor, _ in poll.poll()}
        for child in [child for child in children.values() if child.pidfd in ready]:
            poll.unregister(child.pidfd)
            os.close(child.pidfd)
            del children[child.token]
            control.send(encode(Ended(child.token, os.waitpid(child.pid, 0)[1])))
        if control.fileno() not in ready:
            continue
        packet, descriptors, _, _ = socket.recv_fds(control, MAX_PACKET, 1)
        if not packet:
            return  # the kernel ends its forks, see ``sandbox.confine``
        message = read(packet)
        if isinstance(message, Fork):
            pid = _fork(message, descriptors[0], become, start, protection, shell)
            os.close(descriptors[0])
            children[message.token] = _Child(message.token, pid, os.pidfd_open(pid))
            poll.register(children[message.token].pidfd, select.POLLIN)
            control.send(encode(Forked(message.token, pid)))
        elif isinstance(message, Kill) and message.token in children:
            signal.pidfd_send_signal(children[message.token].pidfd, signal.SIGKILL)


def _fork(
    fork: Fork, descriptor: int, become: Role, start: Start, protection: sandbox.Protection, shell: ExamShell
) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        printed = _settle(fork, descriptor)
        if become is candidate.serve:  # where memory runs out, the kernel is to end a student's process first
            with suppress(OSError):
                Path("/proc/self/oom_score_adj").write_text("1000")
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, processors[fork.seat % len(processors) :: fork.seats])
        read = (*fork.read, *start.import_path)
        sandbox.confine(sandbox.Policy(protection.in_seat(fork.seat), read, tuple(fork.write), fork.limits))
        move_in(shell, Path(fork.home))
        for standard, file in zip((1, 2), printed, strict=True):  # what went wrong so far has gone to the zygote's log
            os.dup2(file, standard)
            os.close(file)
        channel = Channel(socket.socket(fileno=_CHANNEL), fork.limits.frame_bytes)
        channel.send(CONFINED)
        become(channel, shell, fork)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _settle(fork: Fork, descriptor: int) -> tuple[int, int]:
    """Become a fresh process: own descriptors, folder, environment, random numbers.

    Gives two descriptors, the only others left open, for what it will print.
    """
    os.dup2(descriptor, _CHANNEL)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    first, last = _CHANNEL + 1, _CHANNEL + 2
    for number in (first, last):
        file, name = tempfile.mkstemp(dir=fork.home)
        os.unlink(name)
        os.dup2(file, number)
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))
    os.chdir(fork.folder)
    os.umask(0o022)  # the examiner reads what a candidate writes
    os.environ.update(HOME=fork.home, TMPDIR=fork.home, MPLCONFIGDIR=fork.home, IPYTHONDIR=fork.home)
    tempfile.tempdir = None
    here = str(Path(__file__).parents[3])
    sys.path[:] = fork.import_path + [path for path in sys.path if path != here]
    sys.path_importer_cache.clear()
    seed_all(fork.seed)
    gc.enable()
    return first, last
