"""Send a value through the wire, as bytes."""

import functools

import pytest

from proctor.exam.limits import Limits
from proctor.exam.wire import messages
from proctor.exam.wire import values as wire

LIMITS = Limits(nodes=100_000, depth=64, frame_bytes=1 << 22)
READ = messages.Reader(messages.Value)


def no_objects(value):
    raise AssertionError(f"{type(value).__name__} should have crossed by value")


def across(value, opaque=no_objects, keep=None, classes=None):
    """What arrives; an object that stays where it is as ("object", its number)."""
    return arrived(wire.pack(value, LIMITS, opaque, keep), classes)


def arrived(node, classes=None):
    """What a receiver makes of a node, which may be forged."""
    frame = messages.encode(messages.Value(node))
    return wire.unpack(READ(frame).node, LIMITS, lambda stand: ("object", stand.number), classes)


def stays(value) -> bool:
    """Whether it crosses as a number."""
    return across(value, opaque=lambda it: wire.Reference(7)) == ("object", 7)


def refused(node) -> None:
    with pytest.raises(wire.WireError):
        arrived(node)


def changed(value, **parts):
    """The node of ``value`` with parts of it, by path (``_0_2``), replaced by other nodes."""
    node = wire.pack(value, LIMITS, no_objects)
    for path, new in parts.items():
        *way, last = map(int, path.strip("_").split("_"))
        inner = functools.reduce(lambda at, place: _list_of(at)[place], way, node)
        _list_of(inner)[last] = new
    return node


def _list_of(node):
    return node.items if isinstance(node, wire.Items) else node.parts
