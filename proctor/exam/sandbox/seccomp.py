"""A system call filter for the process that runs a stranger's code.

Threat model: the process is hostile and may issue any system call with any
arguments. The filter lists what is denied (``syscalls.py``), because a notebook
may legitimately need any of the rest through NumPy, PyTorch or Matplotlib; calls
newer than the list do not exist for it. File access is Landlock's business.

The filter is a classic BPF program, built here for x86_64 and aarch64
(``Documentation/userspace-api/seccomp_filter.rst``). It cannot be removed.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import syscalls

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column in syscalls.py, AUDIT_ARCH_*
_X32 = 0x40000000  # numbers from here on are the x32 interface of x86_64

_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000  # SECCOMP_RET_*
_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06  # BPF_LD|W|ABS, JEQ|K, JGE|K, ALU|AND|K, RET|K
_NUMBER, _ARCH = 0, 4  # offsets in struct seccomp_data

_CLONE_THREAD = 0x10000
_AF_UNIX, _SOCK_STREAM, _SOCK_TYPE_MASK = 1, 1, 0xF
_SIGNALLING_FCNTLS = (8, 10, 15, 1024, 1026)  # F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE, F_NOTIFY
_LOCKING_FCNTLS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
_SIGNALLING_IOCTLS = (0x5412, 0x541C, 0x8901, 0x8902)  # TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP
_PRIO_PROCESS = 0
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4  # to outlive the zygote, to hide from the proctor


@dataclass(frozen=True)
class Instruction:
    """One BPF instruction; ``then`` and ``otherwise`` count instructions to skip."""

    code: int
    operand: int
    then: int = 0
    otherwise: int = 0

    def pack(self) -> bytes:
        return struct.pack("=HBBI", self.code, self.then, self.otherwise, self.operand)


def supported() -> bool:
    """Whether this machine's architecture has a filter here."""
    return platform.machine() in _ARCHITECTURES


def exam_filter(pid: int) -> list[Instruction]:
    """The program for the process ``pid``: the one process that it may signal."""
    program = [*_for_any_process()]
    for name, body in _by_argument(pid).items():
        program += _on(_number(syscalls.BY_ARGUMENT, name), body)
    return program + [Instruction(_RETURN, _ALLOW)]


def denying(numbers: Sequence[int], error: int, namespaces: bool = False) -> list[Instruction]:
    """A program that fails the given system calls: how a container's own profile looks from inside.

    ``namespaces`` also fails every ``clone`` that asks for a new namespace.
    """
    program = _prologue()
    for number in numbers:
        program += _on(number, [_fail(error)])
    if namespaces:
        new_namespaces = 0x7E020000  # CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}
        body = [*_argument(0), Instruction(_AND, new_namespaces), *_allow_if_equal(0, error)]
        program += _on(_number(syscalls.BY_ARGUMENT, "clone"), body)
    return program + [Instruction(_RETURN, _ALLOW)]


