"""Objects with named fields: namedtuples, dataclasses, members of enumerations.

A record crosses as the names of its class and fields, and their values. What arrives is an
object of the reader's own class, if the notebook has one of that name with the same fields.

Threat model: a student's process chooses the names and the values. An own class is looked up
among the notebook's names, and only the assignment's own are taken, never a library's. Its
constructor is not called. A field is never called as something that Python, NumPy or IPython
look up by themselves: those names begin with an underscore.
"""

from __future__ import annotations

import dataclasses
import keyword
import sys
import unicodedata
from collections import namedtuple
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any, Literal

MOST_FIELDS = 1000
MOST_NAME = 200
COST = 1000  # in objects: making a class takes as long as reading so many
RecordKind = Literal["namedtuple", "dataclass", "enum"]


@dataclasses.dataclass(frozen=True)
class Described:
    """A record by names and values. For a member of an enumeration its name is the only field."""

    kind: RecordKind
    module: str
    name: str
    fields: tuple[str, ...]
    values: tuple


def described(value: Any) -> Described | None:
    """None for what is no record, or none that crosses: with state beside its fields, or with strange names."""
    kind = type(value)
    try:
        if issubclass(kind, tuple):
            found = _of_tuple(value, kind)
        elif issubclass(kind, Enum):
            found = Described("enum", kind.__module__, kind.__name__, (value.name,), (value.value,))
        elif dataclasses.is_dataclass(kind):
            found = _of_dataclass(value, kind)
        else:
            return None
        return found if found and are_names(found.name, found.fields) else None
    except Exception:  # whatever a class of the student's does when it is asked
        return None


def are_names(name: Any, fields: Any) -> bool:
    """Whether a class of that name can have these fields."""
    known = len(set(fields)) == len(fields) <= MOST_FIELDS
    return known and all(map(_is_name, (name, *fields)))


def _is_name(name: Any) -> bool:
    return (
        type(name) is str
        and len(name) <= MOST_NAME
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("_")
        and unicodedata.normalize("NFKC", name) == name  # as Python reads it
    )


def _of_tuple(value: tuple, kind: type) -> Described | None:
    fields = getattr(kind, "_fields", None)
    if type(fields) is not tuple or len(fields) != tuple.__len__(value):
        return None
    return Described("namedtuple", kind.__module__, kind.__name__, fields, tuple(tuple.__iter__(value)))


def _of_dataclass(value: Any, kind: type) -> Described | None:
    fields = _names_of_fields(kind)
    if not getattr(value, "__dict__", {}).keys() <= set(fields):
        return None
    return Described(
        "dataclass", kind.__module__, kind.__name__, fields, tuple(getattr(value, name) for name in fields)
    )


def _names_of_fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


class Classes:
    """The classes of a process, for records that arrive.

    ``names`` are the notebook's; of modules beside it those in ``home`` count too. With ``makes_all``
    a class that is not found is made, and any module's is good enough: for the student's process.
    """

    def __init__(self, names: Mapping[str, Any], home: Path | None = None, makes_all: bool = False):
        self._names, self._home, self._makes_all = names, home, makes_all
        self._made: dict[tuple, type] = {}

    def namedtuple(self, record: Described) -> type:
        own = self._own(record)
        if own is not None and issubclass(own, tuple) and getattr(own, "_fields", None) == record.fields:
            return own
        return self._make(record, lambda: namedtuple(record.name, record.fields))

    def dataclass(self, record: Described) -> type | None:
        own = self._own(record)
        if own is not None and dataclasses.is_dataclass(own) and _names_of_fields(own) == record.fields:
            return own
        if not self._makes_all:
            return None
        return self._make(record, lambda: dataclasses.make_dataclass(record.name, record.fields))

    def member(self, record: Described) -> Enum | None:
        own = self._own(record)
        if own is not None and issubclass(own, Enum) and record.fields[0] in own.__members__:
            return own.__members__[record.fields[0]]
        if not self._makes_all:
            return None
        made: Any = self._make(record, lambda: Enum(record.name, [(record.fields[0], record.values[0])]))
        return made[record.fields[0]]

    def _own(self, record: Described) -> type | None:
        found = self._names.get(record.name)
        if self._makes_all and not isinstance(found, type):
            found = getattr(sys.modules.get(record.module), record.name, None)
        if not isinstance(found, type) or found.__name__ != record.name:
            return None
        return found if self._makes_all or self.is_the_assignments(found.__module__) else None

    def is_the_assignments(self, module: str) -> bool:
        if module == "__main__":
            return True
        file = getattr(sys.modules.get(module), "__file__", None)
        return self._home is not None and file is not None and Path(file).is_relative_to(self._home)

    def _make(self, record: Described, make) -> type:
        key = (record.kind, record.name, record.fields)
        if key not in self._made:
            if len(self._made) >= MOST_FIELDS:
                self._made.clear()
            self._made[key] = make()
        return self._made[key]


def with_fields(own: type, record: Described) -> Any:
    """An object of this dataclass, made without its constructor."""
    made: Any = object.__new__(own)
    for name, value in zip(record.fields, record.values, strict=True):
        object.__setattr__(made, name, value)
    return made


def compared_fields(own: Any) -> list[str] | None:
    """The fields that decide whether it equals another of its class: none of an enumeration's, whose name does."""
    if not dataclasses.is_dataclass(own):
        return []
    kind: Any = type(own)
    return [field.name for field in dataclasses.fields(own) if field.compare] if kind.__dataclass_params__.eq else None
