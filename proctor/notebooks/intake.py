"""From whatever was uploaded to a list of its files: zips are unpacked, nothing else is copied.

An upload may be a folder or a zip, one folder deep or five, hold a zip of the work or a zip in a
zip, ten thousand files, links, or a virtual environment. Here files are found. Which of them are
the assignment's notebooks, and what lies beside those, is proctor.notebooks.submission's.

Threat model: links and second names of files may lead to what is not the student's, pipes block
whoever opens them, zips may be bombs. Only regular files with one name are taken, and never
through a link.
"""

from __future__ import annotations

import heapq
import os
import shutil
import stat
import tempfile
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from .problems import Problem, problem_with
from .unzip import MIB, ArchiveLimits, BadArchive, Member, extract_members, listed, open_archive

#: Folders and files that systems, editors and package managers make; and all that begins with a dot.
_JUNK = frozenset(
    (
        "__MACOSX",
        "__pycache__",
        "__pypackages__",
        "node_modules",
        "site-packages",
        "Thumbs.db",
        "desktop.ini",
        "pyvenv.cfg",
    )
)
#: What a folder holds that is a Python environment, in lower case; what else lies there is the student's.
_ENVIRONMENT = frozenset(("bin", "lib", "lib64", "include", "share", "scripts", "etc", "libs", "tcl", "tools"))
_CONDA = frozenset(
    ("conda-meta", "pkgs", "envs", "dlls", "library", "ssl", "man", "sbin", "var", "x86_64-conda-linux-gnu")
)
_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_SHOWN = 5
_HEAP = 500  # files in one folder
_MOST_LISTED = 200_000  # names in one folder


@dataclass(frozen=True)
class IntakeLimits:
    """How much of an upload is taken. Generous for homework, small for a bomb."""

    entries: int = 20_000
    """Files and folders that are looked at, environments and caches not counted."""

    files: int = 4_000
    """Files that are taken, and looked at in one folder: notebooks first, then what lies in the fewest folders."""

    unpacked_bytes: int = 512 * MIB
    """What zips unpack to, all of them together."""

    depth: int = 20
    """Folders inside folders."""

    zips: int = 10
    """Zips that are unpacked, those inside of zips included."""

    zip_levels: int = 3
    """Zips inside of zips."""


@dataclass(frozen=True)
class File:
    """A regular file: its name, relative to something that the student knows, where it lies, and its bytes."""

    name: PurePosixPath
    path: Path
    size: int


