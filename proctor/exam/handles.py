"""The student's objects, as a test sees them: handles that can be asked, and nothing else.

Threat model: the object behind a handle belongs to the student, and a test must
not be persuaded by it. A handle is therefore never equal to anything, ordered,
true or false, a number or an array: each of these raises an error that tells the
author what to write instead. What may be asked (calls, attributes, items,
iteration, length, text, operators between two of the student's objects) gives
plain values or further handles. An operator with a plain value is refused, and so
is ``in``: ``abs(f(x) - want) < 1e-6`` would tell ``want`` to an object that then
says 0, and ``want in f(x)`` to one that says yes. Names with double
underscores are not passed on: ``__array_interface__`` would let NumPy read
memory at an address that the student chooses. Nor are IPython's display methods.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from . import messages
from .channel import Channel
from .faults import AuthorError, CandidateError, CannotCross, OpaqueError, arrived, lost
from .limits import Limits
from .messages import (
    Answer,
    Ask,
    Attribute,
    Body,
    Call,
    Item,
    Iterate,
    Lost,
    Name,
    Next,
    Nothing,
    Operate,
    Operation,
    Question,
    Raised,
    Reader,
    Target,
    encode,
)
from .outputs import Printer
from .paper import Outcome
from .wire import Reference, TooBig, WireError, pack, unpack

Fault = TypeVar("Fault", bound=Exception)
_NOT_PASSED_ON = ("__", "_repr_", "_ipython_")
_PASSED_ON = ("__name__", "__doc__")
_LOST_WORDS = {
    Outcome.TIMEOUT: "your code took too long",
    Outcome.DIED: "your code ended its own process",
    Outcome.MEMORY: "your code used too much memory",
    Outcome.TOO_BIG: "your code gave a value, or wrote files, beyond the limits",
    Outcome.PROTOCOL: "your code gave an answer that could not be read",
    Outcome.NOT_RUN: "your code was not run any more: it failed too often or too long before",
}


@dataclass
class Printed:
    """What the student's code printed inside ``with candidate.output() as printed``."""

    stdout: str = ""
    stderr: str = ""


