"""``hand_in()``: what is ready, what is missing, and the zip."""

import re
from pathlib import Path

from hw4_helpers.trained import CHECKPOINT, digest

from .archive import ZIP, to_hand_in, write_zip
from .folder import NOTEBOOKS, find_homework
from .network import about_network
from .notebooks import Notebook, notebooks_in
from .troubles import Trouble
from .unsaved import unsaved

_MOST_SHOWN = 12
_LARGEST = 100_000_000  # bytes that Gradescope takes


def hand_in() -> bool:
    """Say what is ready and what is missing in this folder, most points first, then write ``hw4.zip`` to hand in.

    The notebooks are read as they were saved. Nothing is held back: what is missing earns
    nothing, and costs nothing else. Returns whether there is a homework in this folder or
    beside ``hw4.py``; without one, no zip is written.
    """
    try:
        folder = find_homework()
    except FileNotFoundError as error:
        print(error)
        return False
    notebooks = notebooks_in(folder)
    print(f"Homework 4 in {folder}, as it is saved there")
    for notebook in notebooks:
        _show(notebook)
    points_of = {
        name: points for n in notebooks for question in n.questions for name, points in question.points_of.items()
    }
    said, about_training = about_network(folder, points_of)
    print("", *said, sep="\n" if said else "")
    troubles = [trouble for notebook in notebooks for trouble in notebook.troubles]
    troubles += about_training
    troubles += unsaved(folder, [n.path for n in notebooks if n.path], points_of.get("test-checkpoint", 0))
    troubles += _about_report(folder)
    files = to_hand_in(folder, notebooks)
    write_zip(folder / ZIP, files)
    size = (folder / ZIP).stat().st_size
    if size > _LARGEST:
        troubles.append(
            Trouble(
                sum(NOTEBOOKS.values()), f"{ZIP} is larger than the 100 MB that Gradescope takes: see the sizes below"
            )
        )
    _show_troubles(troubles)
    print(f"Wrote {folder / ZIP}, {_size(size)}: this is the one file to hand in. In it:")
    for name, path in files.items():
        print(f"{_size(path.stat().st_size):>10}  {name}")
    return True


def _show(notebook: Notebook) -> None:
    if notebook.path is None:
        print(f"\n{notebook.name}.ipynb: missing")
        return
    print(
        f"\n{notebook.path.name}: {notebook.ready:g} of {NOTEBOOKS[notebook.name]} points are answered, their visible checks pass"
    )
    for question in notebook.questions:
        about = question.words if question.state == "answered" else ""
        state = {"ready": "visible checks pass"}.get(question.state, question.state)
        print(f"{question.points:4g}  {state:<20} {question.title}{f' ({about})' if about else ''}")


def _show_troubles(troubles: list[Trouble]) -> None:
    if not troubles:
        print("Nothing is missing. Hidden tests decide the points; they try the same functions on other inputs.\n")
        return
    at_stake = sorted((trouble for trouble in troubles if trouble.points), key=lambda trouble: -trouble.points)
    print("To look at, most points first (nothing of it keeps you from handing in):")
    for trouble in at_stake[:_MOST_SHOWN]:
        print(f"{trouble.points:4g} points  {trouble.words}")
    if at_stake[_MOST_SHOWN:]:
        print(f"             and {len(at_stake) - _MOST_SHOWN} more with fewer points: see the lists above")
    for trouble in troubles:
        if not trouble.points:
            print(f"          –  {trouble.words}")
    print()


def _about_report(folder: Path) -> list[Trouble]:
    page, checkpoint = folder / "report.html", folder / CHECKPOINT
    if not page.is_file():
        return [Trouble(0, "report.html is missing: run the cell with report(…), or python hw4.py report")]
    made_from = re.search(r'<meta name="checkpoint" content="(\w+)"', page.read_text("utf-8", errors="replace"))
    if checkpoint.is_file() and (made_from is None or made_from[1] != digest(checkpoint)):
        return [Trouble(0, f"report.html was made from another {CHECKPOINT}: run report(…) again")]
    return []


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"
