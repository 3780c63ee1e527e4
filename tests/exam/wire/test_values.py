"""What crosses between the student's process and the examiner's, and what does not."""

import math
from enum import IntEnum

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from proctor.exam.limits import Limits
from proctor.exam.wire import messages
from proctor.exam.wire import values as wire

LIMITS = Limits(nodes=10_000, depth=20, frame_bytes=1 << 20)
READ = messages.Reader(messages.Value)


def no_objects(value):
    raise AssertionError(f"{type(value).__name__} should have crossed by value")


def bytes_of(value, opaque=no_objects) -> bytes:
    return frame_of(wire.pack(value, LIMITS, opaque))


def frame_of(node) -> bytes:
    return messages.encode(messages.Value(node))


def value_of(data: bytes, resolve=lambda stand: ("object", stand.number)):
    return wire.unpack(READ(data).node, LIMITS, resolve)


def across(value, **how):
    return value_of(bytes_of(value, **how))


scalars: st.SearchStrategy = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
)
scalars |= st.complex_numbers(allow_nan=False) | st.sampled_from([..., int, float, torch.float32, np.int8])
keys = st.none() | st.booleans() | st.integers() | st.text() | st.binary() | st.tuples(st.integers(), st.text())
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=5)
        | st.sets(keys, max_size=5)
        | st.frozensets(keys, max_size=5)
    ),
    max_leaves=20,
)


@given(values)
def test_plain_values_arrive_as_they_were(value):
    got = across(value)
    assert got == value and type(got) is type(value)


@given(
    hnp.arrays(
        st.sampled_from("bool int8 uint8 int64 uint64 float16 float32 >f8 complex64 complex128 U5".split()),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_arrays_keep_their_dtype_shape_and_every_bit(array):
    got = across(array)
    assert type(got) is np.ndarray and got.dtype == array.dtype.newbyteorder("=") and got.flags.writeable
    np.testing.assert_array_equal(got, array)


@pytest.mark.parametrize("array", [np.arange(12.0).reshape(3, 4).T, np.arange(10)[::-3], np.broadcast_to(1.5, (3, 2))])
def test_views_arrive_as_what_they_show(array):
    np.testing.assert_array_equal(across(array), array)


@pytest.mark.parametrize("scalar", [np.float32(0.1), np.int64(7), np.bool_(True), np.float64("nan"), np.str_("a")])
def test_numpy_scalars_keep_their_type(scalar):
    got = across(scalar)
    assert type(got) is type(scalar) and (got == scalar or math.isnan(scalar))


def test_long_doubles_arrive_as_the_nearest_doubles():
    value = np.longdouble(1) / 3
    assert type(across(value)) is np.float64 and across(value) == 1 / 3
    array = np.array([[value, np.longdouble("nan"), np.longdouble("1e4000")]])
    np.testing.assert_array_equal(across(array), [[1 / 3, math.nan, math.inf]])
    assert across(array.astype(np.clongdouble)).dtype == np.complex128
    assert across(np.zeros(0, np.longdouble)).dtype == np.float64


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.float16, torch.bfloat16, torch.float32,
                                   torch.float64, torch.complex64])  # fmt: skip
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3), (2, 1, 2)])
def test_tensors_keep_their_dtype_and_shape(dtype, shape):
    tensor = torch.arange(math.prod(shape)).reshape(shape).to(dtype)
    got = across(tensor)
    assert type(got) is torch.Tensor and got.dtype == dtype and got.shape == tensor.shape and torch.equal(got, tensor)


def test_strided_conjugated_and_channels_last_tensors_arrive_as_what_they_show():
    for tensor in (
        torch.arange(12.0).reshape(3, 4).T,
        torch.tensor([1 + 2j]).conj(),
        torch.rand(2, 3, 4, 5).to(memory_format=torch.channels_last),
        torch.arange(3.0).expand(2, 3),
    ):
        assert torch.equal(across(tensor), tensor)


