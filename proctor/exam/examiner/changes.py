"""What a student's function has made of its arguments, where the instructor's own solution changes them too.

``sort_in_place(numbers)`` changes a copy, in the student's process. The candidate tells with its answer what has
become of the arguments, and what has become of ``numbers`` is written into the test's own list.

Threat model: a test computes what it wants from its inputs, often after the student's function had them. Who
could set an input to zeros could have zeros wanted. So only what the solution changes is taken over, found
out by letting it have the same arguments: of such an argument, what a function makes of it is its result, and
as good as one that it returns. What is told of other arguments is not even read. That a result is the argument
itself is believed where the solution gives it back too: else a test that computes what it wants in place, after
the call, changes the result with it. A function of the test's is not called for this, and what the solution draws
is seen by nobody: that the student's has called it, or has drawn, must not come of this.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from inspect import getattr_static
from io import BytesIO, StringIO
from pathlib import Path as FilePath
from typing import Any

import msgspec

from proctor.exam.shell.randomness import position, undisturbed
from proctor.exam.wire.messages import Answer, Value, encode
from proctor.exam.wire.values import (
    Array,
    Items,
    Made,
    Node,
    Objects,
    Pairs,
    Record,
    Stand,
    Tensor,
    Told,
    TooBig,
    WireError,
)

from .handles import Path
from .replay import Replay, key_of
from .verdict import NoSolution, aside

_SECONDS = 5.0  # of a processor, for what the solution does in one cell to find this out
_MOST_REFUSED = 20  # times that one argument may be said to have changed in vain
_MOST_DRAWS = 20  # times that a solution which draws has the same call
_OBJECTS, _RESULT = -1, -2  # their places among arguments; of the result, that it is one of them
_LOOKED_UP = ("__", "_repr_", "_ipython_")  # by Python, NumPy and IPython, which would believe them
Read = Callable[[Node], Any]
Key = tuple[str, int]


@dataclass
class Sent:
    """What has been sent with a call beside values: the test's own for each stand, and its objects as they were.

    ``replay`` is what functions of the test's have given meanwhile.
    """

    replay: Replay
    things: dict[Key, Any] = field(default_factory=dict)
    objects: dict[int, Told] = field(default_factory=dict)


@dataclass(frozen=True)
class Again:
    """The same call for the solution: its function, arguments as they were sent, and what they and objects are as nodes."""

    call: Callable[[list], Any]
    values: list
    packed: Callable[[Any], Node]
    objects: Callable[[], list[Told]]


@dataclass(frozen=True)
class Given:
    """The arguments of one call, in order, as the test has them and as they were sent; ``path`` says of what.

    ``again`` makes all of it anew for the solution. ``paths`` are temporary files and folders among them.
    """

    values: tuple
    nodes: tuple[Node, ...]
    path: Path
    again: Callable[[], Again]
    sent: Sent
    paths: tuple[FilePath, ...] = ()


@dataclass
class Changes:
    """What one cell has found out: arguments that the solution has changed, and how often it was asked in vain."""

    _seconds: float = _SECONDS
    _changed: set[tuple[Path, int]] = field(default_factory=set)
    _refused: dict[tuple[Path, int], int] = field(default_factory=dict)

    def begin(self) -> None:
        self._seconds = _SECONDS
        self._changed.clear()
        self._refused.clear()

    def take_over(self, given: Given, answer: Answer, read: Read) -> int | None:
        """Write what was told into the test's own objects; which argument the result is. Raises WireError, TooBig."""
        objects = {each.number: each for each in answer.objects}
        if not (answer.changed.keys() <= set(range(len(given.nodes))) and objects.keys() <= given.sent.objects.keys()):
            raise WireError("an argument that was not given")
        result, same = _result_among(given, answer)
        claims = {*answer.changed, *([_OBJECTS] if objects else []), *([_RESULT] if same is not None else [])}
        places = self._of_the_solution(given, claims, same)
        taken = {place: answer.changed[place] for place in sorted(places) if place >= 0}
        told = list(objects.values()) if _OBJECTS in places else []
        read(Items("list", [*taken.values(), *(node for each in told for node in each.values)]))
        if _RESULT in places:
            read(result)
        try:
            _write(given, told, taken, read)  # what was a value in whole
        except (TooBig, WireError):
            raise
        except Exception as error:
            raise WireError("what nothing can become") from error
        if same is None or _RESULT not in places or key_of(taken.get(same, given.nodes[same])) != key_of(result):
            return None
        return same

    def _of_the_solution(self, given: Given, told: set[int], same: int | None) -> set[int]:
        """Those of the places told of that the solution changes; without time for it, those that it always has."""
        asked = {place for place in told if self._refused.get((given.path, place), 0) < _MOST_REFUSED}
        if not asked:
            return set()
        if self._seconds <= 0:
            return {place for place in asked if given.path and self._always_changed((given.path, place))}
        started = time.process_time()
        found = self._changed_by_solution(given, asked, same)
        self._seconds -= time.process_time() - started
        self._changed |= {(given.path, place) for place in found}
        for place in asked - found:
            self._refused[given.path, place] = self._refused.get((given.path, place), 0) + 1
        return found

    def _always_changed(self, place: tuple[Path, int]) -> bool:
        return place in self._changed and place not in self._refused

    def _changed_by_solution(self, given: Given, asked: set[int], same: int | None) -> set[int]:
        found = set[int]()
        with suppress(Exception), undisturbed(), aside(self._seconds):  # none may have these arguments
            for _ in range(_MOST_DRAWS):
                before = position()
                found |= _changed(given, same) & asked
                if found == asked or position() == before:
                    break
        return found


