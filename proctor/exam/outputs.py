"""The outputs of one cell, within a budget.

A cell that prints without end must neither fill memory nor hide what came first
or last: the head and the tail are kept, and a line between them says what was
left out.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from .messages import Error, Output, Result, Stream

_BLOCK = 8192  # characters of one stream that are kept together


class Recorder:
    """Collects outputs in order. Half of the budget is for the head, half for the tail."""

    def __init__(self, budget_bytes: int):
        self._half = budget_bytes // 2
        self._forget()
        self._clear_next = False

    def write(self, name: str, text: str) -> None:
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
            _append(self._head, output)
            self._head_bytes += size
            return
        _append(self._tail, output)
        self._tail_bytes += size
        while self._tail_bytes > self._half:
            dropped = _size(self._tail.popleft())
            self._tail_bytes -= dropped
            self._dropped += dropped

    def _forget(self) -> None:
        self._head: list[Output] = []
        self._tail: deque[Output] = deque()
        self._head_bytes = self._tail_bytes = self._dropped = 0


class Printer(io.TextIOBase):
    """What ``sys.stdout`` and ``sys.stderr`` are inside an exam."""

    encoding, errors = "utf-8", "replace"

    def __init__(self, name: str, write: Callable[[str, str], None]):
        super().__init__()
        self.name, self._write = name, write

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


def to_notebook(output: Output, execution_count: int) -> dict:
    """The nbformat v4 form. Raises ValueError for what no notebook can hold."""
    if isinstance(output, Stream):
        return {"output_type": "stream", "name": output.name, "text": output.text}
    if isinstance(output, Error):
        return {"output_type": "error", "ename": output.ename, "evalue": output.evalue, "traceback": output.traceback}
    body = {"data": _json(output.data), "metadata": _json(output.metadata)}
    if isinstance(output, Result):
        return {"output_type": "execute_result", "execution_count": execution_count, **body}
    return {"output_type": "display_data", **body}


def _json(value: Any) -> Any:
    """``value`` if JSON can hold it and give it back."""
    try:
        return msgspec.json.decode(msgspec.json.encode(value))
    except (msgspec.MsgspecError, TypeError, ValueError, RecursionError) as error:
        raise ValueError("an output that is not JSON") from error


def _append(outputs: list | deque, output: Output) -> None:
    """Add ``output``, joined to the last block of the same stream while that is short."""
    last = outputs[-1] if outputs else None
    if (
        isinstance(output, Stream)
        and isinstance(last, Stream)
        and last.name == output.name
        and len(last.text) + len(output.text) <= _BLOCK
    ):
        outputs[-1] = Stream(last.name, last.text + output.text)
    else:
        outputs.append(output)


def _size(output: Output) -> int:
    if isinstance(output, Stream):
        return len(output.text)
    if isinstance(output, Error):
        return len(output.evalue) + sum(map(len, output.traceback))
    return sum(
        len(value) if isinstance(value, str) else len(msgspec.json.encode(value)) for value in output.data.values()
    )
