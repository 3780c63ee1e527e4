"""The candidate: runs the student's cells and answers questions about what they made.

Threat model: none is possible here. Once the first cell has run, this process is
the student's: everything below may have been replaced, and what it sends may be
anything. It is written to be right for honest notebooks; safety lies in the
sandbox around it and in the readers of its messages.
"""

from __future__ import annotations

import asyncio
import builtins
import operator
import os
import sys
import threading
import traceback
import types
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from proctor.exam.limits import Limits
from proctor.exam.shell.errors import kind_of, safe_text, stop_of
from proctor.exam.shell.outputs import Printer, Recorder
from proctor.exam.shell.shell import ExamShell, run_cell
from proctor.exam.wire.channel import Channel, ChannelError
from proctor.exam.wire.messages import (
    MOST_CLASSES,
    Answer,
    Arrange,
    Ask,
    Attribute,
    Body,
    Call,
    CalledBack,
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
    Resume,
    Run,
    Seed,
    SelfReport,
    Set,
    Stream,
    Target,
    Value,
    Warned,
    encode,
)
from proctor.exam.wire.values import (
    Array,
    Callback,
    Classes,
    Instance,
    Items,
    Made,
    Node,
    Objects,
    Pairs,
    Record,
    Reference,
    Stand,
    Tensor,
    Told,
    TooBig,
    pack,
    told,
    unpack,
)

from .arranged import Arranged, seed
from .temporary import Temporary

_PRINTED_BYTES = 1 << 16  # of what one call prints
_MESSAGE_LENGTH = 2000
_LONGEST_NAME = 200
_MOST_VALUES = 20  # attributes of an exception
_NO_LIBRARIES = ("__main__", "builtins")
_FUNCTIONS: dict[str, Callable] = {
    "len": len,
    "str": str,
    "repr": repr,
    "enter": lambda value: type(value).__enter__(value),
    "exit": lambda value: type(value).__exit__(value, None, None, None),
    "await": lambda value: asyncio.get_event_loop().run_until_complete(value),
}
_COMPARISONS: dict[str, Callable] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": operator.contains,
}
_CHANGEABLE = (Items, Pairs, Array, Objects, Tensor, Made, Record, Instance)
_NUMBERS: dict[str, Callable] = {"hash": hash, "int": int, "float": float}
_OF_ONE = ("abs", "neg", "pos", "invert")
_KINDS_OF_FUNCTIONS = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)
_CELL_FILE = "<ipython-input-"  # how IPython names the code of a cell


def serve(channel: Channel, shell: ExamShell, fork: Fork) -> None:
    """Answer the proctor until it hangs up."""
    conversation = _Conversation(channel, shell, fork)
    while True:
        conversation.go_on()