class Session:
    """The examiner's line to the candidate, by way of the proctor.

    ``strings`` are all texts that came from the candidate in this cell, ``faults``
    what went wrong, even if the test caught it.
    """

    def __init__(self, channel: Channel, limits: Limits, known: tuple[str, ...]):
        self._channel, self._limits, self._known = channel, limits, known
        self._read = Reader(Answer, Lost)
        self._lock = threading.Lock()
        self._number = 0
        self._listeners: list[Printed] = []
        self._values: dict[str, Any] = {}
        self.begin()

    def begin(self) -> None:
        """A new cell."""
        self.strings: set[str] = set()
        self.faults: list[Exception] = []
        self._values.clear()

    def name(self, name: str) -> Any:
        """What the student calls ``name``. Raises KeyError if nothing.

        Values are kept until the candidate runs code again; callables for the whole cell.
        """
        if name not in self._values:
            self._values[name] = self._value(self._ask(Name(name)), ("undefined", KeyError(name)), name)
        return self._values[name]

    def call(self, handle: Handle, args: tuple, kwargs: dict) -> Any:
        nodes = [self._pack(value) for value in args]
        question = Call(_target(handle), nodes, {name: self._pack(value) for name, value in kwargs.items()})
        return self._value(self._ask(question))

    def attribute(self, handle: Handle, name: str) -> Any:
        return self._value(self._ask(Attribute(_target(handle), name)))

    def item(self, handle: Handle, key: Any) -> Any:
        return self._value(self._ask(Item(_target(handle), self._pack(key))))

    def iterate(self, handle: Handle) -> Any:
        return self._value(self._ask(Iterate(_target(handle))))

    def next(self, handle: Handle) -> Any:
        return self._value(self._ask(Next(_target(handle))), ("exhausted", StopIteration()))

    def operate(self, operation: Operation, handle: Handle, operand: Handle | None = None) -> Any:
        other = None if operand is None else Reference(_target(operand).number)
        return self._value(self._ask(Operate(_target(handle), operation, other)))

    def length(self, handle: Handle) -> int:
        try:
            length = self.operate("len", handle)
        except TypeError as error:  # list() asks everything that it collects, also what has no length
            self.forget(error)
            raise
        if type(length) is not int:
            raise self._fault(lost(Outcome.PROTOCOL.value, _LOST_WORDS[Outcome.PROTOCOL]))
        if length > self._limits.nodes:  # list() would ask for memory for as many
            raise self._fault(lost(Outcome.TOO_BIG.value, _LOST_WORDS[Outcome.TOO_BIG]))
        return length

    def text(self, operation: Literal["str", "repr"], handle: Handle) -> str:
        text = self.operate(operation, handle)
        if type(text) is not str:
            raise self._fault(lost(Outcome.PROTOCOL.value, _LOST_WORDS[Outcome.PROTOCOL]))
        return text

    def author_error(self, message: str) -> AuthorError:
        return self._fault(AuthorError(message))

    def forget(self, error: Exception) -> None:
        """An error that did not matter after all."""
        self.faults.remove(error)

    @contextmanager
    def listen(self) -> Iterator[Printed]:
        printed = Printed()
        self._listeners.append(printed)
        try:
            yield printed
        finally:
            self._listeners.remove(printed)

    def _ask(self, question: Question) -> Body | Outcome:
        with self._lock:
            self._number += 1
            self._channel.send(encode(Ask(self._number, question)))
            frame = self._channel.receive()
        if not isinstance(question, Name):
            self._values = {name: value for name, value in self._values.items() if type(value) is Handle}
        try:
            answer = self._read(frame)
        except WireError:
            return Outcome.PROTOCOL
        if isinstance(answer, Lost):
            return answer.outcome
        for printed in self._listeners:
            printed.stdout += answer.stdout
            printed.stderr += answer.stderr
        for stream, printed in ((sys.stdout, answer.stdout), (sys.stderr, answer.stderr)):
            if printed and not isinstance(stream, Printer):  # the test collects what is printed
                stream.write(printed)
            self.strings |= {printed, *printed.splitlines()}
        return answer.body

    def _value(
        self, body: Body | Outcome, if_nothing: tuple[str, Exception | None] = ("", None), name: str = ""
    ) -> Any:
        """The value of an answer, or the exception that it stands for; ``if_nothing`` for Nothing of this reason."""
        if isinstance(body, messages.Value):
            try:
                name = name if isinstance(body.node, Reference) else ""
                value = unpack(body.node, self._limits, lambda number: Handle(self, number, name))
            except TooBig:
                body = Outcome.TOO_BIG
            except WireError:
                body = Outcome.PROTOCOL
            else:
                _collect_strings(value, self.strings)
                return value
        if isinstance(body, Raised):
            self.strings |= {body.message, *body.message.splitlines()}
            raise self._fault(arrived(body, self._known))
        if isinstance(body, Nothing):
            reason, error = if_nothing
            if body.reason == reason:
                raise error
            if body.reason == "gone":
                raise self._fault(
                    CandidateError("the student's process was started again; its earlier objects are gone")
                )
            body = Outcome.TOO_BIG if body.reason == "too big" else Outcome.PROTOCOL
        raise self._fault(lost(body.value, _LOST_WORDS[body]))

    def _fault(self, error: Fault) -> Fault:
        self.faults.append(error)
        return error

    def _pack(self, value: Any) -> Any:
        try:
            return pack(value, self._limits, self._number_of)
        except TooBig as error:
            raise self.author_error(f"an argument for the student's code is too big: {error}") from error

    def _number_of(self, value: Any) -> int:
        if type(value) is Handle:
            return _target(value).number
        raise self._fault(
            CannotCross(
                f"an argument of type {type(value).__name__} cannot cross: the student's code runs in another process. "
                "Pass plain values (numbers, text, lists, tuples, dicts, arrays, tensors, a DataLoader over tensors), "
                "or put a helper into a read-only cell and call it, or candidate.HELPER(...), with plain values"
            )
        )


def _opaque(what: str, instead: str):
    def refuse(self, *args, **kwargs):
        session = object.__getattribute__(self, "_Handle__session")
        raise session._fault(
            OpaqueError(f"the student's object cannot be {what}: it lives in another process. {instead}")
        )

    return refuse


def _impossible(what: str):
    def refuse(self, *args, **kwargs):
        raise object.__getattribute__(self, "_Handle__session").author_error(
            f"{what} cannot work: the student's object lives in another process. Write a helper into a read-only "
            "cell that does it and returns a plain value, and call candidate.HELPER(...)"
        )

    return refuse


def _unary(operation: Operation):
    def ask(self):
        return object.__getattribute__(self, "_Handle__session").operate(operation, self)

    return ask


