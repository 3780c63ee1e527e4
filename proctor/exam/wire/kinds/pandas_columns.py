"""The columns of pandas: numbers, times, texts, categories and the like, as arrays and back."""

from __future__ import annotations

import re
from datetime import timezone
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from proctor.exam.wire.errors import TooBig

from .kind import NotPlain, of
from .library import Library

pd: Any = Library("pandas")

UNITS = ("s", "ms", "us", "ns")
MOST_TEXTS = 4_000_000  # in one column
MOST_PERIODS = 10**12  # from 1970: beyond, no calendar reaches
_FREQUENCY = re.compile(r"-?\d{0,6}[A-Za-z]{1,4}(?:-[A-Z]{3})?", re.ASCII)
_NONE, _NAN, _NA = -1, -2, -3  # in place of the length of a text that is missing


def column_parts(array: Any) -> list:
    """A tag, and what the column is made of."""
    if isinstance(array, pd.arrays.NumpyExtensionArray) and not isinstance(array.dtype, pd.StringDtype):
        array = array.to_numpy()
    dtype = array.dtype
    if isinstance(dtype, np.dtype):
        values = np.asarray(array)
        return _object_parts(values) if dtype.kind == "O" else ["plain", values]
    if isinstance(dtype, pd.StringDtype):
        missing = "NA" if dtype.na_value is pd.NA else "nan"
        return ["string", missing, dtype.storage, *_joined(array.tolist())]
    if isinstance(dtype, pd.CategoricalDtype):
        return ["categories", np.asarray(array.codes), dtype.categories, bool(dtype.ordered)]
    if isinstance(dtype, pd.DatetimeTZDtype):
        return ["zoned", np.asarray(array.tz_convert("UTC").tz_localize(None)), zone_of(dtype.tz)]
    if isinstance(dtype, pd.IntervalDtype):
        return ["intervals", array.left, array.right, array.closed]
    if isinstance(dtype, pd.PeriodDtype):
        return ["periods", np.asarray(array.asi8), dtype.name.removeprefix("period[").rstrip("]")]
    if isinstance(array, (pd.arrays.BooleanArray, pd.arrays.IntegerArray, pd.arrays.FloatingArray)):
        plain = array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return ["masked", plain, np.asarray(array.isna())]
    raise NotPlain(f"a column of {dtype}")


def _object_parts(array: np.ndarray) -> list:
    values = array.tolist()
    only_texts = all(type(value) is str or _length_of(value) < 0 for value in values)
    return ["texts", *_joined(values)] if only_texts else ["plain", array]


def _joined(values: list) -> list:
    """Texts as one text and their lengths, which is faster than one by one."""
    if len(values) > MOST_TEXTS:
        raise TooBig(f"more than {MOST_TEXTS:,} texts")
    lengths = np.array([len(value) if type(value) is str else _length_of(value) for value in values], np.int64)
    return ["".join(value for value in values if type(value) is str), lengths]


def _length_of(value: Any) -> int:
    """What stands for a missing text; 0 for anything else."""
    if value is None:
        return _NONE
    if value is pd.NA:
        return _NA
    return _NAN if type(value) is float and value != value else 0  # noqa: PLR0124 (NaN)


def column(tag: Any, *parts: Any) -> Any:
    makers: dict[str, Any] = {
        "plain": plain_column, "texts": _texts, "string": _string, "categories": _categories, "zoned": _zoned,
        "intervals": _intervals, "periods": periods, "masked": _masked,
    }  # fmt: skip
    return makers[of(str, tag)](*parts)


def plain_column(values: Any) -> np.ndarray:
    if of(np.ndarray, values).ndim != 1:
        raise ValueError("not a column")
    if values.dtype.kind in "mM" and np.datetime_data(values.dtype)[0] not in UNITS:
        raise ValueError("a unit that pandas does not have")
    return values


def _texts(text: Any, lengths: Any) -> np.ndarray:
    pieces = _split(text, lengths)
    array = np.empty(len(pieces), object)
    array[:] = pieces
    return array


def _split(text: Any, lengths: Any) -> list:
    if integers(lengths, np.int64).size > MOST_TEXTS:
        raise ValueError("more texts than there may be")
    if lengths.size and not _NA <= lengths.min() <= lengths.max() <= len(of(str, text)):
        raise ValueError("a text longer than all together")
    if int(np.maximum(lengths, 0).sum()) != len(of(str, text)):
        raise ValueError("texts and lengths do not fit together")
    missing = {_NONE: None, _NAN: np.nan, _NA: pd.NA}
    pieces, end = [], 0
    for length in lengths.tolist():
        if length < 0:
            pieces.append(missing[length])
        else:
            pieces.append(text[end : end + length])
            end += length
    return pieces


def _string(missing: Any, storage: Any, text: Any, lengths: Any) -> Any:
    if missing not in ("NA", "nan") or storage not in ("python", "pyarrow"):
        raise ValueError("not a dtype of texts")
    pieces = _split(text, lengths)
    how = {} if missing == "NA" else {"na_value": np.nan}
    return pd.array(pieces, dtype=pd.StringDtype(storage, **how))


def _categories(codes: Any, categories: Any, ordered: Any) -> Any:
    if not isinstance(categories, pd.Index) or isinstance(categories, pd.MultiIndex):
        raise TypeError("categories are an index")
    return pd.Categorical.from_codes(integers(codes), categories=categories, ordered=of(bool, ordered))


def _zoned(values: Any, zone: Any) -> Any:
    if plain_column(values).dtype.kind != "M":
        raise ValueError("not times")
    return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone_of(zone)).array


def _intervals(left: Any, right: Any, closed: Any) -> Any:
    sides = [side if isinstance(side, pd.Index) else pd.Index(one_column(side)) for side in (left, right)]
    return pd.arrays.IntervalArray.from_arrays(*sides, closed=of(str, closed))


def periods(ordinals: Any, frequency: Any) -> Any:
    integers(ordinals, np.int64)
    real = ordinals[ordinals != pd.NaT._value]
    if real.size and max(abs(int(real.min())), abs(int(real.max()))) > MOST_PERIODS:
        raise ValueError("a period that no calendar reaches")
    return pd.arrays.PeriodArray(ordinals, dtype=pd.PeriodDtype(frequency_of(frequency)))


def _masked(values: Any, mask: Any) -> Any:
    if plain_column(values).shape != plain_column(mask).shape or mask.dtype != bool:
        raise ValueError("values and their mask do not fit together")
    arrays = pd.arrays
    kinds = {"b": arrays.BooleanArray, "i": arrays.IntegerArray, "u": arrays.IntegerArray, "f": arrays.FloatingArray}
    return kinds[values.dtype.kind](values, mask)


def integers(values: Any, dtype: Any = None) -> np.ndarray:
    if plain_column(values).dtype.kind != "i" or (dtype is not None and values.dtype != dtype):
        raise ValueError("not integers")
    return values


def one_column(array: Any) -> Any:
    if not isinstance(array, (np.ndarray, pd.api.extensions.ExtensionArray)) or array.ndim != 1:
        raise TypeError("not a column")
    return array


def zone_of(zone: Any) -> timezone | ZoneInfo:
    if type(zone) not in (timezone, ZoneInfo):
        raise NotPlain("a time zone of another kind")
    return zone


def frequency_of(text: Any) -> str:
    if not is_frequency(of(str, text)):
        raise ValueError("not a frequency")
    return text


def is_frequency(text: str) -> bool:
    return _FREQUENCY.fullmatch(text) is not None