def test_a_leaf_keeps_requires_grad_and_a_result_arrives_without_its_graph():
    leaf = torch.ones(2, requires_grad=True)
    assert across(leaf).requires_grad
    assert not across(leaf * 2).requires_grad
    assert type(across(nn.Parameter(torch.ones(2)))) is torch.Tensor


def test_nan_and_infinity_cross():
    assert math.isnan(across(math.nan)) and across([math.inf, -math.inf]) == [math.inf, -math.inf]


def test_integers_of_any_usual_size_cross_and_absurd_ones_do_not():
    for number in (2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**4000):
        assert across(number) == number
    with pytest.raises(wire.TooBig):
        across(1 << 1_000_000)


def test_a_loader_over_tensors_crosses_by_value():
    loader = DataLoader(TensorDataset(torch.arange(10.0), torch.arange(10)), batch_size=4, shuffle=True, drop_last=True)
    got = across(loader)
    assert len(got.dataset) == 10 and got.batch_size == 4 and got.drop_last and len(got) == 2
    assert type(got.sampler).__name__ == "RandomSampler"


class Colour(IntEnum):
    RED = 1


class Liar(int):
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __hash__ = int.__hash__
    __int__ = __index__ = lambda self: 1 / 0


class ArrayLiar(np.ndarray):  # noqa: PLW1641 (arrays have no hash)
    def __eq__(self, other):
        return True

    def __array__(self, *a, **k):
        raise RuntimeError("asked")


class TensorLiar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, *a, **k):
        raise RuntimeError("asked")


class DictLiar(dict):
    items = keys = values = __iter__ = __getitem__ = lambda self, *a: 1 / 0


class ListLiar(list):
    __iter__ = __len__ = copy = lambda self: 1 / 0


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Liar(3), 3),
        (Colour.RED, 1),
        (DictLiar(a=1), {"a": 1}),
        (ListLiar([1, 2]), [1, 2]),
        (type("S", (str,), {"__str__": lambda self: "other"})("text"), "text"),
        (type("F", (float,), {"__float__": lambda self: 9.0})(1.5), 1.5),
        (type("B", (bytes,), {"__bytes__": lambda self: b"other"})(b"raw"), b"raw"),
    ],
)
def test_a_subclass_arrives_as_the_plain_type_whatever_it_overrides(value, plain):
    got = across(value)
    assert got == plain and type(got) is type(plain)


def test_array_and_tensor_subclasses_arrive_plain():
    assert type(across(np.ones(3).view(ArrayLiar))) is np.ndarray
    assert type(across(torch.ones(3).as_subclass(TensorLiar))) is torch.Tensor


@pytest.mark.parametrize(
    "value",
    [object(), len, lambda: 1, nn.Linear(1, 1),
     torch.ones(2).to_sparse(), torch.ones(2, device="meta"), iter([]), type("X", (), {}), math],
)  # fmt: skip
def test_anything_else_stays_where_it_is_and_crosses_as_a_number(value):
    kept = []

    def keep(it):
        kept.append(it)
        return wire.Reference(7)

    assert across([value], opaque=keep) == [("object", 7)]
    assert kept == [value] or kept[0] is value


def test_an_object_that_claims_another_class_does_not_cross_as_one():
    class Claims:
        __class__ = int

    assert across(Claims(), opaque=lambda it: wire.Reference(1)) == ("object", 1)


def loop(kind):
    value = kind()
    value.append(value) if kind is list else value.update(me=value)
    return value


def doubling():
    value: list = []
    for _ in range(18):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    "value",
    [loop(list), loop(dict), doubling(), [0] * 20_000, np.zeros(1 << 21, np.int8), torch.zeros(1 << 20),
     "x" * (2 << 20),
     np.broadcast_to(1.0, (10**6, 10**6)), b"x" * (2 << 20), [b"x" * 100_000] * 11],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_values_beyond_the_limits_are_refused_by_the_sender(value):
    with pytest.raises(wire.TooBig):
        bytes_of(value)


