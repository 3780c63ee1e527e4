"""One notebook: from bytes to cells, in the order in which things can be wrong with it."""

from __future__ import annotations

import json
from dataclasses import replace

from proctor.notebooks.assignment import CellType

from . import conflicts
from .cells import Note, NotebookLimits, Readable, StudentCell, Unreadable
from .encodings import plain, text_of
from .outputs import without_outputs
from .pictures import pictures
from .salvage import is_cell, salvage

_DECODER = json.JSONDecoder(strict=False)  # line ends inside of texts are damage that does not matter
_MOST_NOTES = 20
_OTHER_FILES = (
    (b"PK\x03\x04", "zip", "The file is a zip archive, not a notebook. Submit the zip under its own name, or the notebook in it."),
    (b"%PDF-", "pdf", "The file is a PDF, not a notebook. Submit the .ipynb file that you worked in."),
    (b"version https://git-lfs", "git-lfs", "The file is Git LFS's note about a notebook, not the notebook. Run `git lfs pull` and submit it again."),
    (b"\x89PNG", "picture", "The file is a picture, not a notebook."),
)  # fmt: skip


def read_cells(
    content: Readable, limits: NotebookLimits = NotebookLimits()
) -> tuple[tuple[StudentCell, ...], tuple[Note, ...]]:
    """Cells of a notebook in any nbformat, with notes on what was odd about it. Raises Unreadable.

    Outputs are never read. What is damaged is mended; whole cells are read as they are, whatever
    happened to the others. Takes seconds at most, and memory by what is kept, not by the file's size.
    """
    for beginning, code, words in _OTHER_FILES:
        if content[: len(beginning)] == beginning:
            raise Unreadable(code, words)
    notes: list[Note] = []
    content = plain(content, limits, notes)
    text = _text(content, limits, notes)
    sides: dict[str, str] = {}
    undamaged = _undamaged(text, limits, notes)
    if undamaged is not None:
        cells = list(undamaged)
    elif versions := _versions(content, limits):
        cells, sides = _merged(versions, limits, notes)
    else:
        cells = list(_salvaged(text, limits, notes))
    cells, sides = _settled(cells, sides)
    if sides:
        notes += conflicts.notes(cells, sides)
    return tuple(cells), tuple(_few(notes))


def _text(content: Readable, limits: NotebookLimits, notes: list[Note]) -> str:
    """The notebook's text without outputs."""
    if content.find(b'"cell_type"') >= 0 or len(content) > limits.light_bytes:
        content = without_outputs(content, limits)  # else it is no plain JSON, and a look for outputs may go astray
    text = text_of(content[:], notes).strip("\0\ufeff \t\r\n")
    if not text:
        raise Unreadable("empty", "The file is empty.")
    if sum(map(text.count, ",[{")) > limits.values:
        raise Unreadable("too-large", "The notebook holds too much data. Clear its outputs and save it again.")
    return text


def _undamaged(text: str, limits: NotebookLimits, notes: list[Note]) -> tuple[StudentCell, ...] | None:
    """Cells of a notebook that is JSON; None if it is not."""
    try:
        value, end = _DECODER.raw_decode(text)
        for _ in range(2):  # a notebook in a text, as some interfaces send it
            if isinstance(value, str):
                value = json.loads(value, strict=False)
    except (ValueError, RecursionError):
        return None
    rest = text[end:].strip()
    if rest and not isinstance(value, dict):
        return None  # it begins with something that is no notebook
    listed = _listed(value, notes)
    if rest:
        more = [cell for cell in salvage(rest, limits.cells).cells if cell not in listed]
        listed += more
        words = f"{len(more)} more cells stand there and were read too" if more else "the rest was ignored"
        notes.append(Note("trailing-garbage", f"The file goes on after the notebook's end; {words}."))
    return _cells(listed, limits, notes)


def _versions(content: Readable, limits: NotebookLimits) -> tuple[bytes, ...]:
    """The versions that conflict marks divide a file into; none without marks."""
    if len(content) > 4 * limits.light_bytes:
        return ()
    return conflicts.versions(content)


def _merged(
    versions: tuple[bytes, ...], limits: NotebookLimits, notes: list[Note]
) -> tuple[list[StudentCell], dict[str, str]]:
    """Cells of a notebook that a merge left in two versions, and for those that differ, which one counts."""
    read: list[tuple[StudentCell, ...]] = []
    failure = None
    for version in versions:
        try:
            text = _text(version, limits, notes)
            cells = _undamaged(text, limits, notes)
            read.append(_salvaged(text, limits, notes) if cells is None else cells)
        except Unreadable as error:
            failure = error
    if failure and not read:
        raise failure
    merged, sides = conflicts.merged(read[0], read[-1])
    if not sides:
        notes += conflicts.notes(merged, sides)
    return merged, sides


