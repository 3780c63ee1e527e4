"""What functions of the test's have given the student's code, for the solution, which has the same call made again.

Threat model: a test's function may count or collect what it is called with, and the test looks at that afterwards.
So the solution never calls one: it has what the function has given the student's code for equal arguments, or there is
no telling what the solution would have done.
"""

from __future__ import annotations

import operator
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import msgspec
import numpy as np

from proctor.exam.wire.messages import CalledBack, encode
from proctor.exam.wire.values import Items, Node, Pairs, Record

from .verdict import NoSolution

_MOST_CALLS = 10_000
_MOST_BYTES = 16 << 20
_HARMLESS = (np.ufunc, type(np.sum), operator.itemgetter, operator.attrgetter, types.MethodDescriptorType)


@dataclass
class Replay:
    """Of one question, and of those that are asked meanwhile."""

    _results: dict[tuple[int, bytes], Node] = field(default_factory=dict)
    _bytes: int = 0

    def note(self, called: CalledBack, result: Node) -> None:
        if len(self._results) < _MOST_CALLS and self._bytes < _MOST_BYTES:
            self._results[called.function, _digest(called.args, called.kwargs)] = result
            self._bytes += len(encode([result]))

    def stand_in(
        self, number: int, function: Any, packed: Callable[[Any], Node], unpacked: Callable[[Node], Any]
    ) -> Callable:
        """In place of this function of the test's."""
        if isinstance(function, _HARMLESS) or isinstance(getattr(function, "__self__", None), types.ModuleType):
            return function

        def replayed(*args: Any, **kwargs: Any) -> Any:
            key = _digest(list(map(packed, args)), {name: packed(value) for name, value in kwargs.items()})
            if (number, key) not in self._results:
                raise NoSolution
            return unpacked(self._results[number, key])

        return replayed


def key_of(node: Node) -> bytes:
    """The same for equal values."""
    return encode([_bare(node)])


def _digest(args: list[Node], kwargs: dict[str, Node]) -> bytes:
    named = sorted(kwargs)
    return blake2b(key_of(Items("list", [*args, *named, *(kwargs[name] for name in named)]))).digest()


def _bare(node: Any) -> Any:
    """Without the numbers of records, which say nothing of their values."""
    if isinstance(node, Record):
        return msgspec.structs.replace(node, values=list(map(_bare, node.values)), number=None)
    if isinstance(node, Items):
        return msgspec.structs.replace(node, items=list(map(_bare, node.items)))
    if isinstance(node, Pairs):
        return Pairs(list(map(_bare, node.keys)), list(map(_bare, node.values)))
    return node
