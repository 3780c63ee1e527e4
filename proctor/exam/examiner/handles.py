"""The student's objects, as a test sees them: handles that can be asked, and nothing else.

Threat model: the object behind a handle belongs to the student, and a test must
not be persuaded by it. A handle is therefore never equal to anything, ordered,
a number or an array: each of these raises an error that tells the author what to
write instead. It is true if its object says so: `assert f(x)` takes a plain True
as well. What may be asked (calls, attributes, items,
iteration, length, text, operators between two of the student's objects) gives
plain values or further handles. An operator with a plain value is refused, and so
is ``in``: ``abs(f(x) - want) < 1e-6`` would tell ``want`` to an object that then
says 0, and ``want in f(x)`` to one that says yes. Names with double
underscores are not passed on: ``__array_interface__`` would let NumPy read
memory at an address that the student chooses. Nor are IPython's display methods.

One comparison is made: with a dataclass or a member of an enumeration of the examiner's own,
of the same name and fields. The fields are asked for one by one, and compared here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeGuard

from proctor.exam.wire.messages import Operation, Target
from proctor.exam.wire.values import Record

from .faults import AuthorError, Fault, FromCandidate

#: Numbers of the functions that a test has lent to a name of the student's, and so to what came of it.
Family = set[int]
#: Makes what the instructor's solution has in place of an object.
Origin = Callable[[], Any]
_NOT_PASSED_ON = ("__", "_repr_", "_ipython_")
#: How a test has got at an object: a name of the student's, and attributes of what it names; () for results of calls.
Path = tuple[str, ...]


class Line(Protocol):
    """What a handle needs: somebody who asks its object. Answers are plain values or further handles."""

    def call(self, handle: Handle, args: tuple, kwargs: dict[str, Any]) -> Any: ...

    def attribute(self, handle: Handle, name: str) -> Any: ...

    def item(self, handle: Handle, key: Any) -> Any: ...

    def iterate(self, handle: Handle) -> Any: ...

    def next(self, handle: Handle) -> Any:
        """Raises StopIteration."""

    def operate(self, operation: Operation, handle: Handle, operand: Handle | None = None) -> Any: ...

    def length(self, handle: Handle) -> int: ...

    def text(self, operation: Literal["str", "repr"], handle: Handle) -> str: ...

    def set(self, handle: Handle, name: str, value: Any) -> None: ...

    def delete(self, handle: Handle, name: str) -> None: ...

    def listed(self, handle: Handle) -> list[str]:
        """The names of its attributes."""

    def special(self, handle: Handle, name: str) -> Any:
        """An attribute with two underscores on both sides. Raises AttributeError."""

    def refused(self, handle: Handle, name: str) -> AttributeError:
        """The error for an attribute that is not passed on."""

    def is_subclass(self, handle: Handle, other: Any) -> bool:
        """Whether another class is based on this one."""

    def is_instance(self, handle: Handle, other: Any) -> bool:
        """Whether an object is one of this class."""

    def is_equal(self, handle: Handle, other: Any) -> bool: ...

    def hash_of(self, handle: Handle) -> int: ...

    def is_true(self, handle: Handle) -> bool: ...

    def number(self, kind: Literal["int", "float"], handle: Handle) -> Any: ...

    def calculate(self, operation: Operation, handle: Handle, other: Any, is_first: bool) -> Any:
        """With a plain value, which is the first of the two or the second."""

    def is_so(self, about: Literal["<", "<=", ">", ">="], handle: Handle, other: Any) -> bool: ...

    def has(self, handle: Handle, item: Any) -> bool: ...

    def opaque(self, handle: Handle, what: str, instead: str) -> Exception:
        """An error to be raised, noted: the object is not what the test takes it for."""

    def author_error(self, message: str) -> AuthorError:
        """An error for the test's author to be raised, noted."""

    def fault(self, error: Fault) -> Fault:
        """The error to be raised, noted."""


def is_handle(value: Any) -> TypeGuard[Handle]:
    """Without asking the value, whose class a handle says itself."""
    return issubclass(type(value), Handle)


def target_of(handle: Handle) -> Target:
    number = object.__getattribute__(handle, "_Handle__number")
    return Target(number, object.__getattribute__(handle, "_Handle__name"))


def record_of(handle: Handle) -> Record | None:
    """Its class and fields by name, as it arrived, if it is a dataclass or a member of an enumeration."""
    return object.__getattribute__(handle, "_Handle__record")


def family_of(handle: Handle) -> Family:
    return object.__getattribute__(handle, "_Handle__family")


def path_of(handle: Handle) -> Path:
    return object.__getattribute__(handle, "_Handle__path")


def origin_of(handle: Handle) -> Origin | None:
    return object.__getattribute__(handle, "_Handle__origin")


def _opaque(what: str, instead: str):
    def refuse(self, *args, **kwargs):
        raise object.__getattribute__(self, "_Handle__session").opaque(self, what, instead)

    return refuse


def _impossible(what: str):
    def refuse(self, *args, **kwargs):
        raise object.__getattribute__(self, "_Handle__session").author_error(
            f"{what} cannot work: the student's object lives in another process. Write a helper into a read-only "
            "cell that does it and returns a plain value, and call candidate.HELPER(...)"
        )

    return refuse


def _order(about: Literal["<", "<=", ">", ">="]):
    def ask(self, other):
        return object.__getattribute__(self, "_Handle__session").is_so(about, self, other)

    return ask


def _unary(operation: Operation):
    def ask(self):
        return object.__getattribute__(self, "_Handle__session").operate(operation, self)

    return ask


