"""Which files a confined process may touch: Landlock, the kernel's own allowlist.

Threat model: the process may try any path, by any call. What no rule names can
neither be opened, listed, written, made, renamed, nor removed. Landlock does not
guard looking at metadata (``stat``) or changing it (``chmod``, ``utime``): the
first reveals names that someone already knows, the second is denied by seccomp.
Nothing may be executed, TCP is closed, signals and abstract sockets stay inside.

Source: ``Documentation/userspace-api/landlock.rst``.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on x86_64 and aarch64
_VERSION_FLAG, _PATH_BENEATH = 1, 1

_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_EXECUTE, _WRITE_FILE, _REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 1, 1 << 1, 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_READ = _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_FOR_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The kernel's Landlock interface, 0 for none. From 3 on, truncating files is guarded too."""
    return max(0, _libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(_VERSION_FLAG)))


def open_rules(read: Iterable[str | Path], write: Iterable[str | Path]) -> int:
    """A ruleset, as a file descriptor, that allows reading and writing beneath the given paths.

    Paths that do not exist, or that the caller may not reach, are left out. Opens the paths with the caller's rights,
    so a privileged caller can name what the confined process could not reach by
    itself; ordinary permissions still apply afterwards. Raises OSError.
    """
    handled = _handled(version())
    attributes = struct.pack("=QQQ", handled, 0b11, 0b11)[: _attribute_size(version())]
    ruleset = _check(_libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0)), "create")
    for paths, access in ((read, _READ), (write, _WRITE)):
        for path in paths:
            _add(ruleset, path, access & handled)
    return ruleset


def restrict(ruleset: int) -> None:
    """Bind this thread, and all it starts, to the ruleset, for good. Raises OSError.

    The caller has set NO_NEW_PRIVS.
    """
    _check(_libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint(0)), "restrict")
    os.close(ruleset)


def _add(ruleset: int, path: str | Path, access: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not os.path.isdir(path):
            access &= _FOR_FILES
        rule = struct.pack("=Qi", access, opened)
        _check(
            _libc.syscall(_ADD_RULE, ctypes.c_int(ruleset), _PATH_BENEATH, rule, ctypes.c_uint(0)), f"rule for {path}"
        )
    finally:
        os.close(opened)


def _handled(version: int) -> int:
    """All file rights that this version knows: what is handled and not allowed is denied."""
    bits = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    return (1 << bits) - 1


def _attribute_size(version: int) -> int:
    return 8 if version < 4 else 16 if version < 6 else 24


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock {what}: {os.strerror(code)}")
    return result
