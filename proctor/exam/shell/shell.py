"""IPython without a kernel: a shell that hands its outputs to a recorder.

Candidate and examiner run cells in the same shell class, so both yield what a
notebook kernel would have: streams, rich displays and their updates, figures,
the result of the last expression, errors.
"""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any

import msgspec
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from proctor.exam.wire.messages import MOST_TRACEBACK, Display, Error, Output, Result, StreamName

from . import stand_ins
from .errors import safe_text
from .outputs import Printer, Recorder, clean, holds_json

_MAGICS_THAT_RUN_THEIR_CELL = ("capture", "prun", "time", "timeit")


@dataclass(frozen=True)
class Executed:
    """How a cell ended.

    ``value`` is that of its last expression. ``error`` was raised by it, or by what a magic
    in it ran: ``%%capture`` and ``%time`` show an error and go on. ``not_run`` names the
    magics that did something else with their cell than to run it here.
    """

    outputs: list[Output]
    value: Any
    error: BaseException | None
    not_run: tuple[str, ...]


def make_shell() -> ExamShell:
    """The process's only shell. Starts no thread; safe to make before forking."""
    config = Config()
    config.HistoryManager.enabled = False
    shell = ExamShell.instance(config=config)
    stand_ins.install(shell)
    return shell


def run_cell(shell: ExamShell, source: str, execution_count: int, output_bytes: int) -> Executed:
    """Run one cell as cell number ``execution_count``."""
    recorder = shell.recorder = Recorder(output_bytes)
    shell.shown_error, shell.not_run = None, ()
    shell.execution_count = execution_count
    with redirect_stdout(Printer("stdout", shell.write)), redirect_stderr(Printer("stderr", shell.write)):
        result = shell.run_cell(source, store_history=True)
    recorder.write("stdout", _drain(1, output_bytes))
    recorder.write("stderr", _drain(2, output_bytes))
    outputs = recorder.outputs()
    error = result.error_before_exec or result.error_in_exec or shell.shown_error
    if error is not None and not any(isinstance(output, Error) for output in outputs):
        outputs.append(Error(type(error).__name__, safe_text(error), []))  # IPython only printed it
    return Executed(outputs, result.result, error, shell.not_run)


class _RecordingHook(DisplayHook):
    """The value of the last expression."""

    shell: Any  # given when it is made

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict, md_dict=None) -> None:
        self.shell.recorder.add(Result(_sendable(format_dict), _json(md_dict or {})))

    def finish_displayhook(self) -> None:
        pass


class _RecordingPublisher(DisplayPublisher):
    """What ``display`` is given."""

    def publish(self, data, metadata=None, source=None, *, transient=None, update=False, **kwargs) -> None:
        display_id = (transient or {}).get("display_id")
        display_id = None if display_id is None else safe_text(display_id)
        self.shell.recorder.add(Display(_sendable(data), _json(metadata or {}), display_id, bool(update)))

    def clear_output(self, wait=False) -> None:
        self.shell.recorder.clear(bool(wait))


class ExamShell(InteractiveShell):
    displayhook_class = _RecordingHook
    display_pub_class = _RecordingPublisher
    recorder = Recorder(0)
    shown_error: BaseException | None = None
    not_run: tuple[str, ...] = ()
    full_tracebacks = True  # they take time to write, and not everybody's are read

    def run_cell(self, *args, **kwargs):
        """Also what a magic calls to run a part of the cell."""
        result = super().run_cell(*args, **kwargs)
        self.shown_error = self.shown_error or result.error_before_exec or result.error_in_exec
        return result

    def run_cell_magic(self, magic_name, line, cell):
        if magic_name not in _MAGICS_THAT_RUN_THEIR_CELL:
            self.not_run += (magic_name,)
        return super().run_cell_magic(magic_name, line, cell)

    def showtraceback(self, exc_tuple=None, *args, **kwargs) -> None:
        error = (exc_tuple or sys.exc_info())[1]
        self.shown_error = self.shown_error or error
        if self.full_tracebacks:
            super().showtraceback(exc_tuple, *args, **kwargs)
        else:
            self.recorder.add(Error(type(error).__name__, safe_text(error), []))

    def write(self, name: StreamName, text: str) -> None:
        """Printed text goes to the cell that runs now, also from threads of earlier cells."""
        self.recorder.write(name, text)

    def _showtraceback(self, etype, evalue, stb) -> None:
        sys.stdout.flush()
        self.recorder.add(Error(etype.__name__, safe_text(evalue), [safe_text(line) for line in stb[-MOST_TRACEBACK:]]))

    def enable_gui(self, gui=None) -> None:
        """There is no window to draw in."""

    def system(self, command: str) -> None:
        stand_ins.say("shell commands do not run while a notebook is graded.")

    system_piped = system_raw = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0):
        self.system(command)
        return [] if split else ""

    def ask_exit(self) -> None:
        stand_ins.say("exit() is ignored while a notebook is graded.")


def _sendable(bundle: dict) -> dict[str, str]:
    """A MIME bundle as a kernel sends it: text, bytes in base 64, JSON; the rest left out."""
    sendable = {}
    for kind, value in bundle.items():
        if not isinstance(kind, str):
            continue
        if holds_json(kind):
            sendable[kind] = _json(value)
        elif isinstance(value, bytes):
            sendable[kind] = b64encode(value).decode()
        elif isinstance(value, str):
            sendable[kind] = clean(value)
        elif isinstance(value, list) and all(isinstance(line, str) for line in value):
            sendable[kind] = clean("".join(value))
    return sendable


def _json(value: Any) -> str:
    """``value`` as JSON, "" if it is none."""
    with suppress(TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return msgspec.json.encode(value).decode()
    return ""


def _drain(descriptor: int, limit: int) -> str:
    """What was written past Python, to the descriptor itself (a file, see ``zygote.py``), and empty it."""
    size = os.fstat(descriptor).st_size
    if not size:
        return ""
    head = os.pread(descriptor, limit // 2, 0)
    tail = os.pread(descriptor, limit // 2, max(len(head), size - limit // 2))
    os.ftruncate(descriptor, 0)
    return (head + tail).decode("utf-8", "replace")
