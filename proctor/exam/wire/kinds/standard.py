"""Python's own types that are plain in all but name: exact numbers, dates, paths, containers."""

from __future__ import annotations

import math
import re
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from io import BytesIO, StringIO
from pathlib import Path, PosixPath, PurePath, PurePosixPath, PureWindowsPath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from proctor.exam.wire.errors import TooBig
from proctor.exam.wire.tensors import dtype_named, name_of_dtype

from .kind import Kind, NotPlain, of

MOST_FRACTION_BITS = 10_000  # of numerator and denominator: whoever reads one computes their divisor
MOST_DIGITS = 20_000  # of a Decimal, and the largest exponent: a test may want the int
MOST_PATH = 10_000
MOST_COLUMNS = 1000
_DECIMAL = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d{1,9})?|-?Infinity|-?s?NaN\d*", re.ASCII | re.IGNORECASE)
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}", re.ASCII)
_PLAIN_FACTORIES = (bool, int, float, complex, str, list, tuple, dict, set, frozenset)


def _fraction_parts(value: Fraction) -> list:
    parts = [value.numerator, value.denominator]
    if max(map(int.bit_length, parts)) > MOST_FRACTION_BITS:
        raise TooBig(f"a Fraction of more than {MOST_FRACTION_BITS:,} bits")
    return parts


def _fraction(numerator: Any, denominator: Any) -> Fraction:
    parts = of(int, numerator), of(int, denominator)
    if max(map(int.bit_length, parts)) > MOST_FRACTION_BITS or denominator < 1 or math.gcd(*parts) != 1:
        raise ValueError("not a fraction in lowest terms")
    return Fraction(*parts)


def _decimal_parts(value: Decimal) -> list:
    text = Decimal.__str__(value)
    if len(text) > MOST_DIGITS + 20 or not _is_small(value):
        raise TooBig(f"a Decimal of more than {MOST_DIGITS:,} digits, or with such an exponent")
    return [text]


def _decimal(text: Any) -> Decimal:
    if len(of(str, text)) > MOST_DIGITS + 20 or not _DECIMAL.fullmatch(text):
        raise ValueError("not a decimal number")
    value = Decimal(text)
    if not _is_small(value):
        raise ValueError("an exponent out of bounds")
    return value


def _is_small(value: Decimal) -> bool:
    exponent = value.as_tuple().exponent
    return not isinstance(exponent, int) or (abs(value.adjusted()) <= MOST_DIGITS and abs(exponent) <= MOST_DIGITS)


def _date(*numbers: Any) -> date:
    return date(*(of(int, number) for number in numbers))


def _datetime_parts(value: datetime) -> list:
    numbers = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
    return [*numbers, value.fold, _zone_or_none(value.tzinfo)]


def _datetime(*parts: Any) -> datetime:
    *numbers, fold, zone = parts
    return datetime(*(of(int, number) for number in numbers), tzinfo=_zone_or_none(zone), fold=of(int, fold))  # type: ignore[misc, arg-type]


def _time_parts(value: time) -> list:
    return [value.hour, value.minute, value.second, value.microsecond, value.fold, _zone_or_none(value.tzinfo)]


def _time(*parts: Any) -> time:
    *numbers, fold, zone = parts
    return time(*(of(int, number) for number in numbers), tzinfo=_zone_or_none(zone), fold=of(int, fold))  # type: ignore[misc, arg-type]


def _zone_or_none(zone: Any) -> timezone | ZoneInfo | None:
    if zone is None or type(zone) in (timezone, ZoneInfo):
        return zone
    raise NotPlain("a time zone of another kind")


def _timezone(offset: Any, *name: Any) -> timezone:
    return timezone(of(timedelta, offset), *(of(str, each) for each in name))


def _zone_parts(value: ZoneInfo) -> list:
    if value.key is None or not _ZONE.fullmatch(value.key):
        raise NotPlain("a time zone without a name")
    return [value.key]


def _zone(key: Any) -> ZoneInfo:
    if not _ZONE.fullmatch(of(str, key)):
        raise ValueError("not a time zone")
    return _looked_up(key)


@lru_cache(maxsize=1000)
def _looked_up(key: str) -> ZoneInfo:
    """Reads a file of this computer's; raises KeyError or OSError if there is none."""
    return ZoneInfo(key)


def _path(flavour: type[PurePath]):
    def make(text: Any) -> PurePath:
        if len(of(str, text)) > MOST_PATH:
            raise ValueError("a path that is too long")
        return flavour(text)

    return make


def _path_parts(value: PurePath) -> list:
    text = PurePath.__str__(value)
    if len(text) > MOST_PATH:
        raise TooBig("a path that is too long")
    return [text]


def _deque(items: Any, longest: Any) -> deque:
    return deque(of(list, items), None if longest is None else of(int, longest))


def _counter(items: Any) -> Counter:
    counter: Counter = Counter()
    dict.update(counter, of(dict, items))
    return counter


def _defaultdict(factory: Any, items: Any) -> defaultdict:
    if factory is not None and not any(factory is plain for plain in _PLAIN_FACTORIES):
        raise ValueError("not a plain factory")
    return defaultdict(factory, of(dict, items))


