"""A bundle rehearsed on this machine: one submission, graded as ``run_autograder`` does it in the container.

What is different here: Python and the packages are this machine's, data that a script fetches are those of the
course's folder, and there is no limit of memory or processors.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

import jsonschema
from packaging.version import Version

from proctor.gradescope.autograder_zip import SCRIPTS
from proctor.notebooks.unzip import BadArchive, extract

from .data import LIST
from .results import FAILED, NOT_REACHED

_RUN = "proctor/gradescope/autograder/run.py"
_SCHEMA = Path(__file__).with_name("results.schema.json")


class NotRehearsed(Exception):
    """The bundle could not be tried; the message says why."""


@dataclass(frozen=True)
class Rehearsal:
    """``results`` as Gradescope would take them, None if it would not; ``output`` is what staff would read of the run.

    ``remarks`` say what was different here, ``trouble`` what went wrong; "" if all was graded.
    """

    results: dict | None
    output: str
    remarks: tuple[str, ...]
    trouble: str


def rehearse(bundle: Path, submission: Path, course: Path) -> Rehearsal:
    """Grade ``submission`` (a folder, a zip or a notebook) with the zip that ``proctor gradescope bundle`` has made.

    ``course`` is the folder with the data that the zip does not hold. Raises NotRehearsed.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        root.chmod(0o755)  # student code runs as another user, and reads data below it
        remarks = _set_up(root, bundle, submission, course)
        environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "1048576"}  # as the script run_autograder does
        environment.pop("PYTHONPATH", None)  # the zip's own proctor grades
        command = [sys.executable, "-m", "proctor.gradescope.autograder.run", "--root", str(root / "autograder")]
        run = subprocess.run(
            command,
            cwd=root / "autograder" / "source",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        results, trouble = _read_results(root / "autograder" / "results" / "results.json", run.returncode)
    return Rehearsal(results, run.stdout, remarks, trouble)


def _set_up(root: Path, bundle: Path, submission: Path, course: Path) -> tuple[str, ...]:
    """Gradescope's folder ``autograder/`` as it is before a run."""
    autograder = root / "autograder"
    source = autograder / "source"
    for folder in (source, autograder / "results"):
        folder.mkdir(parents=True)
    _unpack(bundle, source)
    shutil.copy(source / "run_autograder", autograder)
    _hand_in(submission, autograder / "submission")
    now = datetime.now(timezone.utc).isoformat()
    about = {"created_at": now, "users": [{"email": "student@example.edu", "name": "Student"}], "assignment": {}}
    (autograder / "submission_metadata.json").write_text(json.dumps(about))
    return (*_place_data(source, root / "data", course), *_other_versions(source))


def _unpack(bundle: Path, source: Path) -> None:
    try:
        with zipfile.ZipFile(bundle) as opened:
            if not {_RUN, LIST, *SCRIPTS} <= set(opened.namelist()):
                raise NotRehearsed(f"{bundle} is not a zip that `proctor gradescope bundle` has made.")
            for member in opened.infolist():
                Path(opened.extract(member, source)).chmod(member.external_attr >> 16 & 0o777)
    except (OSError, zipfile.BadZipFile) as error:
        raise NotRehearsed(f"{bundle} cannot be unpacked: {error}.") from error


def _hand_in(submission: Path, folder: Path) -> None:
    """As students upload it: Gradescope unpacks a zip itself."""
    try:
        if submission.is_dir():
            shutil.copytree(submission, folder, symlinks=True)
        elif zipfile.is_zipfile(submission):
            extract(submission, folder)
        else:
            folder.mkdir()
            shutil.copy(submission, folder)
    except (OSError, shutil.Error, BadArchive) as error:
        raise NotRehearsed(f"{submission} cannot be handed in: {error}.") from error


def _place_data(source: Path, place: Path, course: Path) -> Iterator[str]:
    """Links in place of the data folders, as ``setup.sh`` makes them; data of a script are the course's own."""
    for line in (source / LIST).read_text().splitlines():
        folder, script = line.split("\t")
        there = place / folder
        there.parent.mkdir(parents=True, exist_ok=True)
        (source / folder).parent.mkdir(parents=True, exist_ok=True)
        if not script:
            (source / folder).rename(there)
        elif (course / folder).exists():
            there = (course / folder).resolve()
            yield f"{folder} is this course's own; on Gradescope {script} fetches it."
        else:
            raise NotRehearsed(f"There is no {course / folder} here. Run: python {script} {folder}")
        (source / folder).symlink_to(there)


def _other_versions(source: Path) -> Iterator[str]:
    """What is in other versions here than the zip asks for."""
    wanted = (source / ".python-version").read_text().strip()
    here = ".".join(map(str, sys.version_info[:3]))
    if here != wanted:
        yield f"Python is {here} here, {wanted} in the zip."
    for line in (source / "requirements.txt").read_text().split():
        name, version = line.split("==")
        try:
            there = Version(metadata.version(name)).public
        except metadata.PackageNotFoundError:
            there = "not installed"
        if there != version:
            yield f"{name} is {there} here, {version} in the zip."


def _read_results(path: Path, status: int) -> tuple[dict | None, str]:
    """What Gradescope would take of it, and what is wrong; "" if all was graded."""
    try:
        results = json.loads(path.read_text())
        jsonschema.Draft202012Validator(json.loads(_SCHEMA.read_text())).validate(results)
    except (OSError, ValueError) as error:
        return None, f"There is no results.json that can be read (exit code {status}): {error}"
    except jsonschema.ValidationError as error:
        return None, f"results.json does not fit Gradescope's format, at {error.json_path}: {error.message}"
    return results, _not_graded(results)


def _not_graded(results: dict) -> str:
    if results.get("output") == FAILED:
        return "Nothing was graded."
    tests = [test for test in results.get("tests", []) if test.get("output") in (FAILED, NOT_REACHED)]
    left_out = sorted({test["extra_data"]["notebook"] for test in tests})
    return f"Not graded: {', '.join(left_out)}." if left_out else ""
