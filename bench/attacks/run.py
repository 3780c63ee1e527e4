"""The attacks of tests/attacks against stock nbgrader and against the exam, side by side.

    python bench/attacks/run.py [NAME …]          (default: all; about ten minutes on two cores)

Each attack is graded by a real ``nbgrader autograde`` without proctor, in a course folder of
its own, and by the exam. Attacks that would harm the machine that grades are not run against
stock nbgrader; the table says so. Results go to build/bench/attacks.json as well.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "examples")]

import nbformat
from attacks import surroundings
from attacks.attack import Attack, Part, attacks, hand_in, hand_in_all
from nbgrader.api import Gradebook, MissingEntry
from traitlets.config import Config

from proctor.exam.limits import Limits
from proctor.exam.room import Room
from proctor.grading import grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import load_submission

STUDENT = "attacker"
STOCK_SECONDS = 180  # then a stock run is given up
STOCK_CELL_SECONDS = 30
WORKERS = 2
STOCK_CONFIG = f"""
c = get_config()
c.CourseDirectory.course_id = "bench"
c.ClearMarkScheme.enforce_metadata = False
c.ExecutePreprocessor.timeout = {STOCK_CELL_SECONDS}
c.Execute.timeout = {STOCK_CELL_SECONDS}
"""
EXAM_LIMITS = Limits(
    cell_seconds=6,
    call_seconds=3,
    test_seconds=10,
    notebook_seconds=60,
    memory_bytes=1 << 30,
    file_bytes=1 << 24,
    folder_bytes=1 << 25,
    folder_files=500,
    threads=32,
    output_bytes=1 << 20,
    frame_bytes=24 << 20,
)


@dataclass(frozen=True)
class Graded:
    """``points`` is None when grading gave none; ``learned``: the graded notebook shows what nobody should see."""

    points: float | None
    learned: bool
    note: str = ""


@dataclass(frozen=True)
class Row:
    attack: str
    says: str
    honest: float
    possible: float
    stock: Graded | None
    exam: Graded
    not_run: str = ""

    @property
    def paid(self) -> bool:
        return bool(self.stock and self.stock.points is not None and self.stock.points > self.honest)


def main(names: list[str]) -> int:
    chosen = [attack for attack in attacks() if not names or attack.name in names]
    with tempfile.TemporaryDirectory(prefix="bench-attacks-") as folder:
        template = prepare_course(Path(folder))
        course = surroundings.Course()
        os.environ["GRADER_TOKEN"] = course.secret("the environment")
        try:
            secrets = course.secrets()
            with ThreadPoolExecutor(WORKERS) as pool:
                stock = {attack.name: pool.submit(grade_stock, attack, template, secrets) for attack in chosen}
                with Room(EXAM_LIMITS, seats=2) as room:
                    exam = {attack.name: grade_exam(attack, course, secrets, room) for attack in chosen}
                    bases = {(attack.notebook, attack.student): honest_version(attack) for attack in chosen}
                    honest = {key: grade_exam(base, course, secrets, room) for key, base in bases.items()}
                possible = max_points(template)
                rows = [
                    Row(
                        attack.name,
                        attack.says,
                        (honest[attack.notebook, attack.student].points or 0.0) + attack.earns[1],
                        possible[attack.notebook],
                        stock[attack.name].result(),
                        exam[attack.name],
                        reason_not_to_run(attack),
                    )
                    for attack in chosen
                ]
        finally:
            course.close()
    report(rows)
    return 0


def prepare_course(folder: Path) -> Path:
    """A course that has generated its assignment, to be copied for each attack."""
    course = folder / "course"
    shutil.copytree(ROOT / "source" / "hw4", course / "source" / "hw4", ignore=shutil.ignore_patterns("__pycache__"))
    (course / "nbgrader_config.py").write_text(STOCK_CONFIG)
    done = nbgrader(course, "generate_assignment", "hw4")
    if done.returncode:
        raise RuntimeError(done.stdout[-2000:])
    return course


def grade_stock(attack: Attack, template: Path, secrets: dict[str, str]) -> Graded | None:
    """What ``nbgrader autograde`` gives; None for an attack that is not run against it."""
    if reason_not_to_run(attack):
        return None
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


def grade_exam(attack: Attack, course: surroundings.Course, secrets: dict[str, str], room: Room) -> Graded:
    config = Config()
    config.ClearMarkScheme.enforce_metadata = False
    assignment = load_assignment(course.source, config)
    with tempfile.TemporaryDirectory(prefix="bench-exam-") as folder:
        submissions = [load_submission(place, assignment) for place in hand_in_all(attack, Path(folder), course.root)]
        with ThreadPoolExecutor() as threads:
            grade = partial(grade_notebook, assignment, attack.notebook, room=room, seed=520, data=(ROOT / "data",))
            graded = list(threads.map(lambda submission: grade(submission=submission), submissions))
    points = max(sum(result.points for result in each.tests) for each in graded)
    return Graded(points, any(shows_secret(each.notebook, attack.loot, secrets) for each in graded))


def honest_version(attack: Attack) -> Attack:
    """The same student's notebook without the trick."""
    return Attack("honest", "", (Part("by hand", "", "pass"),), attack.notebook, attack.student)


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


def max_points(course: Path) -> dict[str, float]:
    """Points of each notebook's test cells."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {notebook.name: notebook.max_code_score for notebook in gradebook.find_assignment("hw4").notebooks}


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


def report(rows: list[Row]) -> None:
    target = ROOT / "build" / "bench" / "attacks.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    print(f"{'attack':<48}{'honest':>8}{'stock':>8}{'exam':>8}  of")
    for row in rows:
        stock = row.stock.points if row.stock else None
        notes = [row.not_run] if row.not_run else [row.stock.note] if row.stock and row.stock.note else []
        notes += ["stock: learned something"] if row.stock and row.stock.learned else []
        notes += ["exam: learned something"] if row.exam.learned else []
        shown = "–" if stock is None else f"{stock:g}"
        points = f"{row.honest:>8g}{shown:>8}{row.exam.points:>8g}{row.possible:>4g}"
        print(f"{row.attack:<48}{points}  {'; '.join(notes)}")
    run = [row.stock for row in rows if row.stock]
    print(
        f"\n{len(rows)} attacks, {len(run)} of them run against both.\n"
        f"Paid with points: stock {sum(row.paid for row in rows)}, "
        f"exam {sum((row.exam.points or 0.0) > row.honest for row in rows)} (of {len(rows)}).\n"
        f"Learned something: stock {sum(stock.learned for stock in run)}, exam {sum(row.exam.learned for row in rows)}."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
