"""What the examiner finds beside the notebook while the student's code runs.

What was handed in is there as it was handed in, whatever the student's code does to its own
copy. What only the student's code makes is there too, as a link to it. A test that has the
student's code write a file and then reads it (``save(numbers)``, ``open("saved.txt")``) means
the file that was written just now, also where one of that name was handed in: what the code
writes while a test asks it is seen by this test, and by no later one.

Threat model: the student's code can neither reach the examiner's folder nor make links. Names
come from its folder and are used as names in another, never as paths.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path, PurePosixPath

_SETTLES_NS = 50_000_000  # a folder that was changed so lately may be changed again in the same tick of its clock

#: What tells whether a file was written anew: its inode, size and time.
State = tuple[int, int, int]


class View:
    """Keeps ``seen``, the examiner's folder, up to date with ``work``, the candidate's; both exist.

    ``asked`` are relative names that tests ask for. ``most``: how many names of ``work`` are shown.
    """

    def __init__(self, work: Path, seen: Path, asked: Iterable[PurePosixPath], most: int):
        self._work, self._seen, self._most = work, seen, most
        self._asked = [str(name) for name in asked]
        self._names = set(os.listdir(seen))
        self._states: dict[str, State | None] = {}
        self._aside: dict[str, Path] = {}
        self._looked_at = 0

    def begin(self) -> None:
        """Another cell of the examiner's: what was handed in is there again."""
        for name, original in self._aside.items():
            os.replace(original, self._seen / name)
        self._aside.clear()
        self.settle()
        self.look()

    def settle(self) -> None:
        """What the student's code has written until now, it has not written for the test that runs."""
        self._states = {name: _state(self._work / name) for name in self._asked}

    def look(self) -> None:
        """The student's code has run: show what it made."""
        self._link_new_names()
        for name in self._asked:
            state = _state(self._work / name)
            if state is not None and state != self._states.get(name) and name not in self._aside:
                self._show(name)

    def _show(self, name: str) -> None:
        place = self._seen / name
        if not _is_folder(place.parent, self._seen) or (place.is_symlink() and _leads_to(place, self._work)):
            return  # there already
        if place.is_file():
            aside = self._seen.parent / f"aside-{len(self._aside)}"
            os.replace(place, aside)
            self._aside[name] = aside
        if not place.exists():
            place.symlink_to(self._work / name)

    def _link_new_names(self) -> None:
        changed = self._work.stat().st_mtime_ns
        if changed == self._looked_at:
            return
        self._looked_at = changed if time.time_ns() - changed > _SETTLES_NS else 0
        with os.scandir(self._work) as entries:
            for entry in entries:
                if entry.name not in self._names and len(self._names) < self._most:
                    self._names.add(entry.name)
                    with suppress(FileExistsError):
                        (self._seen / entry.name).symlink_to(entry.path)


def _state(path: Path) -> State | None:
    """None if there is no regular file."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns) if stat.S_ISREG(status.st_mode) else None


def _leads_to(link: Path, folder: Path) -> bool:
    return Path(os.readlink(link)).is_relative_to(folder)


def _is_folder(path: Path, top: Path) -> bool:
    """Whether it is a folder of the examiner's own, below ``top``, that no link leads to."""
    return path == top or (path.is_dir() and not path.is_symlink() and _is_folder(path.parent, top))
