"""Pandas' and SciPy's values: what arrives equals what was sent, and what lies about itself is refused."""

import numpy as np
import pandas as pd
import pytest
from exam.wire.crossing import LIMITS, across, changed, no_objects, refused, stays
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_index_equal, assert_series_equal
from PIL import Image
from scipy import sparse

from proctor.exam.wire import values as wire

MANY = pd.DataFrame(
    {
        "i": [1, 2, 3],
        "f": [1.5, np.nan, 2],
        "b": [True, False, True],
        "small": np.array([1, 2, 3], np.uint8),
        "text": ["a", None, "čß😀"],
        "object": pd.Series(["a", 1, None], dtype=object),
        "lists": pd.Series([[1], (2, "x"), {}], dtype=object),
        "time": pd.to_datetime(["2020-01-01", "2020-02-01", None]),
        "zoned": pd.to_datetime(["2020-01-01", "2020-07-01", None]).tz_localize("Europe/Berlin"),
        "offset": pd.to_datetime(["2020-01-01", "2020-07-01", None]).tz_localize("UTC"),
        "span": pd.to_timedelta([1, 2, 3], unit="h"),
        "category": pd.Categorical(["x", "y", None], ordered=True),
        "Int": pd.array([1, None, 3], dtype="Int64"),
        "Bool": pd.array([True, None, False], dtype="boolean"),
        "Float": pd.array([1.5, None, 3], dtype="Float32"),
        "string": pd.array(["a", None, "ü"], dtype="string"),
        "cut": pd.cut([1, 2, 3], 2),
        "period": pd.period_range("2020-01", periods=3, freq="M"),
        5: [1j, 2, 3],
    }
)
INDEXES = [
    pd.date_range("2020", periods=3, freq="D", tz="UTC"),
    pd.date_range("2020", periods=3, freq="ME", name="month"),
    pd.to_datetime(["2020-01-01", "2019-01-01"]),
    pd.MultiIndex.from_product([["a", "b"], [1, 2, 3]], names=["x", None]),
    pd.MultiIndex.from_tuples([("a", 1.5), (None, 2)]),
    pd.Index([1.5, 2, 3], name=("a", 1)),
    pd.RangeIndex(0, 9, 3, name="r"),
    pd.Index(["a", "b", "c"]),
    pd.Index(["a", "b", "b"], dtype=object),
    pd.CategoricalIndex(["a", "b", "a"]),
    pd.interval_range(0, 3),
    pd.timedelta_range("1h", periods=3, freq="h"),
    pd.period_range("2020Q1", periods=4, freq="Q"),
    pd.Index([]),
]


@pytest.mark.parametrize("name", list(MANY))
def test_a_column_keeps_its_dtype_and_values(name):
    assert_series_equal(across(MANY[name]), MANY[name])


def test_a_frame_of_all_of_them_arrives_as_it_was():
    assert_frame_equal(across(MANY), MANY)
    assert (across(MANY).i > 1).sum() == 2 and len(across(MANY)) == 3


@pytest.mark.parametrize("index", INDEXES, ids=lambda index: type(index).__name__)
def test_indexes_keep_kind_names_and_frequency(index):
    got = across(index)
    assert_index_equal(got, index, exact=True)
    assert got.names == index.names and getattr(got, "freq", None) == getattr(index, "freq", None)
    twice = pd.DataFrame(np.arange(2.0 * len(index)).reshape(-1, 2), index=index, columns=["a", "a"])
    for frame in (twice, twice.T):
        assert_frame_equal(across(frame), frame)


@pytest.mark.parametrize(
    "frame",
    [pd.DataFrame(), pd.DataFrame(index=[1, 2]), pd.DataFrame(columns=["a"]), MANY[["i", "f"]].describe(),
     MANY.groupby("b")[["i", "f"]].agg(["mean", "sum"]), MANY.pivot_table(index="b", columns="i", values="f")],
)  # fmt: skip
def test_empty_and_computed_frames_arrive_as_they_were(frame):
    assert_frame_equal(across(frame), frame)


