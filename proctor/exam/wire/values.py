"""Plain values as bytes, and bytes as plain values.

Threat model: whoever sends may be hostile, so ``unpack`` constructs nothing but
None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict,
slice, range, NumPy arrays and scalars, torch tensors, a DataLoader over tensors,
the kinds of ``kinds/`` (dates, exact numbers, frames, expressions), records, names
from a fixed table, and numbers that stand for objects of the other side. Sizes are checked against the bytes that really arrived before anything is
allocated from them. Nothing is pickled, and no attribute of the sender's objects
is asked for here: an object that is not plain crosses as a number.

``pack`` is the other direction. It goes by exact types and base-class methods,
so a subclass arrives as the plain type it is based on, whatever it overrides.
What cannot be told from its parts (a frame with a network in one cell, a dataclass
that holds a generator) stays where it is as a whole. A value crosses by value: identity and sharing inside it are not kept.
"""

from __future__ import annotations

from .errors import TooBig, WireError
from .instances import Met, Told, is_of, told
from .kinds.records import Classes, compared_fields, described
from .kinds.table import kind_of
from .nodes import (
    Array,
    Big,
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
from .packing import pack
from .unpacking import unpack

__all__ = [
    "Array", "Big", "Callback", "Classes", "Complex", "Constant", "Instance", "Items", "Loader", "Made", "Met", "Node", "Objects", "Pairs",
    "Raw", "Record", "Reference", "Span", "Stand", "Tensor", "Told", "TooBig", "WireError", "compared_fields",
    "described", "is_of", "kind_of", "pack", "told", "unpack",
]  # fmt: skip
