"""One kind of value, as parts that cross and back.

Threat model: parts may come from whoever is hostile. They are values that have been read
already, each of any type: ``make`` looks at the type of each, and at every length and
number that something would be allocated or computed from, before it builds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

Of = TypeVar("Of")


class NotPlain(Exception):
    """A value of such a type, but not one that crosses."""


def _nothing(value: Any) -> Iterable:
    return ()


@dataclass(frozen=True)
class Kind:
    """``types`` and what is based on them cross as values of the first.

    ``parts`` are values that cross themselves; raises NotPlain, or TooBig. ``make`` takes them one by one
    and raises anything for parts that make no value. A ``whole`` crosses only if all of it is plain.
    ``cost`` counts as so many more objects, for values that take long to make. ``inside`` are the values
    in one that may hold texts.
    """

    name: str
    types: tuple[type, ...]
    parts: Callable[[Any], list]
    make: Callable[..., Any]
    whole: bool = False
    cost: int = 0
    inside: Callable[[Any], Iterable] = _nothing


def of(kind: type[Of], value: Any) -> Of:
    """``value``, if it is of this type and no other. Raises TypeError."""
    if type(value) is not kind:
        raise TypeError(f"{kind.__name__} expected, {type(value).__name__} found")
    return value