def _changed(given: Given, same: int | None) -> set[int]:
    """What the solution changes this time. Raises NoSolution, and more."""
    again = given.again()
    result = _result_of(again)
    now = list(map(again.packed, again.values))
    places = {place for place, node in enumerate(now) if encode(node) != encode(given.nodes[place])}
    if any(encode(each) != encode(given.sent.objects[each.number]) for each in again.objects()):
        places.add(_OBJECTS)
    if same is not None and result is again.values[same]:
        places.add(_RESULT)
    return places


def _result_among(given: Given, answer: Answer) -> tuple[Node, int | None]:
    """The result, and the place of the argument that it is said to be; plain numbers and texts are never the same."""
    result = answer.body.node if isinstance(answer.body, Value) else None
    place = answer.same if isinstance(result, msgspec.Struct) else None
    return result, place if place is not None and 0 <= place < len(given.nodes) else None


def _result_of(again: Again) -> Any:
    try:
        return again.call(again.values)
    except NoSolution:
        raise
    except Exception:  # it may change them, and then raise
        return None


def _write(given: Given, told: list[Told], taken: dict[int, Node], read: Read) -> None:
    for each in told:
        _with_attributes(given.sent.things["Instance", each.number], given.sent.objects[each.number], each, read)
    for place, node in taken.items():
        with suppress(AttributeError):  # a frozen dataclass
            _merged(given.values[place], given.nodes[place], node, read)


def _with_attributes(own: Any, old: Told, new: Told, read: Read) -> None:
    """What has become of an object's attributes. No method or property of its class's is ever replaced."""
    was = {
        name: (vars(own)[name], node) for name, node in zip(old.fields, old.values, strict=True) if name in vars(own)
    }
    now = {}
    for name, node in zip(new.fields, new.values, strict=True):
        if name in was:
            now[name] = _merged(*was[name], node, read)
        elif (
            name.isidentifier() and not name.startswith(_LOOKED_UP) and _is_data(getattr_static(type(own), name, None))
        ):
            now[name] = read(node)
    vars(own).clear()
    vars(own).update(now)


def _is_data(value: Any) -> bool:
    """Of a class's attribute, such as `count = 0`, that an object may have one of its own instead."""
    return not callable(value) and not hasattr(type(value), "__get__")


