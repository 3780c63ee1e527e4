"""Every attack of tests/attacks against the exam on this machine, in one table: ``make attacks``.

    python bench/attacks/run.py [NAME …]          (default: all)

Exit code 1: something was earned, learned or left behind. Two workers, each with a room of its own, so
that the proctor's memory can be told apart. Results go to build/bench/attacks.json as well.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "examples")]
os.environ.setdefault("OMP_NUM_THREADS", "1")

from attacks.attack import FOLDER as COLLECTION
from attacks.attack import attacks, read
from attacks.trial import LIMITS, MIB, Examined, Trial, examined, points
from tqdm import tqdm

WORKERS = 2
TARGET = ROOT / "build" / "bench" / "attacks.json"
_SHOWN = 60  # characters


@dataclass(frozen=True)
class Row:
    """``seconds`` by the clock on the wall, ``computed`` the proctor's own processor seconds, ``mib`` what it grew by."""

    attack: str
    notebook: str
    honest: float
    points: float
    earned: dict[str, tuple[float, float]]
    learned: tuple[str, ...]
    harm: tuple[str, ...]
    stopped: str
    seconds: float
    computed: float
    mib: float
    honest_seconds: float
    honest_computed: float
    honest_mib: float

    @property
    def succeeded(self) -> bool:
        return bool(self.earned or self.learned or self.harm)


@dataclass(frozen=True)
class Results:
    """``load``: how many processes wanted a processor in the last 15 minutes."""

    protection: str
    load: float
    rows: tuple[Row, ...]


def main(names: list[str]) -> int:
    chosen = [attack.name for attack in attacks() if not names or attack.name in names]
    unknown = set(names) - set(chosen)
    if unknown:
        print(f"There is no attack {', '.join(sorted(unknown))} in {COLLECTION}.", file=sys.stderr)
        return 2
    results = run(chosen)
    keep(results)
    report(results)
    return int(any(row.succeeded for row in results.rows))


def run(names: list[str]) -> Results:
    """Try attacks, by name, as many at a time as there are workers."""
    context = multiprocessing.get_context("spawn")
    todo, done = context.Queue(), context.Queue()
    workers = [context.Process(target=work, args=(todo, done), daemon=False) for _ in range(min(WORKERS, len(names)))]
    for name in [*names, *(None for _ in workers)]:
        todo.put(name)
    for worker in workers:
        worker.start()
    rows: list[Row] = []
    protection = ""
    with tqdm(total=len(names), desc="attacks", unit="attack", disable=None) as bar:
        while len(rows) < len(names):
            try:
                protection, row = done.get(timeout=1)
            except Empty:
                if all(worker.exitcode is not None for worker in workers) and done.empty():
                    raise RuntimeError("The workers have ended before all attacks were tried: see above.") from None
                continue
            rows.append(row)
            bar.update()
    for worker in workers:
        worker.join()
    return Results(protection, os.getloadavg()[2], tuple(sorted(rows, key=lambda row: row.attack)))


def work(todo: multiprocessing.Queue, done: multiprocessing.Queue) -> None:
    """A worker: tries attacks until there are no more."""
    with examined() as room:
        while (name := todo.get()) is not None:
            try:
                done.put((room.room.protection, tried(name, room)))
            except Exception:  # the proctor itself failed: an attack that has succeeded
                done.put((room.room.protection, failed(name, traceback.format_exc(limit=-2))))


def tried(name: str, room: Examined) -> Row:
    attack = read(COLLECTION / f"{name}.py")
    with tempfile.TemporaryDirectory(prefix="attack-", ignore_cleanup_errors=True) as folder:
        trial: Trial = room.attack(attack, Path(folder))
    honest = room.honest_cost(attack.notebook, attack.student)
    return Row(
        name,
        attack.notebook,
        sum(trial.honest.values()) + attack.earns[1],
        max(sum(points(graded).values()) for graded in trial.graded),
        trial.earned,
        trial.learned,
        trial.harm,
        trial.stopped,
        trial.cost.seconds,
        trial.cost.computed,
        trial.cost.grown / MIB,
        honest.seconds,
        honest.computed,
        honest.grown / MIB,
    )


def failed(name: str, how: str) -> Row:
    attack = read(COLLECTION / f"{name}.py")
    return Row(name, attack.notebook, 0, 0, {}, (), (f"grading failed:\n{how}",), "", 0, 0, 0, 0, 0, 0)


def keep(results: Results) -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(asdict(results) | {"in_short": in_short(results)}, indent=1) + "\n")


def report(results: Results) -> None:
    rows = results.rows
    print(f"\n{'attack':<50}{'honest':>7}{'earned':>7}{'learned':>8}{'seconds':>8}{'proctor':>8}{'MiB':>5}  stopped")
    for row in rows:
        learned = "yes" if row.learned else "–"
        figures = f"{row.seconds:>8.1f}{row.computed:>8.2f}{row.mib:>5.0f}"
        stopped = row.stopped if len(row.stopped) <= _SHOWN else f"{row.stopped[: _SHOWN - 2]} …"
        print(f"{row.attack:<50}{row.honest:>7g}{row.points:>7g}{learned:>8}{figures}  {stopped}")
    for row in filter(lambda row: row.succeeded, rows):
        print(
            f"\n! {row.attack}", *(f"  earned in {cell}: {got} of {most}" for cell, (got, most) in row.earned.items())
        )
        for words in (*row.learned, *row.harm):
            print(f"  {words[:2000]}")
    print(f"\nProtection: {results.protection}")
    print("seconds: by the clock on the wall. proctor: its own processor seconds. MiB: what it grew by meanwhile.")
    print(f"Time of a notebook here: {LIMITS.notebook_seconds:g} processor seconds for each of two runs.\n")
    for line in in_short(results):
        print(line)


def in_short(results: Results) -> list[str]:
    """What came of all of them, and the dearest beside an honest notebook."""
    rows = results.rows
    earned, learned, harmed = (sum(bool(getattr(row, what)) for row in rows) for what in ("earned", "learned", "harm"))
    lines = [
        f"{len(rows)} attacks: {earned} earned a point, {learned} learned a secret, {harmed} left something behind."
    ]
    for what, unit, words in (
        ("seconds", "s", f"Seconds, on {os.cpu_count()} processors with a load of {results.load:.0f}"),
        ("computed", "s", "Processor seconds of the proctor"),
        ("mib", "MiB", "Memory of the proctor"),
    ):
        worst = max(rows, key=lambda row: getattr(row, what))
        of_it = getattr(worst, f"honest_{what}")
        lines.append(
            f"{words}: at most {getattr(worst, what):.1f} {unit} ({worst.attack}), "
            f"an honest {worst.notebook} {of_it:.1f} {unit}."
        )
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
