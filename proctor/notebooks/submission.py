"""What a student handed in, as values: read with suspicion, never executed. The one way in.

An upload may hold anything: zips, links, devices, thousands of files, notebooks that are
none. Nothing here raises because of it. What cannot be read becomes a ``Problem``, what can
be read becomes plain cells without metadata and outputs, and beside each notebook the files
that belong to it. Nothing below this knows zips, nested folders or renamed files.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .assignment import ANSWERS, Assignment, AssignmentNotebook, CellType, is_unanswered, squeezed
from .companions import asked_for, companions
from .definitions import really_defined
from .intake import File, IntakeLimits, Scratch, is_notebook, take_in
from .problems import Problem, listed, shown
from .variants import closeness, number

MIB = 1 << 20
_OWN = "cells of their own"


@dataclass(frozen=True)
class ReadingLimits:
    """How much of the notebooks is looked at. Generous for homework, small for a bomb."""

    notebooks: int = 50
    """Files that may be notebooks."""

    notebook_bytes: int = 64 * MIB
    """Size of one notebook, figures included."""

    bytes_together: int = 128 * MIB
    """Size of all notebooks that are read."""

    values: int = 2_000_000
    """JSON values in one notebook: what decides how much memory it takes to read it."""

    cells: int = 1_000
    """Cells in one notebook."""

    code_chars: int = MIB
    """Characters in all code cells of one notebook together: they are parsed."""


@dataclass(frozen=True)
class StudentCell:
    """A student's cell. ``index`` counts from 0 in the student's notebook.

    ``id`` and ``grade_id`` are claims, good for matching and nothing else. ``attachments``
    are pictures pasted into written text: (file name, media type, base64).
    """

    index: int
    cell_type: CellType
    source: str
    id: str | None = None
    grade_id: str | None = None
    attachments: tuple[tuple[str, str, str], ...] = ()


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
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Choice:
    """A candidate that was chosen, with words on what else there was: (code, words, words for staff)."""

    candidate: _Candidate
    notes: tuple[tuple[str, str, str], ...]


class _Unreadable(Exception):
    """A file is no notebook; ``code`` and words for the student."""

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail


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
    broken: list[tuple[PurePosixPath, _Unreadable]] = []
    for path, content in _contents(taken.files, limits, problems):
        try:
            if isinstance(content, _Unreadable):
                raise content
            cells, notes = _read_cells(content, limits)
        except _Unreadable as error:
            if is_notebook(path):  # any other file need not be a notebook
                broken.append((path, error))
        else:
            candidates.append(_Candidate(path, cells, notes))
    choices = {nb.name: _choose(nb, assignment, candidates) for nb in assignment.notebooks}
    problems += _about_missing(choices, candidates, broken, taken.files)
    asked = asked_for(_code_of(assignment)) - {PurePosixPath(path) for path in assignment.files}
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
) -> Iterator[tuple[PurePosixPath, bytes | _Unreadable]]:
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
            raw = _read(file.path, min(limits.notebook_bytes, left))
        except _Unreadable as error:
            yield file.name, error
        else:
            left -= len(raw)
            yield file.name, raw


def _read(path: Path, most: int) -> bytes:
    """Bytes of a regular file, ``most`` of them; raises _Unreadable for anything else in its place."""
    try:
        # Without O_NONBLOCK, a FIFO put in the file's place meanwhile would block for ever.
        opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(opened, "rb") as file:
            about = os.fstat(opened)
            if not stat.S_ISREG(about.st_mode):
                raise _Unreadable("not-a-file", "This is no ordinary file.")
            raw = b"" if about.st_size > most else file.read(most + 1)
    except OSError as error:
        raise _Unreadable("unreadable", "This file cannot be read.", str(error.strerror)) from error
    if max(about.st_size, len(raw)) > most:
        raise _Unreadable(
            "too-large",
            f"The notebook is larger than {most / MIB:.3g} MiB. Clear the outputs of cells with large "
            "figures, save, and submit it again.",
        )
    return raw


# Notebooks


def _read_cells(raw: bytes, limits: ReadingLimits) -> tuple[tuple[StudentCell, ...], tuple[tuple[str, str], ...]]:
    """Cells of a notebook in any nbformat, with notes (code, words) on what was odd about it."""
    notes: list[tuple[str, str]] = []
    notebook = _json(_text(raw, notes), limits, notes)
    if not isinstance(notebook, dict):
        raise _Unreadable("not-a-notebook", "The file holds JSON, but no notebook.")
    listed = notebook.get("cells")
    if not isinstance(listed, list):
        # nbformat 3 and older keep their cells in worksheets.
        sheets = notebook.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        if not any(isinstance(each, list) for each in lists):
            raise _Unreadable("not-a-notebook", "The file holds JSON, but no notebook: it has no cells.")
        listed = [cell for each in lists if isinstance(each, list) for cell in each]
        notes.append(("old-format", "The notebook is in an old format; it was read all the same."))
    if len(listed) > limits.cells:
        raise _Unreadable("too-many-cells", f"The notebook has more than {limits.cells} cells.")
    cells = tuple(_cell(index, cell) for index, cell in enumerate(listed) if isinstance(cell, dict))
    if sum(len(cell.source) for cell in cells if cell.cell_type == "code") > limits.code_chars:
        raise _Unreadable("too-large", "The notebook's code cells hold too much text to be code.")
    if len(cells) < len(listed):
        notes.append(("odd-cells", "Some entries of the notebook are no cells; they were left out."))
    return cells, tuple(notes)


def _text(raw: bytes, notes: list[tuple[str, str]]) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = raw.decode(encoding, errors="replace")
    if "\ufffd" in text and "\ufffd".encode() not in raw:
        notes.append(("bad-encoding", "Some characters of the file are damaged; it was read all the same."))
    return text


def _json(text: str, limits: ReadingLimits, notes: list[tuple[str, str]]) -> object:
    text = text.strip("\0 \t\r\n")
    if not text:
        raise _Unreadable("empty", "The file is empty.")
    if text.startswith("<"):
        raise _Unreadable("web-page", "The file is a web page, not a notebook. Download the notebook itself.")
    if sum(map(text.count, ",[{")) > limits.values:
        raise _Unreadable("too-large", "The notebook holds too much data. Clear its outputs and save it again.")
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(
            "invalid-json",
            "The file is damaged: it is not a complete notebook. Open it in JupyterLab; "
            "if it does not open there, restore an older version.",
            f"{type(error).__name__}: {error}",
        ) from error
    if text[end:].strip():
        notes.append(("trailing-garbage", "The file goes on after the notebook's end; the rest was ignored."))
    return value


def _cell(index: int, cell: dict) -> StudentCell:
    metadata = cell.get("metadata")
    claims = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    source = cell.get("source", cell.get("input", ""))  # nbformat 3 calls a code cell's source input
    return StudentCell(
        index=index,
        cell_type=_cell_type(cell.get("cell_type")),
        source=_clean(source),
        id=_name(cell.get("id")),
        grade_id=_name(claims.get("grade_id")) if isinstance(claims, dict) else None,
        attachments=tuple(_attachments(cell.get("attachments"))),
    )


def _cell_type(claimed: object) -> CellType:
    if claimed in ("code", "raw"):
        return claimed
    return "markdown"  # also nbformat 3's headings and HTML


def _clean(source: object) -> str:
    """Text of a cell, given as a string or a list of lines, with \\n line ends and valid Unicode."""
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    source = source.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    # Half a surrogate pair is valid JSON, but cannot be written to a file.
    return source.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _name(claimed: object) -> str | None:
    return _clean(claimed)[:200] or None if isinstance(claimed, str) else None


def _attachments(attachments: object) -> Iterator[tuple[str, str, str]]:
    """Pictures in plausible form; anything else is left out."""
    if not isinstance(attachments, dict):
        return
    for name, bundle in attachments.items():
        if not isinstance(bundle, dict):
            continue
        for media, claimed in bundle.items():
            data = _clean(claimed)
            if re.fullmatch(r"image/(png|jpeg|gif|webp|bmp|svg\+xml)", media) and _is_base64(data):
                yield _clean(name), media, data


def _is_base64(data: str) -> bool:
    try:
        base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return bool(data)


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
    broken: list[tuple[PurePosixPath, _Unreadable]],
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
