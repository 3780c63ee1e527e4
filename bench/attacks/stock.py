"""The attacks of tests/attacks against stock nbgrader: part of ``make bench``.

    python bench/attacks/stock.py [NAME …]          (default: all; about ten minutes on two cores)

Each attack is graded by a real ``nbgrader autograde`` without proctor, in a course folder of its own. Attacks
that would harm the machine that grades are not run; the table says so. Results are added to those in
build/bench/stock_attacks.json; docs/make_tables.py sets them beside what ``make attacks`` found.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "examples")]

import nbformat
from attacks import surroundings
from attacks.attack import Attack, attacks, hand_in
from nbgrader.api import Gradebook, MissingEntry
from tqdm import tqdm

TARGET = ROOT / "build" / "bench" / "stock_attacks.json"
STUDENT = "attacker"
STOCK_SECONDS = 180  # then a run is given up
CELL_SECONDS = 30
WORKERS = 2
CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "bench"
c.ClearMarkScheme.enforce_metadata = False
c.ExecutePreprocessor.timeout = {CELL_SECONDS}
c.Execute.timeout = {CELL_SECONDS}
"""


@dataclass(frozen=True)
class Graded:
    """``points`` is None when grading gave none; ``learned``: the graded notebook shows what nobody should see.

    ``not_run`` says why it was not even tried, "" if it was.
    """

    points: float | None
    learned: bool
    note: str = ""
    not_run: str = ""


def main(names: list[str]) -> int:
    chosen = [attack for attack in attacks() if not names or attack.name in names]
    with tempfile.TemporaryDirectory(prefix="bench-attacks-") as folder:
        template = prepare_course(Path(folder))
        course = surroundings.Course()
        os.environ["GRADER_TOKEN"] = course.secret("the environment")
        try:
            secrets = course.secrets()
            with ThreadPoolExecutor(WORKERS) as pool:
                graded = pool.map(lambda attack: grade(attack, template, secrets), chosen)
                for attack, result in zip(
                    chosen, tqdm(graded, total=len(chosen), unit="attack", disable=None), strict=True
                ):
                    keep(attack.name, result)
                    print("".join(in_words(attack.name, result)))
        finally:
            course.close()
    return 0


def keep(name: str, result: Graded) -> None:
    """Write a result beside those of earlier runs."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(TARGET.read_text()) if TARGET.exists() else {}
    TARGET.write_text(json.dumps(dict(sorted((known | {name: asdict(result)}).items())), indent=1) + "\n")


def in_words(name: str, result: Graded) -> Iterator[str]:
    points = "–" if result.points is None else f"{result.points:g}"
    yield f"{name:<50}{points:>6}"
    yield "  learned something" if result.learned else ""
    yield f"  {result.not_run or result.note}"


def prepare_course(folder: Path) -> Path:
    """A course that has generated its assignment, to be copied for each attack."""
    course = folder / "course"
    shutil.copytree(ROOT / "source" / "hw4", course / "source" / "hw4", ignore=shutil.ignore_patterns("__pycache__"))
    (course / "nbgrader_config.py").write_text(CONFIG)
    done = nbgrader(course, "generate_assignment", "hw4")
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:])
    return course


def grade(attack: Attack, template: Path, secrets: dict[str, str]) -> Graded:
    """What ``nbgrader autograde`` gives."""
    if reason := reason_not_to_run(attack):
        return Graded(None, False, not_run=reason)
    with tempfile.TemporaryDirectory(prefix="bench-attack-") as folder:
        course = Path(folder) / "course"
        shutil.copytree(template, course)
        plant_secrets(course, secrets)
        hand_in(attack, course / "submitted" / STUDENT / "hw4", course)
        try:
            done = nbgrader(course, "autograde", "hw4", "--student", STUDENT)
            note = "" if done.returncode == 0 else "nbgrader stopped: " + last_error(done.stdout)
        except subprocess.TimeoutExpired:
            note = f"given up after {STOCK_SECONDS} s"
        remove_traces()
        return Graded(stock_points(course, attack.notebook), stock_learned(course, attack, secrets), note)


def reason_not_to_run(attack: Attack) -> str:
    return "needs the data set, and minutes" if attack.notebook == "fashion_mnist" else attack.stock


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run an nbgrader command in the course's folder, where it may not use up the machine."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))
        resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    bin_folder = Path(sys.executable).parent
    environment = os.environ | {"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        [str(bin_folder / "nbgrader"), *arguments],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=limit,  # noqa: PLW1509 (three system calls)
        start_new_session=True,
    ) as process:
        try:
            printed, _ = process.communicate(timeout=STOCK_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            raise
    return subprocess.CompletedProcess(arguments, process.returncode, printed)


def plant_secrets(course: Path, secrets: dict[str, str]) -> None:
    """Another student's answer, to be found."""
    theirs = course / "submitted" / "classmate" / "hw4"
    theirs.mkdir(parents=True)
    text = next(secret for secret, what in secrets.items() if what == "a classmate's answer")
    (theirs / "convolution.ipynb").write_text(json.dumps({"text": text}))


def stock_points(course: Path, notebook: str) -> float | None:
    """Points in the gradebook, None when there are none to be found."""
    try:
        with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
            return gradebook.find_submission_notebook(notebook, "hw4", STUDENT).score
    except MissingEntry:
        return None
    except Exception as error:  # whatever is left of a gradebook that was attacked
        return print(f"{course}: {error}", file=sys.stderr)


def stock_learned(course: Path, attack: Attack, secrets: dict[str, str]) -> bool:
    path = course / "autograded" / STUDENT / "hw4" / f"{attack.notebook}.ipynb"
    return path.is_file() and shows_secret(nbformat.read(path, 4), attack.loot, secrets)


def shows_secret(notebook, mark: str, secrets: dict[str, str]) -> bool:
    shown = surroundings.outputs(notebook)
    known = any(json.dumps(secret, ensure_ascii=False)[1:-1] in shown for secret in secrets)
    return known or bool(surroundings.loot(notebook, mark))


def last_error(printed: str) -> str:
    lines = [line for line in printed.splitlines() if "ERROR" in line or "Error" in line]
    return lines[-1].strip()[-100:] if lines else "no reason given"


def remove_traces() -> None:
    for path in surroundings.traces():
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