def install(program: Sequence[Instruction]) -> None:
    """Bind this thread, and all it starts, to ``program``, for good. Raises OSError.

    The caller has set NO_NEW_PRIVS.
    """
    code = b"".join(instruction.pack() for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    argument = Program(len(program), ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    pr_set_seccomp, seccomp_mode_filter = 22, 2
    if libc.prctl(pr_set_seccomp, seccomp_mode_filter, ctypes.byref(argument), 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"seccomp: {os.strerror(error)}")


@lru_cache(maxsize=1)
def _for_any_process() -> tuple[Instruction, ...]:
    """The part that depends on no process: made once, before forking."""
    denied: syscalls.Numbers = {}
    for group in (syscalls.NEW_PROCESS, syscalls.OTHERS, syscalls.NETWORK, syscalls.IDENTITY,
                  syscalls.KERNEL, syscalls.LEFTOVERS, syscalls.FILES):  # fmt: skip
        denied |= group
    program = _prologue() + _unless_known()
    for name in denied:
        program += _on(_number(denied, name), [_fail(errno.EPERM)])
    for name in syscalls.PRETEND:
        program += _on(_number(syscalls.PRETEND, name), [_fail(0)])
    return tuple(program)


def _by_argument(pid: int) -> dict[str, list[Instruction]]:
    """What decides inside the calls that are allowed with some arguments only."""
    eperm = errno.EPERM
    only_self = [*_argument(0), *_allow_if_equal(pid, eperm)]
    self_or_zero = [
        *_argument(0),
        Instruction(_EQUAL, 0, 0, 1),
        Instruction(_RETURN, _ALLOW),
        *_allow_if_equal(pid, eperm),
    ]
    return {
        "clone": [*_argument(0), Instruction(_AND, _CLONE_THREAD), *_allow_if_equal(_CLONE_THREAD, eperm)],
        "clone3": [_fail(errno.ENOSYS)],  # its flags lie in memory, out of sight; libc falls back to clone
        "kill": only_self,
        "tgkill": only_self,
        "prlimit64": self_or_zero,
        # A process keeps its priority, and its seat's processors; it may think that it chose others.
        "setpriority": [
            *_argument(0), Instruction(_EQUAL, _PRIO_PROCESS, 1, 0), _fail(eperm),
            *_argument(1), *_pretend_if_any((0, pid)), _fail(eperm),
        ],
        "sched_setaffinity": [*_argument(0), *_pretend_if_any((0, pid)), _fail(eperm)],
        "socketpair": [
            *_argument(0), Instruction(_EQUAL, _AF_UNIX, 1, 0), _fail(eperm),
            *_argument(1), Instruction(_AND, _SOCK_TYPE_MASK), *_allow_if_equal(_SOCK_STREAM, eperm),
        ],
        "sendto": [
            *_argument(4, high=True), Instruction(_EQUAL, 0, 1, 0), _fail(eperm),
            *_argument(4), *_allow_if_equal(0, eperm),
        ],
        "fcntl": [*_argument(1), *_pretend_if_any(_LOCKING_FCNTLS), *_deny_if_any(_SIGNALLING_FCNTLS, eperm)],
        "ioctl": [*_argument(1), *_deny_if_any(_SIGNALLING_IOCTLS, eperm)],
        "prctl": [*_argument(0), *_deny_if_any((_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE), eperm)],
    }  # fmt: skip


def _prologue() -> list[Instruction]:
    """Kill on a foreign architecture, whose numbers mean other calls; then load the number."""
    _, arch = _ARCHITECTURES[platform.machine()]
    return [
        Instruction(_LOAD, _ARCH),
        Instruction(_EQUAL, arch, 1, 0),
        Instruction(_RETURN, _KILL),
        Instruction(_LOAD, _NUMBER),
        Instruction(_AT_LEAST, _X32, 0, 1),
        Instruction(_RETURN, _KILL),
    ]


def _unless_known() -> list[Instruction]:
    return [Instruction(_AT_LEAST, syscalls.NEWEST + 1, 0, 1), _fail(errno.ENOSYS)]


def _on(number: int | None, body: list[Instruction]) -> list[Instruction]:
    """``body``, which always returns, for one system call; nothing where it does not exist."""
    return [] if number is None else [Instruction(_EQUAL, number, 0, len(body)), *body]


def _number(table: syscalls.Numbers, name: str) -> int | None:
    column, _ = _ARCHITECTURES[platform.machine()]
    return table[name][column]


def _fail(error: int) -> Instruction:
    return Instruction(_RETURN, _ERRNO | error)


def _argument(index: int, high: bool = False) -> list[Instruction]:
    """Load one 32-bit half of an argument (both architectures are little-endian)."""
    return [Instruction(_LOAD, 16 + 8 * index + (4 if high else 0))]


def _allow_if_equal(value: int, error: int) -> list[Instruction]:
    return [Instruction(_EQUAL, value, 0, 1), Instruction(_RETURN, _ALLOW), _fail(error)]


def _pretend_if_any(values: Sequence[int]) -> list[Instruction]:
    """Report success for these values; go on with others."""
    return [instruction for value in values for instruction in (Instruction(_EQUAL, value, 0, 1), _fail(0))]


def _deny_if_any(values: Sequence[int], error: int) -> list[Instruction]:
    body: list[Instruction] = []
    for value in values:
        body += [Instruction(_EQUAL, value, 0, 1), _fail(error)]
    return [*body, Instruction(_RETURN, _ALLOW)]