def _merged(own: Any, old: Node, new: Node, read: Read) -> Any:
    """``own`` with what has become of it, or what is there instead."""
    if old == new:
        return own
    kind = type(own)
    if isinstance(old, Items) and isinstance(new, Items) and old.kind == new.kind:
        if kind is list and len(own) == len(old.items):
            own[:] = _items(own, old.items, new.items, read)
            return own
        if kind is tuple and len(own) == len(old.items) == len(new.items):
            items = [_merged(*three, read) for three in zip(own, old.items, new.items, strict=True)]
            return own if all(map(_is, items, own)) else tuple(items)
        if kind in (list, set):
            own.clear()
            (own.extend if kind is list else own.update)(read(new))
            return own
    elif isinstance(old, Pairs) and isinstance(new, Pairs) and kind is dict:
        return _pairs(own, old, new, read)
    elif isinstance(old, Made) and isinstance(new, Made) and old.kind == new.kind:
        return _made(own, old, new, read)
    elif isinstance(old, Record) and isinstance(new, Record) and (old.name, old.fields) == (new.name, new.fields):
        if old.kind == "dataclass":
            for name, before, after in zip(old.fields, old.values, new.values, strict=True):
                was = getattr(own, name)
                if (now := _merged(was, before, after, read)) is not was:
                    setattr(own, name, now)
            return own
    elif isinstance(old, Array | Objects) and isinstance(new, type(old)) and not getattr(old, "scalar", False):
        now = read(new)
        if (now.shape, now.dtype) == (own.shape, own.dtype) and own.flags.writeable:
            own[...] = now
            return own
        return now
    elif isinstance(old, Tensor) and isinstance(new, Tensor):
        return _tensor(own, read(new))
    return read(new)


def _items(own: list, old: list[Node], new: list[Node], read: Read) -> list:
    """The test's own objects in their new order, as far as they are there, changed ones where they were."""
    if not any(isinstance(node, msgspec.Struct) for node in new):
        return list(new)
    was, now = list(map(key_of, old)), list(map(key_of, new))
    found: dict[int, int] = {
        place: place for place, pair in enumerate(zip(was, now, strict=False)) if pair[0] == pair[1]
    }
    free = dict[bytes, list[int]]()
    for place, key in reversed(list(enumerate(was))):
        if place not in found:
            free.setdefault(key, []).append(place)
    for place, key in enumerate(now):
        if place not in found and free.get(key):
            found[place] = free[key].pop()
    rest = {place for places in free.values() for place in places}
    items = []
    for place, node in enumerate(new):
        if place in found:
            items.append(own[found[place]])
        else:
            items.append(_merged(own[place], old[place], node, read) if place in rest else read(node))
    return items


def _pairs(own: Any, old: Pairs, new: Pairs, read: Read) -> Any:
    """A dict, or what is based on one."""
    if len(own) != len(old.keys):  # the test has changed it meanwhile
        items = dict(read(new))
    else:
        was = {
            key_of(key): (*pair, node)
            for key, pair, node in zip(old.keys, list(dict.items(own)), old.values, strict=True)
        }
        items = {}
        for key, node in zip(new.keys, new.values, strict=True):
            if (before := was.get(key_of(key))) is None:
                items[read(key)] = read(node)
            else:
                items[before[0]] = _merged(before[1], before[2], node, read)
    own.clear()
    for key, item in items.items():  # a Counter's update() adds
        own[key] = item
    return own


def _made(own: Any, old: Made, new: Made, read: Read) -> Any:
    if old.kind == "bytearray":
        own[:] = read(new)
    elif old.kind == "deque":
        own.clear()
        own.extend(read(new))
    elif old.kind in ("Counter", "defaultdict", "OrderedDict"):
        before, after = old.parts[-1], new.parts[-1]
        if not isinstance(before, Pairs) or not isinstance(after, Pairs):
            raise WireError("a dict of another kind")
        _pairs(own, before, after, read)
    elif old.kind in ("StringIO", "BytesIO"):
        if not isinstance(own, StringIO | BytesIO):
            return own  # a file, which has been read to its end
        now = read(new)
        own.seek(0)
        own.truncate()
        own.write(now.getvalue())
        own.seek(now.tell())
    elif old.kind == "structured array":
        now = read(new)
        if (now.shape, now.dtype) != (own.shape, own.dtype) or not own.flags.writeable:
            return now
        own[...] = now
    elif old.kind in ("pandas DataFrame", "pandas Series"):
        type(own).__init__(own, read(new))
    else:
        return read(new)
    return own


def _tensor(own: Any, now: Any) -> Any:
    import torch

    if (now.shape, now.dtype) != (own.shape, own.dtype):
        return now
    with torch.no_grad():
        own.copy_(now)
    return own


def key_of_stand(stand: Stand) -> Key:
    return type(stand).__name__, stand.number


def _is(one: Any, other: Any) -> bool:
    return one is other
