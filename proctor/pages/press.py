"""A process that lays out what students wrote, with a clock.

Markdown, highlighting and cleaning take time that grows with the square of the size for some
texts, or stop at them; which ones, nobody can list. So they run in a process of their own, that
is ended when its time is up, and the text is shown as it was written.

The process is this module, run as a program: requests come as lines of JSON, answers go the same way.
"""

from __future__ import annotations

import html
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from .html import bounded, clean_html, plain_html

#: Seconds of processor time for one text, and for all of a page.
TEXT_SECONDS, PAGE_SECONDS = 2.0, 8.0
_WALL_SECONDS = 60.0  # of one text, however busy the machine is
_MEMORY = 2 << 30
_PAGE_TAGS, _PAGE_CHARACTERS = 200_000, 64 << 20
_TEXT_PLAIN, _TEXT_COLOURED, _TEXT_AT_LEAST = 200_000, 50_000, 1000  # characters
_MOST_KEPT, _KEPT_CHARACTERS = 500, 60_000
_TOO_LONG = "This is shown as it was written: it is too large or too involved to be laid out."


class Press:
    """Starts its process when first needed, and again after a text that it did not survive.

    Use it in a ``with`` statement, or let it go: the process ends. Calls from several threads wait in turn.
    What was laid out lately is kept: most of a notebook is the assignment's, and the same for everybody.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[bytes, str] = OrderedDict()
        self._process: subprocess.Popen[bytes] | None = None
        self._end: weakref.finalize | None = None

    def __enter__(self) -> Press:
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        if self._end is not None:
            self._end()
        self._process = self._end = None

    def run(self, request: dict, seconds: float, keep: bool = True) -> tuple[str | None, float]:
        """The HTML, or None where there is none in ``seconds`` of processor time; and the seconds it took.

        ``keep``: the same request has the same HTML, whenever it comes.
        """
        key = json.dumps(request).encode()
        with self._lock:
            if keep and key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key], 0.0
            if self._process is None:
                self._start()
            try:
                answer = self._ask(json.dumps(request | {"seconds": seconds}).encode() + b"\n")
            except OSError:
                answer = b""
            if not answer.endswith(b"\n"):
                self.close()
                return None, seconds
            laid_out, took = json.loads(answer)
            if keep and laid_out is not None and len(key) + len(laid_out) <= _KEPT_CHARACTERS:
                self._kept[key] = laid_out
                if len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
            return laid_out, took

    def _start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            bufsize=0,
        )
        self._end = weakref.finalize(self, _end, self._process)

    def _ask(self, request: bytes) -> bytes:
        """A line there, a line back; less than a line if the process or the time has ended."""
        assert self._process is not None and self._process.stdin is not None and self._process.stdout is not None
        deadline, answer = time.monotonic() + _WALL_SECONDS, b""
        view = memoryview(request)
        while view:
            view = view[self._process.stdin.write(view) :]
        chunks = [answer]
        while not chunks[-1].endswith(b"\n"):
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                break
            chunks.append(os.read(self._process.stdout.fileno(), 1 << 20))
            if not chunks[-1]:
                break
        return b"".join(chunks)


class Page:
    """One page. Whatever happens, there is HTML that shows the text, though perhaps not all of it.

    What stands on it shares its seconds, and is not more than a browser can show. With ``formulas``
    they are drawn, so that what comes out is not to be cleaned again.
    """

    def __init__(self, press: Press, folder: str = "", links: bool = True, formulas: bool = False) -> None:
        self._press, self._folder, self._links, self._formulas = press, folder, links, formulas
        self._seconds, self._tags, self._characters = PAGE_SECONDS, _PAGE_TAGS, _PAGE_CHARACTERS

    def markdown(self, source: str, attachments: Mapping[str, Mapping[str, str]] | None = None) -> str:
        has_pictures = "![" in source or "src" in source.lower()
        folder = self._folder if has_pictures else ""  # what is the same in every folder is laid out once
        laid_out = self._laid_out(
            "markdown", source, dict(attachments or {}), folder, self._links, self._formulas, keep=not folder
        )
        return self._plain(source) if laid_out is None else laid_out

    def html(self, source: str) -> str:
        laid_out = self.html_if_possible(source)
        return self._plain(source) if laid_out is None else laid_out

    def html_if_possible(self, source: str) -> str | None:
        return self._laid_out("html", source, self._links, self._formulas)

    def latex(self, source: str) -> str:
        laid_out = self._laid_out("latex", source)
        return self._plain(source) if laid_out is None else laid_out

    def code(self, source: str, lexer: str) -> str:
        laid_out = self._laid_out("code", source, lexer) if len(source) <= _TEXT_COLOURED else None
        return self._plain(source) if laid_out is None else laid_out

    def ansi(self, text: str) -> str:
        """Goes into a ``<pre>``: text with the colours of a terminal."""
        text = self._shortened(text)
        laid_out = self._laid_out("ansi", text) if "\x1b" in text else None
        return html.escape(text) if laid_out is None else laid_out

    def _laid_out(self, kind: str, text: str, *how: Any, keep: bool = True) -> str | None:
        if min(self._seconds, self._tags, self._characters) <= 0:
            return None
        request = {"kind": kind, "arguments": [text, *how]}
        laid_out, seconds = self._press.run(request, min(TEXT_SECONDS, self._seconds), keep)
        self._seconds -= seconds
        if laid_out is None or laid_out.count("<") > self._tags or len(laid_out) > self._characters:
            return None
        self._tags -= laid_out.count("<")
        self._characters -= len(laid_out)
        return laid_out

    def _plain(self, text: str) -> str:
        return plain_html(self._shortened(text), _TOO_LONG)

    def _shortened(self, text: str) -> str:
        """The text, without its middle if it is very long."""
        most = max(_TEXT_AT_LEAST, min(_TEXT_PLAIN, self._characters))
        if len(text) > most:
            half = most // 2
            text = f"{text[:half]}\n… {len(text) - 2 * half:,} characters left out on this page …\n{text[-half:]}"
        self._characters -= len(text)
        return text


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()


def _serve() -> None:
    """Answer requests until there are no more."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a library that prints does not answer
    for line in sys.stdin.buffer:
        request = json.loads(line)
        lay_out = _task(request["kind"])
        began = time.process_time()
        signal.setitimer(signal.ITIMER_PROF, request["seconds"])  # ends this process, also inside of compiled code
        try:
            laid_out = lay_out(*request["arguments"])
        except Exception:
            laid_out = None
        signal.setitimer(signal.ITIMER_PROF, 0)
        answer = memoryview(json.dumps([laid_out, time.process_time() - began]).encode() + b"\n")
        while answer:
            answer = answer[answers.write(answer) :]


def _task(kind: str) -> Callable[..., str]:
    """A function of layout.py, which takes a while to import; cleaning does without."""
    return _html if kind == "html" else getattr(import_module("proctor.pages.layout"), kind)


def _html(source: str, links: bool, formulas: bool) -> str:
    """HTML that a cell shows. Of its formulas those are drawn that ``layout.markdown`` has marked."""
    clean = clean_html(source, links=links)
    return bounded(import_module("proctor.pages.formulas").drawn(clean) if formulas else clean)


if __name__ == "__main__":
    _serve()
