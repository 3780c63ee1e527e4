"""SciPy's sparse matrices and arrays of numbers as places and values, and back; results of `minimize` and its like."""

from __future__ import annotations

from typing import Any

import numpy as np

from .kind import Kind, NotPlain, of
from .library import Library

sparse: Any = Library("scipy.sparse")
optimize: Any = Library("scipy.optimize")
MOST_ROWS = 1_000_000  # and columns: the compressed formats hold a number for each
_FORMATS = ("coo", "csr", "csc")


def _parts(value: Any) -> list:
    places = value.tocoo()
    if len(value.shape) != 2 or max(value.shape) > MOST_ROWS:
        raise NotPlain("a sparse array of such a shape")
    rows, columns = (np.asarray(each, np.int64) for each in (places.row, places.col))
    kind = "array" if isinstance(value, sparse.sparray) else "matrix"
    form = value.format if value.format in _FORMATS else "csr"
    return [form, kind, list(map(int, value.shape)), np.asarray(places.data), rows, columns]


def _matrix(form: Any, kind: Any, shape: Any, data: Any, rows: Any, columns: Any) -> Any:
    if form not in _FORMATS or kind not in ("matrix", "array") or len(of(list, shape)) != 2:
        raise ValueError("not a sparse matrix")
    if any(not 0 <= of(int, side) <= MOST_ROWS for side in shape) or of(np.ndarray, data).dtype.kind not in "biufc":
        raise ValueError("not a sparse matrix of numbers")
    for places, side in zip((rows, columns), shape, strict=True):
        if of(np.ndarray, places).dtype != np.int64 or places.shape != data.shape or data.ndim != 1:
            raise ValueError("values and places do not fit together")
        if places.size and (places.min() < 0 or places.max() >= side):
            raise ValueError("a place outside of the matrix")
    return getattr(sparse, f"coo_{kind}")((data, (rows, columns)), shape=tuple(shape)).asformat(form)


def _result_parts(value: Any) -> list:
    items = dict(dict.items(value))
    _check_names(items)
    return [items]


def _result(items: Any) -> Any:
    _check_names(of(dict, items))
    return optimize.OptimizeResult(items)


def _check_names(items: dict) -> None:
    """Its items are attributes: `__array_interface__` would let NumPy read memory at an address of the student's."""
    if not all(type(name) is str and name.isidentifier() and not name.startswith("_") for name in items):
        raise NotPlain("a result with other names")


def kinds() -> tuple[Kind, ...]:
    return (
        Kind("scipy sparse", (sparse.spmatrix, sparse.sparray), _parts, _matrix, whole=True, cost=1000),
        Kind(
            "scipy result", (optimize.OptimizeResult,), _result_parts, _result, inside=lambda value: list(value.items())
        ),
    )
