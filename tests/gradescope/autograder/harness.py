"""A stand-in for the harness that Gradescope runs in an autograder's container.

Written from its published behaviour; what it cannot know, docs/gradescope.md lists. It is a
program of the standard library alone, because it runs on the image's own python3::

    python3 harness.py FOLDER SECONDS

``FOLDER`` holds ``submission/`` (the student's files) and ``metadata.json``; ``upload.json`` is
written beside them: what students and staff would see, or why the autograder failed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

AUTOGRADER = Path("/autograder")
MOST_CHARACTERS = 100_000


class Failed(Exception):
    """Students would read: "The autograder failed to execute correctly"."""


def main(folder: Path, limit: float) -> None:
    _lay_out(folder)
    seconds = _run(limit)
    try:
        upload: dict[str, object] = {"results": _results(seconds), "error": None}
    except Failed as error:
        upload = {"results": None, "error": str(error)}
    printed = (AUTOGRADER / "results" / "stdout").read_text(errors="replace")
    (folder / "upload.json").write_text(json.dumps({**upload, "stdout": printed[:MOST_CHARACTERS]}))


def _lay_out(folder: Path) -> None:
    """New folders for each run, so with the permissions that new folders have."""
    for name in ("submission", "results"):
        shutil.rmtree(AUTOGRADER / name, ignore_errors=True)
        (AUTOGRADER / name).mkdir()
    shutil.copytree(folder / "submission", AUTOGRADER / "submission", symlinks=True, dirs_exist_ok=True)
    shutil.copy(folder / "metadata.json", AUTOGRADER / "submission_metadata.json")


def _run(limit: float) -> float:
    """Run the autograder; at the time-out end it alone, not what it has started, and overwrite its results."""
    start = time.monotonic()
    with (AUTOGRADER / "results" / "stdout").open("wb") as output:
        process = subprocess.Popen(
            [str(AUTOGRADER / "run_autograder")],
            cwd=AUTOGRADER,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            message = f"Your submission timed out. It took longer than {limit:g} seconds to run."
            results = {"score": 0, "output": message, "execution_time": time.monotonic() - start}
            (AUTOGRADER / "results" / "results.json").write_text(json.dumps(results))
    return time.monotonic() - start


def _results(seconds: float) -> dict:
    """What Gradescope would take from results.json. Raises Failed for what it would not."""
    path = AUTOGRADER / "results" / "results.json"
    if not path.is_file():
        raise Failed("there is no results.json")
    text = path.read_text()
    if re.search(r"(?<!\\)(\\\\)*\\u0000", text):
        raise Failed("results.json holds a NUL, which nothing cleans")
    try:
        results = json.loads(text, parse_constant=_refuse)
    except ValueError as error:
        raise Failed(f"results.json is no strict JSON: {error}") from error
    if not isinstance(results, dict):
        raise Failed("results.json is no object")
    results.setdefault("execution_time", seconds)
    for part in (results, *results.get("tests", [])):
        if isinstance(part.get("output"), str):
            part["output"] = part["output"][:MOST_CHARACTERS]
    return results


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]))