HOSTILE = {
    "size does not fit shape": wire.Array("float64", [1 << 40], b"12345678", False),
    "size without bytes": wire.Array("int8", [1 << 50], b"", False),
    "tensor size without bytes": wire.Tensor("int8", [1 << 50], b"", False),
    "negative side": wire.Array("int8", [-1, -1], b"1", False),
    "too many dimensions": wire.Array("int8", [1] * 40, b"1", False),
    "empty but gigantic": wire.Array("int8", [0, 1 << 62, 1 << 62], b"", False),
    "side beyond 64 bits": wire.Array("int8", [0, (1 << 64) - 1], b"", False),
    "object dtype": wire.Array("object", [1], b"12345678", False),
    "pointer dtype": wire.Array("O", [1], b"12345678", False),
    "gigantic text": wire.Array("U999999999999", [0], b"", False),
    "text that is none": wire.Array("U1", [1], b"\xff\xff\xff\xff", False),
    "tensor that does not fit": wire.Tensor("float32", [3], b"1234", False),
    "tensor of an unknown dtype": wire.Tensor("quint8", [1], b"1", False),
    "integer tensor with gradient": wire.Tensor("int8", [1], b"1", True),
    "unhashable key": wire.Pairs([wire.Items("list", [])], [1]),
    "more keys than values": wire.Pairs([1, 2], [1]),
    "unhashable set item": wire.Items("set", [wire.Items("list", [])]),
    "digits that are none": wire.Big("xyz"),
    "endless digits": wire.Big("f" * 100_000),
    "range of nothing": wire.Span("range", None, None, None),
    "range without step": wire.Span("range", 0, 1, 0),
    "unknown constant": wire.Constant("os.system"),
    "loader without data": wire.Loader([], 4, True, False),
    "loader of scalars": wire.Loader([wire.Tensor("int8", [], b"1", False)], 4, True, False),
    "loader of unequal lengths": wire.Loader(
        [wire.Tensor("int8", [1], b"1", False), wire.Tensor("int8", [2], b"12", False)], 4, True, False
    ),
    "many objects": wire.Items("list", [0] * 20_000),
    "deep": None,
}
deep = None
for _ in range(40):
    deep = wire.Items("list", [deep])
HOSTILE["deep"] = deep


@pytest.mark.parametrize("node", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_forged_value_is_refused_by_the_receiver(node):
    with pytest.raises(wire.WireError):
        value_of(frame_of(node))


def test_a_bool_is_true_or_false_whatever_byte_arrives():
    array = value_of(frame_of(wire.Array("bool", [2], b"\x02\x00", False)))
    tensor = value_of(frame_of(wire.Tensor("bool", [2], b"\xff\x00", False)))
    assert array.view(np.uint8).tolist() == [1, 0] and tensor.view(torch.uint8).tolist() == [1, 0]


def test_nesting_beyond_any_stack_is_an_error_and_not_a_crash():
    inner = b"\x93\xa1s\xa4list\x91" * 200_000 + b"\xc0"
    with pytest.raises(wire.WireError):
        value_of(frame_of(None).replace(b"\xc0", inner))


def strict(data: bytes):
    """Decode as the examiner does: every failure is one kind of exception."""
    try:
        return value_of(data)
    except wire.WireError:
        return None


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_receiver(data):
    strict(data)
    strict(frame_of(None)[:-1] + data)


@settings(max_examples=200)
@given(st.data())
def test_damaged_frames_are_values_or_errors(data):
    good = bytes_of({"a": np.arange(4.0), "b": [torch.ones(2), (1, "x")], "c": {1, 2}})
    at = data.draw(st.integers(0, len(good) - 1))
    strict(good[:at] + data.draw(st.binary(min_size=1, max_size=3)) + good[at + 1 :])


def test_lone_surrogates_do_not_cross():
    assert across("a\ud800b") == "a?b"
