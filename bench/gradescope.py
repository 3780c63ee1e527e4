"""Whether grading on Gradescope fits its default container: half a CPU and 768 MB.

    sudo python bench/gradescope.py [--cpus 0.5] [--memory 768] [--submission examples/reference/hw4]

Runs `python -m proctor.gradescope.autograder.run` in control groups of its own that have this quota of
CPU time (CFS bandwidth: cpu.cfs_quota_us or cpu.max) and this limit of memory, page cache
included. Four times a second it adds up, over all processes of the run:

    own        memory of their own, shared pages once (the sum of Pss_Anon)
    with files the same and each page of a mapped file once: libraries. The kernel may drop these
               pages and read them again.

Needs root, and control groups of version 1 or 2 that root may make. Writes build/bench/gradescope.json.
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
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"
CGROUPS = Path("/sys/fs/cgroup")
MIB = 1 << 20
PERIOD_US = 100_000
EVERY_SECONDS = 0.25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cpus", type=float, default=0.5, help="CPU time per second (default %(default)s)")
    parser.add_argument("--memory", type=int, default=768, help="limit in MB (default %(default)s)")
    parser.add_argument("--submission", type=Path, default=ROOT / "examples" / "reference" / "hw4")
    arguments = parser.parse_args()
    memory_bytes = arguments.memory * 1_000_000
    with tempfile.TemporaryDirectory() as folder, control_groups(arguments.cpus, memory_bytes) as groups:
        autograder = make_autograder(Path(folder) / "autograder", arguments.submission)
        result = measured(autograder, groups)
    result |= {"cpus": arguments.cpus, "memory_mb": arguments.memory, "torch": metadata.version("torch")}
    BUILD.mkdir(parents=True, exist_ok=True)
    (BUILD / "gradescope.json").write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


def make_autograder(root: Path, submission: Path) -> Path:
    """Gradescope's folder as it is before a run."""
    for folder in ("source/source", "results"):
        (root / folder).mkdir(parents=True)
    shutil.copytree(ROOT / "source" / "hw4", root / "source" / "source" / "hw4")
    shutil.copyfile(ROOT / "nbgrader_config.py", root / "source" / "nbgrader_config.py")
    (root / "source" / "data").symlink_to(ROOT / "data")
    shutil.copytree(submission, root / "submission")
    (root / "submission_metadata.json").write_text("{}")
    return root


@dataclass(frozen=True)
class Groups:
    """The control groups of one run, by controller; with version 2 both are the same."""

    memory: Path
    cpu: Path

    def enter(self) -> None:
        """Put the calling process into them."""
        for group in {self.memory, self.cpu}:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    def processes(self) -> list[int]:
        return [int(pid) for pid in (self.memory / "cgroup.procs").read_text().split()]

    def charged(self) -> dict[str, int]:
        """What the kernel says of the whole run, in bytes and events: cached files included."""
        if (self.memory / "memory.peak").exists():
            events = dict(line.split() for line in (self.memory / "memory.events").read_text().splitlines())
            return {"peak": int((self.memory / "memory.peak").read_text()), "killed": int(events["oom_kill"])}
        control = dict(line.split() for line in (self.memory / "memory.oom_control").read_text().splitlines())
        peak = int((self.memory / "memory.max_usage_in_bytes").read_text())
        return {"peak": peak, "killed": int(control["oom_kill"])}


@contextmanager
def control_groups(cpus: float, memory_bytes: int) -> Iterator[Groups]:
    """Groups below this process's own, with the limits set; removed afterwards."""
    own = dict(line.split(":")[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    name = f"proctor-bench-{os.getpid()}"
    if "memory" in own:
        memory, cpu = (CGROUPS / controller / own[controller].lstrip("/") / name for controller in ("memory", "cpu"))
        limits: dict[Path, int | str] = {
            memory / "memory.limit_in_bytes": memory_bytes,
            cpu / "cpu.cfs_period_us": PERIOD_US,
            cpu / "cpu.cfs_quota_us": round(cpus * PERIOD_US),
        }
    else:
        memory = cpu = CGROUPS / own[""].lstrip("/") / name
        limits = {memory / "memory.max": memory_bytes, cpu / "cpu.max": f"{round(cpus * PERIOD_US)} {PERIOD_US}"}
    for group in {memory, cpu}:
        group.mkdir()
    try:
        for file, value in limits.items():
            file.write_text(str(value))
        yield Groups(memory, cpu)
    finally:
        for group in {memory, cpu}:
            group.rmdir()


def measured(autograder: Path, groups: Groups) -> dict:
    """Run once, and look at its memory until it ends."""
    started = time.monotonic()
    run = subprocess.Popen(
        [sys.executable, "-m", "proctor.gradescope.autograder.run", "--root", str(autograder)],
        cwd=ROOT,
        env=os.environ | {"MALLOC_MMAP_THRESHOLD_": "1048576"},  # as image/run_autograder does
        preexec_fn=groups.enter,  # noqa: PLW1509 (no thread runs yet)
        stdout=subprocess.PIPE,
        text=True,
    )
    samples = []
    while run.poll() is None:
        samples.append(memory(groups.processes()))
        time.sleep(EVERY_SECONDS)
    seconds = time.monotonic() - started
    assert run.stdout is not None, "a pipe"
    print(run.stdout.read())
    charged = groups.charged()
    results = json.loads((autograder / "results" / "results.json").read_text())
    own, _, processes = max(samples, key=lambda sample: sample[0])
    return {
        "seconds": round(seconds, 1),
        "points": results["score"],
        "own_mib": own // MIB,
        "with_files_mib": max(sample[1] for sample in samples) // MIB,
        "processes_at_peak": processes,
        "charged_mib": charged["peak"] // MIB,
        "killed_for_memory": charged["killed"],
        "exit_status": run.returncode,
    }


def memory(pids: list[int]) -> tuple[int, int, dict[str, int]]:
    """Bytes of their own, the same with mapped files, and MiB of each process's own by process id."""
    own: dict[int, int] = {}
    files: dict[str, int] = {}
    for pid in pids:
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            mappings = Path(f"/proc/{pid}/smaps").read_text()
        except OSError:
            continue  # ended meanwhile
        own[pid] = 1024 * _kilobytes("Pss_Anon", rollup)
        for _, offset, path, fields in MAPPING.findall(mappings):
            resident = 1024 * sum(map(int, re.findall(r"(?:Shared|Private)_(?:Clean|Dirty):\s+(\d+)", fields)))
            anonymous = 1024 * _kilobytes("Anonymous", fields)
            key = f"{path} {offset}"
            files[key] = max(files.get(key, 0), resident - anonymous)
    total = sum(own.values())
    names = {f"{pid} {role(pid)}": size // MIB for pid, size in own.items()}
    return total, total + sum(files.values()), names


def _kilobytes(name: str, fields: str) -> int:
    """A field of the kernel's tables of mappings."""
    return int(re.findall(rf"{name}:\s+(\d+)", fields)[0])


MAPPING = re.compile(r"^([0-9a-f]+-[0-9a-f]+) \S+ ([0-9a-f]+) \S+ [1-9]\d* +(/\S.*)\n((?:[A-Z][A-Za-z_]+:.*\n)+)", re.M)


def role(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


if __name__ == "__main__":
    main()
