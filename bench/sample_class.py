"""Stock nbgrader and the exam side by side: the same sample class, one run.

    python bench/sample_class.py [--rounds 2]

Both are plain `nbgrader autograde hw4` on the submissions of examples/, in course folders
of their own, taken in turn: stock, exam, stock, exam … Writes build/bench/sample_class.json.
Hidden tests that ask `reference` compare the notebook with itself under stock nbgrader:
the times can be compared, those points cannot.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "cis520"
c.ClearMarkScheme.enforce_metadata = False
c.Execute.timeout = 180
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2, help="how often each side grades the class (default 2)")
    rounds = parser.parse_args().rounds

    courses = {"stock": make_course("stock", STOCK), "exam": make_course("exam", (ROOT / "nbgrader_config.py").read_text())}
    students = len(list((courses["exam"] / "submitted").iterdir()))
    seconds: dict[str, list[float]] = {side: [] for side in courses}
    with tqdm(total=rounds * len(courses), unit="class", desc="grading the sample class") as bar:
        for _ in range(rounds):
            for side, course in courses.items():
                started = time.perf_counter()
                nbgrader(course, "autograde", "hw4", "--force")
                seconds[side].append((time.perf_counter() - started) / students)
                bar.update()
    result = {
        "students": students,
        "seconds_per_submission": {side: statistics.median(values) for side, values in seconds.items()},
        "ratios": [stock / exam for stock, exam in zip(seconds["stock"], seconds["exam"], strict=True)],
    }
    (BUILD / "sample_class.json").write_text(json.dumps(result, indent=1))
    for side, value in result["seconds_per_submission"].items():
        print(f"{side:<6} {value:7.2f} s per submission")
    print("ratio ", *(f"{ratio:.1f}" for ratio in result["ratios"]))


def make_course(name: str, config: str) -> Path:
    """A course folder with the assignment generated and the sample class submitted."""
    course = BUILD / name
    shutil.rmtree(course, ignore_errors=True)
    shutil.copytree(ROOT / "source", course / "source", ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"))
    for folder in sorted((ROOT / "examples").glob("*/hw4")):
        shutil.copytree(folder, course / "submitted" / folder.parent.name / "hw4")
    (course / "nbgrader_config.py").write_text(config)
    (course / "data").symlink_to(ROOT / "data")
    nbgrader(course, "generate_assignment", "hw4")
    return course


def nbgrader(course: Path, *arguments: str) -> None:
    """Run nbgrader in a course folder. Raises CalledProcessError with its output shown."""
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=course, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    (course / f"{arguments[0]}.log").write_text(done.stdout)
    if done.returncode:
        sys.exit(f"{done.stdout[-3000:]}\n`nbgrader {' '.join(arguments)}` failed in {course}")


if __name__ == "__main__":
    main()