class Scratch:
    """A folder for what was unpacked; it goes when it is closed, or when nobody holds this any more."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="proctor-unpacked-"))
        self._close = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def close(self) -> None:
        self._close()


@dataclass(frozen=True)
class Intake:
    """The files of an upload, and what was wrong with it. Unpacked ones are there as long as ``scratch`` is held."""

    files: tuple[File, ...]
    problems: tuple[Problem, ...]
    scratch: Scratch | None


def take_in(upload: Path, limits: IntakeLimits = IntakeLimits()) -> Intake:
    """Find the files of an upload: a folder, a zip, or a single file. It stays as it is.

    A file's name is its path in the upload, where a zip counts as a folder and as a file. Never raises for what
    is in the upload; raises OSError when the disk is full.
    """
    try:
        about = upload.lstat()
    except OSError as error:
        return _no_upload(f"{upload} cannot be opened: {error.strerror}.")
    finder = _Finder(limits)
    if stat.S_ISDIR(about.st_mode):
        finder.look_into(upload, PurePosixPath(), limits.zip_levels)
    elif stat.S_ISREG(about.st_mode):
        finder.look_at(upload)
    else:
        return _no_upload(f"{upload} is neither a folder nor a file.")
    files, too_many = _chosen(finder.files, limits)
    return Intake(tuple(files), (*finder.problems, *too_many, *_about(finder.files)), finder.scratch)


def worth_taking(members: Iterable[Member]) -> list[Member]:
    """Members of a zip without those in environments and caches."""
    members = list(members)
    inside: dict[PurePosixPath, set[str]] = defaultdict(set)
    for path, _ in members:
        for folder in path.parents:
            inside[folder].add(path.relative_to(folder).parts[0])
    dropped = {folder: left_out(names) for folder, names in inside.items()}
    return [
        (path, info)
        for path, info in members
        if not any(path.relative_to(folder).parts[0] in dropped[folder] for folder in path.parents)
    ]


class _Finder:
    """Collects the regular files of folders and zips."""

    def __init__(self, limits: IntakeLimits) -> None:
        self.files: list[File] = []
        self.problems: list[Problem] = []
        self.scratch: Scratch | None = None
        self._limits = limits
        self._entries = self._zips = self._unpacked_bytes = 0

    def look_at(self, path: Path) -> None:
        """An upload that is one file."""
        file = File(PurePosixPath(path.name), path, path.lstat().st_size)
        self.files.append(file)
        if _is_zip(file):
            self._unpack(file, self._limits.zip_levels)

    def look_into(self, folder: Path, name: PurePosixPath, zip_levels: int) -> None:
        """Find the files below ``folder``, which the student calls ``name``; no link is followed."""
        waiting = [(0, name, folder)]
        skipped: list[PurePosixPath] = []
        zips: list[File] = []
        while waiting:
            _, called, here = heapq.heappop(waiting)
            entries = self._entries_of(here, called)
            for entry in entries:
                inner = called / entry.name
                about = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode) and len(inner.parts) <= self._limits.depth:
                    # Folders among few others come first: a data set may have thousands.
                    heapq.heappush(waiting, (len(entries) + len(inner.parts), inner, Path(entry.path)))
                elif not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
                    skipped.append(inner)  # a second name of a file may be a way to one that is not the student's
                else:
                    file = File(inner, Path(entry.path), about.st_size)
                    (zips if _is_zip(file) else self.files).append(file)
        if skipped:
            self._say("skipped-files", "Links, devices and deeply nested folders were not taken", skipped)
        for file in sorted(zips, key=lambda file: (len(file.name.parts), file.name)):
            self.files.append(file)  # code may read a zip itself
            self._unpack(file, zip_levels)

    def _entries_of(self, folder: Path, called: PurePosixPath) -> list[os.DirEntry]:
        """What is worth looking at in a folder, as far as the limits allow."""
        try:
            with os.scandir(folder) as entries:
                found = list(islice(entries, _MOST_LISTED))
        except OSError:
            self._say("unreadable", "A folder cannot be read", [called])
            return []
        dropped = left_out({entry.name for entry in found})
        found = sorted((entry for entry in found if entry.name not in dropped), key=_first)
        left = min(self._limits.files, max(0, self._limits.entries - self._entries))
        if len(found) > left:
            words = f"There are too many files, and only the first {left:,} were looked at"
            self._say("too-many-files", words, [called] if called.parts else [])
        self._entries += min(left, len(found))
        return found[:left]

    def _unpack(self, file: File, levels: int) -> None:
        self._zips += 1
        if not levels or self._zips > self._limits.zips:
            self._say("zip-not-unpacked", "Too many zips, or zips in zips. Hand in the files themselves", [file.name])
            return
        self.scratch = self.scratch or Scratch()
        target = self.scratch.folder / str(self._zips)
        left = ArchiveLimits(bytes_together=self._limits.unpacked_bytes - self._unpacked_bytes)
        try:
            with open_archive(file.path, left) as opened:
                skipped = extract_members(opened, worth_taking(listed(opened)), target, left)
        except BadArchive as error:
            self._say("bad-zip", str(error).rstrip("."), [file.name])
            return
        self._unpacked_bytes += sum(path.lstat().st_size for path in target.rglob("*") if path.is_file())
        if skipped:
            self._say("zip-skipped", "Not everything in the zip was taken", [file.name], "; ".join(skipped[:_SHOWN]))
        self.look_into(target, file.name, levels - 1)

    def _say(self, code: str, words: str, names: list[PurePosixPath], detail: str = "") -> None:
        self.problems.append(problem_with(code, words, names, detail))


def _first(entry: os.DirEntry) -> tuple[bool, bool, str]:
    """Folders and notebooks before a heap of other files."""
    return not entry.is_dir(follow_symlinks=False), not is_notebook(PurePosixPath(entry.name)), entry.name


def left_out(names: set[str]) -> set[str]:
    """Of the names in a folder those that nobody hands in on purpose."""
    environment = _ENVIRONMENT if "pyvenv.cfg" in names else frozenset()
    if "conda-meta" in names:
        environment = _ENVIRONMENT | _CONDA
    hidden = {name for name in names if name.startswith(".") and name != ".."}
    return hidden | {name for name in names if name in _JUNK or name.lower() in environment}


def _is_zip(file: File) -> bool:
    """Whether the name says so; where it has no ending, or more was added to it, whether it begins like one."""
    if file.name.suffix.lower() == ".zip":
        return True
    if file.name.suffix and ".zip" not in file.name.name.lower():
        return False
    try:
        opened = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    with open(opened, "rb") as reader:
        return reader.read(4) == b"PK\3\4"


def _chosen(files: list[File], limits: IntakeLimits) -> tuple[list[File], list[Problem]]:
    """As many files as the limits allow, the most telling first, and heaps of files last."""
    together = Counter(file.name.parent for file in files)

    def place(file: File) -> tuple:
        is_in_heap = together[file.name.parent] > _HEAP
        return not is_notebook(file.name), is_in_heap, len(file.name.parts), file.name

    ordered = sorted(files, key=place)
    rest = [file.name for file in ordered[limits.files :]]
    words = "The submission holds too many files, and not all were taken: submitted with a data set, perhaps"
    return ordered[: limits.files], [problem_with("too-much", words, rest)] if rest else []


def _about(files: list[File]) -> Iterator[Problem]:
    """What to say of an upload without files, or with archives that stay closed."""
    packed = [file.name for file in files if file.name.suffix.lower() in _OTHER_ARCHIVES]
    if packed:
        words = "Archives other than zip are not unpacked. Hand in the files, or a zip"
        yield problem_with("other-archive", words, packed)
    if not files:
        yield Problem("nothing", "Nothing was submitted.", "There is no file in the submission.")


def is_notebook(name: PurePosixPath) -> bool:
    """Whether the name says so."""
    return ".ipynb" in name.name.lower()


def _no_upload(why: str) -> Intake:
    return Intake((), (Problem("no-folder", "Nothing was submitted.", why),), None)
