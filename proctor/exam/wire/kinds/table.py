"""Which kind a type is of, and which kind a name stands for.

Pandas, Pillow, SciPy and SymPy are imported where a value of theirs is sent, which has them
already, or arrives.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from proctor.exam.wire.errors import WireError

from . import pandas_kinds, pillow_kinds, scipy_kinds, standard, sympy_kinds
from .kind import Kind

_LIBRARIES = {
    "pandas": pandas_kinds.kinds,
    "PIL": pillow_kinds.kinds,
    "scipy": scipy_kinds.kinds,
    "sympy": sympy_kinds.kinds,
}
_STANDARD = {each: kind for kind in standard.KINDS for each in kind.types}
_STANDARD_NAMES = {kind.name: kind for kind in standard.KINDS}


def kind_of(value_type: type) -> Kind | None:
    """The kind of the first of its base classes that has one."""
    for base in value_type.__mro__:
        kind = _STANDARD.get(base)
        if kind is None:
            module = base.__module__
            library = module.partition(".")[0] if isinstance(module, str) else ""
            kind = _types(library).get(base) if library in _LIBRARIES else None
        if kind is not None:
            return kind
    return None


def kind_named(name: str) -> Kind:
    """Raises WireError for a name that stands for none."""
    library = name.partition(" ")[0]
    try:
        return (_names(library) if library in _LIBRARIES else _STANDARD_NAMES)[name]
    except (KeyError, ImportError) as error:
        raise WireError("a value of an unknown kind") from error


@lru_cache
def _types(library: str) -> Mapping[type, Kind]:
    return {each: kind for kind in _LIBRARIES[library]() for each in kind.types}


@lru_cache
def _names(library: str) -> Mapping[str, Kind]:
    return {kind.name: kind for kind in _LIBRARIES[library]()}
