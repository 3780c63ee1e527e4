"""What a test does with a student's object besides calling it and looking at it: the rest of ``session.py``.

Setting attributes and seeds, questions that reading answers (``reading.py``), and those that only the student's
process could answer, which are asked where the author takes the student's word.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from pathlib import PurePath
from typing import Any, Literal

from proctor.exam.limits import Limits
from proctor.exam.paper import Outcome
from proctor.exam.wire.messages import Question, Seed, SelfReport, Set
from proctor.exam.wire.values import Callback, Node, WireError, compared_fields, described, pack

from .arrangement import Arrangement
from .faults import AuthorError, CandidateError, Fault, FromCandidate, OpaqueError, lost
from .handles import Family, Handle, family_of, origin_of, record_of, target_of
from .reading import Reader
from .verdict import NoSolution, same_of_the_solution

About = Literal["isinstance", "==", "type", "__wrapped__"]
_IN_WORDS: dict[About, str] = {
    "isinstance": "isinstance() with a class of the student's",
    "==": "== between objects of the student's",
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
    _home: str

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
            with suppress(KeyError, CandidateError):
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
        return self._yes_or_no("isinstance", handle, other)

    def is_equal(self, handle: Handle, other: Any) -> bool:
        if type(other) is Handle and self.takes_their_word:
            return self._yes_or_no("==", handle, other)
        alike = _as_records(handle, other)
        if alike is not None:
            return alike
        raise self.opaque(handle, "compared", "Compare plain values that it computes.")

    def type_of(self, handle: Handle) -> Any:
        """``type(object)``, if the student's word counts; else that it is an object, and no plain value."""
        if self.takes_their_word or same_of_the_solution(origin_of(handle), self._limits):
            return self._report("type", handle)
        return Handle

    def wrapped(self, handle: Handle) -> Any:
        return self._report("__wrapped__", handle)

    def _yes_or_no(self, about: About, handle: Handle, other: Any) -> bool:
        said = self._report(about, handle, other)
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

    def refuse_own_files(self, values: Iterable[Any]) -> None:
        """The path of a temporary file of the test's: the student's process finds nothing there."""
        for value in values:
            if isinstance(value, str | PurePath) and os.fspath(value).startswith(f"{self._home}{os.sep}"):
                raise self.author_error(
                    "a temporary file of the test's is not there for the student's code, which runs in another process: "
                    "put the file beside the notebook, or have a helper in a read-only cell write it and call "
                    "candidate.HELPER(...)"
                )


def of_the_solution(value: Any) -> Any:
    """What the instructor's solution has where the test has this. Raises NoSolution."""
    if type(value) is not Handle:
        return value
    origin = origin_of(value)
    if origin is None:
        raise NoSolution
    return origin()


def _as_records(handle: Handle, other: Any) -> bool | None:
    """Whether the fields of a record of the student's, asked for one by one, are those of our own; None if it is none."""
    record, own = record_of(handle), None if type(other) is Handle else described(other)
    fields = compared_fields(other) if record is not None and own is not None and own.kind == record.kind else None
    if record is None or own is None or fields is None:
        return None
    alike = (own.name, own.fields) == (record.name, tuple(record.fields))
    return alike and all(getattr(handle, name) == getattr(other, name) for name in fields)


def _refuse(value: Any):
    raise WireError("not plain")
