"""The examiner's line to the candidate: questions, answers, and functions lent to the student's code.

A test may hand a function of its own to the student's code: ``integrate(lambda x: x**2, 0, 1)``.
The function stays here and crosses as a number. When the student's code calls it, the
candidate says so in place of an answer; the function runs here, by value both ways, and the
candidate is told to resume with what it gave.

Threat model: a candidate may call what it was never lent, for ever, or at the wrong moment,
and hand over any values. A function can be called while the name it was lent to is being
asked, and what came of that name (``memoize(f)`` gives an object, and calling that is asking
it too), but not by the student's other names: a reference lent for one question must not
answer the next. Of the function itself nothing crosses but its results and the type and
message of its exceptions. Who calls without end is no longer resumed, and whatever happens
next, the candidate does it from inside that call.
"""

from __future__ import annotations

import builtins
import functools
import io
import operator
import os
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from proctor.exam.limits import Limits
from proctor.exam.paper import Outcome
from proctor.exam.shell.errors import kind_of, safe_text
from proctor.exam.shell.outputs import Printer
from proctor.exam.wire import messages
from proctor.exam.wire.channel import Channel
from proctor.exam.wire.messages import (
    Answer,
    Arrange,
    Ask,
    Attribute,
    Body,
    Call,
    CalledBack,
    Charged,
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
    Resume,
    encode,
)
from proctor.exam.wire.values import (
    Callback,
    Classes,
    Instance,
    Met,
    Node,
    Record,
    Reference,
    Stand,
    Told,
    TooBig,
    WireError,
    pack,
    unpack,
)

from .arrangement import Arrangement, Wanted
from .asides import LOST_WORDS, Asides, of_the_solution
from .belongings import Belongings, again
from .causes import Causes
from .changes import Again, Changes, Given, Key, Sent, key_of_stand
from .faults import AuthorError, CandidateError, CannotCross, Fault, FromCandidate, arrived, lost
from .handles import Family, FunctionHandle, Handle, Origin, Path, family_of, is_handle, path_of, target_of
from .lending import Lender
from .reading import Reader as SourceReader
from .replay import Replay
from .sources import Sources
from .temporary import Temporary
from .texts import collect_texts
from .verdict import NoSolution

_MOST_NESTED = 30  # functions of the test's and the student's that call each other
_MESSAGE_LENGTH = 2000
_NOTHING: Mapping[Key, Any] = {}
_FILES = (io.TextIOWrapper, io.BufferedReader, io.BufferedRandom)
_FUNCTIONS = (
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.MethodWrapperType,
    functools.partial,
    operator.itemgetter,
    operator.attrgetter,
    operator.methodcaller,
    np.ufunc,
    np.vectorize,
    np.poly1d,
    type(np.sum),
)


@dataclass
class Printed:
    """What the student's code printed inside ``with candidate.output() as printed``."""

    stdout: str = ""
    stderr: str = ""