@pytest.mark.parametrize(
    "value",
    [pd.Timestamp("2020-01-01 12:00", tz="Europe/Berlin"), pd.Timestamp("2020-01-01"), pd.Timedelta("1h"), pd.NaT, pd.NA,
     pd.Period("2020-01", "M"), pd.Interval(1, 2, closed="left"), {"a": [pd.Timestamp("1500-01-01")]}],
    ids=repr,
)  # fmt: skip
def test_scalars_arrive_as_they_were(value):
    assert repr(across(value)) == repr(value) and type(across(value)) is type(value)


columns = (
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3)
    | st.lists(st.floats(), min_size=3, max_size=3)
    | st.lists(st.text(st.characters(codec="utf-8"), max_size=4) | st.none(), min_size=3, max_size=3)
    | st.lists(st.booleans() | st.none() | st.integers(0, 5), min_size=3, max_size=3)
    | st.lists(st.datetimes() | st.none(), min_size=3, max_size=3)
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), columns, max_size=4))
def test_any_frame_of_plain_values_arrives_as_it_was(data):
    frame = pd.DataFrame(data)
    assert_frame_equal(across(frame), frame)


class Agreeable(pd.DataFrame):
    __eq__ = equals = lambda self, *other: True

    @property
    def empty(self):
        return 1 / 0


def test_a_subclass_that_equals_everything_arrives_as_a_plain_frame():
    got = across(Agreeable({"a": [1]}))
    assert type(got) is pd.DataFrame and not (got == 2).any(axis=None)


def test_a_frame_with_an_object_in_it_and_one_beyond_the_limits_stay_where_they_are():
    assert stays(pd.DataFrame({"a": [object()]})) and stays(pd.Series([open]))
    assert stays(pd.DataFrame(np.zeros((1 << 20, 1)))) and stays(pd.DataFrame(np.zeros((1, 11_000))))


def test_a_million_texts_count_by_their_bytes():
    texts = pd.Series(["ab"] * 150_000, dtype=object)
    assert_series_equal(across(texts), texts)


FRAME = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "yy", None]})
ARRAY = wire.pack(np.arange(3), LIMITS, no_objects)
LONG = wire.pack(np.arange(4), LIMITS, no_objects)
WRONG = wire.pack(np.array([[1, 2, 3]]), LIMITS, no_objects)
LENGTHS = {name: wire.pack(np.array(lengths), LIMITS, no_objects) for name, lengths in {
    "too long": [1, 3, -2], "negative": [1, 2, -9], "beyond": [1, 1 << 62, -2], "fewer": [1, 1, -2], "more": [1, 2, -2, -2],
}.items()}  # fmt: skip


