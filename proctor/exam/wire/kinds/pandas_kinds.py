"""Pandas' frames, series, indexes and scalars as plain parts, and back.

A frame crosses as its columns, each an array of numbers, times, texts, or plain values. Nothing of
pandas' own formats is read. Attributes (``attrs``, flags) and columns of other libraries do not cross.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from proctor.exam.wire.errors import TooBig

from .kind import Kind, of
from .library import Library
from .pandas_columns import (
    UNITS,
    column,
    column_parts,
    frequency_of,
    integers,
    is_frequency,
    one_column,
    periods,
    zone_of,
)

pd: Any = Library("pandas")
MOST_COLUMNS = 10_000
_COST = 100  # in objects: pandas takes its time to make anything
_COST_OF_COLUMN = 20

# ---------------------------------------------------------------- indexes, series, frames


def _index_parts(index: Any) -> list:
    if isinstance(index, pd.RangeIndex):
        return ["range", index.start, index.stop, index.step, index.name]
    if isinstance(index, pd.MultiIndex):
        return ["levels", list(index.levels), [np.asarray(codes) for codes in index.codes], list(index.names)]
    return ["values", index.array, index.name, _whole_frequency_of(index)]


def _whole_frequency_of(index: Any) -> str | None:
    """Only one that its text tells in full."""
    frequency = getattr(index, "freq", None)
    if frequency is None or isinstance(index, pd.PeriodIndex) or not is_frequency(frequency.freqstr):
        return None
    return frequency.freqstr if pd.tseries.frequencies.to_offset(frequency.freqstr) == frequency else None


def _index(tag: Any, *parts: Any) -> Any:
    if tag == "range":
        *ends, name = parts
        if len(ends) != 3 or any(abs(of(int, end)) >> 62 for end in ends):
            raise ValueError("not a range")
        return pd.RangeIndex(*ends, name=name)
    if tag == "levels":
        return _multi_index(*parts)
    if tag != "values":
        raise ValueError("not an index")
    array, name, frequency = parts
    index = pd.Index(one_column(array), dtype=array.dtype, name=name, tupleize_cols=False)
    if frequency is None:
        return index
    if not isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
        raise TypeError("only times have a frequency")
    return type(index)(index, freq=frequency_of(frequency))


def _multi_index(levels: Any, codes: Any, names: Any) -> Any:
    if not 1 <= len(of(list, levels)) == len(of(list, codes)) == len(of(list, names)) <= MOST_COLUMNS:
        raise ValueError("levels, codes and names do not fit together")
    if not all(isinstance(level, pd.Index) and not isinstance(level, pd.MultiIndex) for level in levels):
        raise TypeError("levels are indexes")
    return pd.MultiIndex(levels, [integers(each) for each in codes], names=names, verify_integrity=True)


def _series(array: Any, index: Any, name: Any) -> Any:
    return pd.Series(one_column(array), index=_an_index(index, len(array)), dtype=array.dtype, name=name)


def _frame_parts(frame: Any) -> list:
    frame = pd.DataFrame(frame)  # of a subclass's own making nothing is asked
    if frame.shape[1] > MOST_COLUMNS:
        raise TooBig(f"more than {MOST_COLUMNS:,} columns")
    return [frame.columns, frame.index, [frame.iloc[:, place].array for place in range(frame.shape[1])]]


def _frame(columns: Any, index: Any, arrays: Any) -> Any:
    if len(of(list, arrays)) > MOST_COLUMNS or not isinstance(index, pd.Index):
        raise ValueError("more columns than there may be")
    series = {place: pd.Series(one_column(array), dtype=array.dtype) for place, array in enumerate(arrays)}
    if any(len(each) != len(index) for each in series.values()):
        raise ValueError("columns of another length")
    frame = pd.DataFrame(series, index=pd.RangeIndex(len(index)))
    frame.index, frame.columns = index, _an_index(columns, len(series))
    return frame


def _an_index(index: Any, length: int) -> Any:
    if not isinstance(index, pd.Index) or len(index) != length:
        raise ValueError("an index of another length")
    return index


# ---------------------------------------------------------------- scalars


def _timestamp(value: Any, zone: Any) -> Any:
    if of(np.datetime64, value).dtype.name not in [f"datetime64[{unit}]" for unit in UNITS]:
        raise ValueError("a unit that pandas does not have")
    stamp = pd.Timestamp(value)
    return stamp if zone is None else stamp.tz_localize("UTC").tz_convert(zone_of(zone))


def _timedelta(value: Any) -> Any:
    if of(np.timedelta64, value).dtype.name not in [f"timedelta64[{unit}]" for unit in UNITS]:
        raise ValueError("a unit that pandas does not have")
    return pd.Timedelta(value)


def _period(ordinal: Any, frequency: Any) -> Any:
    return periods(np.array([of(int, ordinal)], np.int64), frequency)[0]


def _texts_in(array: Any) -> Iterable:
    dtype = array.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return [dtype.categories]
    return array.tolist() if isinstance(dtype, pd.StringDtype) or dtype.kind == "O" else ()


def _inside_index(index: Any) -> list:
    if isinstance(index, pd.MultiIndex):
        return [*index.levels, *index.names]
    return [index.name] if isinstance(index, pd.RangeIndex) else [index.name, index.array]


def kinds() -> tuple[Kind, ...]:
    return (
        Kind("pandas missing", (type(pd.NaT), type(pd.NA)), lambda value: ["NaT" if value is pd.NaT else "NA"],
             lambda name: {"NaT": pd.NaT, "NA": pd.NA}[of(str, name)]),
        Kind("pandas Timestamp", (pd.Timestamp,), lambda value: [value.to_datetime64(), value.tzinfo and zone_of(value.tzinfo)],
             _timestamp, cost=10),
        Kind("pandas Timedelta", (pd.Timedelta,), lambda value: [value.to_timedelta64()], _timedelta, cost=10),
        Kind("pandas Period", (pd.Period,), lambda value: [value.ordinal, value.freqstr], _period, cost=_COST),
        Kind("pandas Interval", (pd.Interval,), lambda value: [value.left, value.right, value.closed],
             lambda left, right, closed: pd.Interval(left, right, of(str, closed)), whole=True, cost=10),
        Kind("pandas array", (pd.api.extensions.ExtensionArray,), column_parts, column, whole=True, cost=_COST_OF_COLUMN, inside=_texts_in),
        Kind("pandas Index", (pd.Index,), _index_parts, _index, whole=True, cost=_COST, inside=_inside_index),
        Kind("pandas Series", (pd.Series,), lambda value: [value.array, value.index, value.name],
             _series, whole=True, cost=_COST, inside=lambda value: [value.array, value.index, value.name]),
        Kind("pandas DataFrame", (pd.DataFrame,), _frame_parts, _frame, whole=True, cost=_COST,
             inside=lambda value: [value.columns, value.index, *(value.iloc[:, place].array for place in range(value.shape[1]))]),
    )  # fmt: skip
