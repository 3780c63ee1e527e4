"""What one exam costs beside the student's own computation.

    python bench/one_notebook.py [--rounds 7]

For each notebook of examples/reference: its exam, and the same cells and tests run in one
process without any protection, forked from one that has everything imported; in turn, so
that the machine's mood hits both. Also what a class pays once (nbgrader's start, opening a
room), the time from asking for a fork to its first cell's result, and the memory that a
candidate has for itself. Writes build/bench/one_notebook.json.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from proctor import Room, grade, load_assignment, load_submission
from proctor.config import nbgrader_config
from proctor.exam.paper import Cell, Paper
from proctor.notebooks.transplant import transplant

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="how often each is run; medians are reported (default 7)")
    rounds = parser.parse_args().rounds
    import_everything()
    assignment = load_assignment(ROOT / "source" / "hw4", nbgrader_config())
    folder = ROOT / "examples" / "reference" / "hw4"
    submission = load_submission(folder, assignment)
    BUILD.mkdir(parents=True, exist_ok=True)
    result: dict = {"notebooks": {}}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "nbgrader", "--version"], check=True, stdout=subprocess.DEVNULL)
    result["nbgrader_start_seconds"] = time.perf_counter() - started
    started = time.perf_counter()
    with Room() as room:
        result["room_seconds"] = time.perf_counter() - started
        result["protection"] = room.protection
        result["first_cell_seconds"] = statistics.median(first_cell(room) for _ in range(3 * rounds))
        result["candidate_private_mib"] = private_memory(room)
        for notebook in assignment.notebooks:
            alone = type(assignment)(assignment.name, assignment.folder, (notebook,), assignment.files)
            cells = [c.source for c in transplant(notebook, submission.notebook(notebook.name)).cells if c.runs_as]
            pairs = []
            for _ in range(rounds):
                started = time.perf_counter()
                graded = grade(alone, submission, room, data=(ROOT / "data",))
                exam = time.perf_counter() - started
                pairs.append((exam, unprotected(cells, folder)))
            tests = sum(test.seconds for test in graded.notebooks[0].tests)
            result["notebooks"][notebook.name] = {
                "exam_seconds": statistics.median(exam for exam, _ in pairs),
                "unprotected_seconds": statistics.median(bare for _, bare in pairs),
                "added_seconds": statistics.median(exam - bare for exam, bare in pairs),
                "tests_seconds": tests,
            }
    (BUILD / "one_notebook.json").write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


def import_everything() -> None:
    """What the zygotes have imported when they fork."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    os.environ["FASHION_MNIST_DIR"] = str(ROOT / "data")
    for name in (
        "matplotlib.pyplot",
        "torch._dynamo",
        "torch.utils.tensorboard",
        "torchvision.datasets",
        "tensorboard.backend.event_processing.event_accumulator",
        "proctor.checks",
    ):
        import_module(name)
    import torch

    torch.set_num_threads(1)


def first_cell(room: Room) -> float:
    """Seconds of the shortest exam there is: one cell, one fork, folders made and removed."""
    with tempfile.TemporaryDirectory() as empty:
        paper = Paper("first", (Cell("first", "1 + 1", "student"),), (), {}, Path(empty))
        started = time.perf_counter()
        (result,) = room.sit(paper, seed=0)
        assert result.outputs[0]["data"]["text/plain"] == "2"
        return time.perf_counter() - started


def private_memory(room: Room) -> float:
    """MiB that a candidate does not share with its zygote, while it waits in a cell after one torch step."""
    source = "import torch\n(torch.randn(64, 64, requires_grad=True) ** 2).sum().backward()\nimport time\ntime.sleep(3)"
    before = set(forks())
    with tempfile.TemporaryDirectory() as empty:
        paper = Paper("memory", (Cell("memory", source, "student"),), (), {}, Path(empty))
        exam = threading.Thread(target=room.sit, args=(paper, 0))
        exam.start()
        time.sleep(2)
        found = [private_mib(pid) for pid in set(forks()) - before]
        exam.join()
    return max(found)


def forks() -> list[int]:
    """Processes whose parent's parent is this one: the second zygote, and forks of the first."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(entry.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return [pid for pid, parent in parents.items() if parents.get(parent) == os.getpid()]


def private_mib(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private")) / 1024


def unprotected(cells: list[str], files: Path) -> float:
    """Seconds that the cells and tests take in one fork of this process, with nothing in between."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.get_context("fork").Process(target=run_cells, args=(cells, files, sender))
    started = time.perf_counter()
    worker.start()
    receiver.recv()
    seconds = time.perf_counter() - started
    worker.join()
    return seconds


def run_cells(cells: list[str], files: Path, sender) -> None:
    from IPython.core.interactiveshell import InteractiveShell
    from matplotlib_inline.backend_inline import configure_inline_support

    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "w") as nowhere:
        work = Path(folder) / "hw4"
        shutil.copytree(files, work)
        shutil.copy(ROOT / "source" / "hw4" / "hw4.py", work)
        os.chdir(work)
        sys.path.insert(0, str(work))
        sys.stdout = sys.stderr = nowhere
        shell: Any = InteractiveShell.instance()
        configure_inline_support(shell, os.environ["MPLBACKEND"])
        shell.extension_manager.load_extension("proctor.authoring")
        for cell in cells:
            shell.run_cell(cell, store_history=True)
        sender.send("done")


if __name__ == "__main__":
    main()