class Session(Asides):
    """The examiner's line to the candidate, by way of the proctor.

    ``strings`` are all texts that came from the candidate in this cell, ``faults``
    what went wrong, even if the test caught it. ``solution`` gives what the instructor calls a name;
    ``classes`` are the examiner's own, for records that arrive.
    """

    def __init__(
        self,
        channel: Channel,
        limits: Limits,
        causes: Causes,
        arrangement: Arrangement,
        sources: Sources,
        solution: Callable[[str], Any],
        classes: Classes,
    ):
        self.arrangement, self._solution, self._classes = arrangement, solution, classes
        self._source_reader = SourceReader(sources, self)
        self._arranged, self._lent_there = Wanted(), set[int]()
        self._channel, self._limits, self._causes = channel, limits, causes
        self._read, self._read_answer = Reader(Charged, Lost), Reader(Answer)
        self._lock = threading.RLock()  # held for a whole question, which a function of the test's may interrupt
        self._number = 0
        self._temporary = Temporary(os.environ["HOME"], limits.frame_bytes // 4)
        self._files, self._home = dict[str, bytes](), ""  # to be sent with the next question
        self._listeners: list[Printed] = []
        self._values: dict[str, Any] = {}
        self._families: dict[str, Family] = {}
        self._lender = Lender()
        self._open: list[Family] = []  # of the questions that wait for an answer, each asked inside the one before
        self._losses: list[Outcome] = []
        self._changes, self._told = Changes(), Answer(0, Nothing("gone"))
        self._replay = Replay()
        self.belongings = Belongings(classes)
        self._iterators: dict[int, tuple[Iterator, Callable]] = {}
        self._objects: dict[int, Told] = {}  # to be sent with the next question
        self._charged = 0.0  # seconds of the candidate's for all of its answers
        self.begin(0)

    def begin(self, number: int, is_test: bool = False, takes_their_word: bool = False) -> None:
        """A new cell, of this number. One that is no test the candidate has run itself."""
        self.strings: set[str] = set()
        self.is_test, self.takes_their_word = is_test, takes_their_word
        self._same: dict[int, Handle] = {}  # by number, where their word counts: `is` asks for the same object
        self.reports: dict[str, None] = {}  # what it was taken for, in the order of asking
        self.faults: list[Exception] = []
        self._values.clear()
        self._families.clear()
        self._lent_to_objects: set[int] = set()
        self._stdin = sys.stdin
        self.arrangement.begin()
        self._changes.begin()
        self._source_reader.begin(number)

    def clean_up(self) -> None:
        """Undo what the cell has changed, here and there."""
        sys.stdin = self._stdin
        self.arrangement.end()
        with suppress(Exception):  # the candidate may be gone: the next one knows of nothing
            self._arrange()

    def name(self, name: str) -> Any:
        """What the student calls ``name``. Raises KeyError if nothing.

        Values are kept until the candidate runs code again; callables for the whole cell.
        """
        if self.arrangement.is_of_names:
            self._arrange()
        if name not in self._values:
            family = self._families.setdefault(name, set())

            def origin() -> Any:
                return self._solution(name)

            self._values[name] = self._ask(Name(name), family, ("undefined", KeyError(name)), name, (name,), origin)
        return self._values[name]

    def module(self, name: str) -> Any:
        """The module that the student's notebook has written."""
        return self.call(self.attribute(self.name("__builtins__"), "__import__"), (name,), {})

    def pyplot(self) -> Handle | None:
        """The student's, without figures; None if there is none."""
        try:
            pyplot = self.module("matplotlib.pyplot").pyplot
            pyplot.close("all")
        except (KeyError, AttributeError, TypeError, FromCandidate):  # what they call so may be anything
            return None
        return Handle(self, target_of(pyplot).number, "", family_of(pyplot)) if is_handle(pyplot) else None

    def call(self, handle: Handle, args: tuple, kwargs: dict) -> Any:
        values = (*args, *kwargs.values())
        paths = self._temporary.named_in(values)
        try:
            self._files, self._home = self._temporary.contents(paths), self._temporary.home if paths else ""
        except ValueError as error:
            raise self.author_error(f"{error} for the student's code") from error
        family = family_of(handle)
        if not self._open:
            self._replay = Replay()
        sent = Sent(self._replay)
        nodes = self._pack(values, family, sent=sent)
        question = Call(target_of(handle), nodes[: len(args)], dict(zip(kwargs, nodes[len(args) :], strict=True)))

        def called(same: list) -> Any:
            return of_the_solution(handle)(*same[: len(args)], **dict(zip(kwargs, same[len(args) :], strict=True)))

        def anew() -> Again:
            if paths:
                raise NoSolution  # it would write there
            return again(called, nodes, sent, self._limits, self._classes)

        def origin() -> Any:
            same = anew()
            return same.call(same.values)

        given = Given(values, tuple(nodes), path_of(handle), anew, sent, tuple(paths))
        return self._ask(question, family, origin=origin, given=given)

    def attribute(self, handle: Handle, name: str) -> Any:
        def origin() -> Any:
            return getattr(of_the_solution(handle), name)

        path = path_of(handle) and (*path_of(handle), name)
        return self._ask(Attribute(target_of(handle), name), family_of(handle), path=path, origin=origin)

    def item(self, handle: Handle, key: Any) -> Any:
        family = family_of(handle)
        (node,) = self._pack((key,), family)

        def origin() -> Any:
            return of_the_solution(handle)[of_the_solution(key)]

        return self._ask(Item(target_of(handle), node), family, origin=origin)

    def iterate(self, handle: Handle) -> Any:
        return self._ask(Iterate(target_of(handle)), family_of(handle))

    def next(self, handle: Handle) -> Any:
        return self._ask(Next(target_of(handle)), family_of(handle), ("exhausted", StopIteration()))

    def operate(self, operation: Operation, handle: Handle, operand: Handle | None = None) -> Any:
        family = family_of(handle)
        other = None if operand is None else self._pack((operand,), family)[0]
        assert other is None or isinstance(other, Reference), "what stands for an object of the student's"
        return self._ask(Operate(target_of(handle), operation, other), family)

    def length(self, handle: Handle) -> int:
        try:
            length = self.operate("len", handle)
        except TypeError as error:  # list() asks everything that it collects, also what has no length
            self.forget(error)
            raise
        if type(length) is not int:
            raise self.fault(lost(Outcome.PROTOCOL.value, LOST_WORDS[Outcome.PROTOCOL]))
        if length > self._limits.nodes:  # list() would ask for memory for as many
            raise self.fault(lost(Outcome.TOO_BIG.value, LOST_WORDS[Outcome.TOO_BIG]))
        return length

    def text(self, operation: Literal["str", "repr"], handle: Handle) -> str:
        text = self.operate(operation, handle)
        if type(text) is not str:
            raise self.fault(lost(Outcome.PROTOCOL.value, LOST_WORDS[Outcome.PROTOCOL]))
        return text

    def author_error(self, message: str) -> AuthorError:
        return self.fault(AuthorError(message))

    def fault(self, error: Fault) -> Fault:
        """Note what went wrong, for staff."""
        self.faults.append(error)
        return error

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

    def _ask(
        self,
        question: Question,
        family: Family,
        if_nothing: tuple[str, Exception | None] = ("", None),
        name: str = "",
        path: Path = (),
        origin: Origin | None = None,
        given: Given | None = None,
    ) -> Any:
        """The answer's value, or the exception it stands for; ``if_nothing`` for Nothing of this reason.

        ``path`` and ``origin`` are for the handle that stands for an object, if the answer is one. ``given`` are
        arguments that may have changed.
        """
        self._check_patches()
        with self._lock:
            self._arrange()
            before = len(self.faults)
            self._open.append(family)
            try:
                body = self._answer(question)
            finally:
                self._open.pop()
            told = self._told
            for problem in self.faults[before:]:  # a function that was lent is broken, or asked for the impossible
                if isinstance(problem, AuthorError):
                    raise AuthorError(*problem.args) from problem
            if given is not None and not isinstance(body, Outcome):
                try:
                    same = self._taken_over(given, told, family)
                except TooBig:
                    body = Outcome.TOO_BIG
                except WireError:
                    body = Outcome.PROTOCOL
                else:
                    if same is not None:
                        return same
            return self._value(body, family, if_nothing, name, path, origin)

    def _taken_over(self, given: Given, told: Answer, family: Family) -> Any:
        """Let arguments have changed as the solution's would have; the one that was given back, if one was."""

        def read(node: Node) -> Any:
            return self._received(node, family, known=given.sent.things)

        self._temporary.take(told.files, given.paths)
        for each in told.objects:
            before = given.sent.objects.get(each.number)
            self.strings |= {name for name in each.fields if before is None or name not in before.fields}
        same = self._changes.take_over(given, told, read)
        return None if same is None else given.values[same]

    def _check_patches(self) -> None:
        """A test that patches these means the student's, whose process does not see it."""
        patched = self.arrangement.is_beyond() + ["stdin"] * (sys.stdin is not self._stdin)
        if patched:
            raise self.author_error(
                f"the test replaced {', '.join(patched)}, which the student's code does not see: it runs in another "
                "process. Replace a function such as input, or pass what varies as an argument"
            )

    def _arrange(self) -> None:
        """Have the candidate see what the test has changed for it."""
        with self._lock:
            wanted = self.arrangement.wanted()
            if wanted.is_the_same(self._arranged):
                return
            names = self._pack(wanted.names.values(), set())
            ours = self._pack(wanted.builtins.values(), set())
            self._lent_there = {node.number for node in (*names, *ours) if isinstance(node, Callback)}
            self._arranged = wanted
            question = Arrange(
                dict(zip(wanted.names, names, strict=True)),
                wanted.gone,
                dict(zip(wanted.builtins, ours, strict=True)),
                wanted.environment,
                wanted.warnings,
            )
            self._value(self._answer(question), set(), ("", None), "", (), None)
            self._values = {n: v for n, v in self._values.items() if n not in wanted.gone and n not in wanted.names}

    def _answer(self, question: Question) -> messages.Value | Raised | Nothing | Outcome:
        """Ask, and run what the student's code calls meanwhile, each for ``call_seconds`` in all."""
        losses, ours, charged = len(self._losses), 0.0, self._charged
        body = self._exchange(question)
        while isinstance(body, CalledBack):
            if max(ours, self._charged - charged) > self._limits.call_seconds:
                return Outcome.TIMEOUT
            started = time.process_time()
            try:
                given = self._run_lent(body)
            except TooBig:
                return Outcome.TOO_BIG
            except WireError:
                return Outcome.PROTOCOL
            if len(self._losses) > losses:  # whoever called is gone
                return self._losses[-1]
            ours += time.process_time() - started
            body = self._exchange(Resume(given))
        return body

    def _exchange(self, question: Question) -> Body | Outcome:
        """A question there, and back the answer, after what it cost, or the news that there is none."""
        self._number += 1
        ask = Ask(self._number, question, list(self._objects.values()), self._files, self._home)
        self._objects, self._files, self._home = {}, {}, ""
        self._channel.send(encode(ask))
        news = self._read(self._channel.receive())
        if not isinstance(question, Name):
            self._values = {name: value for name, value in self._values.items() if is_handle(value)}
        if isinstance(news, Lost):
            self._losses.append(news.outcome)
            self._arranged = Wanted()  # whoever comes after knows nothing of it
            return news.outcome
        self._charged += news.seconds
        try:
            answer = self._read_answer(self._channel.receive())
        except WireError:
            return Outcome.PROTOCOL
        self._told = answer
        for printed in self._listeners:
            printed.stdout += answer.stdout
            printed.stderr += answer.stderr
        for stream, printed in ((sys.stdout, answer.stdout), (sys.stderr, answer.stderr)):
            if printed and not isinstance(stream, Printer):  # the test collects what is printed
                stream.write(printed)
            self.strings |= {printed, *printed.splitlines()}
        self.strings |= {warned.message for warned in answer.warned}
        for warned in answer.warned if self._arranged.warnings else ():
            kind = getattr(builtins, warned.kind, None)
            kind = kind if isinstance(kind, type) and issubclass(kind, Warning) else UserWarning
            warnings.warn_explicit(warned.message, kind, "<the student's code>", 1, registry={})
        return answer.body

    def _run_lent(self, called: CalledBack) -> messages.Value | Raised:
        """What a function of the test's gives, whatever it is called with. Raises WireError for no values."""
        family = self._open[-1]
        function = self._lender.find(called.function)
        if function is None:
            return Raised("RuntimeError", "the test lent no such function")
        if not any(called.function in lent for lent in (*self._open, self._lent_there, self._lent_to_objects)):
            self.author_error(
                "the student's code called a function that the test had lent to another name of theirs, or in another "
                "cell: hand it over again, in the call that needs it"
            )
            return Raised("RuntimeError", "this function was lent for another question")
        if len(self._open) > _MOST_NESTED:
            return Raised("RecursionError", f"functions of the test and yours call each other {_MOST_NESTED} deep")
        args = [self._received(node, family) for node in called.args]
        kwargs = {name: self._received(node, family) for name, node in called.kwargs.items()}
        self.strings |= set(kwargs)
        try:
            (node,) = self._pack((function(*args, **kwargs),), family, lends=True)
            self._replay.note(called, node)
            return messages.Value(node)
        except AuthorError:
            return Raised("RuntimeError", "the test's function could not be run")
        except AssertionError:  # its words may tell what was wanted
            return Raised("AssertionError", "")
        except Exception as error:
            return Raised(kind_of(error), safe_text(error, _MESSAGE_LENGTH))
        except BaseException as error:  # the function ends neither the examiner nor the candidate
            self.author_error(f"a function that the test lent to the student's code raised {error!r}")
            return Raised("RuntimeError", "the test's function could not be run")

    def _value(
        self,
        body: messages.Value | Raised | Nothing | Outcome,
        family: Family,
        if_nothing: tuple,
        name: str,
        path: Path,
        origin: Origin | None,
    ) -> Any:
        if isinstance(body, messages.Value):
            try:
                known = (name, path, origin) if isinstance(body.node, (Reference, Record)) else ()
                return self._received(body.node, family, *known)
            except TooBig:
                body = Outcome.TOO_BIG
            except WireError:
                body = Outcome.PROTOCOL
        if isinstance(body, Raised):
            self.strings |= {body.message, *body.message.splitlines()}
            raise self.fault(arrived(body, self._values_of(body), self._causes))
        if isinstance(body, Nothing):
            reason, error = if_nothing
            if body.reason == reason:
                raise error
            if body.reason == "gone":
                raise self.fault(
                    CandidateError("the student's process was started again; its earlier objects are gone")
                )
            body = Outcome.TOO_BIG if body.reason == "too big" else Outcome.PROTOCOL
        raise self.fault(lost(body.value, LOST_WORDS[body]))

    def _values_of(self, raised: Raised) -> dict[str, Any]:
        """What an exception carries, unless it breaks the rules."""
        try:
            values = {
                name: unpack(node, self._limits, _no_object, self._classes) for name, node in raised.values.items()
            }
        except (TooBig, WireError):
            return {}
        collect_texts(values, self.strings)
        return values

    def _steps(self, iterator: Iterator) -> Callable[[], tuple[bool, Any]]:
        """Gives whether there is another item, and the item."""

        def step() -> tuple[bool, Any]:
            try:
                return True, next(iterator)
            except StopIteration:
                return False, None

        return self._iterators.setdefault(id(iterator), (iterator, step))[1]

    def _same_of_theirs(self, value: Any) -> Handle | None:
        """What the read-only cell that has made this object has made in the student's process."""
        try:
            name = self.belongings.name_of(value)
            theirs = self.name(name) if name else None
        except KeyError:
            return None
        return theirs if is_handle(theirs) else None

    def _received(
        self,
        node: Node,
        family: Family,
        name: str = "",
        path: Path = (),
        origin: Origin | None = None,
        known: Mapping[Key, Any] = _NOTHING,
    ) -> Any:
        """The value; ``known`` are the test's own for what it has sent itself."""

        def resolve(stand: Stand | Record) -> Any:
            if not isinstance(stand, Record) and (key := key_of_stand(stand)) in known:
                return known[key]
            if isinstance(stand, Callback):
                raise WireError("only a test lends functions")
            if isinstance(stand, Instance):
                return self.belongings.find(stand)
            assert stand.number is not None, "a record without one stands for nothing"
            record = stand if isinstance(stand, Record) else None
            kind = FunctionHandle if isinstance(stand, Reference) and stand.is_function else Handle
            handle = kind(self, stand.number, name, family, path, origin, record)
            return self._same.setdefault(stand.number, handle) if self.takes_their_word else handle

        value = unpack(node, self._limits, resolve, self._classes)
        collect_texts(value, self.strings)
        return value

    def _pack(self, values: Iterable[Any], family: Family, lends: bool = False, sent: Sent | None = None) -> list[Node]:
        """The values as they cross. The student's objects among them share what was lent to any of them.

        ``lends``: they are what a function of the test's gives. What cannot cross then is never a reason
        to run a helper elsewhere (see ``helpers.py``): the student's code chose what to call it with.
        """
        together = [family]

        def stand_in(value: Any) -> Node:
            if is_handle(value):
                together.append(family_of(value))
                return noted(Reference(target_of(value).number), value)
            value = self.arrangement.as_function(value)
            if isinstance(value, _FUNCTIONS):
                together.append({number := self._lender.lend(value)})
                return noted(Callback(number), value)
            if isinstance(value, _FILES) and value.readable():
                return pack(_from_here(value), self._limits, stand_in)
            if isinstance(value, Iterator):
                together.append({number := self._lender.lend(self._steps(value))})
                return noted(Callback(number, is_iterator=True), value)
            if (own := self.belongings.number_of(value)) is not None:
                return noted(met.stand(own, value), value)
            if (theirs := self._same_of_theirs(value)) is not None:
                together.append(family_of(theirs))
                return noted(Reference(target_of(theirs).number), value)
            raise self.fault(_cannot_cross(value, lends))

        met = Met()

        def noted(stand: Stand, value: Any) -> Stand:
            if sent is not None:
                sent.things[key_of_stand(stand)] = value
            return stand

        try:
            nodes = [pack(value, self._limits, stand_in) for value in values]
            objects = {each.number: each for each in met.tell(lambda each: pack(each, self._limits, stand_in))}
        except TooBig as error:
            raise self.author_error(f"an argument for the student's code is too big: {error}") from error
        self._objects |= objects
        if sent is not None:
            sent.objects |= objects
        lent = set().union(*together)
        for each in together:
            each.update(lent)
        return nodes


def _from_here(file: Any) -> Any:
    """What is left to be read of a file, which then has been read to its end."""
    left = file.read()
    return io.BytesIO(left) if isinstance(left, bytes) else io.StringIO(left)


def _no_object(stand: Any) -> Any:
    raise WireError("an exception carries plain values")


def _cannot_cross(value: Any, lends: bool) -> AuthorError:
    what = type(value).__name__
    if isinstance(value, (np.ndarray, np.generic)):  # perhaps because of what the student returned
        return AuthorError(f"an array of {value.dtype} cannot cross: pass numbers, booleans or text")
    if lends:
        return AuthorError(f"a {what} cannot cross: a function lent to the student's code must return plain values")
    return CannotCross(
        f"an argument of type {what} cannot cross: the student's code runs in another process. Pass plain values "
        "(numbers, text, lists, dicts, arrays, tensors, frames: docs/writing-tests.md has the list) or a function "
        "(lambda *args: thing(*args) for an object that can be called), or put a helper into a read-only cell "
        "and call it, or candidate.HELPER(...), with plain values"
    )
