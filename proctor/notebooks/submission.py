"""What a student handed in, as values: read with suspicion, never executed. The one way in.

An upload may hold anything: zips, links, devices, thousands of files, notebooks that are
none. Nothing here raises because of it. What cannot be read becomes a ``Problem``, what can
be read becomes plain cells without metadata and outputs, and beside each notebook the files
that belong to it. Nothing below this knows zips, nested folders or renamed files.
"""

from __future__ import annotations

import mmap
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from .assignment import ANSWERS, Assignment, AssignmentNotebook, is_unanswered, squeezed
from .companions import asked_for, companions
from .definitions import really_defined
from .intake import File, IntakeLimits, Scratch, is_notebook, take_in
from .problems import Problem, listed, shown
from .reading import Note, NotebookLimits, Readable, StudentCell, Unreadable, read_cells
from .variants import closeness, number

_asked_by_assignment = lru_cache(maxsize=8)(asked_for)  # the same code for the whole class
MIB = 1 << 20
_OWN = "cells of their own"


@dataclass(frozen=True)
class ReadingLimits:
    """How much of the notebooks is looked at. Generous for homework, small for a bomb."""

    notebooks: int = 50
    """Files that may be notebooks."""

    notebook_bytes: int = 1024 * MIB
    """Size of one file. Outputs are passed over and take no memory."""

    bytes_together: int = 4096 * MIB
    """Size of all notebooks that are read."""

    bytes_in_memory: int = 32 * MIB
    """A larger file is mapped."""

    notebook: NotebookLimits = NotebookLimits()
    """How much of one notebook is looked at."""


@dataclass(frozen=True)
class StudentNotebook:
    """The student's version of the assignment's notebook ``name``, found at ``path`` in the upload.

    ``files`` are what belongs beside it, by the names under which its code finds them there.
    """

    name: str
    path: PurePosixPath
    cells: tuple[StudentCell, ...]
    problems: tuple[Problem, ...] = ()
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class Submission:
    """An upload: one entry for each of the assignment's notebooks that was found.

    Files that were unpacked are there until ``close``, or as long as the submission is held.
    """

    notebooks: tuple[StudentNotebook, ...]
    problems: tuple[Problem, ...]
    scratch: Scratch | None = field(default=None, repr=False, compare=False)

    def notebook(self, name: str) -> StudentNotebook | None:
        """The student's version of a notebook, None if none was found."""
        return next((notebook for notebook in self.notebooks if notebook.name == name), None)

    def close(self) -> None:
        """Remove what was unpacked; the upload stays as it is."""
        if self.scratch is not None:
            self.scratch.close()

    def __enter__(self) -> Submission:
        return self

    def __exit__(self, *exception) -> None:
        self.close()


