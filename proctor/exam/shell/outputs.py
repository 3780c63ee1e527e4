"""The outputs of one cell, within a budget.

A cell that prints without end must neither fill memory nor hide what came first
or last: the head and the tail are kept, and a line between them says what was
left out. What counts is what an output costs whoever holds it or writes it down:
every string of it, and the objects around them.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import deque
from collections.abc import Callable
from itertools import groupby
from typing import Any

import msgspec

from proctor.exam.wire.messages import MOST_OUTPUTS, Display, Error, Output, Result, Stream, StreamName

_BLOCK = 512, 8192  # characters of one stream that are kept together, at least and at most
_OVERHEAD = 200  # bytes that an output takes beside what is in it
_STRING = sys.getsizeof("") + 8  # bytes that a string takes beside its text, and its place
_NODE = 600  # bytes of an object in a notebook
_ITEM = 64
_MIME_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(;[ \w.=+-]+)?")
_LONGEST_MIME_TYPE = 255
_JSON_KIND = re.compile(r"application/(.*\+)?json")
_MOST_VALUES = 100_000  # in one JSON text
_MOST_LEVELS = 100
_in_a_file = json.JSONEncoder(ensure_ascii=False).encode

Sized = tuple[Output, int]  #: with its bytes, see ``size_of``
_Part = list[Sized] | deque[Sized]


class Recorder:
    """Collects outputs in order. Half of the budget is for the head, half for the tail.

    Of the updates of one display the last is kept: it is what the display shows in the end.
    """

    def __init__(self, budget_bytes: int, most_outputs: int = MOST_OUTPUTS):
        self._half, self._half_of_outputs = budget_bytes // 2, most_outputs // 2
        self._block = min(max(_BLOCK[0], self._half // 8), _BLOCK[1])
        self._forget()
        self._clear_next = False

    def write(self, name: StreamName, text: str) -> None:
        """Text printed to ``stdout`` or ``stderr``."""
        self.add(Stream(name, text))

    def add(self, output: Output, size: int | None = None) -> None:
        """``size``: its bytes, where they are known already."""
        if isinstance(output, Stream):
            for start in range(0, len(output.text), self._block):
                block = Stream(output.name, output.text[start : start + self._block])
                self._add(block, size_of(block))
        else:
            self._add(output, size_of(output) if size is None else size)

    def clear(self, wait: bool = False) -> None:
        """Forget everything so far; with ``wait``, only when something new arrives."""
        if wait:
            self._clear_next = True
        else:
            self._forget()

    def outputs(self) -> list[Output]:
        """What was kept, text of the same stream joined."""
        gap = [Stream("stdout", f"\n... {self._dropped:,} bytes of output left out ...\n")] if self._dropped else []
        head, tail = ([output for output, _ in part] for part in (self._head, (*self._tail, *self._updates.values())))
        joined: list[Output] = []
        for name, outputs in groupby([*head, *gap, *tail], lambda output: getattr(output, "name", None)):
            if name is None:
                joined += outputs
            else:
                joined.append(Stream(name, "".join(output.text for output in outputs if isinstance(output, Stream))))
        return joined

    def _add(self, output: Output, size: int) -> None:
        if self._clear_next:
            self._forget()
            self._clear_next = False
        if not isinstance(output, Display) or not output.display_id:
            self._append(output, size)
            return
        before = self._updates.pop(output.display_id, None)
        if before:
            self._tail_bytes -= before[1]
        if output.update:
            self._updates[output.display_id] = output, size
            self._tail_bytes += size
            self._shorten()
            return
        if before:  # it is for displays before this one
            self._append(*before)
        self._append(output, size)

    def _append(self, output: Output, size: int) -> None:
        if not self._tail and not self._dropped:
            grown = self._growth(self._head, output, size)
            if self._head_bytes + grown <= self._half and len(self._head) < self._half_of_outputs:
                self._head_bytes += grown
                self._put(self._head, output, size)
                return
        self._tail_bytes += self._growth(self._tail, output, size)
        self._put(self._tail, output, size)
        self._shorten()

    def _growth(self, part: _Part, output: Output, size: int) -> int:
        """How many bytes more there are with ``output``."""
        return size if self._block_for(output, part) is None else size - _OVERHEAD

    def _put(self, part: _Part, output: Output, size: int) -> None:
        """Add ``output``, joined to the last block of the same stream while that is short."""
        block = self._block_for(output, part)
        if block is None or not isinstance(output, Stream):
            part.append((output, size))
        else:
            part[-1] = Stream(block.name, block.text + output.text), part[-1][1] + size - _OVERHEAD

    def _block_for(self, output: Output, part: _Part) -> Stream | None:
        """The last block, if there is room in it."""
        last = part[-1][0] if part else None
        if not isinstance(output, Stream) or not isinstance(last, Stream) or last.name != output.name:
            return None
        return last if len(last.text) + len(output.text) <= self._block else None

    def _shorten(self) -> None:
        while self._tail_bytes > self._half or len(self._tail) + len(self._updates) > self._half_of_outputs:
            _, size = self._tail.popleft() if self._tail else self._updates.pop(next(iter(self._updates)))
            self._tail_bytes -= size
            self._dropped += size

    def _forget(self) -> None:
        self._head: list[Sized] = []
        self._tail: deque[Sized] = deque()
        self._updates: dict[str, Sized] = {}  # by the display's id
        self._head_bytes = self._tail_bytes = self._dropped = 0


class Printer(io.TextIOBase):
    """What ``sys.stdout`` and ``sys.stderr`` are inside an exam."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, name: StreamName, write: Callable[[StreamName, str], None]):
        super().__init__()
        self.name: StreamName = name
        self._write = write

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._write(self.name, clean(text))
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1 if self.name == "stdout" else 2


