"""Plain values as nodes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from proctor.exam.limits import Limits

from .errors import TooBig
from .kinds.kind import Kind, NotPlain
from .kinds.records import Described, described
from .kinds.table import kind_named, kind_of
from .nodes import (
    MAX_INT_BITS,
    MAX_NDIM,
    Array,
    Big,
    Budget,
    Complex,
    Constant,
    Container,
    Items,
    Loader,
    Made,
    Node,
    Objects,
    Pairs,
    Raw,
    Record,
    Span,
    Tensor,
)
from .tensors import bytes_of_array, bytes_of_tensor, is_tensor, names_of_constants, parts_of_loader

MOST_IN_RECORD = 10_000  # objects in a dataclass that crosses by value


def pack(value: Any, limits: Limits, opaque: Callable[[Any], Node], keep: Callable[[Any], int] | None = None) -> Node:
    """``value`` as a tree of nodes; ``opaque`` gives what stands for an object that is not plain, or raises.

    ``keep`` gives a number for a record's object, by which it can be asked for what is more than a record.
    Raises TooBig for values beyond the limits, cycles included.
    """
    return _Packer(limits, opaque, keep).node(value, 0)


class _Packer(Budget):
    def __init__(self, limits: Limits, opaque: Callable[[Any], Node], keep: Callable[[Any], int] | None):
        super().__init__(limits)
        self.opaque, self.keep = opaque, keep
        self.within: Literal["", "value", "record"] = ""  # what may hold nothing but plain values

    def node(self, value: Any, depth: int) -> Node:
        self.enter(depth)
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if issubclass(kind, (np.ndarray, np.generic)) and not issubclass(kind, np.ma.MaskedArray):
            return self.array(value, issubclass(kind, np.generic), depth)
        if is_tensor(kind):
            return self.tensor(value)
        if kind not in _EXACT:
            if (found := kind_of(kind)) is not None:
                return self.made(found, value, depth)
            if (record := described(value)) is not None and (
                record.kind == "namedtuple" or not issubclass(kind, _BASES)
            ):
                return self.record(record, value, depth)
        for base, rule in _RULES:
            if issubclass(kind, base):
                return rule(self, value, depth)
        return self.other(value)

    def integer(self, value: int, depth: int) -> Node:
        value = int.__add__(value, 0)
        if -(1 << 63) <= value < 1 << 63:
            return value
        if value.bit_length() > MAX_INT_BITS:
            raise TooBig(f"an int of more than {MAX_INT_BITS:,} bits")
        return Big(format(value, "x"))

    def text(self, value: str, depth: int) -> Node:
        self.spend(str.__len__(value))
        return str.__str__(value).encode("utf-8", "replace").decode()  # no lone surrogates

    def raw(self, value: bytes, depth: int) -> Node:
        self.spend(bytes.__len__(value))
        return Raw(bytes.__getitem__(value, slice(None)))

    def items(self, kind: Container, values, depth: int) -> Node:
        values = list(values)
        self.expect(len(values))
        return Items(kind, [self.node(value, depth + 1) for value in values])

    def pairs(self, value: dict, depth: int) -> Node:
        pairs = list(dict.items(value))
        return Pairs(
            [self.node(key, depth + 1) for key, _ in pairs],
            [self.node(item, depth + 1) for _, item in pairs],
        )

    def span(self, kind: Literal["slice", "range"], value, depth: int) -> Node:
        return Span(kind, *(self.node(part, depth + 1) for part in (value.start, value.stop, value.step)))

    def array(self, value, scalar: bool, depth: int) -> Node:
        array = np.asarray(value)
        self.spend(array.nbytes)
        if array.ndim > MAX_NDIM:
            return self.other(value)
        if array.dtype.names and not scalar:
            return self.made(kind_named("structured array"), array, depth)
        if array.dtype.kind == "O":
            return self.whole(value, lambda: self.objects(array, depth))
        parts = bytes_of_array(array)
        return self.other(value) if parts is None else Array(*parts, scalar)

    def objects(self, array: np.ndarray, depth: int) -> Node:
        """Of plain values: text of any length, fractions."""
        self.expect(array.size)
        return Objects(list(array.shape), [self.node(item, depth + 1) for item in array.ravel().tolist()])

    def tensor(self, value) -> Node:
        parts = bytes_of_tensor(value, MAX_NDIM, self.spend)
        return self.other(value) if parts is None else Tensor(*parts)

    def made(self, kind: Kind, value: Any, depth: int) -> Node:
        self.charge(kind.cost)
        if kind.whole:
            return self.whole(value, lambda: self.parts(kind, _parts_of(kind, value), depth))
        try:
            parts = _parts_of(kind, value)
        except NotPlain:
            return self.opaque(value)
        return self.parts(kind, parts, depth)

    def parts(self, kind: Kind, parts: list, depth: int) -> Node:
        return Made(kind.name, [self.node(part, depth + 1) for part in parts])

    def record(self, record: Described, value: Any, depth: int) -> Node:
        if record.kind == "namedtuple":
            return self.fields(record, None, depth)
        if self.within == "value":
            raise NotPlain("an object, where only values are told from their parts")
        number = None if self.keep is None or self.within else self.keep(value)
        return self.whole(value, lambda: self.fields(record, number, depth), "record")

    def fields(self, record: Described, number: int | None, depth: int) -> Node:
        self.charge_class(record)
        before, nodes = self.nodes, []
        for part in record.values:
            nodes.append(self.node(part, depth + 1))
            if self.within == "record" and self.nodes - before > MOST_IN_RECORD:
                raise NotPlain("too large to be a record")
        return Record(record.kind, record.module, record.name, list(record.fields), nodes, number)

    def whole(self, value: Any, pack: Callable[[], Node], within: Literal["value", "record"] = "value") -> Node:
        """By value if all in it is plain and within the limits, else what stands for it."""
        if self.within:
            return pack()
        before = self.nodes, self.bytes
        opaque, self.opaque, self.within = self.opaque, _refuse, within
        try:
            return pack()
        except (NotPlain, TooBig):
            self.nodes, self.bytes = before
        finally:
            self.opaque, self.within = opaque, ""
        return self.opaque(value)

    def other(self, value: Any) -> Node:
        name = names_of_constants().get(id(value))
        if name is not None:
            return Constant(name)
        parts = parts_of_loader(value)
        if parts is not None:
            nodes = [self.tensor(tensor) for tensor in parts.tensors]
            tensors = [node for node in nodes if isinstance(node, Tensor)]
            if len(tensors) == len(nodes):
                return Loader(tensors, parts.batch_size, parts.shuffle, parts.drop_last)
        return self.opaque(value)


def _parts_of(kind: Kind, value: Any) -> list:
    try:
        return kind.parts(value)
    except TooBig:
        raise
    except Exception as error:  # a subclass of the student's may do anything
        raise NotPlain(f"an odd {type(value).__name__}") from error


def _refuse(value: Any) -> Node:
    raise NotPlain(f"a {type(value).__name__} stays where it is")


_RULES = (
    (int, _Packer.integer),
    (float, lambda packer, value, depth: float.__add__(value, 0.0) if value == value else math.nan),  # noqa: PLR0124 (not NaN)
    (str, _Packer.text),
    (bytes, _Packer.raw),
    (list, lambda packer, value, depth: packer.items("list", list.copy(value), depth)),
    (tuple, lambda packer, value, depth: packer.items("tuple", tuple.__iter__(value), depth)),
    (dict, _Packer.pairs),
    (set, lambda packer, value, depth: packer.items("set", set.copy(value), depth)),
    (frozenset, lambda packer, value, depth: packer.items("frozenset", frozenset.__iter__(value), depth)),
    (complex, lambda packer, value, depth: Complex(complex.real.__get__(value), complex.imag.__get__(value))),
    (slice, lambda packer, value, depth: packer.span("slice", value, depth)),
    (range, lambda packer, value, depth: packer.span("range", value, depth)),
)
_BASES = tuple(base for base, _ in _RULES)
_EXACT = frozenset((type(None), bool, *_BASES))
