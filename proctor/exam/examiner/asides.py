"""What a test does with a student's object besides calling it and looking at it: the rest of ``session.py``.

Setting attributes and seeds, questions that reading answers (``reading.py``), and those that only the student's
process could answer, which are asked where the author takes the student's word.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Literal

from proctor.exam.limits import Limits
from proctor.exam.paper import Outcome
from proctor.exam.wire.messages import About, Operate, Operation, Question, Seed, SelfReport, Set
from proctor.exam.wire.values import Callback, Node, WireError, compared_fields, described, pack

from .arrangement import Arrangement
from .faults import AuthorError, CandidateError, Fault, FromCandidate, OpaqueError, lost
from .handles import Family, Handle, family_of, is_handle, origin_of, path_of, record_of, target_of
from .reading import Reader
from .verdict import NoSolution, class_of_a_library, is_instance_in_the_solution, same_of_the_solution

_IN_WORDS: dict[About | Literal["calculation"], str] = {
    "isinstance": "isinstance() with a class of the student's",
    "==": "== between objects of the student's",
    **{about: f"{about} with objects of the student's" for about in ("<", "<=", ">", ">=", "in")},
    "int": "int() of an object of the student's",
    "float": "float() of an object of the student's",
    "calculation": "calculation with an object of the student's and a plain value",
    "hash": "hash() of an object of the student's",
    "type": "type() of an object of the student's",
    "__wrapped__": "__wrapped__ of a function of the student's",
}
LOST_WORDS = {
    Outcome.TIMEOUT: "your code took too long",
    Outcome.DIED: "your code ended its own process",
    Outcome.MEMORY: "your code used too much memory",
    Outcome.TOO_BIG: "your code gave a value, or wrote files, beyond the limits",
    Outcome.PROTOCOL: "your code gave an answer that could not be read",
    Outcome.NOT_RUN: "your code was not run any more: it failed too often or too long before",
}


class Asides(ABC):
    """Half of a session: what it needs of the other half is abstract."""

    arrangement: Arrangement
    is_test: bool
    takes_their_word: bool
    reports: dict[str, None]
    _source_reader: Reader
    _lent_to_objects: set[int]
    _limits: Limits

    @abstractmethod
    def name(self, name: str) -> Any: ...

    @abstractmethod
    def author_error(self, message: str) -> AuthorError: ...

    @abstractmethod
    def fault(self, error: Fault) -> Fault: ...

    @abstractmethod
    def _ask(self, question: Question, family: Family) -> Any: ...

    @abstractmethod
    def _pack(self, values: Iterable[Any], family: Family) -> list[Node]: ...

    def lend_names(self, source: str) -> frozenset[str]:
        """Put names of the student's that this cell changes among its own; which they are."""
        for name in sorted(self.arrangement.doubtful(source)):
            self.author_error(
                f"the test patches {name}, which your notebook imports, for the student's code, and it reads {name} too: it "
                "would be the student's. Import it under another name in the test, and use that"
            )
        names = self.arrangement.meant(source)
        for name in names:
            with suppress(KeyError, FromCandidate):
                self.arrangement.give(name, self.name(name))
        return names

    def of_main(self, name: str) -> Any:
        """What the module ``__main__`` has beside the test's own names: the student's. Raises AttributeError."""
        if not name.startswith("_"):
            with suppress(KeyError):
                return self.name(name)
        raise AttributeError(name)

    def set(self, handle: Handle, name: str, value: Any) -> None:
        """Set an attribute. A function that is lent this way may be called until the cell ends."""
        if name.startswith("__"):
            raise self.author_error(f"{name} of a student's object cannot be set by a test")
        family = family_of(handle)
        (node,) = self._pack((self.arrangement.as_function(value),), family)
        self._lent_to_objects |= {node.number} if isinstance(node, Callback) else set()
        self._ask(Set(target_of(handle), name, node), family)

    def delete(self, handle: Handle, name: str) -> None:
        self._ask(Set(target_of(handle), name, None, is_gone=True), family_of(handle))

    def seed(self, generator: Literal["random", "numpy", "torch"], value: Any) -> None:
        """Seed what the student's code draws from. What cannot cross seeds nothing."""
        if not self.is_test:
            return
        with suppress(WireError, CandidateError):
            self._ask(Seed(generator, pack(value, self._limits, _refuse)), set())

    def special(self, handle: Handle, name: str) -> Any:
        return self._source_reader.special(handle, name)

    def refused(self, handle: Handle, name: str) -> AttributeError:
        return self._source_reader.refused(handle, name)

    def listed(self, handle: Handle) -> list[str]:
        return self._source_reader.listed(handle)

    def is_subclass(self, handle: Handle, other: Any) -> bool:
        return self._source_reader.is_subclass(handle, other)

    def is_instance(self, handle: Handle, other: Any) -> bool:
        if isinstance(other, FromCandidate):
            return self._source_reader.is_one(handle, other)
        if not is_handle(other) and (own := class_of_a_library(origin_of(handle))):
            return isinstance(other, own)
        return self._yes_or_no("isinstance", handle, other)

    def is_equal(self, handle: Handle, other: Any) -> bool:
        if is_handle(other) and self.takes_their_word:
            return self._yes_or_no("==", handle, other)
        alike = _as_records(handle, other)
        if alike is not None:
            return alike
        raise self.opaque(handle, "compared", "Compare plain values that it computes.")

    def is_true(self, handle: Handle) -> bool:
        """As good as the plain True that the student's code could have given in its place."""
        return self._answered_yes_or_no(self._ask(SelfReport(target_of(handle), "bool"), family_of(handle)))

    def is_so(self, about: Literal["<", "<=", ">", ">="], handle: Handle, other: Any) -> bool:
        if is_handle(other) and self._is_believed(handle):
            return self._yes_or_no(about, handle, other)
        raise self.opaque(handle, "ordered", "Compare plain values that it computes.")

    def has(self, handle: Handle, item: Any) -> bool:
        if self._is_believed(handle):
            return self._yes_or_no("in", handle, item)
        raise self.opaque(handle, "searched with `in`", "Collect its items with list() first.")

    def number(self, kind: Literal["int", "float"], handle: Handle) -> Any:
        if self._is_believed(handle):
            said = self._report(kind, handle)
            if type(said) is (int if kind == "int" else float):
                return said
        raise self.opaque(handle, "a number", "Ask for a plain number.")

    def calculate(self, operation: Operation, handle: Handle, other: Any, is_first: bool) -> Any:
        """With a plain value, which its object then knows: only where their word counts."""
        if not self._is_believed(handle):
            instead = (
                "Calculate with plain values that it computes, or call a method of it, or a helper in a read-only cell."
            )
            raise self.opaque(handle, "calculated with beside a plain value", instead)
        self.reports[_IN_WORDS["calculation"]] = None
        (node,) = self._pack((other,), family_of(handle))
        return self._ask(Operate(target_of(handle), operation, node, is_first), family_of(handle))

    def hash_of(self, handle: Handle) -> int:
        """Of a function, which is equal to itself alone: pandas looks it up among those that it knows."""
        if self._source_reader.is_function(handle):
            return hash(path_of(handle))
        if self._is_believed(handle):
            said = self._report("hash", handle)
            return said if type(said) is int else hash(type(said))
        raise self.opaque(handle, "a key", "Use a plain value.")

    def _is_believed(self, handle: Handle) -> bool:
        """Where their word counts, and the solution gives an object too: a test of a number is not to be talked over."""
        return self.takes_their_word and is_instance_in_the_solution(origin_of(handle), object, self._limits)

    def type_of(self, handle: Handle) -> Any:
        """``type(object)``, if the student's word counts; else that it is an object, and no plain value."""
        if self.takes_their_word or same_of_the_solution(origin_of(handle), self._limits):
            return self._report("type", handle)
        return Handle

    def check_class(self, handle: Handle, classes: Any) -> None:
        """No object of the student's is one of a library's class here: the test's mistake where the solution's is."""
        if is_instance_in_the_solution(origin_of(handle), classes, self._limits):
            raise self.author_error(
                "isinstance() with a class of a library cannot work for an object of the student's, though your own "
                "solution gives one of it: what theirs is, only the student's process could say. Test what the object "
                "does, as in hasattr(axes, 'get_title'). To take the student's word for it, tag the cell self-reports and "
                "name the class as theirs, as in candidate.plt.Axes"
            )

    def wrapped(self, handle: Handle) -> Any:
        return self._report("__wrapped__", handle)

    def _yes_or_no(self, about: About, handle: Handle, other: Any = None) -> bool:
        return self._answered_yes_or_no(self._report(about, handle, other))

    def _answered_yes_or_no(self, said: Any) -> bool:
        if type(said) is not bool:
            raise self.fault(lost(Outcome.PROTOCOL.value, LOST_WORDS[Outcome.PROTOCOL]))
        return said

    def _report(self, about: About, handle: Handle, other: Any = None) -> Any:
        """What the student's process says of its own objects, where the author lets that count."""
        if not self.takes_their_word:
            raise self.author_error(
                f"{_IN_WORDS[about]} cannot work: what it is, only the student's process could say. Test what the "
                "object does, or write a helper into a read-only cell that returns plain values, and call "
                "candidate.HELPER(...). To take the student's word for it in this test, tag its cell self-reports"
            )
        self.reports[_IN_WORDS[about]] = None
        family = family_of(handle)
        (node,) = self._pack((other,), family)
        return self._ask(SelfReport(target_of(handle), about, node), family)

    def opaque(self, handle: Handle, what: str, instead: str) -> Exception:
        words = f"the student's object cannot be {what}: it lives in another process. {instead}"
        verdict = same_of_the_solution(origin_of(handle), self._limits)
        return self.author_error(f"{words} {verdict}") if verdict else self.fault(OpaqueError(words))


def of_the_solution(value: Any) -> Any:
    """What the instructor's solution has where the test has this. Raises NoSolution."""
    if not is_handle(value):
        return value
    origin = origin_of(value)
    if origin is None:
        raise NoSolution
    return origin()


def _as_records(handle: Handle, other: Any) -> bool | None:
    """Whether the fields of a record of the student's, asked for one by one, are those of our own; None if it is none."""
    record, own = record_of(handle), None if is_handle(other) else described(other)
    fields = compared_fields(other) if record is not None and own is not None and own.kind == record.kind else None
    if record is None or own is None or fields is None:
        return None
    alike = (own.name, own.fields) == (record.name, tuple(record.fields))
    return alike and all(getattr(handle, name) == getattr(other, name) for name in fields)


def _refuse(value: Any):
    raise WireError("not plain")
