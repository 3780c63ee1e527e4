"""What a test finds out about a function or class of the student's without asking anybody: see ``sources.py``."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from proctor.notebooks.written import Unclear

from .faults import AuthorError, Fault, FromCandidate, Unread, UnreadableAttribute, UnreadAttribute
from .handles import Handle, Path, is_handle, path_of
from .sources import LOOKED_FOR, OF_SOURCES, Method, Sources, Told

Said = TypeVar("Said", bound=Unread)
_ASKED_FOR = ("__name__", "__doc__")  # of what reading does not tell


class Line(Protocol):
    """Who asks the candidate what reading does not tell, and notes what went wrong."""

    takes_their_word: bool

    def name(self, name: str) -> Any: ...

    def wrapped(self, handle: Handle) -> Any: ...

    def attribute(self, handle: Handle, name: str) -> Any: ...

    def author_error(self, message: str) -> AuthorError: ...

    def fault(self, error: Fault) -> Fault: ...


class Reader:
    """``sources`` are the cells, ``line`` leads to the candidate."""

    def __init__(self, sources: Sources, line: Line):
        self._sources, self._line = sources, line

    def begin(self, number: int) -> None:
        self._sources.begin(number)

    def special(self, handle: Handle, name: str) -> Any:
        """An attribute such as ``f.__code__``. Raises AttributeError, or what says who has to mend it."""
        try:
            told: Told | None = self._sources.told(path_of(handle))
        except Unclear as unclear:
            if name == "__wrapped__" and self._line.takes_their_word:
                return self._line.wrapped(handle)
            if name in OF_SOURCES:
                raise self.unread(handle, unclear) from None
            told = None
        if told is not None:
            return self._of_told(handle, told, name)
        if name == "__class__":
            return Handle
        if name in _ASKED_FOR:
            return self._line.attribute(handle, name)
        return object.__getattribute__(handle, name)

    def is_function(self, handle: Handle) -> bool:
        """Whether reading tells that it is a function."""
        try:
            return not self._sources.told(path_of(handle)).is_class
        except Unclear:
            return False

    def is_subclass(self, handle: Handle, other: Any) -> bool:
        """Whether ``other`` is, or is based on, the class that the handle stands for."""
        wanted = path_of(handle)
        try:
            self._sources.told(wanted)
            if not is_handle(other):
                return self._is_raised(wanted, other)
            return any(wanted == path for path in self._lineage(path_of(other)))
        except Unclear as unclear:
            raise self.unread(handle, unclear) from None

    def is_one(self, handle: Handle, error: FromCandidate) -> bool:
        """Whether an exception that has arrived is one of this class, which the student's cells define."""
        return ".".join(path_of(handle)) in error.classes

    def _is_raised(self, wanted: Path, other: Any) -> bool:
        """A class of the test's or of a library is none of the student's, but for that of what they have raised."""
        error = sys.exc_info()[1]
        return isinstance(error, FromCandidate) and type(error) is other and ".".join(wanted) in error.classes

    def refused(self, handle: Handle, name: str) -> AttributeError:
        """An attribute is not passed on. The error is not noted: perhaps somebody only looks whether there is one."""
        path = path_of(handle)
        if name in LOOKED_FOR and path:
            try:
                self._sources.told(path)
            except Unclear as unclear:
                if why := self._sources.unclear_in_the_solution(path):
                    return UnreadableAttribute(_for_author(path, why))
                return _worded(UnreadAttribute(f"{'.'.join(path)} {unclear}"), path, unclear)
        return AttributeError(f"{name} of the student's object is not passed on")

    def unread(self, handle: Handle, unclear: Unclear) -> Exception:
        """The student has to write it plainly, unless the instructor's own solution does not either."""
        path = path_of(handle)
        if why := self._sources.unclear_in_the_solution(path):
            return self._line.author_error(_for_author(path, why))
        return self._line.fault(_worded(Unread(f"{'.'.join(path)} {unclear}"), path, unclear))

    def listed(self, handle: Handle) -> list[str]:
        """The attributes of a class, as its cell and those of its bases define them."""
        try:
            members = {name for told in self._tolds(handle) for name in told.members}
        except Unclear:
            raise self._line.author_error(
                "dir() of a student's object cannot work: its attributes are known one by one. Ask hasattr(object, 'name')"
            ) from None
        return sorted({*dir(object), *members})

    def _of_told(self, handle: Handle, told: Told, name: str) -> Any:
        try:
            if name == "__class__":
                return told.kind
            if name in told.attributes:
                return told.attributes[name]
            return self._of_class(handle, told, name) if told.is_class else object.__getattribute__(handle, name)
        except Unclear as unclear:
            raise self.unread(handle, unclear) from None

    def _of_class(self, handle: Handle, told: Told, name: str) -> Any:
        """Raises AttributeError, Unclear."""
        if name == "__bases__":
            return tuple(self._bases(told))
        if name == "__mro__":
            bases = tuple(self._bases(told))
            if len(bases) > 1:
                raise Unclear("is based on several classes")
            return (handle, *bases[0].__mro__)
        if name == "__dict__":
            return {each: Method(member) for each, member in told.members.items()}
        if name == "__signature__":
            raise Unclear("is made in another way than by an `__init__` of its own")
        if name.startswith("__array") or name == "__mro_entries__":  # asked by NumPy, and by a class statement
            return object.__getattribute__(handle, name)
        lineage = list(self._tolds(handle))
        for each in lineage:
            if name in each.members:
                return Method(each.members[name])
        if name == "__call__":  # of every class
            return object.__getattribute__(handle, name)
        if hasattr(type, name) and name not in vars(object):
            raise AttributeError(name)  # of classes, not of their objects
        known = [getattr(builtins, base) for each in lineage for base in each.bases if not self._is_theirs(base)]
        return getattr(known[0], name)

    def _tolds(self, handle: Handle) -> Iterator[Told]:
        """A class of the student's, and those that it is based on, if each is certain. Raises Unclear."""
        if not self._sources.told(path_of(handle)).is_class:
            raise Unclear("is no class")
        yield from map(self._sources.told, self._lineage(path_of(handle)))

    def _bases(self, told: Told) -> Iterator[Any]:
        """The classes that a class is based on, as a test has them."""
        for base in self._base_names(told):
            yield self._line.name(base) if self._is_theirs(base) else getattr(builtins, base)

    def _lineage(self, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """A class of the student's and all that it is based on, if each is certain. Raises Unclear."""
        pending, seen = [path], {path}
        while pending:
            yield (path := pending.pop())
            more = [(base,) for base in self._base_names(self._sources.told(path))]
            pending += [base for base in more if self._is_theirs(base[0]) and base not in seen]
            seen.update(more)

    def _base_names(self, told: Told) -> tuple[str, ...]:
        """Raises Unclear if one of them is neither the student's nor Python's own."""
        for base in told.bases:
            if not self._is_theirs(base) and not isinstance(getattr(builtins, base, None), type):
                raise Unclear(f"is based on `{base}`, which is no class of a cell or of Python's own")
        return told.bases

    def _is_theirs(self, name: str) -> bool:
        try:
            return self._sources.told((name,)).is_class
        except Unclear:
            return False


def _for_author(path: Path, why: str) -> str:
    name = ".".join(path) or "an object"
    return (
        f"what the source tells of {name} (its signature, its text, what it is based on) is read in the cells, "
        f"and not asked of the student's process. In your own solution it {why}: test what the code does"
    )


def _worded(error: Said, path: Path, unclear: Unclear) -> Said:
    error.where = (
        f"the test reads your source, and `{'.'.join(path)}` {unclear}: write it once, as one plain `def` or `class` at "
        "the left margin of a cell"
    )
    return error
