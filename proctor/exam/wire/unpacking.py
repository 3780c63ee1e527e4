"""Nodes as plain values. Whoever sent them may be hostile, see ``values.py``."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from proctor.exam.limits import Limits

from .errors import TooBig, WireError
from .kinds.records import Classes, Described, with_fields
from .kinds.table import kind_named
from .nodes import (
    MAX_INT_BITS,
    MAX_NDIM,
    Array,
    Big,
    Budget,
    Callback,
    Complex,
    Constant,
    Instance,
    Items,
    Loader,
    Made,
    Node,
    Objects,
    Pairs,
    Raw,
    Record,
    Reference,
    Span,
    Stand,
    Tensor,
)
from .tensors import LoaderParts, array_of, constants, loader_of, tensor_of


def unpack(node: Node, limits: Limits, resolve: Callable[[Stand | Record], Any], classes: Classes | None = None) -> Any:
    """The value that ``node`` describes; ``resolve`` gives the object that something stands for.

    It is given a record too, if ``classes`` have none for it. Raises WireError for whatever does not
    describe a value, TooBig beyond the limits.
    """
    try:
        return _Unpacker(limits, resolve, classes or Classes({})).value(node, 0)
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise WireError(f"not a value: {type(error).__name__}") from error


class _Unpacker(Budget):
    def __init__(self, limits: Limits, resolve: Callable[[Stand | Record], Any], classes: Classes):
        super().__init__(limits)
        self.resolve, self.classes = resolve, classes

    def value(self, node: Node, depth: int) -> Any:
        self.enter(depth)
        rule = _READERS.get(type(node))
        return node if rule is None else rule(self, node, depth)

    def integer(self, node: Big, depth: int) -> int:
        if len(node.digits) > MAX_INT_BITS // 4 + 2:
            raise TooBig("an int with too many digits")
        return int(node.digits, 16)

    def items(self, node: Items, depth: int) -> Any:
        items = [self.value(item, depth + 1) for item in node.items]
        return items if node.kind == "list" else _CONTAINERS[node.kind](items)

    def pairs(self, node: Pairs, depth: int) -> dict:
        if len(node.keys) != len(node.values):
            raise WireError("a dict with more keys than values")
        keys = [self.value(key, depth + 1) for key in node.keys]
        return dict(zip(keys, [self.value(item, depth + 1) for item in node.values], strict=True))

    def span(self, node: Span, depth: int) -> Any:
        parts = [self.value(part, depth + 1) for part in (node.start, node.stop, node.step)]
        return (slice if node.kind == "slice" else range)(*parts)

    def array(self, node: Array, depth: int) -> Any:
        self._shape(node)
        array = array_of(node.dtype, node.shape, node.data)
        return array[()] if node.scalar and not node.shape else array

    def objects(self, node: Objects, depth: int) -> np.ndarray:
        if (
            len(node.shape) > MAX_NDIM
            or any(side < 0 for side in node.shape)
            or math.prod(node.shape) != len(node.items)
        ):
            raise WireError("not a shape")
        array = np.empty(len(node.items), object)
        for place, item in enumerate(self.plain(node.items, depth)):
            array[place] = item
        return array.reshape(node.shape)

    def made(self, node: Made, depth: int) -> Any:
        kind = kind_named(node.kind)
        self.charge(kind.cost)
        parts = self.plain(node.parts, depth) if kind.whole else [self.value(part, depth + 1) for part in node.parts]
        try:
            return kind.make(*parts)
        except Exception as error:  # each library has its own
            raise WireError(f"not a {kind.name}: {type(error).__name__}") from error

    def record(self, node: Record, depth: int) -> Any:
        record = Described(node.kind, node.module, node.name, tuple(node.fields), ())
        self.charge_class(record)
        if len(node.values) != (1 if node.kind == "enum" else len(node.fields)) or (
            node.kind == "enum" and not node.fields
        ):
            raise WireError("a record with more fields than values")
        if node.kind == "namedtuple":
            values = [self.value(part, depth + 1) for part in node.values]
            return tuple.__new__(self.classes.namedtuple(record), values)
        try:
            return self._own_record(record, node, depth)
        except _NoClass:
            if node.number is None:
                raise
            return self.resolve(node)

    def _own_record(self, record: Described, node: Record, depth: int) -> Any:
        """An object of this process's own class, which is looked for before anything is read. Raises _NoClass."""
        if record.kind == "dataclass":
            own = self.classes.dataclass(record)
            if own is None:
                raise _NoClass("a dataclass that is not known here")
            return with_fields(own, replace(record, values=tuple(self.plain(node.values, depth))))
        values = tuple(self.plain(node.values, depth))
        member = self.classes.member(replace(record, values=values))
        if member is None:
            raise _NoClass("a member of an enumeration that is not known here")
        return member

    def plain(self, nodes: list[Node], depth: int) -> list:
        """Values that hold nothing that stands for an object."""
        resolve, self.resolve = self.resolve, _nothing_stands
        try:
            return [self.value(node, depth + 1) for node in nodes]
        finally:
            self.resolve = resolve

    def tensor(self, node: Tensor, depth: int) -> Any:
        self._shape(node)
        return tensor_of(node.dtype, node.shape, node.data, node.requires_grad)

    def loader(self, node: Loader, depth: int) -> Any:
        if not node.tensors or node.batch_size < 1:
            raise WireError("a loader without data")
        tensors = tuple(self.value(tensor, depth + 1) for tensor in node.tensors)
        return loader_of(LoaderParts(tensors, node.batch_size, node.shuffle, node.drop_last))

    def constant(self, node: Constant, depth: int) -> Any:
        if node.name not in constants():
            raise WireError("a constant that is not in the table")
        return constants()[node.name]

    def _shape(self, node: Array | Tensor) -> None:
        if len(node.shape) > MAX_NDIM or any(side < 0 or side > sys.maxsize for side in node.shape):
            raise WireError("not a shape")
        self.spend(node.data.nbytes)


class _NoClass(WireError):
    """A record of a class that this process does not have."""


def _nothing_stands(stand: Stand | Record) -> Any:
    raise WireError("an object where only plain values may be")


_CONTAINERS = {"tuple": tuple, "set": set, "frozenset": frozenset}
_READERS: dict[type, Callable[..., Any]] = {
    Raw: lambda unpacker, node, depth: node.data,
    Big: _Unpacker.integer,
    Complex: lambda unpacker, node, depth: complex(node.real, node.imag),
    Items: _Unpacker.items,
    Pairs: _Unpacker.pairs,
    Span: _Unpacker.span,
    Array: _Unpacker.array,
    Objects: _Unpacker.objects,
    Made: _Unpacker.made,
    Record: _Unpacker.record,
    Tensor: _Unpacker.tensor,
    Loader: _Unpacker.loader,
    Constant: _Unpacker.constant,
    Reference: lambda unpacker, node, depth: unpacker.resolve(node),
    Callback: lambda unpacker, node, depth: unpacker.resolve(node),
    Instance: lambda unpacker, node, depth: unpacker.resolve(node),
}
