"""IPython without a kernel: a shell that hands its outputs to a recorder.

Candidate and examiner run cells in the same shell class, so both yield what a
notebook kernel would have: streams, rich displays and their updates, figures,
the result of the last expression, errors. The class is ipykernel's own, without
its sockets: notebooks and libraries ask for it by name, and its magics are there.
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from base64 import b64encode
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import tqdm.auto  # noqa: F401 (before ipykernel: then its bars are text, which a graded notebook shows, and no widgets)
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult
from IPython.utils.text import SList
from traitlets.config import Config

from proctor.exam.wire.messages import MOST_TRACEBACK, Display, Error, Output, Result, StreamName

from . import programs, stand_ins, threads
from .errors import safe_text
from .outputs import Printer, Recorder, clean, holds_json, is_mime_type

_OURS = str(Path(__file__).parents[2]) + os.sep
_ASYNC = "await", "async"
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
    config.HistoryManager.hist_file = ":memory:"
    config.IPKernelApp = Config()  # its presence is how notebooks recognise a kernel
    shell = ExamShell.instance(config=config)
    shell.extension_manager.load_extension("storemagic")  # as every kernel does
    shell.store = type(shell.db)  # the class that this version of IPython uses
    stand_ins.install(shell)
    return shell


def move_in(shell: ExamShell, home: Path) -> None:
    """In a fork, once it is confined: a notebook's namespace, its folder, and ``home`` for what IPython keeps."""
    programs.install()
    threads.install()
    stand_ins.miss_what_is_missing()
    shell.loop = asyncio.new_event_loop()
    shell.db = shell.store(home / "ipython")
    shell.starting_dir = os.getcwd()
    sys.dont_write_bytecode = True  # cells follow each other within a second, which is how old a .pyc file can tell
    shell.history_manager.dir_hist[:] = [shell.starting_dir]
    for name in ("__doc__", "__loader__", "__package__", "__spec__"):
        shell.user_ns.setdefault(name, None)
    for name, module in sys.modules.items():
        if name.partition(".")[0] == "proctor":
            vars(module).pop("__file__", None)  # nobody in here can read it, and %autoreload would say so


def run_cell(shell: ExamShell, source: str, execution_count: int, output_bytes: int) -> Executed:
    """Run one cell as cell number ``execution_count``."""
    recorder = shell.recorder = Recorder(output_bytes)
    shell.shown_error, shell.not_run = None, ()
    shell.execution_count = execution_count
    with redirect_stdout(Printer("stdout", shell.write)), redirect_stderr(Printer("stderr", shell.write)):
        result = _run_as_a_kernel(shell, source)
    shell.payload_manager.clear_payload()  # pages of help, and cells to come: a kernel's front end would show them
    for stream in (sys.__stdout__, sys.__stderr__):
        with suppress(Exception):  # whatever a student has made of it
            print(end="", file=stream, flush=True)
    recorder.write("stdout", _drain(1, output_bytes))
    recorder.write("stderr", _drain(2, output_bytes))
    outputs = recorder.outputs()
    error = result.error_before_exec or result.error_in_exec or shell.shown_error
    if error is not None and not any(isinstance(output, Error) for output in outputs):
        outputs.append(Error(safe_text(type(error).__name__), safe_text(error), []))  # IPython only printed it
    return Executed(outputs, result.result, error, shell.not_run)


def _run_as_a_kernel(shell: ExamShell, source: str) -> ExecutionResult:
    """Within a running event loop, the same one for all cells: tasks that one starts go on in the next."""
    importlib.invalidate_caches()  # the cell before may have written a module just now
    loop = shell.loop
    if loop is None or loop.is_running():  # before there is one; or inside of a call that waits for a test's function
        return shell.run_cell(source, store_history=loop is not None)
    if loop.is_closed():  # by an earlier cell
        loop = shell.loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    running = loop.create_task(_run_in_loop(shell, source))
    try:
        return loop.run_until_complete(running)
    except RuntimeError:  # the cell has stopped or closed the loop it waits in
        running.cancel()
        shell.showtraceback()
        return ExecutionResult(None)


