"""What a student handed in, as values: read with suspicion, never executed.

A folder may hold anything: links, devices, thousands of files, notebooks that are
none. Nothing here raises because of it. What cannot be read becomes a ``Problem``,
what can be read becomes plain cells without metadata and outputs.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from .assignment import ANSWERS, Assignment, AssignmentNotebook, CellType, is_unanswered, squeezed
from .definitions import really_defined

MIB = 1 << 20


@dataclass(frozen=True)
class ReadingLimits:
    """How much of a submission is looked at. Generous for homework, small for a bomb."""

    files: int = 5_000
    """Entries of the folder, nested ones included."""

    depth: int = 8
    """Folders inside folders."""

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
class Problem:
    """Something wrong with a submission. ``message`` is for the student, ``staff_message`` for staff."""

    code: str
    message: str
    staff_message: str
    notebook: str | None = None


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
    """The student's version of the assignment's notebook ``name``, found at ``path`` in the folder."""

    name: str
    path: PurePosixPath
    cells: tuple[StudentCell, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Submission:
    """A student's folder: one entry for each of the assignment's notebooks that was found."""

    folder: Path
    notebooks: tuple[StudentNotebook, ...]
    problems: tuple[Problem, ...]

    def notebook(self, name: str) -> StudentNotebook | None:
        """The student's version of a notebook, None if none was found."""
        return next((notebook for notebook in self.notebooks if notebook.name == name), None)


@dataclass(frozen=True)
class _Candidate:
    """A file that is a notebook, whichever it may be."""

    path: PurePosixPath
    cells: tuple[StudentCell, ...]
    notes: tuple[tuple[str, str], ...]


