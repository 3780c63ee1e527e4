"""The files that belong to a notebook, under the names by which its code asks for them.

They lie beside the notebook, or elsewhere in the submission, and may have been renamed on the
way as notebooks are (``variants.py``). The names that are asked for stand in the code as text:
``open("weights.json")``, ``Path("runs")``, ``import helper``.
"""

from __future__ import annotations

import filecmp
import json
import re
import struct
import sys
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from .intake import File, is_notebook
from .problems import listed, shown
from .variants import closeness, number, squeezed

MIB = 1 << 20
#: Bounded, since students' code is searched too.
_TEXT = re.compile(r"([\"'])([^\"'\\\n]{1,200})\1")
_TEXT_IN_CALL = re.compile(
    r"(?i)\b(?=\w{0,60}(?:open|path|load|read|save|dir|tree|file|glob|walk|exists|join|folder))"
    r"\w{1,60}\([ \n]{0,20}([\"'])([^\"'\\\n]{1,200})\1"
)
_PART = re.compile(r"[\w.()\[\] -]*")
_HAS_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,14}$")
_IMPORT = re.compile(r"^[ \t]*(?:import[ \t]+([\w., \t]+)|from[ \t]+(\w+))", re.MULTILINE)
_MOST_NAMES = 200
_SAME_BYTES = 64 * MIB  # files up to this size are compared byte by byte
_ZIPS = (".npz", ".keras", ".xlsx", ".docx")
_LONGEST_HEADER = 4 * MIB
_SIZE = struct.Struct("<Q")


@dataclass(frozen=True)
class Companions:
    """``files`` by their names beside the notebook; ``notes`` (code, words) say what was found under another name."""

    files: tuple[File, ...]
    notes: tuple[tuple[str, str], ...]


def companions(
    notebook: PurePosixPath, files: Sequence[File], asked: Iterable[PurePosixPath], copy: int = 0
) -> Companions:
    """What lies beside a notebook of that name in the submission, once it is in its folder.

    ``copy`` is its number if it is a numbered copy. First come the files below the notebook's folder, then the others under their own paths, where these
    are free. A name that is ``asked`` for and missing, or there but damaged, is found by its variants.
    """
    places = _Places()
    around = {folder for file in files if is_notebook(file.name) for folder in file.name.parents}
    files = [file for file in files if file.name not in around]  # but zips that notebooks came in
    for file in files:
        if file.name.is_relative_to(notebook.parent):
            places.put(_unzipped(file.name.relative_to(notebook.parent)), file)
    for file in files:
        if not file.name.is_relative_to(notebook.parent):
            places.put(_unzipped(file.name), file)
    search = _Search(notebook, copy, files, places)
    notes = [note for name in sorted(asked) for note in search.for_name(name)]
    return Companions(tuple(places), tuple(dict.fromkeys(notes)))


def asked_for(sources: Iterable[str]) -> frozenset[PurePosixPath]:
    """Relative names of files and folders that code asks for, as far as its text tells."""
    names: set[str] = set()
    for source in sources:
        names.update(found[2] for found in _TEXT.finditer(source) if _HAS_ENDING.search(found[2]))
        names.update(found[2] for found in _TEXT_IN_CALL.finditer(source))
        names.update(f"{module}.py" for module in _imported(source) if not _is_installed(module))
    wanted = (PurePosixPath(name) for name in names if _is_relative_name(name))
    return frozenset(sorted(path for path in wanted if not is_notebook(path))[:_MOST_NAMES])


def _is_relative_name(text: str) -> bool:
    parts = text.removesuffix("/").split("/")
    return ".." not in parts and all(_PART.fullmatch(part) and squeezed(part) for part in parts)


def _unzipped(name: PurePosixPath) -> PurePosixPath:
    """Where a file of a zip lies once that is unpacked: x.zip becomes a folder x, and so does x.json.zip."""
    folders = (re.sub(r"(?i)(?<=.)(\.\w+)?\.zip.*", "", part) for part in name.parts[:-1])
    return PurePosixPath(*folders, name.name)


