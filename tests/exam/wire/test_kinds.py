"""Python's own types that are plain in all but name: what crosses, within which limits, and what a receiver refuses."""

import time as clock
from collections import Counter, OrderedDict, defaultdict, deque
from contextlib import suppress
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePath, PureWindowsPath
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from exam.wire.crossing import across, arrived, refused, stays
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from proctor.exam.wire import values as wire

ZONES = st.none() | st.sampled_from([timezone.utc, timezone(timedelta(hours=-3, minutes=7)), ZoneInfo("Europe/Berlin")])
INSIDE = st.integers() | st.text(max_size=5) | st.fractions()
KEYS = st.text(max_size=3)
STANDARD = (
    st.fractions()
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.times(timezones=st.none() | st.just(timezone.utc))
    | st.datetimes(timezones=ZONES, allow_imaginary=False)
    | st.timedeltas()
    | st.uuids()
    | st.binary().map(bytearray)
    | st.lists(INSIDE).map(deque)
    | st.lists(INSIDE, max_size=4).map(lambda items: deque(items, 4))
    | st.dictionaries(KEYS, st.integers()).map(Counter)
    | st.dictionaries(KEYS, INSIDE).map(OrderedDict)
    | st.dictionaries(KEYS, INSIDE).map(lambda items: defaultdict(int, items))
    | st.text("abc/.").map(Path)
)


@settings(max_examples=200)
@given(STANDARD)
def test_values_of_the_standard_library_arrive_as_they_were(value):
    got = across(value)
    assert got == value and type(got) is type(value) and repr(got) == repr(value)


@pytest.mark.parametrize(
    "value",
    [timezone(timedelta(hours=1), "CET"), ZoneInfo("America/New_York"), PurePath("a/b"), PureWindowsPath("c:/b"),
     np.dtype("datetime64[ns]"), np.dtype("U7"), np.dtype(object), np.datetime64("2020-02-29"), np.timedelta64(3, "h"),
     np.complex64(1 - 2j), Decimal("-1.50E+300"), Decimal("-Infinity"), NotImplemented, frozenset, [frozenset({1})],
     datetime(2020, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)],
    ids=repr,
)  # fmt: skip
def test_so_do_these(value):
    assert across(value) == value and repr(across(value)) == repr(value)


def test_a_defaultdict_keeps_a_plain_factory_and_no_other():
    counts = across(defaultdict(list, a=[1]))
    assert counts["b"] == [] and type(counts) is defaultdict
    other = across(defaultdict(lambda: 5, a=1))
    assert other == {"a": 1} and other.default_factory is None


def test_arrays_of_times_and_of_plain_objects_cross():
    for array in (np.array(["2020-01-01", "NaT"], "M8[D]"), np.array([3, -1], "m8[us]"), np.zeros((0, 2), "M8[s]")):
        got = across(array)
        np.testing.assert_array_equal(got, array)
        assert got.dtype == array.dtype
    objects = np.array([["a", None], [(1, [2]), Fraction(1, 2)]], object)
    got = across(objects)
    assert got.dtype == object and got.tolist() == objects.tolist()


class Nowhere(tzinfo):
    def utcoffset(self, when):
        return timedelta(0)

    dst = utcoffset

    def tzname(self, when):
        return "nowhere"


def test_what_holds_an_object_or_another_zone_stays_where_it_is():
    assert stays(np.array([object(), 1], object)) and stays(datetime(2020, 1, 1, tzinfo=Nowhere()))
    assert stays(np.dtype([("a", int)]))


def test_masked_arrays_keep_their_mask_and_results_of_scipy_their_attributes():
    masked = np.ma.masked_less(np.array([1.0, -1.0, 2.0]), 0)
    assert across(masked).sum() == 3 and across(masked).mask.tolist() == [False, True, False]
    assert across(np.ma.array([1, 2], fill_value=7)).fill_value == 7
    found = optimize.minimize(lambda x: (x - 3) ** 2, 1.0)
    assert type(across(found)) is optimize.OptimizeResult and across(found).x == found.x and across(found).success
    assert stays(optimize.OptimizeResult(_hidden=1))


def test_a_subclass_arrives_as_the_type_it_is_based_on():
    class Liar(Fraction):
        __eq__ = lambda self, other: True  # noqa: E731
        __hash__ = Fraction.__hash__

    class Forgetful(Counter):
        items = keys = __iter__ = lambda self: 1 / 0

    assert type(across(Liar(1, 2))) is Fraction and across(Forgetful("aab")) == Counter("aab")
    assert type(across(Forgetful("a"))) is Counter