class _Unreadable(Exception):
    """A file is no notebook; ``code`` and words for the student."""

    def __init__(self, code: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.detail = code, message, detail


def load_submission(folder: Path, assignment: Assignment, limits: ReadingLimits = ReadingLimits()) -> Submission:
    """Read a student's folder and find each of the assignment's notebooks in it.

    A notebook is found by its name, else by a variant of its name (case, ``(1)``,
    ``-Copy1``, a nested folder), else by its content. Never raises for what is in the folder.
    """
    folder = Path(folder)
    problems: list[Problem] = []
    candidates: list[_Candidate] = []
    broken: list[tuple[PurePosixPath, _Unreadable]] = []
    for path, content in _notebook_files(folder, limits, problems):
        try:
            if isinstance(content, _Unreadable):
                raise content
            cells, notes = _read_cells(content, limits)
        except _Unreadable as error:
            if ".ipynb" in path.name.lower():  # any other file need not be a notebook
                broken.append((path, error))
        else:
            candidates.append(_Candidate(path, cells, notes))

    choices = {nb.name: _choose(nb, assignment, candidates) for nb in assignment.notebooks}
    missing = [name for name, found in choices.items() if found is None]
    for path, why in broken:
        meant = next((name for name in missing if _closeness(path, name) is not None), None)
        problems.append(_problem(why.code, path, why.message, why.detail, meant))
    explained = {problem.notebook for problem in problems}
    problems += [_missing(name) for name in missing if name not in explained]
    return Submission(folder, tuple(filter(None, choices.values())), tuple(problems))


# Files


def _notebook_files(
    folder: Path, limits: ReadingLimits, problems: list[Problem]
) -> Iterator[tuple[PurePosixPath, bytes | _Unreadable]]:
    """Contents of the files that may be notebooks, or why they cannot be read."""
    try:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        problems.append(Problem("no-folder", "Nothing was submitted.", f"{folder} cannot be opened: {error.strerror}."))
        return
    try:
        listed = _walk(root, limits, problems)
        likely = sorted(path for path in listed if _may_be_notebook(path))
        # Shallow files and real .ipynb first, so that a heap of others cannot push them out.
        likely.sort(key=lambda path: (path.suffix.lower() != ".ipynb", len(path.parts)))
        if len(likely) > limits.notebooks:
            problems.append(
                Problem(
                    "too-many-notebooks",
                    f"The folder holds more than {limits.notebooks} notebooks; only the first were read.",
                    f"{len(likely)} files may be notebooks.",
                )
            )
        left = limits.bytes_together
        for path in likely[: limits.notebooks]:
            try:
                raw = _read(root, path, min(limits.notebook_bytes, left))
            except _Unreadable as error:
                yield path, error
            else:
                left -= len(raw)
                yield path, raw
    finally:
        os.close(root)


def _walk(root: int, limits: ReadingLimits, problems: list[Problem]) -> list[PurePosixPath]:
    """Regular files under an open folder, found without following a link."""
    files: list[PurePosixPath] = []
    skipped: list[str] = []
    seen = 0

    def visit(descriptor: int, here: PurePosixPath) -> None:
        nonlocal seen
        with os.scandir(descriptor) as entries:
            names = []
            for entry in entries:
                seen += 1
                if seen > limits.files:
                    break
                names.append(entry.name)
        for name in sorted(names):
            path = here / name
            if name.startswith(".") or name in ("__pycache__", "__MACOSX"):
                continue
            try:
                mode = os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode
                if stat.S_ISREG(mode):
                    files.append(path)
                elif not stat.S_ISDIR(mode) or len(path.parts) > limits.depth:
                    skipped.append(str(path))
                else:
                    below = os.open(
                        name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=descriptor
                    )
                    try:
                        visit(below, path)
                    finally:
                        os.close(below)
            except OSError:
                skipped.append(str(path))

    visit(root, PurePosixPath())
    if skipped:
        problems.append(
            Problem(
                "skipped-files",
                "Links, devices and deeply nested folders in the submission were not read.",
                f"Not read: {', '.join(repr(path) for path in skipped[:20])}"
                + (f" and {len(skipped) - 20} more." if len(skipped) > 20 else "."),
            )
        )
    if seen > limits.files:
        problems.append(
            Problem(
                "too-many-files",
                f"The folder holds more than {limits.files} files; the rest was not looked at.",
                "Submitted by mistake with a virtual environment or a data set, perhaps.",
            )
        )
    return files


def _may_be_notebook(path: PurePosixPath) -> bool:
    """Notebooks by name; browsers save them as ``.ipynb.txt``, ``.ipynb.json`` or ``.json`` too."""
    name = path.name.lower()
    return name.endswith((".ipynb", ".json")) or ".ipynb" in name


def _read(root: int, path: PurePosixPath, most: int) -> bytes:
    """Bytes of a regular file, ``most`` of them; raises _Unreadable for anything else in its place."""
    opened = [root]
    try:
        for part in path.parts[:-1]:
            opened.append(os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=opened[-1]))
        # Without O_NONBLOCK, a FIFO put in the file's place meanwhile would block for ever.
        opened.append(os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=opened[-1]))
        about = os.fstat(opened[-1])
        if not stat.S_ISREG(about.st_mode):
            raise _Unreadable("not-a-file", "This is no ordinary file.")
        if about.st_nlink > 1:
            # A second name of a file may be a way to read one that is not the student's.
            raise _Unreadable("hard-link", "This file has a second name elsewhere (a hard link).")
        with os.fdopen(os.dup(opened[-1]), "rb") as file:
            raw = b"" if about.st_size > most else file.read(most + 1)
        if max(about.st_size, len(raw)) > most:
            raise _Unreadable(
                "too-large",
                f"The notebook is larger than {most / MIB:.3g} MiB. Clear the outputs of cells with large "
                "figures, save, and submit it again.",
            )
        return raw
    except OSError as error:
        raise _Unreadable("unreadable", "This file cannot be read.", str(error.strerror)) from error
    finally:
        for descriptor in opened[1:]:
            os.close(descriptor)


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