def _imported(source: str) -> Iterator[str]:
    """Names of modules without what they are in: of a.b as c it is a."""
    for found in _IMPORT.finditer(source):
        for module in (found[1] or found[2]).split(","):
            name = re.match(r"\s*(\w+)", module)
            if name:
                yield name[1]


@lru_cache(maxsize=1024)
def _is_installed(module: str) -> bool:
    """Whether it is a library: nothing that is handed in takes its name."""
    try:
        return module in sys.stdlib_module_names or find_spec(module) is not None
    except (ImportError, ValueError):
        return True


class _Places:
    """Which file gets which name: no name twice, and no file where a folder is."""

    def __init__(self) -> None:
        self.files: dict[PurePosixPath, File] = {}
        self.folders: set[PurePosixPath] = set()

    def put(self, name: PurePosixPath, file: File, replace: bool = False) -> None:
        is_free = name not in self.folders and self.files.keys().isdisjoint(name.parents)
        if is_free and (replace or name not in self.files):
            self.files[name] = file
            self.folders.update(name.parents)

    def __iter__(self) -> Iterator[File]:
        for name, file in sorted(self.files.items()):
            yield File(name, file.path, file.size)


class _Search:
    """Finds what is asked for among all files of a submission."""

    def __init__(self, notebook: PurePosixPath, copy: int, files: Sequence[File], places: _Places) -> None:
        self._notebook, self._copy, self._places = notebook, copy, places
        self._files = [(squeezed(file.name.name), file) for file in files if not is_notebook(file.name)]
        self._below: dict[PurePosixPath, list[File]] = defaultdict(list)
        for file in files:
            for folder in file.name.parents:
                self._below[folder].append(file)
        self._folders = [(squeezed(folder.name), folder) for folder in self._below if folder.parts]

    def for_name(self, wanted: PurePosixPath) -> Iterator[tuple[str, str]]:
        """Find a file or a folder; a name without an ending is a folder's first."""
        if wanted.suffix:
            yield from self._for_file(wanted)
        yield from self._for_folder(wanted)
        if not wanted.suffix:
            yield from self._for_file(wanted)

    def _for_file(self, wanted: PurePosixPath) -> Iterator[tuple[str, str]]:
        """Put the file that fits best where it is asked for; words on what was chosen."""
        part = squeezed(wanted.stem)  # quick to look for, and in every name that is close
        fitting = [f for name, f in self._files if part in name and _is_close(f.name.name, wanted.name)]
        if not fitting or wanted in self._places.folders:
            return
        there = self._places.files.get(wanted)
        if there is not None and there.name != self._notebook.parent / wanted:
            there = None  # it has the name, and comes from elsewhere in the submission
        best = min(fitting, key=lambda file: (not _is_whole(file), file is not there, *self._rank(file.name, wanted)))
        if best is there and self._copy:
            # The notebook is the n-th copy: the n-th copy of the file was saved together with it.
            twins = [f for f in fitting if number(f.name.name, wanted.name) == self._copy and _is_whole(f)]
            best = min(twins, key=lambda file: self._rank(file.name, wanted), default=best)
        self._places.put(wanted, best, replace=True)
        if self._places.files.get(wanted) is best:
            near = {best.name.parent, *self._notebook.parents}
            beside = [file for file in fitting if file.name.parent in near and file is not best]
            named = [file for file in beside if closeness(file.name.name, wanted.name) in (0, 1)]
            rivals = [file.name for file in named if _differ(file, best)]
            if best.name.name != wanted.name or rivals:
                yield _note(wanted, best.name, rivals)

    def _for_folder(self, wanted: PurePosixPath) -> Iterator[tuple[str, str]]:
        """The same for a folder with all that is in it."""
        own = self._notebook.parent / wanted
        part = squeezed(wanted.name)
        folders = [folder for name, folder in self._folders if part in name and _is_folder_of(folder, wanted)]
        if not folders or wanted in self._places.files or wanted.suffix.lower() == ".zip":
            return
        best = min(folders, key=lambda folder: (folder != own, *self._rank(folder, wanted)))
        inner = self._innermost(best, wanted.name)
        if inner != own:
            for file in self._below[inner]:
                self._places.put(wanted / _unzipped(file.name.relative_to(inner)), file)
        beside = [folder for folder in folders if folder.parent == best.parent and folder != best]
        rivals = [folder for folder in beside if self._contents(folder) != self._contents(inner)]
        if best.name != wanted.name or rivals:
            yield _note(wanted, best, rivals)

    def _rank(self, name: PurePosixPath, wanted: PurePosixPath) -> tuple:
        """What comes first among several: beside the notebook, the right name, the notebook's number, the latest copy."""
        near, copy = closeness(name.name, wanted.name), number(name.name, wanted.name)
        is_beside = name.parent == self._notebook.parent / wanted.parent
        is_below = name.is_relative_to(self._notebook.parent)
        return near == 2, not is_beside, near, copy != self._copy, not is_below, len(name.parts), -copy, str(name)

    def _innermost(self, folder: PurePosixPath, wanted: str) -> PurePosixPath:
        """Past folders that hold nothing but one of the same name: unpacking makes runs/runs."""
        while True:
            inside = {file.name.relative_to(folder).parts for file in self._below[folder]}
            only = {parts[0] for parts in inside}
            if len(only) != 1 or min(map(len, inside)) == 1 or closeness(name := only.pop(), wanted) is None:
                return folder
            folder /= name

    def _contents(self, folder: PurePosixPath) -> set[tuple[PurePosixPath, int]]:
        return {(file.name.relative_to(folder), file.size) for file in self._below[folder]}


