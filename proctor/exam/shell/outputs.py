"""The outputs of one cell, within a budget.

A cell that prints without end must neither fill memory nor hide what came first
or last: the head and the tail are kept, and a line between them says what was
left out.
"""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from proctor.exam.wire.messages import Error, Output, Result, Stream, StreamName

_BLOCK = 8192  # characters of one stream that are kept together
_OVERHEAD = 64  # bytes that an output takes beside its text
_MIME_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+(;[ \w.=+-]+)?")
_JSON_KIND = re.compile(r"application/(.*\+)?json")
_MOST_VALUES = 100_000  # in one JSON text
_MOST_LEVELS = 100


class Recorder:
    """Collects outputs in order. Half of the budget is for the head, half for the tail."""

    def __init__(self, budget_bytes: int):
        self._half = budget_bytes // 2
        self._forget()
        self._clear_next = False

    def write(self, name: StreamName, text: str) -> None:
        """Text printed to ``stdout`` or ``stderr``."""
        self.add(Stream(name, text))

    def add(self, output: Output) -> None:
        if isinstance(output, Stream):
            for start in range(0, len(output.text), _BLOCK):
                self._add(Stream(output.name, output.text[start : start + _BLOCK]))
        else:
            self._add(output)

    def clear(self, wait: bool = False) -> None:
        """Forget everything so far; with ``wait``, only when something new arrives."""
        if wait:
            self._clear_next = True
        else:
            self._forget()

    def outputs(self) -> list[Output]:
        """What was kept, text of the same stream joined."""
        gap = [Stream("stdout", f"\n… {self._dropped:,} bytes of output left out …\n")] if self._dropped else []
        joined: list[Output] = []
        for output in (*self._head, *gap, *self._tail):
            last = joined[-1] if joined else None
            if isinstance(output, Stream) and isinstance(last, Stream) and output.name == last.name:
                joined[-1] = Stream(last.name, last.text + output.text)
            else:
                joined.append(output)
        return joined

    def _add(self, output: Output) -> None:
        if self._clear_next:
            self._forget()
            self._clear_next = False
        size = _size(output)
        if self._head_bytes + size <= self._half and not self._tail and not self._dropped:
            self._head_bytes += _append(self._head, output)
            return
        self._tail_bytes += _append(self._tail, output)
        while self._tail_bytes > self._half:
            dropped = _size(self._tail.popleft())
            self._tail_bytes -= dropped + _OVERHEAD
            self._dropped += dropped

    def _forget(self) -> None:
        self._head: list[Output] = []
        self._tail: deque[Output] = deque()
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


def holds_json(kind: str) -> bool:
    """Whether a notebook may hold any JSON under this MIME type; of others it holds text."""
    return _JSON_KIND.fullmatch(kind) is not None


def to_notebook(output: Output, execution_count: int) -> dict:
    """The nbformat v4 form. What no notebook can hold is left out."""
    if isinstance(output, Stream):
        return {"output_type": "stream", "name": output.name, "text": output.text}
    if isinstance(output, Error):
        return {"output_type": "error", "ename": output.ename, "evalue": output.evalue, "traceback": output.traceback}
    data = {
        kind: _parsed(text) if holds_json(kind) else text
        for kind, text in output.data.items()
        if _MIME_TYPE.fullmatch(kind)
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


def _append(outputs: list | deque, output: Output) -> int:
    """Add ``output``, joined to the last block of the same stream while that is short; the bytes it takes."""
    last = outputs[-1] if outputs else None
    if (
        isinstance(output, Stream)
        and isinstance(last, Stream)
        and last.name == output.name
        and len(last.text) + len(output.text) <= _BLOCK
    ):
        outputs[-1] = Stream(last.name, last.text + output.text)
        return len(output.text)
    outputs.append(output)
    return _size(output) + _OVERHEAD


def _size(output: Output) -> int:
    if isinstance(output, Stream):
        return len(output.text)
    if isinstance(output, Error):
        return len(output.evalue) + sum(map(len, output.traceback))
    return len(output.metadata) + sum(map(len, output.data.values()))
