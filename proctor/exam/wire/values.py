"""Plain values as bytes, and bytes as plain values.

Threat model: whoever sends may be hostile, so ``unpack`` constructs nothing but
None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict,
slice, range, NumPy arrays and scalars, torch tensors, a DataLoader over tensors,
names from a fixed table, and numbers that stand for objects of the other side.
Sizes are checked against the bytes that really arrived before anything is
allocated from them. Nothing is pickled, and no attribute of the sender's objects
is asked for here: an object that is not plain crosses as a number.

``pack`` is the other direction. It goes by exact types and base-class methods,
so a subclass arrives as the plain type it is based on, whatever it overrides.
A value crosses by value: identity and sharing inside it are not kept.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any, Literal

import msgspec
import numpy as np

from proctor.exam.limits import Limits

from .tensors import (
    LoaderParts,
    array_of,
    bytes_of_array,
    bytes_of_tensor,
    constants,
    is_tensor,
    loader_of,
    names_of_constants,
    parts_of_loader,
    tensor_of,
)

MAX_NDIM = 8
MAX_INT_BITS = 1 << 16

Container = Literal["list", "tuple", "set", "frozenset"]


class WireError(Exception):
    """What arrived is not a value."""


class TooBig(WireError):
    """A value larger, deeper or with more objects than the limits allow."""


class Raw(msgspec.Struct, frozen=True, array_like=True, tag="b"):
    data: bytes


class Big(msgspec.Struct, frozen=True, array_like=True, tag="i"):
    """An int beyond 64 bits, in base 16, which takes linear time to read."""

    digits: str


class Complex(msgspec.Struct, frozen=True, array_like=True, tag="c"):
    real: float
    imag: float


class Items(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    kind: Container
    items: list[Node]


class Pairs(msgspec.Struct, frozen=True, array_like=True, tag="d"):
    keys: list[Node]
    values: list[Node]


class Span(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    kind: Literal["slice", "range"]
    start: Node
    stop: Node
    step: Node


class Array(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    dtype: str
    shape: list[int]
    data: memoryview
    scalar: bool


class Tensor(msgspec.Struct, frozen=True, array_like=True, tag="t"):
    dtype: str
    shape: list[int]
    data: memoryview
    requires_grad: bool


class Loader(msgspec.Struct, frozen=True, array_like=True, tag="l"):
    tensors: list[Tensor]
    batch_size: int
    shuffle: bool
    drop_last: bool


class Constant(msgspec.Struct, frozen=True, array_like=True, tag="k"):
    name: str


class Reference(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """An object that stays where it is; the number means something to its owner only."""

    number: int


class Callback(msgspec.Struct, frozen=True, array_like=True, tag="f"):
    """A function that stays where it is, for the other side to call."""

    number: int


Stand = Reference | Callback
Plain = None | bool | int | float | str
Node = Plain | Raw | Big | Complex | Items | Pairs | Span | Array | Tensor | Loader | Constant | Reference | Callback


def pack(value: Any, limits: Limits, opaque: Callable[[Any], Stand]) -> Node:
    """``value`` as a tree of nodes; ``opaque`` gives what stands for an object that is not plain, or raises.

    Raises TooBig for values beyond the limits, cycles included.
    """
    return _Packer(limits, opaque).node(value, 0)


def unpack(node: Node, limits: Limits, resolve: Callable[[Stand], Any]) -> Any:
    """The value that ``node`` describes; ``resolve`` gives the object that something stands for.

    Raises WireError for whatever does not describe a value, TooBig beyond the limits.
    """
    try:
        return _Unpacker(limits, resolve).value(node, 0)
    except (ValueError, TypeError, OverflowError, RuntimeError) as error:
        raise WireError(f"not a value: {type(error).__name__}") from error


class _Budget:
    """Counts objects, levels and bytes of one value."""

    def __init__(self, limits: Limits):
        self.limits, self.nodes, self.bytes = limits, 0, 0

    def enter(self, depth: int) -> None:
        self.nodes += 1
        if depth > self.limits.depth:
            raise TooBig(f"nested deeper than {self.limits.depth} levels")
        self.expect(0)

    def expect(self, count: int) -> None:
        """Refuse as many more objects before the first of them is looked at."""
        if self.nodes + count > self.limits.nodes:
            raise TooBig(f"more than {self.limits.nodes:,} objects")

    def spend(self, count: int) -> None:
        self.bytes += count
        if self.bytes > self.limits.frame_bytes:
            raise TooBig(f"more than {self.limits.frame_bytes:,} bytes")


class _Packer(_Budget):
    def __init__(self, limits: Limits, opaque: Callable[[Any], Stand]):
        super().__init__(limits)
        self.opaque = opaque

    def node(self, value: Any, depth: int) -> Node:
        self.enter(depth)
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if issubclass(kind, (np.ndarray, np.generic)):
            return self.array(value, issubclass(kind, np.generic))
        if is_tensor(kind):
            return self.tensor(value)
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

    def array(self, value, scalar: bool) -> Node:
        array = np.asarray(value)
        self.spend(array.nbytes)
        described = bytes_of_array(array) if array.ndim <= MAX_NDIM else None
        return self.other(value) if described is None else Array(*described, scalar)

    def tensor(self, value) -> Node:
        described = bytes_of_tensor(value, MAX_NDIM, self.spend)
        return self.other(value) if described is None else Tensor(*described)

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


class _Unpacker(_Budget):
    def __init__(self, limits: Limits, resolve: Callable[[Stand], Any]):
        super().__init__(limits)
        self.resolve = resolve

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


_CONTAINERS = {"tuple": tuple, "set": set, "frozenset": frozenset}
_READERS: dict[type, Callable[..., Any]] = {
    Raw: lambda unpacker, node, depth: node.data,
    Big: _Unpacker.integer,
    Complex: lambda unpacker, node, depth: complex(node.real, node.imag),
    Items: _Unpacker.items,
    Pairs: _Unpacker.pairs,
    Span: _Unpacker.span,
    Array: _Unpacker.array,
    Tensor: _Unpacker.tensor,
    Loader: _Unpacker.loader,
    Constant: _Unpacker.constant,
    Reference: lambda unpacker, node, depth: unpacker.resolve(node),
    Callback: lambda unpacker, node, depth: unpacker.resolve(node),
}