def _is_close(name: str, wanted: str) -> bool:
    """Without an ending a name says little: no other file takes it. A zip is no other file either."""
    near = closeness(name, wanted) if (".zip" in name.lower()) == (".zip" in wanted.lower()) else None
    return near is not None and ("." in wanted or (near < 2 and "." not in name))


def _is_folder_of(folder: PurePosixPath, wanted: PurePosixPath) -> bool:
    """Systems put words around the names of what is handed in, so of zips, never of folders."""
    near = closeness(folder.name, wanted.name)
    return near in (0, 1) or (near == 2 and ".zip" in folder.name.lower())


def _note(wanted: PurePosixPath, read: PurePosixPath, rivals: list[PurePosixPath]) -> tuple[str, str]:
    words = f"{shown(wanted)}: {shown(read)} was read."
    return "companion", f"{words} Not read: {listed(rivals)}." if rivals else words


def _differ(one: File, other: File) -> bool:
    if one.size != other.size or one.size > _SAME_BYTES:
        return True
    try:
        return not filecmp.cmp(one.path, other.path, shallow=False)
    except OSError:
        return True


def _is_whole(file: File) -> bool:
    """Whether a file seems to have arrived in one piece: not empty, and not cut off where its kind can tell."""
    if not file.size:
        return False
    kind = file.name.suffix.lower()
    try:
        if kind == ".safetensors":
            return _is_whole_safetensors(file.path, file.size)
        return kind not in _ZIPS or zipfile.is_zipfile(file.path)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False


def _is_whole_safetensors(path: Path, size: int) -> bool:
    """The header says where the last tensor ends: at the end of the file."""
    with open(path, "rb") as file:
        head = file.read(_SIZE.size)
        length = _SIZE.unpack(head)[0] if len(head) == _SIZE.size else size
        if length > min(size, _LONGEST_HEADER):
            return False
        tensors = json.loads(file.read(length))
    ends = [about["data_offsets"][1] for name, about in tensors.items() if name != "__metadata__"]
    return max(ends, default=0) == size - _SIZE.size - length
