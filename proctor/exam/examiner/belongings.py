"""Objects of the test's that it hands to the student's code: of classes that both processes have, or made by read-only cells.

``transfer(Account(10), …)``, where a read-only cell defines ``Account``: the student's code gets an object of its own
``Account`` with the same attributes (``wire/instances.py``). ``rows(connection)``, where a read-only cell has made
``connection``: it gets what the same cell has made in its process.

Threat model: all attributes of an object cross, as all items of a list do. Nothing else does, and what comes back is the
test's own object, as the test has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from proctor.exam.limits import Limits
from proctor.exam.wire.values import (
    Callback,
    Classes,
    Instance,
    Node,
    Reference,
    Stand,
    Told,
    WireError,
    is_of,
    pack,
    told,
    unpack,
)

from .asides import of_the_solution
from .changes import Again, Key, Sent, key_of_stand
from .handles import is_handle
from .lending import Lender
from .verdict import NoSolution


class Belongings:
    def __init__(self, classes: Classes):
        self._classes, self._objects = classes, Lender()
        self._shared: dict[int, tuple[str, Any]] = {}  # by id(): names, and what read-only cells have bound them to

    def keep_shared(self, names: Iterable[str], own: Mapping[str, Any]) -> None:
        """A read-only cell, which has run on both sides, has bound these names."""
        for name in names:
            if name in own and not is_handle(own[name]):
                self._shared[id(own[name])] = (name, own[name])

    def number_of(self, value: Any) -> int | None:
        """Of an object that crosses by its attributes."""
        return self._objects.lend(value) if is_of(value, self._is_shared) else None

    def name_of(self, value: Any) -> str:
        """What a read-only cell calls it; "" if none does."""
        name, own = self._shared.get(id(value), ("", None))
        return name if own is value else ""

    def find(self, stand: Instance) -> Any:
        """One that the student's code gives back. Raises WireError."""
        found = self._objects.find(stand.number)
        if found is None:
            raise WireError("an object that was never handed over")
        return found

    def _is_shared(self, kind: type) -> bool:
        return id(kind) in self._shared or (
            kind.__module__ != "__main__" and self._classes.is_the_assignments(kind.__module__)
        )


def again(call: Callable[[list], Any], nodes: list[Node], sent: Sent, limits: Limits, classes: Classes) -> Again:
    """A call for the solution, with the arguments and the objects as they were sent. Raises NoSolution."""
    copies = {number: object.__new__(type(sent.things["Instance", number])) for number in sent.objects}
    stands: dict[int, Stand] = {id(copy): Instance(number) for number, copy in copies.items()}
    made: dict[Key, Any] = {}  # kept, so ids stay theirs

    def resolve(stand: Any) -> Any:
        if isinstance(stand, Instance):
            return copies[stand.number]
        key = key_of_stand(stand)
        if key not in made:
            made[key] = anew(stand, sent.things[key])
            stands[id(made[key])] = stand
        return made[key]

    def anew(stand: Stand, value: Any) -> Any:
        is_our_own = isinstance(stand, Reference) and not is_handle(value)
        if is_our_own or (isinstance(stand, Callback) and stand.is_iterator):
            raise NoSolution  # it would change what the test has
        if isinstance(stand, Callback):
            return sent.replay.stand_in(stand.number, value, packed, unpacked)
        return of_the_solution(value)

    def unpacked(node: Node) -> Any:
        return unpack(node, limits, resolve, classes)

    def packed(value: Any) -> Node:
        return pack(value, limits, lambda each: stands.get(id(each), Reference(-1)))

    for number, copy in copies.items():
        vars(copy).update(zip(sent.objects[number].fields, map(unpacked, sent.objects[number].values), strict=True))

    def objects() -> list[Told]:
        return [told(number, copy, packed) for number, copy in copies.items()]

    return Again(call, list(map(unpacked, nodes)), packed, objects)
