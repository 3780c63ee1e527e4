"""Run ``attacks.py`` as a student's cell, and print what it achieved as JSON.

A program of its own, so that a test can start it as another user, with fewer
capabilities, or below a system call filter like a container's.

    python confined.py COURSE_FOLDER [docker|no-landlock]
"""

import errno
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from proctor.exam.limits import Limits
from proctor.exam.paper import Cell, Paper
from proctor.exam.room import Room
from proctor.exam.sandbox import sandbox, seccomp
from proctor.exam.sandbox.sandbox import SandboxUnavailable

LIMITS = Limits(cell_seconds=20, memory_bytes=1 << 30, file_bytes=1 << 20, threads=16)
UNSHARE, SETNS, MOUNT, LANDLOCK = {
    "x86_64": (272, 308, 165, (444, 445, 446)),
    "aarch64": (97, 268, 40, (444, 445, 446)),
}[__import__("platform").machine()]


def surround(surroundings: str) -> None:
    """Take from this process, and from all that it starts, what such a machine lacks."""
    if surroundings == "docker":
        sandbox._prctl(sandbox._PR_SET_NO_NEW_PRIVS, 1)
        seccomp.install(seccomp.denying([UNSHARE, SETNS, MOUNT], errno.EPERM, namespaces=True))
    if surroundings == "no-landlock":
        sandbox._prctl(sandbox._PR_SET_NO_NEW_PRIVS, 1)
        seccomp.install(seccomp.denying(LANDLOCK, errno.ENOSYS))


def main(course: Path, surroundings: str) -> dict:
    surround(surroundings)
    attacks = Path(__file__).with_name("attacks.py").read_text()
    with tempfile.TemporaryDirectory() as folder:
        shared = Path(folder, "hw")
        shared.mkdir()
        try:
            with Room(LIMITS, preload=()) as room:
                cells = (Cell("attack", f"COURSE = {str(course)!r}\n{attacks}", "student"),)
                (result,) = room.sit(Paper("attack", cells, (), {}, shared), 1)
                return {"protection": room.protection, "outcome": result.outcome.value, "printed": printed(result)}
        except SandboxUnavailable as error:
            return {"refused": str(error)}


def printed(result) -> dict:
    text = "".join(output.get("text", "") for output in result.outputs)
    return json.loads(text) if text.startswith("{") else {"unexpected": str(result)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")))