async def _run_in_loop(shell: ExamShell, source: str) -> ExecutionResult:
    if any(word in source for word in _ASYNC):  # else it is not taken apart to find out: ``run_cell`` does so again
        error = None
        try:
            cell = shell.transform_cell(source)
        except Exception:
            cell, error = source, sys.exc_info()
        if shell.should_run_async(source, transformed_cell=cell, preprocessing_exc_tuple=error):
            return await shell.run_cell_async(
                source, store_history=True, transformed_cell=cell, preprocessing_exc_tuple=error
            )
    result = shell.run_cell(source, store_history=True)
    await asyncio.sleep(0)  # tasks that it has started begin
    return result


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


class ExamShell(ZMQInteractiveShell):
    displayhook_class = _RecordingHook  # type: ignore[assignment]  # a trait
    display_pub_class = _RecordingPublisher  # type: ignore[assignment]
    extension_manager: Any
    history_manager: Any
    payload_manager: Any
    recorder = Recorder(0)
    shown_error: BaseException | None = None
    not_run: tuple[str, ...] = ()
    full_tracebacks = True  # they take time to write, and not everybody's are read
    loop: asyncio.AbstractEventLoop | None = None
    store: type
    scripts: Path | None = None  # where ``%run`` looks, if not in the working folder

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
        kind, error, trace = exc_tuple or sys.exc_info()
        self.shown_error = self.shown_error or error
        if self.full_tracebacks and kind is not None and error is not None:
            super().showtraceback((kind, error, _without_ours(trace)), *args, **kwargs)
        else:
            self.recorder.add(Error(safe_text(type(error).__name__), safe_text(error), []))

    def write(self, name: StreamName, text: str) -> None:
        """Printed text goes to the cell that runs now, also from threads of earlier cells."""
        self.recorder.write(name, text)

    def _showtraceback(self, etype, evalue, stb) -> None:
        sys.stdout.flush()
        self.recorder.add(
            Error(safe_text(etype.__name__), safe_text(evalue), [safe_text(line) for line in stb[-MOST_TRACEBACK:]])
        )

    def _format_exception_for_storage(self, exception, *args, **kwargs) -> dict[str, Any]:
        """What IPython keeps beside the cell's history; a second traceback, which takes as long as the first, nobody reads."""
        return {"ename": safe_text(type(exception).__name__), "evalue": safe_text(exception), "traceback": []}

    def enable_gui(self, gui=None) -> None:
        """There is no window to draw in."""

    def init_environment(self) -> None:
        """A candidate's environment is its own."""

    def system(self, command: str) -> None:
        done = programs.run_line(self.var_expand(command, depth=1))
        sys.stdout.write(done.stdout + done.stderr)
        self.user_ns["_exit_code"] = done.status

    system_piped = system_raw = system

    def getoutput(self, command: str, split: bool = True, depth: int = 0):
        done = programs.run_line(self.var_expand(command, depth=depth + 1))
        sys.stdout.write(done.stderr)
        return SList(done.stdout.splitlines()) if split else done.stdout

    def ask_exit(self) -> None:
        stand_ins.say("exit() is ignored while a notebook is graded.")


# What ``type(get_ipython())`` says in a notebook.
ExamShell.__name__ = ExamShell.__qualname__ = ZMQInteractiveShell.__name__
ExamShell.__module__ = ZMQInteractiveShell.__module__


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """A traceback without what stands in for a system call: its source is nothing that a student can read."""
    kept = []
    while trace is not None:
        if not trace.tb_frame.f_code.co_filename.startswith(_OURS):
            kept.append(trace)
        trace = trace.tb_next
    for here, following in zip(kept, [*kept[1:], None], strict=True):
        here.tb_next = following
    return kept[0] if kept else None


def _sendable(bundle: dict) -> dict[str, str]:
    """A MIME bundle as a kernel sends it: text, bytes in base 64, JSON; the rest left out."""
    sendable = {}
    for kind, value in bundle.items():
        if not isinstance(kind, str) or not is_mime_type(kind):
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
