"""Objects of the assignment's own classes, which both processes have: by the names and values of their attributes.

A test makes ``Account(10)``, of a class in a read-only cell, and hands it to the student's code, which gets an object
of the same class, made without its constructor. Within a value such an object is a number; its attributes are told
beside it, once, so that trees and graphs keep their shape, and lists that are linked are as long as they like.

Threat model: attributes are told by whom the object belongs to, the test's process. A candidate can name such an
object by its number, and say what has become of its attributes (``examiner/changes.py``); it makes none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from .errors import TooBig
from .nodes import Instance, Node

_BASES = ("ABC", "Generic", "Protocol", "object")
_MOST_OBJECTS = 100_000


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What an object has at this time."""

    number: int
    module: str
    name: str
    fields: list[str]
    values: list[Node]


class Met:
    """Objects that are met while values are packed."""

    def __init__(self) -> None:
        self._objects: dict[int, Any] = {}
        self._waiting: list[int] = []

    def stand(self, number: int, value: Any) -> Instance:
        if number not in self._objects:
            self._objects[number] = value
            self._waiting.append(number)
        return Instance(number)

    def tell(self, pack: Callable[[Any], Node]) -> list[Told]:
        """All of them, and those that are met in their attributes. Raises TooBig."""
        objects: list[Told] = []
        while self._waiting:
            if len(objects) > _MOST_OBJECTS:
                raise TooBig(f"more than {_MOST_OBJECTS:,} objects")
            number = self._waiting.pop()
            objects.append(told(number, self._objects[number], pack))
        return objects


def told(number: int, value: Any, pack: Callable[[Any], Node]) -> Told:
    kind, fields = type(value), dict(vars(value))
    return Told(number, kind.__module__, kind.__name__, list(fields), [pack(each) for each in fields.values()])


def is_of(value: Any, is_shared: Callable[[type], bool]) -> bool:
    """Whether it is an object of a class that both processes have, with attributes alone, as all of its bases."""
    theirs = [kind for kind in type(value).__mro__ if kind.__name__ not in _BASES]
    return bool(theirs) and all(map(is_shared, theirs)) and not any("__slots__" in vars(kind) for kind in theirs)