@dataclass(frozen=True)
class _Candidate:
    """A file that is a notebook, whichever it may be."""

    path: PurePosixPath
    cells: tuple[StudentCell, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class _Choice:
    """A candidate that was chosen, with words on what else there was: (code, words, words for staff)."""

    candidate: _Candidate
    notes: tuple[tuple[str, str, str], ...]


def load_submission(
    upload: Path,
    assignment: Assignment,
    limits: ReadingLimits = ReadingLimits(),
    intake: IntakeLimits = IntakeLimits(),
) -> Submission:
    """Read an upload, a folder or a zip, and find each of the assignment's notebooks in it, with its files.

    A notebook is found by its name, else by a variant of its name (case, ``(1)``, ``-Copy1``, a
    nested folder, a zip), else by its content. Never raises for what is in the upload; raises
    OSError when the disk is full.
    """
    taken = take_in(Path(upload), intake)
    problems = list(taken.problems)
    candidates: list[_Candidate] = []
    broken: list[tuple[PurePosixPath, Unreadable]] = []
    for path, content in _contents(taken.files, limits, problems):
        try:
            if isinstance(content, Unreadable):
                raise content
            cells, notes = read_cells(content, limits.notebook)
        except Unreadable as error:
            if is_notebook(path):  # any other file need not be a notebook
                broken.append((path, error))
        else:
            candidates.append(_Candidate(path, cells, notes))
    choices = {nb.name: _choose(nb, assignment, candidates) for nb in assignment.notebooks}
    problems += _about_missing(choices, candidates, broken, taken.files)
    asked = _asked_by_assignment(tuple(_code_of(assignment))) - {PurePosixPath(path) for path in assignment.files}
    found = (_with_files(name, choice, asked, taken.files) for name, choice in choices.items() if choice)
    return Submission(tuple(found), tuple(problems), taken.scratch)


def _with_files(name: str, choice: _Choice, asked: frozenset[PurePosixPath], files: Sequence[File]) -> StudentNotebook:
    """A chosen notebook, with what lies beside it and words on all that is odd."""
    chosen = choice.candidate
    its_own = asked_for(cell.source for cell in chosen.cells if cell.cell_type == "code")
    beside = companions(chosen.path, files, asked | its_own, number(_bare(chosen.path), name))
    problems = [
        *(_problem(code, chosen.path, words, "", name) for code, words in chosen.notes),
        *(_problem(code, chosen.path, words, detail, name) for code, words, detail in choice.notes),
        *(Problem(code, words, words, name) for code, words in beside.notes),
    ]
    return StudentNotebook(name, chosen.path, chosen.cells, tuple(problems), beside.files)


def _code_of(assignment: Assignment) -> Iterator[str]:
    """All code of the assignment: what it reads belongs to a submission."""
    for notebook in assignment.notebooks:
        yield from (cell.source for cell in notebook.cells if cell.cell_type == "code")
    for path in assignment.files:
        if path.suffix == ".py":
            yield (assignment.folder / path).read_text("utf-8", "replace")


# Files


def _contents(
    files: Sequence[File], limits: ReadingLimits, problems: list[Problem]
) -> Iterator[tuple[PurePosixPath, Readable | Unreadable]]:
    """Contents of the files that may be notebooks, or why they cannot be read."""
    likely = [file for file in files if is_notebook(file.name) or file.name.suffix.lower() == ".json"]
    # Shallow files and real .ipynb first, so that a heap of others cannot push them out.
    likely.sort(key=lambda file: (file.name.suffix.lower() != ".ipynb", len(file.name.parts), file.name))
    if len(likely) > limits.notebooks:
        problems.append(
            Problem(
                "too-many-notebooks",
                f"The submission holds more than {limits.notebooks} notebooks; only the first were read.",
                f"{len(likely)} files may be notebooks.",
            )
        )
    left = limits.bytes_together
    for file in likely[: limits.notebooks]:
        try:
            raw = _read(file.path, min(limits.notebook_bytes, left), limits.bytes_in_memory)
        except Unreadable as error:
            yield file.name, error
        else:
            left -= len(raw)
            yield file.name, raw


def _read(path: Path, most: int, in_memory: int) -> Readable:
    """The content of a regular file, mapped if it is large; raises Unreadable for anything else in its place."""
    try:
        # Without O_NONBLOCK, a FIFO put in the file's place meanwhile would block for ever.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(opened, "rb") as file:
            about = os.fstat(opened)
            if not stat.S_ISREG(about.st_mode):
                raise Unreadable("not-a-file", "This is no ordinary file.")
            if about.st_size > most:
                raise Unreadable(
                    "too-large",
                    f"The notebook is larger than {most / MIB:.3g} MiB. Clear the outputs of cells with large "
                    "figures, save, and submit it again.",
                )
            if about.st_size > in_memory:
                return mmap.mmap(opened, about.st_size, access=mmap.ACCESS_READ)
            return file.read(about.st_size)  # what is appended meanwhile is not read
    except OSError as error:
        raise Unreadable("unreadable", "This file cannot be read.", str(error.strerror)) from error


# Which file is which notebook


def _choose(pristine: AssignmentNotebook, assignment: Assignment, candidates: list[_Candidate]) -> _Choice | None:
    """The student's version of a notebook among the files, with a note on how it was chosen."""
    ranked = []
    for candidate in candidates:
        near = _closeness(candidate.path, pristine.name)
        kinship = _kinship(pristine, candidate.cells)
        others = [
            (_closeness(candidate.path, other.name), _kinship(other, candidate.cells))
            for other in assignment.notebooks
            if other is not pristine
        ]
        by_name = near is not None and (kinship > 0 or all(other == 0 for _, other in others))
        # Notebooks of one assignment resemble each other: what is rightly named another is that one.
        taken = any(near_other is not None and other >= kinship for near_other, other in others)
        if by_name or (kinship > 0 and not taken):
            answers = _answers(pristine, candidate.cells)
            depth = len(candidate.path.parts)
            named = (near, depth) if near is not None and by_name else (9, 0)
            rank = (*named, -len(answers), -kinship, str(candidate.path))
            ranked.append((rank, answers, candidate))
    if not ranked:
        return None
    ranked.sort(key=lambda entry: entry[0])
    # A right name decides, unless another file has all the answers of that one and more.
    rank, answers, chosen = ranked[0]
    for entry in ranked[1:]:
        if entry[1] > answers:
            rank, answers, chosen = entry
    notes = []
    if rank[0] != 0:
        how = "Found by a variant of the name." if rank[0] < 9 else "Found by its content."
        notes.append(("renamed", f"Read as {pristine.name}.ipynb.", how))
    rivals = [
        (other.path, found)
        for place, found, other in ranked
        if place[0] < 9 and other is not chosen and _code(other) != _code(chosen)
    ]
    if rivals:
        untouched = " (nothing is answered in it)"
        left = ", ".join(f"{shown(path)}{'' if found - {_OWN} else untouched}" for path, found in rivals)
        words = f"There is more than one version of {pristine.name}.ipynb; this one was graded. Not graded: {left}."
        notes.append(("several-versions", words, ""))
    return _Choice(chosen, tuple(notes))


def _code(candidate: _Candidate) -> tuple[str, ...]:
    return tuple(cell.source for cell in candidate.cells)


def _closeness(path: PurePosixPath, name: str) -> int | None:
    """How well a path fits a notebook's name, see ``variants.closeness``; whoever saves a notebook as JSON renames it."""
    if path.name == f"{name}.ipynb":
        return 0
    near = closeness(_bare(path), name)
    return None if near is None else max(1, near)


def _bare(path: PurePosixPath) -> str:
    """The name of a notebook's file without its endings, wherever in it they are."""
    return re.sub(r"(?i)(\.ipynb|\.json|\.txt)+", "", path.name)


def _kinship(pristine: AssignmentNotebook, cells: tuple[StudentCell, ...]) -> float:
    """How much of an assignment's notebook a student's cells are, from 0 to 1.

    Counts the assignment's cells that reappear by grade_id, by cell id, by their text, or
    by what an answer defines. Below a quarter it is chance or a piece copied over: 0.
    """
    grade_ids = {cell.grade_id for cell in cells}
    ids = {cell.id for cell in cells}
    texts = {squeezed(cell.source) for cell in cells}
    names = frozenset().union(*(really_defined(cell.source) for cell in cells if cell.cell_type == "code"))
    telling = [cell for cell in pristine.cells if squeezed(cell.release_source)]
    again = sum(
        (cell.grade_id is not None and cell.grade_id in grade_ids)
        or cell.id in ids
        or (squeezed(cell.release_source) in texts and cell.role not in ANSWERS)
        or bool(cell.asks & names)
        for cell in telling
    )
    graded = [cell for cell in telling if cell.asks]
    answered = sum(cell.asks <= names for cell in graded)
    share = max(again / max(1, len(telling)), answered / max(1, len(graded)))
    return share if share >= 0.25 else 0


def _answers(pristine: AssignmentNotebook, cells: tuple[StudentCell, ...]) -> frozenset[str]:
    """Which of a notebook's answers seem to be in a student's cells, by cell id; and _OWN for cells of their own.

    Where metadata are lost and nothing is defined, cells of their own are all there is to go by.
    """
    names = frozenset().union(*(really_defined(cell.source) for cell in cells if cell.cell_type == "code"))
    released = {squeezed(cell.release_source) for cell in pristine.cells}
    own = [cell for cell in cells if cell.source.strip() and squeezed(cell.source) not in released]
    found = set()
    for answer in pristine.cells:
        if answer.role in ANSWERS and (
            bool(answer.asks & names)
            or any(
                (cell.grade_id == answer.grade_id or cell.id == answer.id) and not is_unanswered(answer, cell.source)
                for cell in own
            )
        ):
            found.add(answer.id)
    return frozenset(found | ({_OWN} if own else set()))


# Words


def _about_missing(
    choices: dict[str, _Choice | None],
    candidates: list[_Candidate],
    broken: list[tuple[PurePosixPath, Unreadable]],
    files: Sequence[File],
) -> Iterator[Problem]:
    """What to say of files that cannot be read, and of notebooks that were not found."""
    missing = [name for name, choice in choices.items() if choice is None]
    explained = set()
    for path, error in broken:
        near = [(how, name) for name in missing if (how := _closeness(path, name)) is not None]
        meant = min(near)[1] if near else None
        explained.add(meant)
        yield _problem(error.code, path, error.message, error.detail, meant)
    chosen = {choice.candidate.path for choice in choices.values() if choice}
    strangers = [candidate.path for candidate in candidates if candidate.path not in chosen]
    if files and not chosen and not broken and not strangers:
        names = [file.name for file in files]
        words = f"You submitted no notebook: files whose names end in .ipynb. There is only: {listed(names)}."
        yield Problem("no-notebook", words, words)
    for name in missing:
        if name not in explained:
            yield _missing(name, [path for path in strangers if is_notebook(path)])


def _missing(name: str, strangers: list[PurePosixPath]) -> Problem:
    words = f"{name}.ipynb was not found in your submission."
    if strangers:
        words += (
            f" There is {listed(strangers)}, which is not this assignment's notebook. "
            "Did you hand in the files of another assignment?"
        )
    detail = f"{words} No file is named {name}.ipynb or like it, and none has its content."
    return Problem("missing", words, detail, name)


def _problem(code: str, path: PurePosixPath, message: str, detail: str, notebook: str | None = None) -> Problem:
    words = f"{shown(path)}: {message}"
    return Problem(code, words, f"{words} {detail}".rstrip(), notebook)
