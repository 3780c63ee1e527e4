"""From whatever was uploaded to a folder that looks as it did on the student's computer.

An upload may be one folder deep or five, hold a zip of the work or a zip in a zip, ten
thousand files, links, or no notebook at all. Here files are found, unpacked and laid out;
reading notebooks, with all that can be wrong inside of them, is proctor.submission's.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .submission import Problem
from .unzip import MIB, ArchiveLimits, BadArchive, extract

_JUNK = ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")  # and all that begins with a dot
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_ELSEWHERE = PurePosixPath("as submitted")  # where files go whose place is taken
_SHOWN = 5


@dataclass(frozen=True)
class IntakeLimits:
    """How much of an upload is taken. Generous for homework, small for a bomb."""

    entries: int = 20_000
    """Files and folders that are looked at."""

    files: int = 4_000
    """Files that are taken: notebooks first, then what lies in the fewest folders."""

    bytes_together: int = 400 * MIB
    """Size of the files that are taken, and again of what zips unpack to."""

    depth: int = 20
    """Folders inside folders."""

    zips: int = 10
    """Zips that are unpacked, those inside of zips included."""

    zip_levels: int = 3
    """Zips inside of zips."""


@dataclass(frozen=True)
class Intake:
    """A folder of regular files, and what was wrong with the upload, in words."""

    folder: Path
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _File:
    """A regular file: where it is, and its path as the student named it."""

    path: Path
    name: PurePosixPath
    size: int


@contextmanager
def take_in(upload: Path, limits: IntakeLimits = IntakeLimits()) -> Iterator[Intake]:
    """Lay an upload out in a folder of its own, which is removed afterwards. The upload stays as it is.

    Zips are unpacked. Files beside a nested notebook come up to the top together with it, since
    that is where the notebook looks for them; where two would get the same place, the one in fewer
    folders gets it, and the other stays where it was. Raises OSError when the disk is full.
    """
    with tempfile.TemporaryDirectory(prefix="proctor-intake-") as scratch:
        folder, unpacked = Path(scratch, "submission"), Path(scratch, "unpacked")
        folder.mkdir()
        finder = _Finder(limits, unpacked)
        finder.look_into(upload, PurePosixPath(), zip_levels=limits.zip_levels)
        files, left_out = _chosen(finder.files, limits)
        places, homeless = _places(files)
        for place, file in places.items():
            _copy(file, folder / place)
        shutil.rmtree(unpacked, ignore_errors=True)
        yield Intake(folder, (*finder.problems, *left_out, *homeless, *_about(finder.files)))


class _Finder:
    """Collects the regular files of folders and zips."""

    def __init__(self, limits: IntakeLimits, unpacked: Path) -> None:
        self.files: list[_File] = []
        self.problems: list[Problem] = []
        self._limits, self._unpacked = limits, unpacked
        self._entries = self._zips = self._unpacked_bytes = 0

    def look_into(self, folder: Path, name: PurePosixPath, zip_levels: int) -> None:
        """Find the files below ``folder``, which the student calls ``name``; no link is followed."""
        waiting, skipped, zips = deque([(folder, name)]), [], []
        while waiting:
            here, called = waiting.popleft()
            for entry in self._entries_of(here):
                inner = called / entry.name
                about = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode) and len(inner.parts) <= self._limits.depth:
                    waiting.append((Path(entry.path), inner))
                elif not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
                    skipped.append(inner)  # a second name of a file may be a way to one that is not the student's
                elif inner.suffix.lower() == ".zip":
                    zips.append(_File(Path(entry.path), inner, about.st_size))
                else:
                    self.files.append(_File(Path(entry.path), inner, about.st_size))
        if skipped:
            self._say("skipped-files", "Links, devices and deeply nested folders were not taken", skipped)
        for file in sorted(zips, key=lambda file: (len(file.name.parts), file.name)):
            self._unpack(file, zip_levels)

    def _entries_of(self, folder: Path) -> Iterator[os.DirEntry]:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self._entries += 1
                    if self._entries == self._limits.entries + 1:
                        self._say("too-many-files", f"Only the first {self._limits.entries:,} files were looked at", [])
                    if self._entries > self._limits.entries:
                        return
                    if not (entry.name in _JUNK or entry.name.startswith(".")):
                        yield entry
        except OSError:
            self._say("unreadable", "A folder cannot be read", [PurePosixPath(folder.name)])

    def _unpack(self, file: _File, levels: int) -> None:
        self._zips += 1
        if not levels or self._zips > self._limits.zips:
            self._say("zip-not-unpacked", "Too many zips, or zips in zips. Hand in the files themselves", [file.name])
            return
        target = self._unpacked / str(self._zips)
        left = self._limits.bytes_together - self._unpacked_bytes
        try:
            skipped = extract(file.path, target, ArchiveLimits(bytes_together=left))
        except BadArchive as error:
            self._say("bad-zip", str(error).rstrip("."), [file.name])
            return
        self._unpacked_bytes += sum(path.lstat().st_size for path in target.rglob("*") if path.is_file())
        if skipped:
            self._say("zip-skipped", "Not everything in the zip was taken", [file.name], "; ".join(skipped[:_SHOWN]))
        self.look_into(target, file.name, levels - 1)

    def _say(self, code: str, words: str, names: list[PurePosixPath], detail: str = "") -> None:
        self.problems.append(_problem(code, words, names, detail))


def _chosen(files: list[_File], limits: IntakeLimits) -> tuple[list[_File], list[Problem]]:
    """As many files as the limits allow, the most telling first."""
    chosen: list[_File] = []
    left_out: list[PurePosixPath] = []
    size = 0
    for file in sorted(files, key=lambda file: (not _is_notebook(file.name), len(file.name.parts), file.name)):
        if len(chosen) < limits.files and size + file.size <= limits.bytes_together:
            chosen.append(file)
            size += file.size
        else:
            left_out.append(file.name)
    words = (
        "The submission holds too many files, or too large ones, and not all were taken: "
        "submitted with a virtual environment or a data set, perhaps"
    )
    return chosen, [_problem("too-much", words, left_out)] if left_out else []


def _places(files: list[_File]) -> tuple[dict[PurePosixPath, _File], list[Problem]]:
    """Where each file is laid out, and what found no place."""
    lifted = _lifted(files)
    places: dict[PurePosixPath, _File] = {}
    folders: set[PurePosixPath] = set()
    homeless = []
    for file in files:
        top = next((folder for folder in file.name.parents if folder in lifted), None)
        wanted = (file.name if top is None else file.name.relative_to(top), file.name, _ELSEWHERE / file.name)
        for place in wanted:
            if place not in places and place not in folders and places.keys().isdisjoint(place.parents):
                places[place] = file
                folders.update(place.parents)
                break
        else:
            homeless.append(file.name)
    words = "There is a folder with the name of a file, and the file was not taken"
    return places, [_problem("no-place", words, homeless)] if homeless else []


def _lifted(files: list[_File]) -> set[PurePosixPath]:
    """Folders whose contents come up to the top: those with notebooks, but not the second with the same one."""
    notebooks: dict[PurePosixPath, set[str]] = {}
    for file in files:
        if _is_notebook(file.name):
            notebooks.setdefault(file.name.parent, set()).add(file.name.name)
    lifted: set[PurePosixPath] = set()
    names: set[str] = set()
    for folder in sorted(notebooks, key=lambda folder: (len(folder.parts), folder)):
        if names.isdisjoint(notebooks[folder]):
            lifted.add(folder)
            names |= notebooks[folder]
    return lifted


def _copy(file: _File, target: Path) -> None:
    """Copy a regular file, never through a link, and without waiting for a pipe put in its place."""
    opened = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with open(opened, "rb") as reader:
        if stat.S_ISREG(os.fstat(opened).st_mode):
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "xb") as writer:
                shutil.copyfileobj(reader, writer, MIB)


def _about(files: list[_File]) -> list[Problem]:
    """What to say of an upload without a notebook."""
    names = [file.name for file in files]
    packed = [name for name in names if name.suffix.lower() in _OTHER_ARCHIVES]
    if not names:
        return [Problem("nothing", "Nothing was submitted.", "There is no file in the submission.")]
    if packed:
        words = "Archives other than zip are not unpacked. Hand in the files, or a zip"
        return [_problem("other-archive", words, packed)]
    if not any(map(_is_notebook, names)):
        words = "You submitted no notebook: files whose names end in .ipynb. There is only"
        return [_problem("no-notebook", words, names)]
    return []


def _is_notebook(name: PurePosixPath) -> bool:
    return ".ipynb" in name.name.lower()


def _problem(code: str, words: str, names: list[PurePosixPath], detail: str = "") -> Problem:
    shown = ["".join(c if c.isprintable() else "?" for c in str(name))[:200] for name in names[:_SHOWN]]
    more = [f"{len(names) - _SHOWN:,} more"] if len(names) > _SHOWN else []
    message = f"{words}: {', '.join((*shown, *more))}." if names else f"{words}."
    return Problem(code, message, f"{message} {detail}".rstrip())
