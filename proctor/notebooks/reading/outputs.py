"""Pass over what cells have shown, however much it is: outputs and the state of widgets are not read.

Works on bytes and builds nothing of what it passes over, so that a notebook with hundreds of
megabytes of figures takes little memory.
"""

from __future__ import annotations

import re

from .cells import MIB, NotebookLimits, Readable, Unreadable

# Inside a JSON string a quote is escaped: this finds keys only.
_SHOWN = re.compile(
    rb'(?<!\\)"(?:outputs"\s*:\s*(?P<list>\[)|application/vnd\.jupyter\.widget-state\+json"\s*:\s*\{)', re.DOTALL
)
# Also where quotes are damaged. Escaped quotes belong to a text that talks about notebooks.
_CELL = re.compile(rb"(?<!\\)(?:[\"']|&quot;|&#34;|\xe2\x80\x9c|\xe2\x80\x9d)cell_type")
# A text up to its end or one of its escapes; a bracket with what it holds if that is plain; a bracket.
_IN_LIST = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*){0,50}["\\]|\[[^"\[\]]*\]|[\[\]]', re.DOTALL)
_IN_OBJECT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*){0,50}["\\]|\{[^"{}]*\}|[{}]', re.DOTALL)
_IN_STRING = re.compile(rb'(?:[^"\\]+|\\.){0,2000}', re.DOTALL)  # a bound, since each repetition takes memory
_OPEN = b"[{"
_QUOTE, _BACKSLASH = b'"\\'


def without_outputs(content: Readable, limits: NotebookLimits) -> bytes:
    """The notebook with its outputs and its widgets' state empty; everything else byte for byte.

    In a damaged notebook, where an output does not end before the next cell begins, it is
    kept, so that no cell is lost. Raises Unreadable if too much is left.
    """
    scan = _Scan(content, limits)
    kept, size, position = [], 0, 0
    while position < len(content):
        shown = _SHOWN.search(content, position)
        end = len(content) if shown is None else shown.end()
        size += end - position
        if size > limits.light_bytes:
            raise Unreadable(
                "too-large",
                f"Even without outputs, the notebook holds more than {limits.light_bytes / MIB:.3g} MiB. "
                "Make pictures that are pasted into it smaller, save, and submit it again.",
            )
        kept.append(content[position:end])
        position = end
        if shown is not None:
            after = scan.end_of(position, _IN_LIST if shown["list"] else _IN_OBJECT)
            if content.find(b"cell_type", position, after) < 0 or not _CELL.search(content, position, after):
                position = after
    return b"".join(kept)


class _Scan:
    """Finds where lists and objects end, with a bound on the effort."""

    def __init__(self, content: Readable, limits: NotebookLimits) -> None:
        self._content = content
        self._values_left = limits.output_values
        self._bytes_left = 4 * len(content) + MIB  # what is kept for its cells is looked at again

    def end_of(self, start: int, marks: re.Pattern[bytes]) -> int:
        """Where the bracket that closes stands; the file's end if there is none. ``start``: after the opening one."""
        content, position, depth = self._content, start, 1
        while depth:
            mark = marks.search(content, position)
            if mark is None:
                position = len(content)
                break
            position = mark.end()
            last = content[position - 1]
            self._values_left -= 1
            if last == _BACKSLASH:
                position = self._string_end(position - 1)
            elif last in _OPEN:
                depth += 1
            elif last != _QUOTE and position - mark.start() == 1:
                depth -= 1
                if not depth:
                    position -= 1  # the bracket itself stays
            self._check()
        self._bytes_left -= position - start
        self._check()
        return position

    def _string_end(self, position: int) -> int:
        """Behind the quote that ends a text, from a place inside of it."""
        content = self._content
        while (more := _IN_STRING.match(content, position)) and more.end() > position:
            position = more.end()
            self._values_left -= 1
            self._check()
        return min(position + 1, len(content))

    def _check(self) -> None:
        if self._values_left < 0 or self._bytes_left < 0:
            raise Unreadable(
                "too-large", "The outputs of the notebook hold too much data. Clear its outputs and save it again."
            )