@pytest.mark.parametrize(
    "value",
    [Fraction(1, 3**10_000), Fraction(7**9_000), Decimal("1E+30000"), Decimal("1E-30000"), Decimal("1" * 21_000),
     Path("a" * 20_000)],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_numbers_and_paths_beyond_the_limits_are_refused_by_the_sender(value):
    with pytest.raises(wire.TooBig):
        across(value)


def test_a_decimal_of_a_billion_digits_is_refused_before_anybody_computes_with_it():
    started = clock.process_time()
    for text in ("1E+999999999", "1E-999999999", "9" * 10_000 + "E+999999", "0E+99999999", "1e9999999999"):
        refused(wire.Made("Decimal", [text]))
    assert clock.process_time() - started < 1


FORGED = {
    "an unknown kind": ("builtins.eval", ["1"]),
    "an unknown kind of pandas": ("pandas read_pickle", ["/etc/passwd"]),
    "too few parts": ("Fraction", [1]),
    "a fraction of text": ("Fraction", ["1", "2"]),
    "a fraction by nothing": ("Fraction", [1, 0]),
    "a fraction not in lowest terms": ("Fraction", [2, 4]),
    "a negative denominator": ("Fraction", [1, -2]),
    "a fraction of huge numbers": ("Fraction", [wire.Big("f" * 3000), 1]),
    "a fraction of bools": ("Fraction", [True, True]),
    "a decimal that is none": ("Decimal", ["__import__('os')"]),
    "a decimal of full width": ("Decimal", ["１"]),
    "month 13": ("date", [2020, 13, 1]),
    "a year of text": ("date", ["2020", 1, 1]),
    "a date too many": ("date", [2020, 1, 1, 1]),
    "a zone of text": ("datetime", [2020, 1, 1, 0, 0, 0, 0, 0, "UTC"]),
    "a zone out of the folder": ("zone", ["../../etc/passwd"]),
    "a zone that is a folder": ("zone", ["America"]),
    "a zone that there is not": ("zone", ["Europe/Atlantis"]),
    "an offset of a week": ("timezone", [wire.Made("timedelta", [7, 0, 0])]),
    "a timedelta without bounds": ("timedelta", [1 << 60, 0, 0]),
    "a timedelta of floats": ("timedelta", [0.5, 0, 0]),
    "a UUID of 200 bits": ("UUID", [wire.Big("f" * 50)]),
    "a path too long": ("path", ["a" * 20_000]),
    "a deque of a number": ("deque", [5, None]),
    "a deque of negative length": ("deque", [wire.Items("list", []), -1]),
    "a counter of a list": ("Counter", [wire.Items("list", ["a"])]),
    "a factory that is none": ("defaultdict", [wire.Constant("numpy.int8"), wire.Pairs([], [])]),
    "a factory of the sender's": ("defaultdict", [wire.Reference(1), wire.Pairs([], [])]),
    "a lent factory": ("defaultdict", [wire.Callback(1), wire.Pairs([], [])]),
    "a dtype of pointers": ("dtype", ["V8"]),
    "a mask of another shape": (
        "masked array",
        [wire.Array("<f8", [1], bytes(8), False), wire.Array("|b1", [2], bytes(2), False), 1.0],
    ),
    "an address in a result of SciPy's": ("scipy result", [wire.Pairs(["__array_interface__"], [1])]),
    "a result of SciPy's without names": ("scipy result", [wire.Pairs([1], [1])]),
    "text at a place beyond its end": ("StringIO", ["abc", 1 << 40]),
    "text before its beginning": ("StringIO", ["abc", -1]),
    "a file of no text": ("BytesIO", ["abc", 0]),
    "a table of uneven columns": (
        "structured array",
        [
            wire.Items("list", [2]),
            wire.Items("list", ["a"]),
            wire.Items("list", [wire.Array("<f8", [1], bytes(8), False)]),
        ],
    ),
    "a table without columns": ("structured array", [wire.Items("list", [1 << 60]), *[wire.Items("list", [])] * 2]),
    "a table of negative length": (
        "structured array",
        [
            wire.Items("list", [-1]),
            wire.Items("list", ["a"]),
            wire.Items("list", [wire.Array("<f8", [1], bytes(8), False)]),
        ],
    ),
    "columns of one name": (
        "structured array",
        [
            wire.Items("list", [1]),
            wire.Items("list", ["a", "a"]),
            wire.Items("list", [wire.Array("float64", [1], bytes(8), False)] * 2),
        ],
    ),
    "a number where a handle is": ("Decimal", [wire.Reference(1)]),
}


@pytest.mark.parametrize(("kind", "parts"), FORGED.values(), ids=FORGED.keys())
def test_a_forged_value_is_refused_by_the_receiver(kind, parts):
    refused(wire.Made(kind, parts))


def test_an_array_of_objects_is_as_large_as_its_shape_says():
    for shape in ([3], [1 << 60], [-1, -2], [1] * 40, [0, 1 << 62]):
        refused(wire.Objects(shape, [1, 2]))
    refused(wire.Objects([1], [wire.Reference(1)]))


KINDS = st.sampled_from(
    "Fraction Decimal datetime date time timedelta timezone zone UUID path bytearray deque Counter defaultdict OrderedDict "
    "dtype sympy".split()
    + [f"pandas {kind}" for kind in "missing Timestamp Timedelta Period Interval array Index Series DataFrame".split()]
)
TAGS = "plain texts string categories zoned intervals periods masked range levels values Integer Float Symbol function Pow Add matrix"
NODES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=3) | st.sampled_from(TAGS.split()) | st.floats(),
    lambda inner: (
        st.builds(wire.Made, KINDS, st.lists(inner, max_size=4))
        | st.builds(wire.Items, st.just("list"), st.lists(inner, max_size=4))
        | st.builds(wire.Array, st.sampled_from(["int64", "bool", "datetime64[ns]"]), st.just([1]), st.just(b"12345678"), st.booleans())
        | st.builds(wire.Record, st.sampled_from(["namedtuple", "dataclass", "enum"]), st.text(max_size=3), st.text(max_size=3),
                    st.lists(st.text(max_size=3), max_size=2), st.lists(inner, max_size=2), st.none() | st.integers(0, 9))
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(NODES)
def test_no_tree_of_parts_breaks_the_receiver(node):
    with suppress(wire.WireError):
        arrived(node)