def _factory(value: defaultdict) -> Any:
    """Of other factories nothing crosses: a key that is missing there is a KeyError here."""
    factory = value.default_factory
    return factory if any(factory is plain for plain in _PLAIN_FACTORIES) else None


def _dtype_parts(value: np.dtype) -> list:
    if not name_of_dtype(value):
        raise NotPlain("a dtype of records")
    return [name_of_dtype(value)]


def _masked_parts(value: np.ma.MaskedArray) -> list:
    if value.dtype.kind not in "biufc" or value.dtype.names:
        raise NotPlain("a masked array of other than numbers")
    return [np.asarray(np.ma.getdata(value)), np.asarray(np.ma.getmaskarray(value)), np.asarray(value.fill_value)[()]]


def _masked(data: Any, mask: Any, fill: Any) -> np.ma.MaskedArray:
    of(np.ndarray, data)
    if of(np.ndarray, mask).dtype != bool or mask.shape != data.shape or data.dtype.kind not in "biufc":
        raise ValueError("a mask of another shape")
    return np.ma.MaskedArray(data, mask, fill_value=data.dtype.type(fill))


def _structured_parts(value: np.ndarray) -> list:
    return [
        list(value.shape),
        list(value.dtype.names or ()),
        [np.asarray(value[name]) for name in value.dtype.names or ()],
    ]


def _structured(shape: Any, names: Any, fields: Any) -> np.ndarray:
    sides, columns = (
        tuple(of(int, side) for side in of(list, shape)),
        list(zip(of(list, names), of(list, fields), strict=True)),
    )
    if not 0 < len(columns) <= MOST_COLUMNS or min(sides, default=0) < 0:
        raise ValueError("not a table")
    for name, field in columns:
        if len(of(str, name)) > MOST_PATH or of(np.ndarray, field).shape[: len(sides)] != sides:
            raise ValueError("a column of another length")
    made = np.empty(sides, [(name, field.dtype, field.shape[len(sides) :]) for name, field in columns])
    for name, field in columns:
        made[name] = field
    return made


def _buffer(kind: type):
    def make(content: Any, place: Any) -> Any:
        if not 0 <= of(int, place) <= len(of(str if kind is StringIO else bytes, content)):
            raise ValueError("a place beyond the end")
        made = kind(content)
        made.seek(place)
        return made

    return make


def _dict(value: dict) -> dict:
    return dict(dict.items(value))


def _pairs(value: dict) -> list:
    return list(dict.items(value))


def _as_text(value: Any) -> list[str]:
    return [str(value)]


KINDS = (
    Kind("Fraction", (Fraction,), _fraction_parts, _fraction),
    Kind("Decimal", (Decimal,), _decimal_parts, _decimal),
    Kind("datetime", (datetime,), _datetime_parts, _datetime),
    Kind("date", (date,), lambda value: [value.year, value.month, value.day], _date),
    Kind("time", (time,), _time_parts, _time),
    Kind(
        "timedelta",
        (timedelta,),
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda *numbers: timedelta(*(of(int, number) for number in numbers)),
    ),
    Kind("timezone", (timezone,), lambda value: list(value.__getinitargs__()), _timezone, inside=_as_text),
    Kind("zone", (ZoneInfo,), _zone_parts, _zone, inside=_as_text),
    Kind("UUID", (UUID,), lambda value: [value.int], lambda number: UUID(int=of(int, number)), inside=_as_text),
    Kind("path", (PosixPath,), _path_parts, _path(Path), inside=_as_text),
    Kind("pure path", (PurePosixPath,), _path_parts, _path(PurePosixPath), inside=_as_text),
    Kind("Windows path", (PureWindowsPath,), _path_parts, _path(PureWindowsPath), inside=_as_text),
    Kind("bytearray", (bytearray,), lambda value: [bytes(value)], lambda data: bytearray(of(bytes, data)),
         inside=lambda value: [bytes(value)]),
    Kind("deque", (deque,), lambda value: [list(deque.__iter__(value)), value.maxlen], _deque, inside=list),
    Kind("Counter", (Counter,), lambda value: [_dict(value)], _counter, inside=_pairs),
    Kind("defaultdict", (defaultdict,), lambda value: [_factory(value), _dict(value)], _defaultdict, inside=_pairs),
    Kind("OrderedDict", (OrderedDict,), lambda value: [dict(OrderedDict.items(value))],
         lambda items: OrderedDict(of(dict, items)), inside=_pairs),
    Kind("StringIO", (StringIO,), lambda value: [value.getvalue(), value.tell()], _buffer(StringIO),
         inside=lambda value: [value.getvalue()]),
    Kind("BytesIO", (BytesIO,), lambda value: [value.getvalue(), value.tell()], _buffer(BytesIO),
         inside=lambda value: [value.getvalue()]),
    Kind("structured array", (), _structured_parts, _structured, whole=True),
    Kind("masked array", (np.ma.MaskedArray,), _masked_parts, _masked, whole=True),
    Kind("dtype", (np.dtype,), _dtype_parts, lambda name: dtype_named(of(str, name))),
)  # fmt: skip