class _Conversation:
    """What the proctor wants, one thing at a time, and what the student's code wants of a test meanwhile.

    Student code that calls a function of the test's waits inside the answer it gives. Other questions
    may come before it can go on, and if the test has given up, cells too: they are dealt with from there.
    """

    def __init__(self, channel: Channel, shell: ExamShell, fork: Fork):
        self._channel, self._shell, self._limits = channel, shell, fork.limits
        self._read = Reader(Run, Ask)
        assert shell.display_formatter is not None, "IPython makes it with the shell"
        self._formatter, self._all_types = shell.display_formatter, shell.display_formatter.active_types
        self._objects = _Objects(shell.user_ns, fork.limits, fork.first_reference, self._call_back)
        self._arranged = Arranged(shell.user_ns)
        self._thread = threading.get_ident()
        self._asked: int | None = None  # the question that waits for an answer
        self._printed = Recorder(_PRINTED_BYTES)

    def go_on(self) -> Resume:
        """Do what is wanted, until a function of the test's has given something."""
        while True:
            try:
                message = self._read(self._channel.receive())
            except ChannelError:
                os._exit(0)
            if isinstance(message, Ask) and isinstance(message.question, Resume):
                self._asked = message.number
                with suppress(Exception):  # their class is gone: so are they
                    self._objects.take(message.objects)
                return message.question
            before = self._asked, self._printed
            try:
                reply = self._run(message) if isinstance(message, Run) else self._answer(message)
            finally:
                self._asked, self._printed = before
            self._channel.send(encode(reply))

    def _run(self, run: Run) -> Ran:
        self._asked = None
        self._formatter.active_types = ["text/plain"] if run.in_outline else self._all_types
        self._shell.full_tracebacks = not run.in_outline
        done = run_cell(self._shell, run.cell.source, run.execution_count, self._limits.output_bytes)
        if done.error is None:
            return Ran(run.number, done.outputs)
        said, line = stop_of(done.error, run.execution_count)
        return Ran(run.number, done.outputs, safe_text(type(done.error).__name__), said[:_MESSAGE_LENGTH], line)

    def _answer(self, ask: Ask) -> Answer:
        self._asked, self._printed = ask.number, Recorder(_PRINTED_BYTES)
        write = self._printed.write
        with suppress(Exception):  # their class is gone: so are they
            self._objects.take(ask.objects)
        with redirect_stdout(Printer("stdout", write)), redirect_stderr(Printer("stderr", write)):
            if isinstance(ask.question, Arrange):
                return self._say(self._arrange(ask.question))
            given = _Given(Temporary(ask.files, ask.home))
            with self._arranged.warnings() as warned:
                body = _body(ask.question, self._objects, given)
            answer = self._say(body, warned)
            answer.changed, answer.same = self._objects.changed(given), given.place_of_result()
            answer.objects = self._objects.changed_objects(ask.objects)
            answer.files = given.temporary.made(self._limits.frame_bytes // 4)
            return answer

    def _arrange(self, question: Arrange) -> Body:
        try:
            self._arranged.arrange(question, self._objects.unpack)
            return Value(None)
        except _Gone:
            return Nothing("gone")

    def _say(self, body: Body, warned: list[Warned] | None = None) -> Answer:
        """An answer to what was asked last, with what was printed since the last one."""
        assert self._asked is not None, "something was asked"
        text = {"stdout": "", "stderr": ""}
        for stream in self._printed.outputs():
            if isinstance(stream, Stream):
                text[stream.name] += stream.text
        self._printed.clear()
        return Answer(self._asked, body, text["stdout"], text["stderr"], warned or [])

    def _call_back(self, function: int, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Have a function of the test's called. Raises what it raised."""
        if self._asked is None or threading.get_ident() != self._thread:
            raise RuntimeError("a function of a test can be called only while the test waits for an answer")
        try:
            nodes = [self._objects.pack(value).node for value in args]
            named = {name: self._objects.pack(value).node for name, value in kwargs.items()}
        except TooBig as error:
            raise ValueError(f"a value for the test's function is too big: {error}") from None
        self._channel.send(encode(self._say(CalledBack(function, nodes, named))))
        given = self.go_on().body
        if isinstance(given, Raised):
            raise _exception(given)
        return self._objects.unpack(given.node)


@dataclass
class _Given:
    """The arguments of a call, as they were sent and as the student's function got them, and what it gave."""

    temporary: Temporary
    nodes: list[Node] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    result: Any = None

    def place_of_result(self) -> int | None:
        same = (place for place, value in enumerate(self.values) if value is self.result and value is not None)
        return next(same, None)


class _Objects:
    """The student's names, the objects that the examiner knows by number, and functions of the examiner's."""

    def __init__(self, names: dict[str, Any], limits: Limits, first: int, call_back: Callable):
        self.names, self._limits, self._call_back = names, limits, call_back
        self._classes = Classes(names, makes_all=True)
        self._functions: dict[int, Any] = {}
        self._lent: dict[int, Callback] = {}  # what they stand for, by id()
        self._instance_numbers: dict[int, int] = {}  # the same by id()
        self._instances: dict[int, Any] = {}  # of the test's objects, by the test's number
        self._by_number: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by id(); the objects are kept, so ids stay theirs
        self._next = first

    def find(self, target: Target) -> Any:
        """The object; after a restart, what now has its name. Raises _Gone."""
        if target.number not in self._by_number and target.name in self.names:
            return self.names[target.name]
        return self._object(target.number)

    def pack(self, value: Any) -> Value:
        return Value(pack(value, self._limits, self._reference, self._number))

    def changed(self, given: _Given) -> dict[int, Node]:
        """What has become of arguments, by place."""
        changes: dict[int, Node] = {}
        limits = replace(self._limits, frame_bytes=self._limits.frame_bytes // 4)  # beside what was asked for
        for place, (node, value) in enumerate(zip(given.nodes, given.values, strict=True)):
            if isinstance(node, _CHANGEABLE):
                with suppress(Exception):  # too big: the test keeps what it has
                    if encode(pack(value, limits, self._stand)) != encode(node):
                        changes[place] = pack(value, limits, self._stand, self._number)
        return changes

    def changed_objects(self, objects: list[Told]) -> list[Told]:
        changes = []
        for before in objects:
            with suppress(Exception):
                now = told(
                    before.number, self._instances[before.number], lambda each: pack(each, self._limits, self._stand)
                )
                if encode(now.values) != encode(before.values) or now.fields != before.fields:
                    changes.append(now)
        return changes

    def take(self, objects: list[Told]) -> None:
        """Have these stand for objects of the test's, with the attributes that they have now."""
        for each in objects:
            if each.number not in self._instances:
                kind = self.names.get(each.name) or getattr(sys.modules.get(each.module), each.name)
                made = self._instances[each.number] = object.__new__(kind)
                self._instance_numbers[id(made)] = each.number
        for each in objects:
            fields = vars(self._instances[each.number])
            fields.clear()
            fields.update(zip(each.fields, map(self.unpack, each.values), strict=True))

    def pack_plain(self, value: Any) -> Any:
        """Raises ValueError for what is not plain, or TooBig."""
        return pack(value, self._limits, _refuse)

    def unpack(self, node: Any) -> Any:
        return unpack(node, self._limits, self._resolve, self._classes)

    def _stand(self, value: Any) -> Stand:
        """What a value is in an argument, as it was sent."""
        return self._lent.get(id(value)) or self._reference(value)

    def _reference(self, value: Any) -> Stand:
        if (number := self._instance_numbers.get(id(value))) is not None:
            return Instance(number)
        return Reference(self._number(value), type(value) in _KINDS_OF_FUNCTIONS)

    def _number(self, value: Any) -> int:
        number = self._numbers.setdefault(id(value), self._next)
        if number == self._next:
            self._next += 1
            self._by_number[number] = value
        return number

    def _resolve(self, stand: Stand | Record) -> Any:
        assert not isinstance(stand, Record), "every class is found or made here"
        if isinstance(stand, Instance):
            if stand.number not in self._instances:
                raise _Gone
            return self._instances[stand.number]
        return self._function(stand) if isinstance(stand, Callback) else self._object(stand.number)

    def _object(self, number: int) -> Any:
        if number not in self._by_number:
            raise _Gone
        return self._by_number[number]

    def _function(self, stand: Callback) -> Any:
        def function(*args, **kwargs):
            return self._call_back(stand.number, args, kwargs)

        if stand.number not in self._functions:
            self._functions[stand.number] = _items(function) if stand.is_iterator else function
            self._lent[id(self._functions[stand.number])] = stand
        return self._functions[stand.number]


def _items(step: Callable[[], tuple[bool, Any]]) -> Iterator:
    while (given := step())[0]:
        yield given[1]


def _refuse(value: Any) -> Reference:
    raise ValueError("not plain")


class _Gone(Exception):
    """The examiner knows an object of a candidate that was here before."""


def _body(question: Question, objects: _Objects, given: _Given) -> Body:
    try:
        if isinstance(question, Name):
            known = question.name in objects.names
            return objects.pack(objects.names[question.name]) if known else Nothing("undefined")
        assert not isinstance(question, Resume | Arrange), "the conversation takes it"
        if isinstance(question, Seed):
            seed(question.generator, objects.unpack(question.value))
            return Value(None)
        target = objects.find(question.target)
        if isinstance(question, Next):
            return _next(target, objects)
        if isinstance(question, Call):
            given.nodes = [*question.args, *question.kwargs.values()]
            given.values = [given.temporary.here(objects.unpack(node)) for node in given.nodes]
            named = dict(zip(question.kwargs, given.values[len(question.args) :], strict=True))
            given.result = target(*given.values[: len(question.args)], **named)
            return objects.pack(given.temporary.there(given.result))
        return objects.pack(_ask(question, target, objects))
    except _Gone:
        return Nothing("gone")
    except TooBig:
        return Nothing("too big")
    except BaseException as error:  # the student's code may raise anything
        return _raised(error, objects)


def _ask(question: Question, target: Any, objects: _Objects) -> Any:
    if isinstance(question, Attribute):
        return getattr(target, question.name)
    if isinstance(question, SelfReport):
        return _report(question, target, objects)
    if isinstance(question, Set):
        if question.is_gone:
            return delattr(target, question.name)
        return setattr(target, question.name, objects.unpack(question.node))
    if isinstance(question, Item):
        return target[objects.unpack(question.key)]
    if isinstance(question, Operate):
        operation = _FUNCTIONS.get(question.operation) or getattr(operator, question.operation)
        if question.operation in _FUNCTIONS or question.operation in _OF_ONE:
            return operation(target)
        other = objects.unpack(question.operand)
        return operation(other, target) if question.is_first else operation(target, other)
    assert isinstance(question, Iterate)
    return iter(target)


def _report(question: SelfReport, target: Any, objects: _Objects) -> Any:
    if question.about == "isinstance":
        return isinstance(objects.unpack(question.other), target)
    if question.about in _COMPARISONS:
        return bool(_COMPARISONS[question.about](target, objects.unpack(question.other)))
    if question.about == "bool":
        return bool(target)
    if question.about in _NUMBERS:
        return _NUMBERS[question.about](target)
    if question.about == "type":
        return type(target)
    return target.__wrapped__


def _next(iterator: Any, objects: _Objects) -> Body:
    try:
        return objects.pack(next(iterator))
    except StopIteration:
        return Nothing("exhausted")


def _raised(error: BaseException, objects: _Objects) -> Raised:
    """The exception as words and values: nearest types, message, and the student's own innermost line."""
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
    theirs = [base.__name__ for base in type(error).__mro__ if base.__module__ == "__main__"]
    classes = tuple(name for name in theirs[:MOST_CLASSES] if len(name) <= _LONGEST_NAME)
    library = next(
        ((base.__module__, base.__name__) for base in type(error).__mro__ if base.__module__ not in _NO_LIBRARIES),
        ("", ""),
    )
    trace = safe_text(trace[-5 * _MESSAGE_LENGTH :])
    return Raised(kind_of(error), message, function, line, trace, classes, library, _values(error, objects))


def _values(error: BaseException, objects: _Objects) -> dict[str, Any]:
    """The plain ones among what the student's code has set on it."""
    values = {}
    for name, value in list(vars(error).items())[:_MOST_VALUES]:
        with suppress(Exception):  # an object stays here, and so does what is too big
            values[name] = objects.pack_plain(value)
    return values


def _exception(raised: Raised) -> Exception:
    """What a function of the test's raised, as the built-in exception that it is based on."""
    try:
        return getattr(builtins, raised.kind)(raised.message)
    except TypeError:  # it wants other arguments
        return RuntimeError(raised.message)
