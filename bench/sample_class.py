"""Stock nbgrader and the exam side by side: the same sample class, one run.

    python bench/sample_class.py [--rounds 1] [--copies 3]

Each side is plain `nbgrader autograde hw4` on the submissions of examples/, several copies of
each for a class of some size, in a course folder of its own, taken in turn: stock, the exam,
`proctor autograde` of the same class, the exam with one notebook at a time. Beside seconds by the
clock stand processor seconds, of all processes together: where others use the machine too, only
these can be compared. Writes build/bench/sample_class.json.
Hidden tests that ask `reference` compare the notebook with itself under stock nbgrader:
the times can be compared, those points cannot.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"
NBGRADER = ("-m", "nbgrader")
PROCTOR = ("-c", "import sys; from proctor.cli import main; sys.exit(main())")
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "cis520"
c.ClearMarkScheme.enforce_metadata = False
c.Execute.timeout = 180
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=1, help="how often each side grades the class (default 1)")
    parser.add_argument("--copies", type=int, default=3, help="how often each submission is in the class (default 3)")
    arguments = parser.parse_args()
    rounds = arguments.rounds

    exam = (ROOT / "nbgrader_config.py").read_text()
    configs = {"stock": STOCK, "exam": exam, "class": exam, "one_by_one": f"{exam}\nc.Exam.seats = 1\n"}
    courses = {side: make_course(side, config, arguments.copies) for side, config in configs.items()}
    students = len(list((courses["exam"] / "submitted").iterdir()))
    seconds: dict[str, list[float]] = {side: [] for side in courses}
    processor: dict[str, list[float]] = {side: [] for side in courses}
    with tqdm(total=rounds * len(courses), unit="class", desc="grading the sample class") as bar:
        for _ in range(rounds):
            for side, course in courses.items():
                started, before = time.perf_counter(), processor_seconds()
                run(PROCTOR if side == "class" else NBGRADER, course, "autograde", "hw4", "--force")
                seconds[side].append((time.perf_counter() - started) / students)
                processor[side].append((processor_seconds() - before) / students)
                bar.update()
    per_submission = {side: statistics.median(values) for side, values in seconds.items()}
    ratios = {
        side: [stock / other for stock, other in zip(seconds["stock"], seconds[side], strict=True)] for side in courses
    }
    per_processor = {side: statistics.median(values) for side, values in processor.items()}
    result = {
        "students": students,
        "processors": len(os.sched_getaffinity(0)),
        "seconds_per_submission": per_submission,
        "processor_seconds_per_submission": per_processor,
        "ratios": ratios,
    }
    (BUILD / "sample_class.json").write_text(json.dumps(result, indent=1))
    for side, value in per_submission.items():
        times = " ".join(f"{ratio:.1f}" for ratio in ratios[side])
        busy = per_processor[side]
        print(
            f"{side:<10} {value:7.2f} s per submission, stock takes {times} times as long; "
            f"{busy:7.2f} processor seconds, stock {per_processor['stock'] / busy:.1f} times as many"
        )


def make_course(name: str, config: str, copies: int) -> Path:
    """A course folder with the assignment generated and the sample class submitted."""
    course = BUILD / name
    shutil.rmtree(course, ignore_errors=True)
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    shutil.copytree(ROOT / "source", course / "source", ignore=ignored)
    for folder in sorted((ROOT / "examples").glob("*/hw4")):
        for number in range(1, copies + 1):
            shutil.copytree(folder, course / "submitted" / f"{folder.parent.name}-{number}" / "hw4")
    (course / "nbgrader_config.py").write_text(config)
    (course / "data").symlink_to(ROOT / "data")
    run(NBGRADER, course, "generate_assignment", "hw4")
    return course


def processor_seconds() -> float:
    """Of all processes that have ended so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(program: tuple[str, ...], course: Path, *arguments: str) -> None:
    """Run a command in a course folder; ends with its output shown if it fails."""
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    env["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, *program, *arguments]
    done = subprocess.run(command, cwd=course, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    (course / f"{arguments[0]}.log").write_text(done.stdout)
    if done.returncode:
        sys.exit(f"{done.stdout[-3000:]}\n`{' '.join(arguments)}` failed in {course}")


if __name__ == "__main__":
    main()
