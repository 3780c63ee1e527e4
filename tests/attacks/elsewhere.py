"""Try attacks on the machine that this program is started on, and print what they achieved as JSON.

A program of its own, so that a test can start it as another user, with fewer capabilities, or without Landlock.

    python elsewhere.py docker|no-landlock|- NAME …
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "examples")]

from attacks.attack import FOLDER, read
from attacks.trial import examined
from exam.sandbox.confined import surround


def main(surroundings: str, names: list[str]) -> dict:
    surround(surroundings)
    with examined() as room:
        if surroundings == "no-landlock":  # then the course must not be open to everybody
            room.course.root.chmod(0o700)
        return {"protection": room.room.protection, "achieved": {name: achieved(room, name) for name in names}}


def achieved(room, name: str) -> list[str]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trial = room.attack(read(FOLDER / f"{name}.py"), Path(folder))
    assert sum(trial.honest.values()) > 0, "honest work earns its points here"
    return [*map(str, trial.earned.items()), *trial.learned, *trial.harm]


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2:])))
