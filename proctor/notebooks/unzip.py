"""Unpack a zip that a stranger made.

Threat model: names that lead out of the folder, links, devices, passwords, damaged members,
and bombs whose headers lie about sizes. Only regular files are written, only inside the
folder, and what counts is the bytes that come out, not what the zip says about itself.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

MIB = 1 << 20
_CHUNK = 1 << 16
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others may ask for gigabytes to unpack a few bytes
_GROWS_FREELY = MIB  # small files may shrink to nearly nothing
_TABLE_BYTES_PER_FILE = 1 << 10
_LONGEST_NAME = 200
_BAD_NAME = (errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EEXIST, errno.ENOTDIR, errno.EISDIR)


@dataclass(frozen=True)
class ArchiveLimits:
    """How much one zip may hold. Generous for homework, small for a bomb."""

    files: int = 10_000
    """Files that are written: notebooks first, then those in the fewest folders."""

    file_bytes: int = 256 * MIB
    """Size of one file."""

    bytes_together: int = 1024 * MIB
    """Size of all files, those that were given up included."""

    ratio: int = 200
    """How many times larger than packed a file may become, beyond its first MiB."""


class BadArchive(Exception):
    """This is no zip, or none that can be read; the message says so to whoever made it."""


#: A file in a zip: where it is to be written, relative, and zipfile's description of it.
Member = tuple[PurePosixPath, zipfile.ZipInfo]


class _Skip(Exception):
    """This member is left out, for the reason in the message."""


def extract(archive: Path, folder: Path, limits: ArchiveLimits = ArchiveLimits()) -> tuple[str, ...]:
    """Write the regular files of a zip below ``folder``, which is made if need be.

    Returns a line ``'name': reason`` for each member that was left out; folders and what
    macOS adds (``__MACOSX``, ``.DS_Store``) go without a word. Nothing that lies in ``folder``
    already is replaced. Zips inside are written as they are. Raises BadArchive when this is
    no zip, OSError when the disk is full.
    """
    with open_archive(archive, limits) as opened:
        return extract_members(opened, listed(opened), folder, limits)


@contextmanager
def open_archive(archive: Path, limits: ArchiveLimits) -> Iterator[zipfile.ZipFile]:
    """Open a zip whose table of contents may be huge or damaged. Raises BadArchive."""
    with _BoundedReader(archive, max(MIB, limits.files * _TABLE_BYTES_PER_FILE)) as file:
        try:
            opened = zipfile.ZipFile(file)
        except (BadArchive, MemoryError):
            raise
        except Exception as error:  # zipfile raises whatever a malformed table makes it raise
            raise BadArchive("The file is not a zip, or it is damaged. Make it anew and submit it again.") from error
        yield opened


def listed(opened: zipfile.ZipFile) -> list[Member]:
    """What may be a file of the zip, by its relative path; folders and what macOS adds are left out."""
    return [(_path(info), info) for info in opened.infolist() if _is_wanted(info)]


def extract_members(
    opened: zipfile.ZipFile, members: list[Member], folder: Path, limits: ArchiveLimits = ArchiveLimits()
) -> tuple[str, ...]:
    """Write some members of an opened zip, each to its path below ``folder``, as ``extract`` does with all."""
    skipped = []
    members = sorted(members, key=lambda member: (".ipynb" not in member[0].name, len(member[0].parts)))
    if len(members) > limits.files:
        skipped.append(f"{len(members) - limits.files} files beyond the first {limits.files}: too many files")
    left = limits.bytes_together
    assert opened.fp is not None, "it is open"
    packed_bytes = os.fstat(opened.fp.fileno()).st_size
    folder.mkdir(parents=True, exist_ok=True)
    for path, info in members[: limits.files]:
        writer = _Writer(path, info, limits, left, packed_bytes)
        try:
            writer.write(opened, folder)
        except _Skip as reason:
            skipped.append(f"{_shown(str(path))}: {reason}")
        left -= writer.written
    return tuple(skipped)


class _BoundedReader(io.FileIO):
    """A file of which no piece larger than ``most`` bytes is read.

    zipfile reads the table of contents in one piece and keeps half a kilobyte per entry:
    a table of 100 MB would fill the memory before the first file is looked at.
    """

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(path)
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > self._most:
            raise BadArchive("The zip lists far too many files.")
        return super().read(size)


class _Writer:
    """Writes one member; ``written`` counts the bytes that came out, kept or not."""

    def __init__(
        self, path: PurePosixPath, member: zipfile.ZipInfo, limits: ArchiveLimits, left: int, packed_bytes: int
    ) -> None:
        self.written = 0
        self._path, self._member, self._together = path, member, left
        self._alone = limits.file_bytes
        self._grown = max(_GROWS_FREELY, min(member.compress_size, packed_bytes) * limits.ratio)

    def write(self, opened: zipfile.ZipFile, folder: Path) -> None:
        self._check()
        target = folder / self._path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with open(target, "xb") as file:
                try:
                    self._copy(opened, file)
                except BaseException:
                    target.unlink()
                    raise
        except OSError as error:
            if error.errno not in _BAD_NAME:
                raise
            raise _Skip("there is a file of this name already, or the name cannot be used") from error
        except UnicodeEncodeError as error:
            raise _Skip("the name cannot be used") from error

    def _check(self) -> None:
        kind = stat.S_IFMT(self._member.external_attr >> 16)
        if ".." in self._path.parts:
            raise _Skip("its name leads out of the folder")
        if kind not in (0, stat.S_IFREG):
            raise _Skip("a link or a device, not a file")
        if self._member.flag_bits & 0x1:
            raise _Skip("it is protected by a password")
        if self._member.compress_type not in _METHODS:
            raise _Skip("it is packed in an unusual way")
        self._check_size(self._member.file_size)  # what says of itself that it is too large leaves room for others

    def _copy(self, opened: zipfile.ZipFile, file: io.BufferedWriter) -> None:
        for chunk in _unpacked(opened, self._member):
            self.written += len(chunk)
            self._check_size(self.written)
            file.write(chunk)

    def _check_size(self, size: int) -> None:
        if size > self._alone:
            raise _Skip(f"larger than {self._alone / MIB:.3g} MiB")
        if size > self._together:
            raise _Skip("all files together are too large")
        if size > self._grown:
            raise _Skip("it unpacks to far more than it is packed")


def _unpacked(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        with opened.open(member) as packed:
            while chunk := packed.read(_CHUNK):
                yield chunk
    except Exception as error:  # zipfile raises whatever a malformed header makes it raise
        raise _Skip("it is damaged") from error


def _is_wanted(member: zipfile.ZipInfo) -> bool:
    path = _path(member)
    return bool(path.parts) and not (
        member.is_dir() or member.filename.endswith("\\") or "__MACOSX" in path.parts or path.name == ".DS_Store"
    )


def _path(member: zipfile.ZipInfo) -> PurePosixPath:
    """The name, relative; some programs on Windows write backslashes."""
    return PurePosixPath(member.filename.replace("\\", "/").lstrip("/"))


def _shown(name: str) -> str:
    return repr(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…")