def _choose(
    pristine: AssignmentNotebook, assignment: Assignment, candidates: list[_Candidate]
) -> StudentNotebook | None:
    """The student's version of a notebook among the files, with a note on how it was chosen."""
    ranked = []
    for candidate in candidates:
        closeness = _closeness(candidate.path, pristine.name)
        kinship = _kinship(pristine, candidate.cells)
        others = [
            (_closeness(candidate.path, other.name), _kinship(other, candidate.cells))
            for other in assignment.notebooks
            if other is not pristine
        ]
        by_name = closeness is not None and (kinship > 0 or all(other == 0 for _, other in others))
        # Notebooks of one assignment resemble each other: what is rightly named another is that one.
        taken = any(near is not None and other >= kinship for near, other in others)
        if by_name or (kinship > 0 and not taken):
            answers = _answers(pristine, candidate.cells)
            rank = (closeness if closeness is not None and by_name else 9, -answers, -kinship, str(candidate.path))
            ranked.append((rank, answers, candidate))
    if not ranked:
        return None
    ranked.sort(key=lambda entry: entry[0])
    # A right name decides, unless that file was never worked on and another one was.
    worked_on = [entry for entry in ranked if entry[1] > 0]
    rank, _, chosen = (worked_on or ranked)[0]
    problems = [_problem(code, chosen.path, words, "", pristine.name) for code, words in chosen.notes]
    if rank[0] != 0:
        problems.append(
            _problem(
                "renamed",
                chosen.path,
                f"Read as {pristine.name}.ipynb.",
                "Found by a variant of the name." if rank[0] < 9 else "Found by its content.",
                pristine.name,
            )
        )
    rivals = [str(entry[2].path) for entry in ranked if entry[2] is not chosen and entry[0][0] < 9]
    if rivals:
        problems.append(
            _problem(
                "several-versions",
                chosen.path,
                f"There is more than one version of {pristine.name}.ipynb; this one was graded.",
                f"Not graded: {', '.join(map(repr, rivals))}.",
                pristine.name,
            )
        )
    return StudentNotebook(pristine.name, chosen.path, chosen.cells, tuple(problems))


def _closeness(path: PurePosixPath, name: str) -> int | None:
    """How well a path fits a notebook's name: 0 exactly; more for nested and decorated names."""
    nested = len(path.parts) > 1
    if path.name == f"{name}.ipynb":
        return 1 if nested else 0
    if _plain_name(path.name) == _plain_name(name):
        return 3 if nested else 2
    return None


def _plain_name(name: str) -> str:
    """A file name without what systems and people add to it: endings, copies, numbers, case."""
    name = re.sub(r"(\.ipynb|\.json|\.txt)+$", "", name.strip().lower())
    name = re.sub(r"^copy( \d+)? of ", "", name)
    bare = None
    while bare != name:
        bare, name = name, re.sub(r"[ _-]*(\(\d+\)|[ _-]copy[ _]?\d*)$", "", name)
    return re.sub(r"[^a-z0-9]", "", name) or name


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


def _answers(pristine: AssignmentNotebook, cells: tuple[StudentCell, ...]) -> int:
    """How many of a notebook's answers seem to be in a student's cells."""
    names = frozenset().union(*(really_defined(cell.source) for cell in cells if cell.cell_type == "code"))
    released = {squeezed(cell.release_source) for cell in pristine.cells}
    own = [cell for cell in cells if cell.source.strip() and squeezed(cell.source) not in released]
    count = 0
    for answer in pristine.cells:
        if answer.role in ANSWERS:
            count += bool(answer.asks & names) or any(
                (cell.grade_id == answer.grade_id or cell.id == answer.id) and not is_unanswered(answer, cell.source)
                for cell in own
            )
    # Where metadata are lost and nothing is defined, changed cells are all there is to go by.
    return count or (len(own) > 0)


# Words


def _missing(name: str) -> Problem:
    return Problem(
        "missing",
        f"{name}.ipynb was not found in your submission.",
        f"No file is named {name}.ipynb or like it, and none has its content.",
        name,
    )


def _problem(code: str, path: PurePosixPath, message: str, detail: str, notebook: str | None = None) -> Problem:
    shown = "".join(c if c.isprintable() else "?" for c in str(path))[:200]
    return Problem(code, f"{shown}: {message}", f"{shown}: {message} {detail}".rstrip(), notebook)