def clean(text: str) -> str:
    """Text that every encoding of Unicode can hold: without lone surrogates."""
    return str.encode(text, "utf-8", "replace").decode()


def is_mime_type(kind: str) -> bool:
    return len(kind) <= _LONGEST_MIME_TYPE and _MIME_TYPE.fullmatch(kind) is not None


def holds_json(kind: str) -> bool:
    """Whether a notebook may hold any JSON under this MIME type; of others it holds text."""
    return _JSON_KIND.fullmatch(kind) is not None


def size_of(output: Output) -> int:
    """Bytes that an output takes, here or in a file, whichever is more."""
    if isinstance(output, Stream):
        return _OVERHEAD + _text_bytes(output.text)
    if isinstance(output, Error):
        texts = (output.ename, output.evalue, *output.traceback)
        return _OVERHEAD + sum(_STRING + _text_bytes(text) for text in texts)
    name = output.display_id or "" if isinstance(output, Display) else ""
    size = _OVERHEAD + 2 * _NODE + _json_bytes(output.metadata) + _text_bytes(name)
    for kind, text in output.data.items():
        size += 2 * _STRING + _ITEM + _text_bytes(kind) + (_json_bytes if holds_json(kind) else _text_bytes)(text)
    return size


def _text_bytes(text: str) -> int:
    written = _in_a_file(text)  # msgspec would leave its copy with the text
    return max(sys.getsizeof(text) - sys.getsizeof(""), len(written if written.isascii() else written.encode()) - 2)


def _json_bytes(text: str) -> int:
    """Bytes of a JSON text and of its values."""
    return _text_bytes(text) + _NODE * text.count("{") + _ITEM * (text.count("[") + text.count(","))


def to_notebook(output: Output, execution_count: int) -> dict:
    """The nbformat v4 form. What no notebook can hold is left out."""
    if isinstance(output, Stream):
        return {"output_type": "stream", "name": output.name, "text": output.text}
    if isinstance(output, Error):
        return {"output_type": "error", "ename": output.ename, "evalue": output.evalue, "traceback": output.traceback}
    data = {
        kind: _parsed(text) if holds_json(kind) else text for kind, text in output.data.items() if is_mime_type(kind)
    }
    metadata = _parsed(output.metadata)
    body = {"data": data, "metadata": metadata if isinstance(metadata, dict) else {}}
    if isinstance(output, Result):
        return {"output_type": "execute_result", "execution_count": execution_count, **body}
    return {"output_type": "display_data", **body}


def _parsed(text: str) -> Any:
    """The value of a JSON text; None if it is none, or so large or deep that it would be a burden."""
    if sum(text.count(character) for character in "[{,") > _MOST_VALUES:
        return None
    try:
        value = msgspec.json.decode(text)
        _check_depth(value, _MOST_LEVELS)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    return value


def _check_depth(value: Any, levels: int) -> None:
    if not levels:
        raise ValueError("nested too deeply")
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(item, levels - 1)