def _salvaged(text: str, limits: NotebookLimits, notes: list[Note]) -> tuple[StudentCell, ...]:
    """Cells of damaged JSON."""
    found = salvage(text, limits.cells)
    if not found.cells:
        raise _no_notebook(text)
    words = ["The file is damaged."]
    if '"nbformat"' not in text and '"cell_type"' in text:  # JupyterLab writes it last
        words = [
            f"The file ends in the middle, as after an interrupted upload: what comes after cell {len(found.cells)} is missing."
        ]
    if found.mended:
        numbers = ", ".join(str(place + 1) for place in found.mended[:10])
        words.append(
            f"Cell{'s' if len(found.mended) > 1 else ''} {numbers} had to be mended and may not be as you wrote."
        )
    else:
        words.append("Its cells were read.")
    if found.lost:
        words.append("Something in it could not be read.")
    words.append("Open the notebook in JupyterLab, compare, and submit it again.")
    notes.append(Note("damaged", " ".join(words)))
    return _cells(_without_copies(found.cells), limits, notes)


def _no_notebook(text: str) -> Unreadable:
    if text.startswith("<"):
        return Unreadable("web-page", "The file is a web page, not a notebook. Download the notebook itself.")
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unreadable(
            "invalid-json",
            "The file is damaged: no cell of a notebook can be read in it. Open it in JupyterLab; "
            "if it does not open there, restore an older version.",
            f"{type(error).__name__}: {error}",
        )
    return Unreadable("not-a-notebook", "The file holds JSON, but no notebook.")


def _listed(notebook: object, notes: list[Note]) -> list:
    """The cells of a notebook, as JSON. nbformat 3 and older keep them in worksheets."""
    if isinstance(notebook, list) and any(map(is_cell, notebook)):
        return notebook
    if not isinstance(notebook, dict):
        raise Unreadable("not-a-notebook", "The file holds JSON, but no notebook.")
    listed = notebook.get("cells")
    if isinstance(listed, list):
        return listed
    sheets = notebook.get("worksheets")
    sheets = sheets if isinstance(sheets, list) else []
    lists = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    if not any(isinstance(each, list) for each in lists):
        raise Unreadable("not-a-notebook", "The file holds JSON, but no notebook: it has no cells.")
    notes.append(Note("old-format", "The notebook is in an old format; it was read all the same."))
    return [cell for each in lists if isinstance(each, list) for cell in each]


def _without_copies(listed: list[dict]) -> list[dict]:
    """Cells with an id once each: an upload may have begun twice."""
    seen: set[str] = set()
    kept = []
    for cell in listed:
        said = json.dumps(cell, sort_keys=True)
        if "id" not in cell or said not in seen:
            kept.append(cell)
        seen.add(said)
    return kept


def _cells(listed: list, limits: NotebookLimits, notes: list[Note]) -> tuple[StudentCell, ...]:
    if len(listed) > limits.cells:
        raise Unreadable("too-many-cells", f"The notebook has more than {limits.cells} cells.")
    cells = tuple(_cell(index, cell, notes) for index, cell in enumerate(listed) if isinstance(cell, dict))
    if sum(len(cell.source) for cell in cells if cell.cell_type == "code") > limits.code_chars:
        raise Unreadable("too-large", "The notebook's code cells hold too much text to be code.")
    if len(cells) < len(listed):
        notes.append(Note("odd-cells", "Some entries of the notebook are no cells; they were left out."))
    return cells


def _cell(index: int, cell: dict, notes: list[Note]) -> StudentCell:
    metadata = cell.get("metadata")
    claims = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    source = _clean(cell.get("source", cell.get("input", "")))  # nbformat 3 calls a code cell's source input
    cell_type = _cell_type(cell)
    return StudentCell(
        index=index,
        cell_type=cell_type,
        source=source,
        id=_name(cell.get("id")),
        grade_id=_name(claims.get("grade_id")) if isinstance(claims, dict) else None,
        attachments=() if cell_type == "code" else pictures(cell.get("attachments"), index + 1, source, notes),
    )


def _cell_type(cell: dict) -> CellType:
    claimed = cell.get("cell_type")
    if claimed in ("code", "raw"):
        return claimed
    if "cell_type" not in cell and ("outputs" in cell or "execution_count" in cell):
        return "code"
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


def _settled(cells: list[StudentCell], sides: dict[str, str]) -> tuple[list[StudentCell], dict[str, str]]:
    """Cells in a row, none with conflict marks in its source."""
    settled = []
    for index, cell in enumerate(cells):
        whole, side = conflicts.in_one_cell(cell)
        if side is not None:
            sides = {**sides, whole.source: side}
        settled.append(replace(whole, index=index))
    return settled, sides


def _few(notes: list[Note]) -> list[Note]:
    """Each once, and not so many that nobody reads them."""
    once = list(dict.fromkeys(notes))
    if len(once) <= _MOST_NOTES:
        return once
    return [*once[:_MOST_NOTES], Note("more-notes", f"There are {len(once) - _MOST_NOTES} more remarks of this kind.")]
