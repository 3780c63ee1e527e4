"""What a worker of a cluster does: the same as the crew's process, with folders that came as values.

A worker has one room for an assignment, opened by the first submission and kept for the next.
"""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from traitlets.config import Config

import proctor
from proctor.exam.limits import Limits
from proctor.exam.sandbox.sandbox import SandboxUnavailable
from proctor.notebooks.assignment import AssignmentError

from .parcels import Parcel
from .work import Failed, Graded, Grader, Setup, Work

_CHOOSE = "from proctor.exam.sandbox import sandbox; sandbox.choose(sandbox.first_uid(0))"


@dataclass(frozen=True)
class Common:
    """What all submissions of a run have in common. ``seats`` is None where each worker has as many as processors."""

    run: str
    source: Parcel
    config: Config
    limits: Limits
    seats: int | None


@dataclass(frozen=True)
class Unfit:
    """A worker where nothing can be graded, and why."""

    work: Work
    reason: str


@functools.lru_cache(maxsize=1)
def version() -> str:
    """Equal where the same grader is installed: of its code and of Python."""
    found = hashlib.blake2b(repr(sys.version_info[:2]).encode(), digest_size=16)
    folder = Path(proctor.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


def fitness(wanted: str) -> str:
    """Why nothing can be graded on this machine; "" if it can. ``wanted`` is the version of who asks."""
    if version() != wanted:
        return "another version of proctor or of Python is installed there"
    tried = subprocess.run([sys.executable, "-c", _CHOOSE], capture_output=True, text=True)
    return tried.stderr.strip().splitlines()[-1].rpartition("SandboxUnavailable: ")[2] if tried.returncode else ""


def grade(common: Common, data: list[Parcel], work: Work, upload: Parcel) -> Graded | Failed | Unfit:
    """Grade one submission here. Never raises for what is in it."""
    try:
        grader = _open(common, data)
    except (AssignmentError, SandboxUnavailable) as error:
        return Unfit(work, str(error))
    with tempfile.TemporaryDirectory(prefix="proctor-upload-") as place:
        done = grader.grade(replace(work, upload=upload.unpack(Path(place))))
    return replace(done, work=work)  # its folder is where the run is


def close(run: str) -> None:
    """End the room of a run, if there is one here."""
    with _opening:
        bench = _benches.pop(run, None)
    if bench is not None:
        bench[0].close()
        bench[1].cleanup()


_benches: dict[str, tuple[Grader, tempfile.TemporaryDirectory]] = {}
_opening = threading.Lock()


def _open(common: Common, data: list[Parcel]) -> Grader:
    with _opening:
        if common.run not in _benches:
            place = tempfile.TemporaryDirectory(prefix="proctor-bench-", ignore_cleanup_errors=True)
            source = common.source.unpack(Path(place.name) / "source")
            folders = tuple(parcel.unpack(Path(place.name) / parcel.digest) for parcel in data)
            seats = common.seats or len(os.sched_getaffinity(0))
            grader = Grader(Setup(source, common.config, common.limits, folders, seats))
            _benches[common.run] = (grader, place)
        return _benches[common.run][0]
