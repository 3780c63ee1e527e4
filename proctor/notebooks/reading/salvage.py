"""Cells out of a damaged notebook: those that are whole as they are, the others as far as they can be mended.

Damage stays where it is: each cell is read for itself, and only what lies between whole cells
goes through json-repair. That one can take minutes for a few hostile kilobytes, so it runs
in a process with a deadline.
"""

from __future__ import annotations

import ast
import html
import json
import re
import secrets
import subprocess
import sys
from dataclasses import dataclass
from typing import TypeGuard

from proctor.notebooks.definitions import parsing

_KEYS = "cell_type|attachments|execution_count|id|metadata|outputs|source|input|collapsed|language|level|prompt_number"
_START = re.compile(rf'\{{\s*"(?:{_KEYS})"\s*:')
_CELL_START = re.compile(r"""\{\s*["'](?:cell_type|attachments)["']\s*:""")
_TELLING = re.compile(r"""\b(?:source|input|cell_type)["']?\s*:""")
_TYPES = ("code", "markdown", "raw", "heading", "html")
_DECODER = json.JSONDecoder(strict=False)

_PASTED = re.compile(r"[A-Za-z0-9+/=]{1000,}")
_LABEL = re.compile(r"pasted-[0-9a-f]{32}")
_MOST_PIECES = 200
_LONGEST_PIECE = 200_000
_MENDED_CHARS = 2_000_000
_SECONDS = 10
_MENDER = """
import json, resource, sys
from json_repair import repair_json
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
for line in sys.stdin:
    try:
        mended = repair_json(json.loads(line), return_objects=True, stream_stable=True)
        print(json.dumps(mended), flush=True)
    except (Exception, RecursionError):
        print("null", flush=True)
"""


@dataclass(frozen=True)
class Salvaged:
    """Cells as JSON objects in the file's order; ``mended`` are the places of those that were not whole.

    ``lost`` tells whether something that looks like a cell could not be read.
    """

    cells: list[dict]
    mended: list[int]
    lost: bool


def salvage(text: str, most_cells: int) -> Salvaged:
    """All cells that a damaged text holds, ``most_cells`` and one more at most. Takes seconds at most."""
    text = _as_json(text)
    found: list[tuple[int, dict, bool]] = []  # position, cell, whole
    gaps: list[tuple[int, str]] = []
    effort = 6 * len(text) + 100_000
    begin = position = 0
    while len(found) <= most_cells and (start := _START.search(text, position)) and effort > 0:
        try:
            value, end = _DECODER.raw_decode(text, start.start())
        except RecursionError:
            value, end = None, len(text)
        except ValueError as error:
            value, end = None, len(text)
            if isinstance(error, json.JSONDecodeError) and not error.msg.startswith("Unterminated"):
                end = error.pos
        effort -= end - start.start() + 100
        if is_cell(value):
            gaps += _pieces(text, begin, start.start())
            found.append((start.start(), value, True))
            begin = position = end
        else:
            position = start.start() + 1
    if len(found) <= most_cells:
        gaps += _pieces(text, begin, len(text))
    mended = _mended([piece for _, piece in gaps])
    for (place, _), values in zip(gaps, mended, strict=True):
        found += [(place, value, False) for value in values]
    found.sort(key=lambda each: each[0])
    cells = [cell for _, cell, _ in found]
    return Salvaged(cells, [i for i, (_, _, whole) in enumerate(found) if not whole], not all(mended) or effort <= 0)


def is_cell(value: object) -> TypeGuard[dict]:
    return isinstance(value, dict) and value.get("cell_type") in _TYPES and ("source" in value or "input" in value)


def _as_json(text: str) -> str:
    """The text with JSON's own quotes, where something has replaced them all."""
    if '"cell_type"' in text:
        return text
    if re.search(r"&(quot|#34|#x22);cell_type&", text):
        return html.unescape(text)
    if re.search(r"[“”„]cell_type[“”]", text):
        return re.sub("[“”„]", '"', re.sub("[‘’]", "'", text))
    if "'cell_type'" in text and len(text) <= _MENDED_CHARS:
        try:
            with parsing():
                return json.dumps(ast.literal_eval(text.strip()))
        except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError):
            return text
    if '\\"cell_type\\"' in text:
        try:
            return json.loads(f'"{text}"', strict=False)
        except ValueError:
            return text
    return text


def _pieces(text: str, begin: int, end: int) -> list[tuple[int, str]]:
    """What lies between two whole cells, cut where further cells seem to begin."""
    gap = text[begin:end]
    if not _TELLING.search(gap):
        return []
    cuts = [start.start() for start in _CELL_START.finditer(gap)]
    if not cuts or _TELLING.search(gap[: cuts[0]]):
        cuts.insert(0, 0)
    return [
        (begin + cut, gap[cut:until])
        for cut, until in zip(cuts, [*cuts[1:], len(gap)], strict=True)
        if _TELLING.search(gap[cut:until])
    ]


def _mended(pieces: list[str]) -> list[list[dict]]:
    """For each piece, the cells that json-repair makes of it."""
    left = _MENDED_CHARS
    lines: list[str] = []
    pasted: dict[str, str] = {}
    for piece in pieces[:_MOST_PIECES]:
        text = _PASTED.sub(lambda match: _put_away(match[0], pasted), piece)
        left -= len(text)
        lines.append(json.dumps(text if left > 0 and len(text) <= _LONGEST_PIECE else ""))
    printed = _run("".join(f"{line}\n" for line in lines)) if lines else ""
    mended = [_cells_in(json.loads(_LABEL.sub(lambda match: pasted.get(match[0], match[0]), line)))
              for line in printed.split("\n")[: printed.count("\n")]]  # fmt: skip
    return mended + [[] for _ in range(len(pieces) - len(mended))]


def _put_away(base64: str, pasted: dict[str, str]) -> str:
    """A label in place of a picture: pictures are long, and nothing is to be mended in them."""
    label = f"pasted-{secrets.token_hex(16)}"
    pasted[label] = base64
    return label


def _run(lines: str) -> str:
    """What the mender prints until it is done or its time is up."""
    command = [sys.executable, "-I", "-c", _MENDER]
    try:
        return subprocess.run(
            command,
            check=False,
            input=lines,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            timeout=_SECONDS,
        ).stdout
    except subprocess.TimeoutExpired as late:
        return (late.stdout or b"").decode()


def _cells_in(value: object) -> list[dict]:
    """The cells in what was mended: itself, or what it begins with."""
    values = value if isinstance(value, list) else [value]
    if isinstance(value, dict) and isinstance(value.get("cells"), list):
        values = value["cells"]
    return [each for each in values if _may_be_cell(each)]


def _may_be_cell(value: object) -> TypeGuard[dict]:
    """A mended cell may have lost its type."""
    if not isinstance(value, dict):
        return False
    source = value.get("source", value.get("input"))
    return isinstance(source, str | list) and bool(source)
