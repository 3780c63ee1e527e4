"""Read attacks, and put them into notebooks as a student would.

An attack is one file in ``collection/``: a docstring that says what it tries, lines that
set it up, and parts, each below a ``# %%`` line that says where the part goes::

    # notebook: convolution      the notebook (this is the default)
    # student: half-done         whose notebook it is; see ``examples/`` (default: half-done)
    # may lose: everything       the student's own points may suffer: ids of test cells, or everything
    # earns honestly: CELL 2     what the attacker's answers are worth without the trick, beyond the student's
    # gives itself away by: 123  how a secret looks if the attack shows one; else LOOT
    # stock: would harm …        why it is not run against stock nbgrader
    # slow                       takes more than ten seconds
    # with a neighbour           a second copy, with a file ``neighbour``, sits at the same time

    # %% after CELL              a new code cell
    # %% answer CELL             instead of the student's answer
    # %% instead of CELL         instead of a cell that students may not change
    # %% file NAME               a file beside the notebook
    # %% by hand                 Python that prepares the hand-in, run before grading: it knows
                                 ``notebook`` (the JSON as a dict) and ``folder`` (a Path)

``@COURSE@`` stands for the path of the course's folder: these attackers know their way.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import nbformat
from build import submission  # examples/build.py
from nbformat.v4 import new_code_cell

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "collection"
_SETTINGS = re.compile(r"^# (notebook|student|may lose|earns honestly|gives itself away by|stock): (.+)$", re.M)
_PART = re.compile(r"^# %% (after|answer|instead of|file|by hand) ?(.*)\n", re.M)


@dataclass(frozen=True)
class Part:
    kind: str
    target: str
    source: str


@dataclass(frozen=True)
class Attack:
    """``may_lose`` are ids of test cells whose points the attacker gives up, or ``everything``.

    ``earns`` is a test cell and what honest parts of the attack earn in it. ``loot`` is what
    stands before anything that an attack got hold of.
    """

    name: str
    says: str
    parts: tuple[Part, ...]
    notebook: str = "convolution"
    student: str = "half-done"
    may_lose: frozenset[str] = field(default_factory=frozenset)
    earns: tuple[str, float] = ("", 0.0)
    loot: str = "LOOT"
    stock: str = ""
    slow: bool = False
    with_neighbour: bool = False


def attacks() -> list[Attack]:
    """All of them, by name."""
    return [read(path) for path in sorted(FOLDER.glob("*.py"))]


def read(path: Path) -> Attack:
    """Raises ValueError for a file that does not say what it tries, or tries nothing."""
    text = path.read_text()
    head, *pieces = _PART.split(text)
    says = ast.get_docstring(ast.parse(head))
    parts = tuple(
        Part(kind, target.strip(), source.strip("\n"))
        for kind, target, source in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True)
    )
    if not says or not parts:
        raise ValueError(f"{path.name} needs a docstring and at least one part")
    settings = dict(_SETTINGS.findall(head))
    cell, _, points = settings.get("earns honestly", " 0").partition(" ")
    return Attack(
        path.stem,
        says,
        parts,
        settings.get("notebook", "convolution"),
        settings.get("student", "half-done"),
        frozenset(settings.get("may lose", "").split()),
        (cell, float(points)),
        settings.get("gives itself away by", "LOOT"),
        settings.get("stock", ""),
        "\n# slow\n" in head,
        "\n# with a neighbour\n" in head,
    )


def hand_in_all(attack: Attack, folder: Path, course: Path) -> list[Path]:
    """Write the attacker's submission, and the neighbour's if there is one; their folders in ``folder``."""
    folders = [folder / "attacker" / "hw4", folder / "neighbour" / "hw4"][: 1 + attack.with_neighbour]
    for place in folders:
        hand_in(attack, place, course)
    for place in folders[1:]:
        (place / "neighbour").touch()
    return folders


def hand_in(attack: Attack, folder: Path, course: Path) -> None:
    """Write the attacker's submission into ``folder``."""
    folder.mkdir(parents=True)
    notebook = without_attack(attack.notebook, attack.student)
    last_of = {cell["id"]: cell["id"] for cell in notebook["cells"]}
    prepare = []
    for part in attack.parts:
        source = part.source.replace("@COURSE@", str(course))
        if part.kind == "after":
            place = _index(notebook, last_of[part.target])
            cell = new_code_cell(source)
            last_of[part.target] = cell["id"]
            notebook["cells"].insert(place + 1, cell)
        elif part.kind in ("answer", "instead of"):
            notebook["cells"][_index(notebook, part.target)]["source"] = source
        elif part.kind == "file":
            path = folder / part.target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        else:
            prepare.append(compile(source, f"<{attack.name}, by hand>", "exec"))
    path = folder / f"{attack.notebook}.ipynb"
    path.write_text(json.dumps(notebook))
    for code in prepare:
        names = {"notebook": notebook, "folder": folder}
        exec(code, names)
        if path.is_file() and not path.is_symlink() and names["notebook"] is notebook:
            path.write_text(json.dumps(notebook))


def without_attack(notebook: str, student: str) -> dict:
    """The student's notebook, from the release and ``examples/``; demonstrations are deleted."""
    return json.loads(_written(notebook, student))


@lru_cache
def _written(name: str, student: str) -> str:
    notebook = submission(student)[f"{name}.ipynb"]
    notebook.cells = [cell for cell in notebook.cells if not _is_demonstration(cell)]
    return nbformat.writes(notebook)


def _is_demonstration(cell) -> bool:
    return cell.cell_type == "code" and "nbgrader" not in cell.metadata


def _index(notebook: dict, cell_id: str) -> int:
    return next(i for i, cell in enumerate(notebook["cells"]) if cell["id"] == cell_id)
