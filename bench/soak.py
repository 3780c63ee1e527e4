"""Many small submissions in one run: seconds, memory, and whether anything grows or is left.

    python bench/soak.py [10 100 1000]        grades a class of each size, into build/bench/soak.json
    python bench/soak.py --plot               docs/pictures/soak.png, of what was measured last

Each student hands in the notebook that `proctor new` makes, solved. Twice a second it looks at all processes of the
command: memory of their own (shared pages once), their number and their open files. Processor seconds are those of
the processes; seconds by the clock depend on what else the machine does.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"
RESULT = BUILD / "soak.json"
PICTURE = ROOT / "docs" / "pictures" / "soak.png"
EVERY_SECONDS = 0.5
TICK = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[10, 100, 1000], help="students (default 10 100 1000)")
    parser.add_argument("--plot", action="store_true", help="only draw what was measured last")
    arguments = parser.parse_args()
    if arguments.plot:
        plot(json.loads(RESULT.read_text()))
        return
    BUILD.mkdir(parents=True, exist_ok=True)
    runs = []
    for size in arguments.sizes:
        runs.append(measured(size))
        print(json.dumps({name: value for name, value in runs[-1].items() if name != "samples"}))
        RESULT.write_text(json.dumps({"processors": len(os.sched_getaffinity(0)), "runs": runs}, indent=1))


def measured(students: int) -> dict:
    """Grade a class of this size."""
    course = make_course(students)
    with tempfile.TemporaryDirectory(prefix="soak-") as scratch:
        Path(scratch).chmod(0o711)  # as /tmp: those who sit exams pass it
        started = time.monotonic()
        run = begin(course, "autograde", "soak", TMPDIR=scratch)
        samples: list[dict] = []
        seconds: dict[int, float] = {}
        while run.poll() is None:
            pids = family(run.pid)
            seconds |= {pid: busy for pid in pids if (busy := processor_seconds(pid))}
            done = len(list((course / "autograded").glob("s*"))) if (course / "autograded").exists() else 0
            samples.append(
                {
                    "at": round(time.monotonic() - started, 1),
                    "done": done,
                    "mib": sum(map(own_mib, pids)),
                    "processes": len(pids),
                    "descriptors": sum(map(descriptors, pids)),
                }
            )
            time.sleep(EVERY_SECONDS)
        took = time.monotonic() - started
        usage = os.times()
        left = sorted(path.name for path in Path(scratch).iterdir())
    if run.returncode:
        sys.exit((course / "autograde.out").read_text()[-3000:])
    own = seconds[run.pid]
    grader = max((busy for pid, busy in seconds.items() if pid != run.pid), default=0.0)
    return {
        "students": students,
        "seconds": round(took, 1),
        "writer_seconds": round(own, 2),
        "grader_seconds": round(grader, 2),
        "all_processor_seconds": round(usage.children_user + usage.children_system, 1),
        "mib": half_and_end(samples, "mib"),
        "processes": half_and_end(samples, "processes"),
        "descriptors": half_and_end(samples, "descriptors"),
        "left": left,
        "samples": samples,
    }


def half_and_end(samples: list[dict], what: str) -> list[float]:
    """The most there was while the second and the last quarter of the class were graded: equal where nothing grows."""
    students = max(each["done"] for each in samples)

    def most(first: float, last: float) -> float:
        part = [each[what] for each in samples if first * students <= each["done"] <= last * students]
        return round(max(part, default=0), 1)

    return [most(0.25, 0.5), most(0.75, 1)]


def make_course(students: int) -> Path:
    course = BUILD / f"soak-{students}"
    shutil.rmtree(course, ignore_errors=True)
    course.mkdir(parents=True)
    shutil.copyfile(ROOT / "nbgrader_config.py", course / "nbgrader_config.py")
    for arguments in (("new", "soak"), ("nbgrader", "generate_assignment", "soak")):
        if begin(course, *arguments).wait():
            sys.exit((course / f"{arguments[0]}.out").read_text())
    for number in range(students):
        folder = course / "submitted" / f"s{number:04}" / "soak"
        folder.mkdir(parents=True)
        for path in (course / "source" / "soak").glob("*.ipynb"):
            shutil.copyfile(path, folder / path.name)
    return course


def begin(course: Path, command: str, *arguments: str, **environment: str) -> subprocess.Popen:
    """Start `proctor …`, or `nbgrader …`, in a course."""
    proctor = [sys.executable, "-c", "import sys; from proctor.cli import main; sys.exit(main())", command]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)} | environment
    words = [sys.executable, "-m", "nbgrader"] if command == "nbgrader" else proctor
    with open(course / f"{command}.out", "w") as out:
        return subprocess.Popen([*words, *arguments], cwd=course, env=env, stdout=out, stderr=subprocess.STDOUT)


def family(pid: int) -> list[int]:
    """A process and all that come of it."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := read(entry / "stat")):
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = [pid]
    for known in found:
        found += [child for child, parent in parents.items() if parent == known]
    return found


def processor_seconds(pid: int) -> float:
    fields = read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK if fields else 0.0


def own_mib(pid: int) -> float:
    found = re.search(r"Pss_Anon:\s+(\d+)", read(Path(f"/proc/{pid}/smaps_rollup")))
    return int(found[1]) / 1024 if found else 0.0


def descriptors(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def read(path: Path) -> str:
    """A file of a process; "" if that has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


def plot(result: dict) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    import matplotlib.pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
    runs = result["runs"]
    sizes = [run["students"] for run in runs]
    for name, label in (
        ("all_processor_seconds", "all processes"),
        ("grader_seconds", "the process that grades"),
        ("writer_seconds", "the process that writes"),
    ):
        left.plot(sizes, [run[name] for run in runs], "o-", label=label)
    left.set(xscale="log", yscale="log", xlabel="submissions", ylabel="processor seconds", title="Seconds")
    left.legend()
    for run in runs:
        right.plot(*zip(*progress(run["samples"]), strict=True), label=f"{run['students']} submissions")
    right.set(xlabel="submissions graded", ylabel="MiB, all processes", title="Memory", xscale="symlog", ylim=(0, None))
    right.legend()
    for axis in (left, right):
        axis.grid(alpha=0.3)
    figure.savefig(PICTURE, dpi=110)


def progress(samples: list[dict]) -> Iterator[tuple[int, float]]:
    for sample in samples:
        yield sample["done"], sample["mib"]


if __name__ == "__main__":
    main()
