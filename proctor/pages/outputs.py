"""Outputs of students' cells, as they may stand in a notebook that others open."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from nbformat import NotebookNode

from .press import Page

_PICTURES = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
    "image/bmp": b"BM",
}
_PARTS = {"proctor": "parts"}  # how the exam marks its list of a test's parts
_MOST_SOURCE = 10_000
_TOO_MUCH = "[exam] This HTML is too large or too involved to be shown:\n"
_LEFT_OUT = "[exam] An output of a kind that is not shown was left out: {}."


def harmless(output: NotebookNode, page: Page) -> NotebookNode:
    """A valid output without anything that could run, load or send something where it is opened.

    HTML is cleaned; Markdown becomes HTML; a drawing in SVG becomes a picture, and goes where there is
    another picture of the same; scripts, widgets and applications' own kinds go. Of metadata
    only the measures of pictures stay. What shows nothing any more becomes a line that says so.
    """
    if output.output_type not in ("display_data", "execute_result"):
        return output
    given = {kind: text for kind, value in output.data.items() if (text := _text(value)) is not None}
    data: dict[str, Any] = {kind: text for kind, text in given.items() if _is_picture(kind, text)}
    if "text/html" in given:
        clean = page.html_if_possible(given["text/html"])
        if clean is None:
            given.setdefault("text/plain", _TOO_MUCH + given["text/html"][:_MOST_SOURCE])
        else:
            data["text/html"] = clean
    elif "text/markdown" in given:
        data["text/html"] = page.markdown(given["text/markdown"])
    elif "<svg" in given.get("image/svg+xml", "") and not data:
        drawing = base64.b64encode(given["image/svg+xml"].encode()).decode()
        data["text/html"] = f'<img src="data:image/svg+xml;base64,{drawing}" alt="a drawing">'
    if "text/latex" in given:
        data["text/latex"] = re.sub(r"\\href(?![a-zA-Z])", "", given["text/latex"])  # its typesetter makes a link of it
    if "text/plain" in given:
        data["text/plain"] = given["text/plain"]
    if "application/json" in output.data:
        data["application/json"] = output.data["application/json"]
    if output.data and not data:
        data["text/plain"] = _LEFT_OUT.format(", ".join(sorted(output.data)[:5])[:200])
    metadata: dict[str, Any] = {kind: sizes for kind in data if (sizes := _measures(output.get("metadata"), kind))}
    if output.get("metadata") == _PARTS:
        metadata = _PARTS
    return NotebookNode(output, data=NotebookNode(data), metadata=NotebookNode(metadata))


def _text(value: object) -> str | None:
    """The text of a MIME type's value, which nbformat lets be a list of lines too."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return value if isinstance(value, str) else None


def _is_picture(kind: str, text: str) -> bool:
    if kind not in _PICTURES:
        return False
    try:
        return base64.b64decode("".join(text.split()), validate=True).startswith(_PICTURES[kind])
    except (binascii.Error, ValueError):
        return False


def _measures(metadata: object, kind: str) -> dict[str, float]:
    """Width and height of a picture, as far as they are plain numbers."""
    own = metadata.get(kind) if isinstance(metadata, dict) and kind in _PICTURES else None
    if not isinstance(own, dict):
        return {}
    return {name: own[name] for name in ("width", "height") if _is_measure(own.get(name))}


def _is_measure(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 10_000