def _binary(operation: Operation):
    def ask(self, other):
        if type(other) is not Handle:
            return _calculated(self)
        return object.__getattribute__(self, "_Handle__session").operate(operation, self, other)

    return ask


_calculated = _opaque(
    "calculated with beside a plain value",
    "Calculate with plain values that it computes, or call a method of it, or a helper in a read-only cell.",
)


class Handle:
    # An object in the candidate. See the module's docstring for what it is not. (``__doc__`` is the student's.)

    __slots__ = ("__name", "__number", "__session")

    def __init__(self, session: Session, number: int, name: str = ""):
        object.__setattr__(self, "_Handle__session", session)
        object.__setattr__(self, "_Handle__number", number)
        object.__setattr__(self, "_Handle__name", name)

    def __call__(self, *args, **kwargs) -> Any:
        return self.__session.call(self, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(_NOT_PASSED_ON) and name not in _PASSED_ON:
            raise AttributeError(f"{name} of the student's object is not passed on")
        return self.__session.attribute(self, name)

    def __getitem__(self, key: Any) -> Any:
        return self.__session.item(self, key)

    def __iter__(self) -> Any:
        return self.__session.iterate(self)

    def __next__(self) -> Any:
        return self.__session.next(self)

    def __len__(self) -> int:
        return self.__session.length(self)

    def __str__(self) -> str:
        return self.__session.text("str", self)

    def __repr__(self) -> str:
        return self.__session.text("repr", self)

    def _repr_pretty_(self, printer, cycle) -> None:
        printer.text("<an object of the student's>")

    @property
    def __doc__(self) -> Any:
        return self.__session.attribute(self, "__doc__")

    def __setattr__(self, *args) -> None:
        raise self.__session.author_error(
            "the student's objects cannot be changed from a test: write a helper into a read-only cell "
            "that does it, and call candidate.HELPER(...)"
        )

    __delattr__ = __setitem__ = __delitem__ = __setattr__

    __eq__ = __ne__ = _opaque("compared", "Compare plain values that it computes.")
    __lt__ = __le__ = __gt__ = __ge__ = _opaque("ordered", "Compare plain values that it computes.")
    __hash__ = _opaque("a key", "Use a plain value.")
    __bool__ = _opaque("true or false", "Ask for a plain value.")
    __contains__ = _opaque("searched with `in`", "Collect its items with list() first.")
    __int__ = __float__ = __complex__ = __index__ = __round__ = _opaque("a number", "Ask for a plain number.")
    __array__ = _opaque("an array", "The student's function must return an array, a tensor or a list of numbers.")
    __bytes__ = __fspath__ = _opaque("text", "Ask for plain text.")
    __copy__ = __deepcopy__ = __reduce_ex__ = _opaque("copied", "Make another one in the candidate.")
    __instancecheck__ = __subclasscheck__ = _impossible("isinstance() and issubclass() with a class of the student's")
    __mro_entries__ = _impossible("a subclass of the student's class")
    __enter__ = __exit__ = __aenter__ = __aexit__ = _impossible("`with` on an object of the student's")
    __await__ = __aiter__ = __anext__ = _impossible("`await` on an object of the student's")
    __neg__, __pos__, __abs__, __invert__ = map(_unary, ("neg", "pos", "abs", "invert"))
    __add__, __sub__, __mul__, __matmul__ = map(_binary, ("add", "sub", "mul", "matmul"))
    __truediv__, __floordiv__, __mod__, __pow__ = map(_binary, ("truediv", "floordiv", "mod", "pow"))
    __and__, __or__, __xor__, __lshift__, __rshift__ = map(_binary, ("and_", "or_", "xor", "lshift", "rshift"))
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _calculated
    __rand__ = __ror__ = __rxor__ = __rlshift__ = __rrshift__ = __divmod__ = __rdivmod__ = _calculated


class CandidateNames:
    """``candidate``: the student's names, also where the examiner has the same name itself."""

    def __init__(self, session: Session):
        self.__session = session

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.__session.name(name)
        except KeyError:
            raise NameError(f"name {name!r} is not defined") from None

    def output(self):
        """``with candidate.output() as printed:`` collects what the student's code prints."""
        return self.__session.listen()


def _target(handle: Handle) -> Target:
    number = object.__getattribute__(handle, "_Handle__number")
    return Target(number, object.__getattribute__(handle, "_Handle__name"))


def _collect_strings(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
    elif isinstance(value, dict):
        for pair in value.items():
            _collect_strings(pair, found)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            _collect_strings(item, found)
