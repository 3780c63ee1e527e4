"""What a value is on the wire: a tree of these nodes, and the limits that both ends hold it to."""

from __future__ import annotations

from typing import Literal

import msgspec

from proctor.exam.limits import Limits

from .errors import TooBig, WireError
from .kinds.records import COST, Described, RecordKind, are_names

MAX_NDIM = 8
MAX_INT_BITS = 1 << 16

Container = Literal["list", "tuple", "set", "frozenset"]


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


class Objects(msgspec.Struct, frozen=True, array_like=True, tag="z"):
    """An array of dtype object, of plain values."""

    shape: list[int]
    items: list[Node]


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


class Made(msgspec.Struct, frozen=True, array_like=True, tag="m"):
    """A value of a kind of its own, see ``kinds``."""

    kind: str
    parts: list[Node]


class Record(msgspec.Struct, frozen=True, array_like=True, tag="n"):
    """A namedtuple, a dataclass or a member of an enumeration; ``number`` is the object's, for who has no such class."""

    kind: RecordKind
    module: str
    name: str
    fields: list[str]
    values: list[Node]
    number: int | None


class Constant(msgspec.Struct, frozen=True, array_like=True, tag="k"):
    name: str


class Reference(msgspec.Struct, frozen=True, array_like=True, tag="o"):
    """An object that stays where it is; the number means something to its owner only."""

    number: int
    is_function: bool = False


class Callback(msgspec.Struct, frozen=True, array_like=True, tag="f"):
    """A function that stays where it is, for the other side to call; of an iterator the one that gives its next item.

    That gives whether there is one, and the item.
    """

    number: int
    is_iterator: bool = False


class Instance(msgspec.Struct, frozen=True, array_like=True, tag="x"):
    """An object of the test's, of a class that both sides have: see ``instances.py``."""

    number: int


Stand = Reference | Callback | Instance
Plain = None | bool | int | float | str
Node = (
    Plain | Raw | Big | Complex | Items | Pairs | Span | Array | Objects | Tensor | Loader | Made | Record | Constant
    | Reference | Callback | Instance
)  # fmt: skip


class Budget:
    """Counts objects, levels and bytes of one value."""

    def __init__(self, limits: Limits):
        self.limits, self.nodes, self.bytes = limits, 0, 0
        self.classes_met: set[tuple] = set()  # of records

    def enter(self, depth: int) -> None:
        self.nodes += 1
        if depth > self.limits.depth:
            raise TooBig(f"nested deeper than {self.limits.depth} levels")
        self.expect(0)

    def expect(self, count: int) -> None:
        """Refuse as many more objects before the first of them is looked at."""
        if self.nodes + count > self.limits.nodes:
            raise TooBig(f"more than {self.limits.nodes:,} objects")

    def charge(self, count: int) -> None:
        """Count something that takes as long to make as so many objects."""
        self.expect(count)
        self.nodes += count

    def charge_class(self, record: Described) -> None:
        key = (record.kind, record.name, record.fields)
        if key not in self.classes_met:
            self.charge(COST)
            if not are_names(record.name, record.fields):
                raise WireError("names that no class can have")
            self.classes_met.add(key)

    def spend(self, count: int) -> None:
        self.bytes += count
        if self.bytes > self.limits.frame_bytes:
            raise TooBig(f"more than {self.limits.frame_bytes:,} bytes")
