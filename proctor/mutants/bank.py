"""The bank: wrong and right answers as values, each a small named change to the reference.

``mutants/ASSIGNMENT/NOTEBOOK.toml`` holds wrong answers, with the points that they must lose and the words that a
student should read; ``right/ASSIGNMENT/NOTEBOOK.toml``, right answers written differently. What they change of the
files beside the notebook is done by functions in NOTEBOOK.py, beside the TOML. docs/mutants.md says how to write them.
"""

from __future__ import annotations

import runpy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from proctor.notebooks.assignment import ANSWERS, Assignment, AssignmentCell, AssignmentError, AssignmentNotebook
from proctor.notebooks.declared_parts import with_unreached


class BankError(AssignmentError):
    """A file of the bank is wrong; the message says where and what to do about it."""


@dataclass(frozen=True)
class Answer:
    """One answer that differs from the reference.

    ``cells`` are new sources by cell id. ``loses`` holds labels of parts by test: those that must lose points,
    none where any loss will do; it is empty for a right answer. ``says`` is what a student should read, "" if
    nothing in particular. ``cell`` is the one that it is about. ``files`` changes what is handed in beside the
    notebook, in a folder of its own.
    """

    name: str
    cell: str
    cells: Mapping[str, str]
    loses: Mapping[str, tuple[str, ...]]
    says: str = ""
    files: Callable[[Path], object] | None = None


@dataclass(frozen=True)
class Bank:
    """The answers to one notebook. ``of_files`` are tests that judge files beside it, such as a checkpoint."""

    notebook: str
    wrong: tuple[Answer, ...]
    right: tuple[Answer, ...]
    of_files: frozenset[str]


def read_bank(assignment: Assignment, course: Path) -> tuple[Bank, ...]:
    """The bank of an assignment, of those notebooks that it knows. Raises BankError."""
    known = {notebook.name: notebook for notebook in assignment.notebooks}
    folders = [course / kind / assignment.name for kind in ("mutants", "right")]
    for path in (path for folder in folders for path in sorted(folder.glob("*.toml"))):
        if path.stem not in known:
            raise BankError(f"{path}: {assignment.name} has no notebook {path.stem}. Name the file after one.")
    banks = tuple(_bank(notebook, *(folder / f"{name}.toml" for folder in folders)) for name, notebook in known.items())
    if not any(bank.wrong or bank.right for bank in banks):
        raise BankError(f"No answers to try: write some into {folders[0]}/NOTEBOOK.toml, see docs/mutants.md.")
    return tuple(bank for bank in banks if bank.wrong or bank.right)


class _Change(msgspec.Struct, forbid_unknown_fields=True):
    cell: str
    source: str | None = None
    old: str | None = None
    new: str | None = None

    @property
    def is_empty(self) -> bool:
        return self.source is self.old is self.new is None


class _Right(_Change, forbid_unknown_fields=True, kw_only=True):
    name: str
    also: list[_Change] = []
    files: str = ""


class _Mutant(_Right, forbid_unknown_fields=True, kw_only=True):
    loses: dict[str, list[str]]
    says: str = ""


class _Mutants(msgspec.Struct, forbid_unknown_fields=True):
    of_files: list[str] = []
    mutant: list[_Mutant] = []


class _Rights(msgspec.Struct, forbid_unknown_fields=True):
    right: list[_Right] = []


def _bank(notebook: AssignmentNotebook, mutants: Path, right: Path) -> Bank:
    wrong, alike = _read(mutants, _Mutants), _read(right, _Rights)
    unknown = set(wrong.of_files) - {cell.id for cell in notebook.cells if cell.role == "test"}
    if unknown:
        raise BankError(f"{mutants}: `of_files` names {min(unknown)!r}, which is no test of {notebook.name}.")
    return Bank(
        notebook.name,
        tuple(_answers(mutants, notebook, wrong.mutant)),
        tuple(_answers(right, notebook, alike.right)),
        frozenset(wrong.of_files),
    )


def _read(path: Path, kind):
    if not path.exists():
        return kind()
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BankError(f"{path}: {error}. docs/mutants.md shows what an entry looks like.") from error


def _answers(path: Path, notebook: AssignmentNotebook, entries: Sequence[_Right]) -> Iterator[Answer]:
    twice = [name for name, count in Counter(entry.name for entry in entries).items() if count > 1]
    if twice:
        raise BankError(f"{path}: two answers are called {twice[0]!r}. Give each a name of its own.")
    functions = path.with_suffix(".py")
    changes = runpy.run_path(str(functions)) if any(entry.files for entry in entries) and functions.exists() else {}
    for entry in entries:
        if entry.files and not callable(changes.get(entry.files)):
            raise BankError(f"{path}, {entry.name!r}: there is no function {entry.files} in {functions}.")
        yield _answer(path, notebook, entry, changes.get(entry.files))


def _answer(path: Path, notebook: AssignmentNotebook, entry: _Right, files: Callable[[Path], object] | None) -> Answer:
    where = f"{path}, {entry.name!r}"
    by_id = {cell.grade_id or cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    cells: dict[str, str] = {}
    for change in (entry, *entry.also):
        cell = by_id.get(change.cell)
        if cell is None or cell.role not in (*ANSWERS, "ordinary"):
            raise BankError(f"{where}: {notebook.name} has no code cell {change.cell!r} that students change.")
        if change is not entry or files is None or not change.is_empty:
            cells[cell.id] = _changed(where, change, cells.get(cell.id, cell.source))
    loses = _lost(where, notebook, entry.loses) if isinstance(entry, _Mutant) else {}
    says = entry.says if isinstance(entry, _Mutant) else ""
    return Answer(entry.name, entry.cell, cells, loses, says, files)


def _changed(where: str, change: _Change, source: str) -> str:
    """The cell's source with the change in it."""
    if change.source is not None and change.old is None and change.new is None:
        changed = change.source.strip("\n")
    elif change.source is None and change.old is not None and change.new is not None:
        if source.count(change.old) != 1:
            raise BankError(
                f"{where}: what `old` says stands {source.count(change.old)} times in the cell {change.cell}, not once."
            )
        changed = source.replace(change.old, change.new)
    else:
        raise BankError(f"{where}: a change is either `old` and `new`, or the whole `source`, or `files`.")
    if changed == source:
        raise BankError(f"{where}: this changes nothing.")
    return changed


def _lost(where: str, notebook: AssignmentNotebook, loses: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    tests = {cell.id: cell for cell in notebook.cells if cell.role == "test"}
    if not loses:
        raise BankError(f"{where}: `loses` names no test. Answers that lose nothing belong to right/.")
    unknown = sorted(loses.keys() - tests.keys())
    if unknown:
        raise BankError(f"{where}: {notebook.name} has no test {unknown[0]!r}.")
    return {test: tuple(_label(where, tests[test], each) for each in labels) for test, labels in loses.items()}


def _label(where: str, test: AssignmentCell, fragment: str) -> str:
    """The label of the one part that a fragment is of; the fragment where only running the test tells its parts."""
    parts = with_unreached(test.source, (), "")
    labels = [part.label for part in parts]
    found = [label for label in labels if label == fragment] or [label for label in labels if fragment in label]
    if not found and sum(part.maximum for part in parts) < test.points:
        return fragment
    if len(found) != 1:
        raise BankError(f"{where}: {fragment!r} fits {len(found)} parts of {test.id}, which are {labels}.")
    return found[0]