def _binary(operation: Operation):
    def ask(self, other):
        if not is_handle(other):
            return object.__getattribute__(self, "_Handle__session").calculate(operation, self, other, False)
        return object.__getattribute__(self, "_Handle__session").operate(operation, self, other)

    return ask


def _number(kind: Literal["int", "float"]):
    def ask(self):
        return object.__getattribute__(self, "_Handle__session").number(kind, self)

    return ask


def _reflected(operation: Operation) -> Any:
    def ask(self, other):
        return object.__getattribute__(self, "_Handle__session").calculate(operation, self, other, True)

    return ask


_calculated = _opaque("divided with a remainder", "Call a method of it, or a helper in a read-only cell.")


class Handle:
    # An object in the candidate. See the module's docstring for what it is not. (``__doc__`` is the student's.)

    __slots__ = ("__family", "__name", "__number", "__origin", "__path", "__record", "__session")

    def __init__(
        self,
        session: Line,
        number: int,
        name: str,
        family: Family,
        path: Path = (),
        origin: Origin | None = None,
        record: Record | None = None,
    ):
        object.__setattr__(self, "_Handle__record", record)
        object.__setattr__(self, "_Handle__path", path)
        object.__setattr__(self, "_Handle__origin", origin)
        object.__setattr__(self, "_Handle__session", session)
        object.__setattr__(self, "_Handle__number", number)
        object.__setattr__(self, "_Handle__name", name)
        object.__setattr__(self, "_Handle__family", family)

    def __call__(self, *args, **kwargs) -> Any:
        return self.__session.call(self, args, kwargs)

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):  # asked for by name; Python's own asking goes past this
            return object.__getattribute__(self, "_Handle__session").special(self, name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith(_NOT_PASSED_ON):
            raise self.__session.refused(self, name)
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

    def __setattr__(self, name: str, value: Any) -> None:
        self.__session.set(self, name, value)

    def __delattr__(self, name: str) -> None:
        self.__session.delete(self, name)

    def __setitem__(self, *args) -> None:
        raise self.__session.author_error(
            "the items of a student's object cannot be changed from a test: write a helper into a read-only cell "
            "that does it, and call candidate.HELPER(...)"
        )

    __delitem__ = __setitem__

    def __dir__(self) -> list[str]:
        return self.__session.listed(self)

    def __eq__(self, other) -> bool:
        return self.__session.is_equal(self, other)

    def __hash__(self) -> int:
        return self.__session.hash_of(self)

    def __ne__(self, other) -> bool:
        return not self.__session.is_equal(self, other)

    def __enter__(self) -> Any:
        return self.__session.operate("enter", self)

    def __exit__(self, kind, error, trace) -> None:
        if kind is not None and not issubclass(kind, (AssertionError, FromCandidate)):
            raise self.__session.author_error(
                "what is raised inside of `with` on a student's object does not reach that object, which could make it "
                "undone: put the whole block into a helper in a read-only cell, and call candidate.HELPER(...)"
            )
        self.__session.operate("exit", self)

    def __await__(self) -> Any:
        return self.__session.operate("await", self)
        yield  # what makes it a generator, which `await` wants

    __lt__, __le__, __gt__, __ge__ = _order("<"), _order("<="), _order(">"), _order(">=")

    def __bool__(self) -> bool:
        return self.__session.is_true(self)

    def __contains__(self, item) -> bool:
        return self.__session.has(self, item)

    __int__, __float__ = _number("int"), _number("float")
    __complex__ = __index__ = __round__ = _opaque("a number", "Ask for a plain number.")
    __array__ = _opaque("an array", "The student's function must return an array, a tensor or a list of numbers.")
    __bytes__ = __fspath__ = _opaque("text", "Ask for plain text.")
    __copy__ = __deepcopy__ = __reduce_ex__ = _opaque("copied", "Make another one in the candidate.")

    def __subclasscheck__(self, other) -> bool:
        return self.__session.is_subclass(self, other)

    def __instancecheck__(self, other) -> bool:
        return self.__session.is_instance(self, other)

    __mro_entries__ = _impossible("a subclass of the student's class")
    __aenter__ = __aexit__ = _impossible("`async with` on an object of the student's")
    __aiter__ = __anext__ = _impossible("`async for` on an object of the student's")
    __neg__, __pos__, __abs__, __invert__ = _unary("neg"), _unary("pos"), _unary("abs"), _unary("invert")
    __add__, __sub__, __mul__, __matmul__ = _binary("add"), _binary("sub"), _binary("mul"), _binary("matmul")
    __truediv__, __floordiv__ = _binary("truediv"), _binary("floordiv")
    __mod__, __pow__, __and__, __or__ = _binary("mod"), _binary("pow"), _binary("and_"), _binary("or_")
    __xor__, __lshift__, __rshift__ = _binary("xor"), _binary("lshift"), _binary("rshift")
    __radd__, __rsub__ = _reflected("add"), _reflected("sub")
    __rmul__, __rmatmul__ = _reflected("mul"), _reflected("matmul")
    __rtruediv__, __rfloordiv__ = _reflected("truediv"), _reflected("floordiv")
    __rmod__, __rpow__ = _reflected("mod"), _reflected("pow")
    __rand__, __ror__, __rxor__ = _reflected("and_"), _reflected("or_"), _reflected("xor")
    __rlshift__, __rrshift__ = _reflected("lshift"), _reflected("rshift")
    __divmod__ = __rdivmod__ = _calculated


class FunctionHandle(Handle):
    # One that is a function, by the student's word: pandas' `apply` looks first whether it has items.

    __slots__ = ()
    __iter__ = __next__ = __len__ = __getitem__ = __contains__ = None  # type: ignore[assignment]


FunctionHandle.__name__ = "function"  # as Python's own errors call it
