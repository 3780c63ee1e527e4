"""The folder of a room, which goes with it, and those that rooms ended by force have left."""

from __future__ import annotations

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PREFIX, _LOCK = "proctor-", "lock"


@contextmanager
def premises() -> Iterator[Path]:
    """A new folder that every user may pass but not list, removed in the end.

    A process that is killed cannot remove it: the next one of the same user does.
    """
    _clear_deserted()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.chmod(0o711)
    try:
        with _locked(folder):
            yield folder
    finally:
        _remove(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """The lock is there only when it is held: whoever finds it free may remove the folder."""
    coming = folder / f"{_LOCK}.coming"
    with open(coming, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        coming.rename(folder / _LOCK)
        yield


def _clear_deserted() -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if folder.lstat().st_uid != os.geteuid() or folder.is_symlink():
                continue
            with open(folder / _LOCK) as lock:
                if _is_free(lock):
                    _remove(folder)
        except OSError:
            continue  # no room's folder, or just being made or removed


def _is_free(lock: IO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove(folder: Path) -> None:
    subprocess.run(["rm", "-rf", "--", str(folder)], check=False)
