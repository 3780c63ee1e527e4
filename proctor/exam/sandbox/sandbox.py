"""Confinement of the process that runs a stranger's code, applied by itself, for good.

Threat model: after ``confine`` returns, everything the process does is the
student's will. It must not reach the network, other processes, other people's
files or the examiner's memory, must not leave anything running, and must not
use more than its share. A hole in the kernel itself is out of scope.

Two layers guard files and processes: the user id (a process started by root
becomes a user that owns nothing) and Landlock (what no rule names does not
exist). One of them must be there, or nothing is graded. Seccomp and resource
limits come on top in either case. As an ordinary user, Landlock alone must also
guard against truncating that user's files, which it does from its version 3 on.

A process started by root keeps its user id, but not one of its capabilities,
when the interpreter lies where no other user can read it (under ``/root``) and
Landlock is there: without its library Python cannot run.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from proctor.exam.limits import Limits

from . import landlock, seccomp

FIRST_UID = 61_000
MOST_ROOMS, MOST_SEATS = 32, 64  # at a time on one machine; in each room: so the last user id is 65,095
MAX_OPEN_FILES = 256
_LANDLOCK_GUARDS_TRUNCATION = 3
_SYSTEM_READ = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/fonts", "/usr/share/zoneinfo",
    "/usr/local/share/fonts", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/mime.types",
    "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu", "/dev/zero", "/dev/random", "/dev/urandom",
)  # fmt: skip


class SandboxUnavailable(Exception):
    """This machine cannot confine a process well enough to run a stranger's code."""


@dataclass(frozen=True)
class Protection:
    """What confinement means on this machine. ``uid`` is None where processes stay who they are."""

    uid: int | None
    landlock: int

    def in_seat(self, seat: int) -> Protection:
        """The same for the process in another seat."""
        return replace(self, uid=seat_uid(self.uid, seat))

    def __str__(self) -> str:
        layers = [
            f"own user id {self.uid}" if self.uid else "same user id, without capabilities",
            f"Landlock {self.landlock}" if self.landlock else "no Landlock: what every user may read or write stays so",
            "seccomp",
            "resource limits",
        ]
        return ", ".join(layers)


@dataclass(frozen=True)
class Policy:
    """What one process may touch, beside the interpreter and the system's libraries."""

    protection: Protection
    read: tuple[str, ...]
    write: tuple[str, ...]
    limits: Limits


def first_uid(slot: int) -> int:
    """The user id of the candidate in seat 0 of a room; the examiner's is the next one."""
    return FIRST_UID + 2 * MOST_SEATS * slot


def seat_uid(first: int | None, seat: int) -> int | None:
    """The user id in another seat than 0."""
    return None if first is None else first + 2 * seat


def choose(uid: int) -> Protection:
    """The protection for a process that could become ``uid``.

    Forks to find out; call it in the zygote, which has one thread. Raises
    SandboxUnavailable with what to do about it.
    """
    if sys.platform != "linux" or not seccomp.supported():
        raise SandboxUnavailable(
            "Student code can only be confined on Linux on x86-64 or arm64. On macOS or Windows, grade in a container."
        )
    version = landlock.version()
    obstacle = "it does not run as root" if os.geteuid() else _obstacle_to_becoming(uid)
    if not obstacle:
        return Protection(uid, version)
    if version >= _LANDLOCK_GUARDS_TRUNCATION:
        return Protection(None, version)
    have = f"has Landlock {version}" if version else "has no Landlock"
    raise SandboxUnavailable(
        f"Student code cannot be confined here: the kernel {have}, 3 or newer is needed (Linux 6.2), "
        f"and grading cannot switch to another user id because {obstacle}. "
        "Grade as root, with a Python that every user can read, or on a newer kernel."
    )


def confine(policy: Policy) -> None:
    """Confine this process, which has one thread and no descriptor that the student may not have.

    Raises OSError; then the process must end without running anything.
    """
    parent = os.getppid()
    _limit_resources(policy.limits, policy.protection)
    ruleset = None
    if policy.protection.landlock:
        readable = (*library_paths(), *_startup_module(), *_SYSTEM_READ, *policy.read)
        ruleset = landlock.open_rules(readable, (*policy.write, "/dev/null"))
    if policy.protection.uid is not None:
        _become(policy.protection.uid)
    _drop_capabilities()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # after the user id, whose change resets it
    if os.getppid() != parent:
        raise OSError("the zygote is gone")
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if ruleset is not None:
        landlock.restrict(ruleset)
    seccomp.install(seccomp.exam_filter(os.getpid()))


@lru_cache(maxsize=1)
def library_paths() -> tuple[str, ...]:
    """Folders of the interpreter and of the packages installed for it."""
    prefixes = {Path(prefix).resolve() for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
    libraries = {prefix / lib for prefix in prefixes for lib in ("lib", "lib64", "share/fonts")}
    libraries |= {Path(path).resolve() for name, path in sysconfig.get_paths().items() if name.endswith("lib")}
    libraries |= {Path(path).resolve() for path in sys.path if path.endswith(("site-packages", "dist-packages"))}
    return tuple(sorted(str(path) for path in libraries if path.exists()))


def _startup_module() -> tuple[str, ...]:
    """The file of ``sitecustomize``, which Debian's Python links to from its libraries: %autoreload reads every module."""
    path = getattr(sys.modules.get("sitecustomize"), "__file__", None)
    return (os.path.realpath(path),) if path else ()


def _limit_resources(limits: Limits, protection: Protection) -> None:
    address_space = _address_space() + limits.memory_bytes
    cpu = int(limits.notebook_seconds) * (os.cpu_count() or 1) + 60  # a backstop: the proctor's clock comes first
    for kind, value in (
        (resource.RLIMIT_AS, address_space),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_SIGPENDING, 1024),
    ):
        resource.setrlimit(kind, (value, value))
    if protection.uid is not None:  # otherwise it would count whatever else that user runs
        resource.setrlimit(resource.RLIMIT_NPROC, (limits.threads, limits.threads))


def _address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def _become(uid: int) -> None:
    """Another user, in the group of the same number and no other."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def _obstacle_to_becoming(uid: int) -> str:
    """Why a child of this process cannot become ``uid`` and still run Python; "" if it can."""

    folders = library_paths()  # looked up here, so that forks find it done

    def attempt() -> None:
        _become(uid)
        for folder in folders:
            os.listdir(folder)
        Path(os.__file__).read_bytes()

    if _in_child(lambda: _become(uid)):
        return "this root may not change user ids"
    if _in_child(attempt):
        return f"no other user can read the interpreter in {sys.base_prefix} or its packages in {sys.prefix}"
    return ""


def _in_child(attempt: Callable[[], None]) -> bool:
    """Whether ``attempt`` fails in a forked child."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            attempt()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1] != 0


_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_libc = ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _drop_capabilities() -> None:
    """All three sets to nothing; without new privileges they cannot come back."""
    version_3, this_thread = 0x20080522, 0
    header = (ctypes.c_uint32 * 2)(version_3, this_thread)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset")