def forged() -> dict:
    """Each a frame, a series or an index that lies about its parts."""
    category, index = pd.Series(pd.Categorical(["x", "y"])), pd.MultiIndex.from_product([["a"], [1, 2]])
    masked, periods = pd.Series([1, None], dtype="Int64"), pd.Series(pd.period_range("2020", periods=2, freq="M"))
    times = pd.date_range("2020", periods=3, freq="D")
    return {
        "a column that is longer": changed(FRAME, _2_0_1=LONG),
        "a column of two dimensions": changed(FRAME, _2_0_1=WRONG),
        "a column that is a list": changed(FRAME, _2_0=wire.Items("list", [1, 2, 3])),
        "a column that is text": changed(FRAME, _2_0="abc"),
        "a column that is a frame": changed(FRAME, _2_0=wire.pack(FRAME, LIMITS, no_objects)),
        "a column that the student keeps": changed(FRAME, _2_0=wire.Reference(3)),
        "fewer columns than names": changed(FRAME, _2=wire.Items("list", [ARRAY])),
        "an index that is longer": changed(FRAME, _1=wire.pack(pd.RangeIndex(10**12), LIMITS, no_objects)),
        "an index that is a list": changed(FRAME, _1=wire.Items("list", [0, 1, 2])),
        "a buffer that is shorter": changed(FRAME, _2_0_1=wire.Array("int64", [3], b"12345678", False)),
        "a buffer of pointers": changed(FRAME, _2_0_1=wire.Array("object", [1], b"12345678", False)),
        "a range without steps": wire.Made("pandas Index", ["range", 0, 10, 0, None]),
        "a range beyond all numbers": wire.Made("pandas Index", ["range", 0, wire.Big("f" * 40), 1, None]),
        "a name that cannot be one": wire.Made("pandas Index", ["range", 0, 1, 1, wire.Items("list", [])]),
        "a code without a category": changed(category, _0_1=wire.pack(np.array([0, 5], np.int8), LIMITS, no_objects)),
        "codes that are texts": changed(category, _0_1=wire.pack(np.array(["a", "b"]), LIMITS, no_objects)),
        "a category twice": changed(category, _0_2=wire.pack(pd.Index(["x", "x"]), LIMITS, no_objects)),
        "a code without a level": changed(index, _2_1=wire.pack(np.array([0, 9]), LIMITS, no_objects)),
        "levels without codes": changed(index, _2=wire.Items("list", [])),
        "codes of unequal lengths": changed(index, _2_1=wire.pack(np.array([0]), LIMITS, no_objects)),
        "a mask that is shorter": changed(masked, _0_2=wire.pack(np.array([True]), LIMITS, no_objects)),
        "a mask of numbers": changed(masked, _0_2=wire.pack(np.array([1, 0]), LIMITS, no_objects)),
        "a period that no calendar reaches": changed(periods, _0_1=wire.pack(np.array([0, 1 << 62]), LIMITS, no_objects)),
        "a frequency that is a program": changed(periods, _0_2="M; import os"),
        "a frequency that the times do not have": changed(times, _3="h"),
        "a frequency of numbers": wire.Made("pandas Index", ["values", ARRAY, None, "D"]),
        "a storage of another library": wire.Made("pandas array", ["string", "nan", "os", "", ARRAY]),
        "an unknown tag": wire.Made("pandas array", ["pickle", ARRAY]),
        "an interval that ends before it begins": wire.Made("pandas array", ["intervals", LONG, ARRAY, "right"]),
    } | {f"lengths {name}": changed(FRAME, _2_1_4=lengths) for name, lengths in LENGTHS.items()}  # fmt: skip


@pytest.mark.parametrize("lie", list(forged()))
def test_what_lies_about_its_parts_is_refused_by_the_receiver(lie):
    refused(forged()[lie])


def test_thousands_of_frames_are_refused():
    frame = wire.pack(pd.DataFrame({"a": [1]}), LIMITS, no_objects)
    refused(wire.Items("list", [frame] * 2000))


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
def test_sparse_matrices_arrive_with_every_number(form, kind):
    matrix = getattr(sparse, f"csr_{kind}")(np.array([[0, 1.5], [2, 0], [0, 0]])).asformat(form)
    got = across(matrix)
    assert (got != matrix).nnz == 0 and got.shape == (3, 2)
    assert type(got) is type(matrix) or form in ("lil", "dok")


def test_a_sparse_matrix_that_lies_is_refused():
    matrix = sparse.coo_array(np.eye(2))
    refused(changed(matrix, _2=wire.Items("list", [2, 1 << 50])))
    refused(changed(matrix, _2=wire.Items("list", [1, 1])))
    refused(changed(matrix, _4=wire.pack(np.array([0, -1]), LIMITS, no_objects)))
    refused(changed(matrix, _5=LONG))
    refused(changed(matrix, _0="dia"))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "F"])
def test_pictures_arrive_with_every_pixel(mode):
    picture = Image.effect_noise((13, 3), 90).convert("RGB" if mode in ("LAB", "HSV", "YCbCr") else "L").convert(mode)
    got = across(picture)
    assert got.mode == mode and got.size == (13, 3) and got.convert("RGB").tobytes() == picture.convert("RGB").tobytes()


def test_a_picture_that_lies_is_refused():
    picture = Image.new("P", (3, 2))
    refused(changed(picture, _0="BGR;15"))
    refused(changed(picture, _1=1 << 40))
    refused(changed(picture, _2=-2))
    refused(changed(picture, _3=b"12345"))
    refused(changed(picture, _4=wire.Items("list", [256])))
