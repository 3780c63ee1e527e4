"""Write the tables of docs/how-it-works.md: differences from stock nbgrader, and measurements.

    make bench          measures (about half an hour on two cores), then writes the tables
    make attacks        measures what stands in the table of attacks under "the exam"
    make tables         writes them from what was last measured (build/bench/*.json)

A table whose measurements are missing is left as it stands, and so is what stock nbgrader made of an attack.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "how-it-works.md"
BENCH = ROOT / "build" / "bench"
SIDES = {
    "stock": "stock nbgrader",
    "exam": "the exam, as many notebooks at a time as there are processors ({processors})",
    "class": "the same class with `proctor autograde`",
    "one_by_one": "the exam, one notebook at a time",
}


def main() -> int:
    text = PAGE.read_text()
    for name, lines in (("differences", differences()), ("benchmarks", benchmarks()), ("attacks", attacks(text))):
        table = "\n".join(lines)
        if table:
            place = re.search(rf"(?<=<!-- {name} -->\n).*?(?=<!-- end -->)", text, re.S)
            if place is None:
                print(f"{PAGE} has no place for the table of {name}", file=sys.stderr)
                return 1
            text = f"{text[: place.start()]}{table}\n{text[place.end() :]}"
    PAGE.write_text(text)
    return 0


def differences() -> Iterator[str]:
    sys.path.insert(0, str(ROOT / "tests"))
    from compatibility import differences as known

    yield from row("what", "stock nbgrader", "here", "why")
    for group in (known.SUBMISSIONS, known.CREDIT, known.TESTS):
        for difference in group:
            yield from row(difference.name, difference.stock, difference.here, difference.reason, head=False)


def benchmarks() -> Iterator[str]:
    sample, notebook = (measured(name) for name in ("sample_class.json", "one_notebook.json"))
    if not sample or not notebook:
        return
    seconds, ratios = sample["seconds_per_submission"], sample["ratios"]
    title = f"`nbgrader autograde hw4`, {sample['students']} submissions"
    busy = sample["processor_seconds_per_submission"]
    yield from row(title, "seconds per submission", "stock takes", "processor seconds", "stock takes")
    for side, name in SIDES.items():
        times = ", ".join(f"{ratio:.1f} ×" for ratio in ratios[side])
        more = f"{busy['stock'] / busy[side]:.1f} ×"
        ours = (f"{seconds[side]:.1f}", times, f"{busy[side]:.1f}", more)
        yield from row(name.format(**sample), *(ours if side != "stock" else (ours[0], "", ours[2], "")), head=False)
    yield ""
    head = ("exam, seconds", "the same cells and tests in one unprotected process", "added", "of the exam, its tests")
    yield from row("one notebook of the reference solution", *head)
    for name, value in notebook["notebooks"].items():
        numbers = (value[key] for key in ("exam_seconds", "unprotected_seconds", "added_seconds", "tests_seconds"))
        yield from row(name, *(f"{number:.2f}" for number in numbers), head=False)
    yield ""
    yield (
        f"Once for a class: {notebook['nbgrader_start_seconds']:.1f} s until nbgrader has started, "
        f"{notebook['room_seconds']:.1f} s to open a room (all imports). "
        f"From asking for an exam of one cell to its result: {1000 * notebook['first_cell_seconds']:.0f} ms "
        "(fork, confinement and folders included). "
        f"Memory that a candidate has for itself: {notebook['candidate_private_mib']:.0f} MiB. "
        f"Protection: {notebook['protection']}."
    )


def attacks(page: str) -> Iterator[str]:
    results, stock = measured("attacks.json"), measured("stock_attacks.json") or {}
    if not results:
        return
    before = dict(re.findall(r"^\| ([^|]+) \| [^|]+ \| ((?:\\.|[^|\\])+) \| [^|]+ \|$", page, re.M))
    yield f"`make attacks` (protection: {results['protection']}): {' '.join(results['in_short'])}"
    yield ""
    yield "Honest: what the same notebook earns without the trick. In bold: more than that, or something secret was learned."
    yield ""
    yield from row("attack", "honest", "stock nbgrader", "the exam")
    for result in results["rows"]:
        name, honest = result["attack"].replace("_", " "), result["honest"]
        there = before.get(name, "not measured yet").replace("\\|", "|")
        if result["attack"] in stock:
            there = outcome(stock[result["attack"]], honest)
        here = outcome({"points": result["points"], "learned": result["learned"], "note": "", "not_run": ""}, honest)
        yield from row(name, f"{honest:g}", there, here, head=False)


def outcome(graded: dict, honest: float) -> str:
    """One side's points, in bold when the attack succeeded there; why if it was not run."""
    if graded["not_run"]:
        return f"not run: {graded['not_run']}"
    words = f"{graded['points']:g}" if graded["points"] is not None else "not graded"
    words += " and learned secrets" if graded["learned"] else ""
    words += f" ({graded['note']})" if graded["note"] else ""
    return f"**{words}**" if graded["learned"] or (graded["points"] or 0) > honest else words


def measured(name: str):
    path = BENCH / name
    return json.loads(path.read_text()) if path.exists() else None


def row(*cells: str, head: bool = True) -> Iterator[str]:
    yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    if head:
        yield "|" + "---|" * len(cells)


if __name__ == "__main__":
    sys.exit(main())
