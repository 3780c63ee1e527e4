"""Write the zip of a Gradescope autograder: the same contents give the same bytes, checked after writing."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

#: What Gradescope runs: it must be at the zip's root, executable, and have ``\n`` line ends.
SCRIPTS = ("run_autograder", "setup.sh")

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip can name: every file's time


class DamagedZip(Exception):
    """What was written is not what should be in the zip; the message says what to do about it."""


def write_autograder(target: Path, contents: dict[str, bytes]) -> None:
    """Write ``contents`` (bytes by name, SCRIPTS among them) to a zip that only its owner can read, and check it.

    An older zip at ``target`` stays until the new one is whole and right. Raises DamagedZip.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as file:
        _write(file, contents)
    wrong = _wrong(part, contents)
    if wrong:
        raise DamagedZip(f"{part} is not as it should be ({', '.join(wrong)}). Delete it and run this again.")
    part.replace(target)


def _write(file, contents: dict[str, bytes]) -> None:
    """Sorted names, one time, fixed modes: what else a zip records changes from run to run."""
    with zipfile.ZipFile(file, "w") as opened:
        for name in sorted(contents):
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.create_system = 3  # Unix: the modes count
            member.external_attr = (stat.S_IFREG | _mode(name)) << 16
            opened.writestr(member, contents[name], zipfile.ZIP_DEFLATED, 9)


def _mode(name: str) -> int:
    return 0o755 if name in SCRIPTS else 0o644


def _wrong(path: Path, contents: dict[str, bytes]) -> list[str]:
    """Names of what does not come out of the zip as it went in, or as Gradescope could not run it."""
    with zipfile.ZipFile(path) as opened:
        members = {member.filename: member for member in opened.infolist()}
        wrong = [name for name in contents if name not in members or opened.read(name) != contents[name]]
        wrong += [name for name, member in members.items() if member.external_attr >> 16 & 0o777 != _mode(name)]
    wrong += [name for name in members if name not in contents]
    wrong += [name for name in SCRIPTS if not _is_script(contents.get(name, b""))]
    return wrong


def _is_script(script: bytes) -> bool:
    """Whether Linux can start it, and bash read it where there is a bash to ask."""
    if not script.startswith(b"#!") or b"\r" in script:
        return False
    bash = shutil.which("bash")
    return bash is None or subprocess.run([bash, "-n"], input=script, capture_output=True).returncode == 0
