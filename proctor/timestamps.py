"""When a submission came in: ``timestamp.txt``, which nbgrader must be able to read, or stops.

nbgrader's commands stop at a student whose ``timestamp.txt`` they cannot read, and formgrader's pages
for the whole class. What says a time in another form is written anew, as nbgrader
writes it; what says none is set aside. The file that was handed in stays beside it, byte for byte.
"""

from __future__ import annotations

import os
import stat
import time
from datetime import datetime
from pathlib import Path

from dateutil.parser import parse
from nbgrader.utils import parse_utc

NAME = "timestamp.txt"
_AS_SUBMITTED = "timestamp.txt.as-submitted"
_UNREADABLE = "timestamp.txt.unreadable"
_MOST_BYTES = 10_000
_BEING_WRITTEN = 10  # seconds
_NO_TIME = (ValueError, OverflowError, TypeError, AttributeError)


def all_in_order(submitted: Path) -> list[str]:
    """Put the timestamps of all students and assignments in order; a warning for each that nbgrader could not read.

    ``submitted`` is nbgrader's folder of that name. Never raises for what is in it.
    """
    folders = sorted({path.parent for path in Path(submitted).glob(f"*/*/{NAME}*")})
    return [warning for folder in folders if (warning := in_order(folder))]


def in_order(folder: Path) -> str | None:
    """Put the timestamp of one submission in order; a warning if nbgrader could not read it."""
    path = folder / NAME
    try:
        if not os.path.lexists(path):
            return _unknown(folder / _UNREADABLE) if os.path.lexists(folder / _UNREADABLE) else None
        if not _is_plain(path):
            return _unknown(_set_aside(path, _UNREADABLE))
        if _nbgrader_reads(path):
            return None
        about = path.stat()
        if not about.st_size and time.time() - about.st_mtime < _BEING_WRITTEN:
            return None
        submitted = _understood(path.read_bytes())
        if submitted is None:
            return _unknown(_set_aside(path, _UNREADABLE))
        kept = _set_aside(path, _AS_SUBMITTED)
        _write(path, f"{submitted:%Y-%m-%d %H:%M:%S.%f} UTC")
        return (
            f"{path} was not written as nbgrader writes it; read as {submitted} UTC. What was handed in: {kept.name}."
        )
    except OSError as error:
        return f"{path} cannot be read or put in order: {error.strerror}."


def _unknown(path: Path) -> str:
    return (
        f"{path} says no time that can be read, so nobody knows whether this submission was late. "
        f"Write the time into a file {NAME} beside it (2026-05-31 23:59:00 UTC) if it matters, and grade again."
    )


def _is_plain(path: Path) -> bool:
    """A small ordinary file: neither a link nor a folder, nor a pipe that would be waited for."""
    about = path.lstat()
    return stat.S_ISREG(about.st_mode) and about.st_size <= _MOST_BYTES


def _nbgrader_reads(path: Path) -> bool:
    try:
        text = path.read_text()  # in the encoding of this machine, as nbgrader does
        parse_utc(text.strip())
    except _NO_TIME:
        return False
    return "\0" not in text


def _understood(content: bytes) -> datetime | None:
    """The time in a text with byte order marks, in UTF-16, in Windows-1252, or in words that nbgrader splits wrongly."""
    wide = content[:64].count(0) > len(content[:64]) / 3
    for encoding in ("utf-16", "utf-16-le", "utf-16-be") if wide else ("utf-8", "cp1252"):
        for read in (parse_utc, lambda text: parse_utc(parse(text))):
            try:
                return read(content.decode(encoding).strip("\ufeff\0 \t\r\n"))
            except _NO_TIME:
                continue
    return None


def _set_aside(path: Path, name: str) -> Path:
    """Rename a file, never over another one."""
    for number in range(1000):
        kept = path.with_name(f"{name}-{number}" if number else name)
        if not os.path.lexists(kept):
            path.rename(kept)
            return kept
    raise OSError(0, "there are too many of them")


def _write(path: Path, text: str) -> None:
    arriving = path.with_name(f".{path.name}-{os.getpid()}")
    arriving.write_text(text)
    arriving.replace(path)
