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

from typing import Any, Literal, Protocol

from proctor.exam.wire.messages import Operation, Target

from .faults import AuthorError, Fault, OpaqueError

#: Numbers of the functions that a test has lent to a name of the student's, and so to what came of it.
Family = set[int]
_NOT_PASSED_ON = ("__", "_repr_", "_ipython_")
_PASSED_ON = ("__name__", "__doc__")


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

    def author_error(self, message: str) -> AuthorError:
        """An error for the test's author to be raised, noted."""

    def fault(self, error: Fault) -> Fault:
        """The error to be raised, noted."""


def target_of(handle: Handle) -> Target:
    number = object.__getattribute__(handle, "_Handle__number")
    return Target(number, object.__getattribute__(handle, "_Handle__name"))


def family_of(handle: Handle) -> Family:
    return object.__getattribute__(handle, "_Handle__family")


def _opaque(what: str, instead: str):
    def refuse(self, *args, **kwargs):
        session = object.__getattribute__(self, "_Handle__session")
        raise session.fault(
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

    __slots__ = ("__family", "__name", "__number", "__session")

    def __init__(self, session: Line, number: int, name: str, family: Family):
        object.__setattr__(self, "_Handle__session", session)
        object.__setattr__(self, "_Handle__number", number)
        object.__setattr__(self, "_Handle__name", name)
        object.__setattr__(self, "_Handle__family", family)

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
    def __doc__(self) -> Any:  # type: ignore[override]  # object's is a plain attribute
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
    __neg__, __pos__, __abs__, __invert__ = _unary("neg"), _unary("pos"), _unary("abs"), _unary("invert")
    __add__, __sub__, __mul__, __matmul__ = _binary("add"), _binary("sub"), _binary("mul"), _binary("matmul")
    __truediv__, __floordiv__ = _binary("truediv"), _binary("floordiv")
    __mod__, __pow__, __and__, __or__ = _binary("mod"), _binary("pow"), _binary("and_"), _binary("or_")
    __xor__, __lshift__, __rshift__ = _binary("xor"), _binary("lshift"), _binary("rshift")
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rpow__ = _calculated
    __rand__ = __ror__ = __rxor__ = __rlshift__ = __rrshift__ = __divmod__ = __rdivmod__ = _calculated
