"""The candidate: runs the student's cells and answers questions about what they made.

Threat model: none is possible here. Once the first cell has run, this process is
the student's: everything below may have been replaced, and what it sends may be
anything. It is written to be right for honest notebooks; safety lies in the
sandbox around it and in the readers of its messages.
"""

from __future__ import annotations

import builtins
import operator
import os
import traceback
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from .channel import Channel, ChannelError
from .limits import Limits
from .messages import (
    Answer,
    Ask,
    Attribute,
    Body,
    Call,
    Fork,
    Item,
    Iterate,
    Name,
    Next,
    Nothing,
    Operate,
    Question,
    Raised,
    Ran,
    Reader,
    Run,
    Stream,
    Target,
    Value,
    encode,
)
from .outputs import Printer, Recorder
from .shell import ExamShell, run_cell, safe_text
from .wire import TooBig, pack, unpack

_PRINTED_BYTES = 1 << 16  # of what one call prints
_MESSAGE_LENGTH = 2000
_FUNCTIONS = {"len": len, "str": str, "repr": repr}
_CELL_FILE = "<ipython-input-"  # how IPython names the code of a cell


def serve(channel: Channel, shell: ExamShell, fork: Fork) -> None:
    """Answer the proctor until it hangs up."""
    objects = _Objects(shell.user_ns, fork.limits, fork.first_reference)
    read = Reader(Run, Ask)
    all_types = shell.display_formatter.active_types
    while True:
        try:
            message = read(channel.receive())
        except ChannelError:
            os._exit(0)
        if isinstance(message, Run):
            shell.display_formatter.active_types = ["text/plain"] if message.in_outline else all_types
            done = run_cell(shell, message.cell.source, message.execution_count, fork.limits.output_bytes)
            reply = Ran(message.number, done.outputs, "" if done.error is None else type(done.error).__name__)
        else:
            reply = _answer(message, objects)
        channel.send(encode(reply))


class _Objects:
    """The student's names, and the objects that the examiner knows by number."""

    def __init__(self, names: dict[str, Any], limits: Limits, first: int):
        self.names, self._limits = names, limits
        self._by_number: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by id(); the objects are kept, so ids stay theirs
        self._next = first

    def find(self, target: Target) -> Any:
        """The object; after a restart, what now has its name. Raises _Gone."""
        if target.number not in self._by_number and target.name in self.names:
            return self.names[target.name]
        return self._resolve(target.number)

    def pack(self, value: Any) -> Value:
        return Value(pack(value, self._limits, self._number))

    def unpack(self, node: Any) -> Any:
        return unpack(node, self._limits, self._resolve)

    def _number(self, value: Any) -> int:
        number = self._numbers.setdefault(id(value), self._next)
        if number == self._next:
            self._next += 1
            self._by_number[number] = value
        return number

    def _resolve(self, number: int) -> Any:
        if number not in self._by_number:
            raise _Gone
        return self._by_number[number]


class _Gone(Exception):
    """The examiner knows an object of a candidate that was here before."""


def _answer(ask: Ask, objects: _Objects) -> Answer:
    printed = Recorder(_PRINTED_BYTES)
    with redirect_stdout(Printer("stdout", printed.write)), redirect_stderr(Printer("stderr", printed.write)):
        body = _body(ask.question, objects)
    text = {"stdout": "", "stderr": ""}
    for stream in printed.outputs():
        if isinstance(stream, Stream):
            text[stream.name] += stream.text
    return Answer(ask.number, body, **text)


def _body(question: Question, objects: _Objects) -> Body:
    try:
        if isinstance(question, Name):
            known = question.name in objects.names
            return objects.pack(objects.names[question.name]) if known else Nothing("undefined")
        target = objects.find(question.target)
        if isinstance(question, Next):
            return _next(target, objects)
        return objects.pack(_ask(question, target, objects))
    except _Gone:
        return Nothing("gone")
    except TooBig:
        return Nothing("too big")
    except BaseException as error:  # the student's code may raise anything
        return _raised(error)


def _ask(question: Question, target: Any, objects: _Objects) -> Any:
    if isinstance(question, Call):
        args = [objects.unpack(node) for node in question.args]
        return target(*args, **{name: objects.unpack(node) for name, node in question.kwargs.items()})
    if isinstance(question, Attribute):
        return getattr(target, question.name)
    if isinstance(question, Item):
        return target[objects.unpack(question.key)]
    if isinstance(question, Operate):
        operation = _FUNCTIONS.get(question.operation) or getattr(operator, question.operation)
        return operation(target) if question.operand is None else operation(target, objects.unpack(question.operand))
    assert isinstance(question, Iterate)
    return iter(target)


def _next(iterator: Any, objects: _Objects) -> Body:
    try:
        return objects.pack(next(iterator))
    except StopIteration:
        return Nothing("exhausted")


def _raised(error: BaseException) -> Raised:
    """The exception as words: nearest built-in type, message, and the student's own innermost line."""
    kind = next(base.__name__ for base in type(error).__mro__ if getattr(builtins, base.__name__, None) is base)
    function, line = "", 0
    for frame, number in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_name
        if frame.f_code.co_filename.startswith(_CELL_FILE) and name.isidentifier():  # no <lambda>, no <listcomp>
            function, line = name, number
    try:
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except BaseException:  # its own __str__ may raise
        trace = ""
    message = safe_text(error, _MESSAGE_LENGTH)
    return Raised(kind, message, function, line, safe_text(trace[-5 * _MESSAGE_LENGTH :]))
