"""The convolution notebook: its reference answers are right, and its checks know the usual mistakes."""

import re
from collections.abc import Mapping
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.signal
import torch
from hw4_cells import cells, namespace, run, run_test_cell
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from proctor import checks

ROOT = Path(__file__).parents[2]
NOTEBOOK = "convolution"
REFERENCE = namespace(NOTEBOOK)

SHAPE = {"test-shape-exact", "test-shape-rounding"}
FC = {"test-fc-with-biases", "test-fc-without-biases"}
CONV = {"test-conv-with-biases", "test-conv-without-biases"}
ITEMS = {"test-item-1", "test-item-2", "test-item-3"}
SLIDE, CHANNELS, PLACES, FLIP, TOGETHER = CONVOLVE = (
    "test-convolve-slide", "test-convolve-channels", "test-convolve-padding-stride",
    "test-convolve-flip", "test-convolve-together",
)  # fmt: skip
TABLE = {"test-table-with-flip", "test-table-without-flip"}
TESTS = SHAPE | FC | CONV | ITEMS | set(CONVOLVE) | TABLE

#: The answers of the report that the homework grew out of, typed in as numbers.
REPORT = {
    "items-1-3": "output_volume = (25, 25, 64)\nhidden_parameters = 441060000\nconv_layer_parameters = 168",
    "table": (
        "table_with_flip = {(1, 1, 1): -13, (1, 1, 2): 44, (1, 2, 1): 18, (2, 1, 1): 0}\n"
        "table_without_flip = {(1, 1, 1): 9, (1, 1, 2): 21, (1, 2, 1): -10, (2, 1, 1): -10}"
    ),
}


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Threads that wait for each other make these tiny convolutions many times slower on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def points(cell_id: str, names: dict, seed: int = 0) -> float:
    """What nbgrader gives for a test cell: its last value, or 0 for an exception."""
    checks.begin(seed)
    try:
        return run_test_cell(NOTEBOOK, cell_id, dict(names))
    except Exception:
        return 0.0


def hidden_points(cell_id: str, names: dict, seed: int) -> float:
    """What the hidden tests of a cell give when its visible checks are left out."""
    checks.begin(seed)
    source = cells(NOTEBOOK)[cell_id].source.split("### BEGIN HIDDEN TESTS")[1]
    return run(source, dict(names), cell_id)


# ------------------------------------------------------------- the reference is right


@given(
    size=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    kernel=st.integers(1, 9),
    stride=st.integers(1, 6),
    padding=st.integers(0, 4),
    filters=st.integers(1, 5),
)
@settings(max_examples=200, deadline=None)
def test_output_shapes_are_those_of_a_torch_layer(size, kernel, stride, padding, filters):
    arguments = (*size, kernel, stride, padding, filters)
    if min(size) + 2 * padding < kernel:
        with pytest.raises(ValueError, match="does not fit"):
            REFERENCE["conv_output_shape"](*arguments)
    else:
        maps = torch.nn.Conv2d(1, filters, kernel, stride, padding)(torch.zeros(1, *size))
        assert REFERENCE["conv_output_shape"](*arguments) == (maps.shape[1], maps.shape[2], maps.shape[0])


@given(
    in_shape=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    out_shape=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    bias=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_fully_connected_counts_are_those_of_a_torch_layer(in_shape, out_shape, bias):
    layer = torch.nn.Linear(int(np.prod(in_shape)), int(np.prod(out_shape)), bias=bias)
    counted = sum(parameter.numel() for parameter in layer.parameters())
    assert REFERENCE["fc_parameters"](tuple(in_shape), tuple(out_shape), bias) == counted


@given(in_channels=st.integers(1, 8), kernel=st.integers(1, 7), filters=st.integers(1, 8), bias=st.booleans())
@settings(max_examples=60, deadline=None)
def test_convolutional_counts_are_those_of_a_torch_layer(in_channels, kernel, filters, bias):
    layer = torch.nn.Conv2d(in_channels, filters, kernel, bias=bias)
    counted = sum(parameter.numel() for parameter in layer.parameters())
    assert REFERENCE["conv_parameters"](in_channels, kernel, filters, bias) == counted


@st.composite
def layers(draw, stride=st.integers(1, 4), padding=st.integers(0, 3)):
    """A picture, filters and biases of small random shapes, integers or floats, with stride and padding."""
    K, C, kh, kw = (draw(st.integers(1, 4)) for _ in range(4))
    height, width, padding = draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(padding)
    assume(height + 2 * padding >= kh and width + 2 * padding >= kw)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))

    def array(*shape):
        return rng.integers(-5, 6, size=shape) if draw(st.booleans()) else rng.normal(size=shape)

    return array(C, height, width), array(K, C, kh, kw), array(K), draw(stride), padding


@given(layers())
@settings(max_examples=150, deadline=None)
def test_without_flip_it_is_what_torch_computes(layer):
    x, filters, bias, stride, padding = layer
    batch, weights, biases = (torch.tensor(a, dtype=torch.float64) for a in (x[None], filters, bias))
    want = torch.nn.functional.conv2d(batch, weights, biases, stride, padding)[0].numpy()
    np.testing.assert_allclose(REFERENCE["convolve2d"](*layer, flip=False), want, rtol=1e-9, atol=1e-9)


@given(layers(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_with_flip_it_is_scipys_convolution_and_without_its_correlation(layer, flip):
    x, filters, bias, stride, padding = layer
    x_padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding)])
    slide = scipy.signal.convolve2d if flip else scipy.signal.correlate2d
    # "full" and a crop: scipy's "valid" exchanges picture and kernel when the kernel is the larger one.
    kh, kw = filters.shape[2:]
    _, height, width = x_padded.shape
    maps = [sum(slide(channel, kernel) for channel, kernel in zip(x_padded, f, strict=True)) for f in filters]
    want = np.stack(maps)[:, kh - 1 : height : stride, kw - 1 : width : stride] + bias[:, None, None]
    np.testing.assert_allclose(REFERENCE["convolve2d"](*layer, flip=flip), want, rtol=1e-9, atol=1e-9)


@given(layers(), st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_arguments_are_left_as_they_were(layer, flip):
    before = [np.copy(value) for value in layer]
    REFERENCE["convolve2d"](*layer, flip=flip)
    assert all(np.array_equal(a, b) for a, b in zip(before, layer, strict=True))


# ------------------------------------------------------------------ the facts of the homework


def test_items_1_to_3_are_the_reports_numbers():
    assert REFERENCE["output_volume"] == (25, 25, 64)
    assert REFERENCE["hidden_parameters"] == 441_060_000
    assert REFERENCE["fc_parameters"]((99, 99, 3), (50, 50, 6), bias=False) == 441_045_000
    assert REFERENCE["conv_layer_parameters"] == 168
    assert REFERENCE["conv_parameters"](3, 3, 6, bias=False) == 162


def test_items_2_and_3_give_the_same_volume():
    assert REFERENCE["conv_output_shape"](99, 99, kernel=3, stride=2, padding=1, filters=6) == (50, 50, 6)


def test_item_4_is_the_reports_table():
    assert REFERENCE["table_with_flip"] == {(1, 1, 1): -13, (1, 1, 2): 44, (1, 2, 1): 18, (2, 1, 1): 0}
    assert REFERENCE["table_without_flip"] == {(1, 1, 1): 9, (1, 1, 2): 21, (1, 2, 1): -10, (2, 1, 1): -10}


ITEM_4_MAPS = {
    True: [[[-13, 18, -16], [0, 2, 3], [-9, -1, 6]], [[44, 8, 27], [15, 19, 13], [21, 19, 4]]],
    False: [[[9, -10, 3], [-10, 16, -11], [0, 7, -9]], [[21, 33, 10], [21, 5, 28], [12, 13, 22]]],
}
# The hidden test of "everything together" uses this instance, too: three channels, stride 2, padding 1, biases.
THREE_CHANNELS = """
    22202 22101 00211 12221 12220  22102 22110 20002 02102 11021  22100 12221 10200 21010 21100
"""
THREE_CHANNEL_FILTERS = [
    [
        [[-1, -2, 1], [-1, 2, 2], [-2, 0, -2]],
        [[2, -2, 1], [-2, 0, 2], [-2, 2, -2]],
        [[0, 0, 1], [-2, -1, 1], [2, 0, 0]],
    ],
    [[[2, 2, 0], [2, 2, 0], [-1, 1, 2]], [[2, 2, -2], [2, 2, -2], [2, 2, 1]], [[2, 0, -2], [2, 2, -1], [0, -1, 2]]],
]
THREE_CHANNEL_MAPS = {
    True: [[[-13, 18, 6], [0, -5, 0], [-11, -3, 9]], [[44, 4, 4], [25, 29, 15], [17, 21, 9]]],
    False: [[[9, -10, 7], [-10, -2, 4], [11, 5, -13]], [[21, 28, 10], [13, 30, 19], [1, 24, 22]]],
}


@pytest.mark.parametrize("flip", [True, False])
def test_both_instances_of_item_4_give_their_whole_maps(flip):
    image, filters = REFERENCE["image"], REFERENCE["two_filters"]
    maps = REFERENCE["convolve2d"](image, filters, np.zeros(2), stride=1, padding=0, flip=flip)
    np.testing.assert_array_equal(maps, ITEM_4_MAPS[flip])

    image = np.array([int(digit) for digit in re.findall(r"\d", THREE_CHANNELS)]).reshape(3, 5, 5)
    filters = np.array(THREE_CHANNEL_FILTERS)
    maps = REFERENCE["convolve2d"](image, filters, np.array([1, 0]), stride=2, padding=1, flip=flip)
    np.testing.assert_array_equal(maps, THREE_CHANNEL_MAPS[flip])


# ------------------------------------------------------------------------ points of right answers


def test_the_notebook_has_20_points_4_of_them_written():
    graded = [c for c in cells(NOTEBOOK).values() if c.metadata.get("nbgrader", {}).get("grade")]
    assert {c.id: c.metadata["nbgrader"]["points"] for c in graded} == dict.fromkeys(TESTS, 1) | {"item-5": 4}


@pytest.mark.parametrize("cell_id", sorted(TESTS))
def test_the_reference_gets_every_point_for_any_draw_and_in_silence(cell_id, capfd):
    assert [points(cell_id, REFERENCE, seed) for seed in range(20)] == [1] * 20
    assert capfd.readouterr().err == "", "stock nbgrader gives 0 points to a cell that writes to stderr"


def test_the_reports_answers_typed_in_get_every_point():
    names = namespace(NOTEBOOK, REPORT)
    assert {cell_id: points(cell_id, names) for cell_id in ITEMS | TABLE} == dict.fromkeys(ITEMS | TABLE, 1)


def test_numpy_integers_count_as_whole_numbers():
    names = namespace(NOTEBOOK, {
        "items-1-3": "output_volume = tuple(np.array([25, 25, 64]))\n"
        "hidden_parameters = np.int64(441060000)\nconv_layer_parameters = np.float64(168)",
        "table": REPORT["table"] + "\ntable_with_flip = {place: np.float64(v) for place, v in table_with_flip.items()}",
    })  # fmt: skip
    assert {cell_id: points(cell_id, names) for cell_id in ITEMS | TABLE} == dict.fromkeys(ITEMS | TABLE, 1)


# ----------------------------------------------------------------------- points of wrong answers

FLIPPED, BIAS, PADDED = (
    "[:, :, ::-1, ::-1]",
    " + bias",
    "x = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))",
)

#: For each mistake: the cell it is made in, what it puts in place of what, and the points it
#: loses, with a word of the message a student sees. None: the visible checks pass, a hidden test fails.
MISTAKES: dict[str, tuple[str, list[tuple[str, str]], Mapping[str, str | None]]] = {
    "returns nothing": ("conv-output-shape", [("return room", "room")],
                        {"test-shape-exact": "is there a return", "test-shape-rounding": "is there a return"}),
    "first window not counted": ("conv-output-shape", [("// stride + 1", "// stride")],
                                 {"test-shape-exact": "one window too few", "test-shape-rounding": "shows 2"}),
    "padding on one side": ("conv-output-shape", [("2 * padding", "padding")],
                            {"test-shape-exact": "on both sides", "test-shape-rounding": "with the padding"}),
    "filters first": ("conv-output-shape", [("return room", "return filters, room"), ("1, filters", "1")],
                      {"test-shape-exact": "filters comes last", "test-shape-rounding": "shows 2"}),
    "height and width exchanged": ("conv-output-shape", [("room[0]", "room[-1]"), ("room[1]", "room[0]")],
                                   {"test-shape-exact": "exchanged", "test-shape-rounding": "shows 2"}),
    "floats": ("conv-output-shape", [("// stride + 1", "// stride + 1.0")], {"test-shape-exact": "whole numbers"}),
    "division not rounded": ("conv-output-shape", [("// stride", "/ stride")],
                             {"test-shape-exact": "whole numbers", "test-shape-rounding": "shows 2"}),
    "rounded up": ("conv-output-shape", [("room[0] // stride", "-(-room[0] // stride)"),
                                         ("room[1] // stride", "-(-room[1] // stride)")],
                   {"test-shape-rounding": "rounded up"}),
    "rounded to the nearest": ("conv-output-shape", [("room[0] // stride", "round(room[0] / stride)"),
                                                     ("room[1] // stride", "round(room[1] / stride)")],
                               {"test-shape-rounding": "rounded to the nearest"}),
    "kernel too large unnoticed": ("conv-output-shape", [("min(room) < 0", "False")],
                                   {"test-shape-rounding": "raise a ValueError"}),

    "fc without biases": ("fc-parameters", [("bool(bias)", "0")], {"test-fc-with-biases": "biases are missing"}),
    "fc always with biases": ("fc-parameters", [("bool(bias)", "1")], {"test-fc-without-biases": "weights only"}),
    "fc one bias in all": ("fc-parameters", [("(inputs + bool(bias)) * outputs", "inputs * outputs + bool(bias)")],
                           {"test-fc-with-biases": "one bias per output unit"}),
    "fc a bias per input": ("fc-parameters", [("(inputs + bool(bias)) * outputs", "inputs * (outputs + bool(bias))")],
                            {"test-fc-with-biases": "not per input"}),
    "fc channels forgotten": ("fc-parameters", [("np.prod(in_shape)", "np.prod(in_shape[:2])")],
                              {"test-fc-with-biases": "all its channels", "test-fc-without-biases": "got 720"}),

    "conv without biases": ("conv-parameters", [("bool(bias)", "0")], {"test-conv-with-biases": "biases are missing"}),
    "conv always with biases": ("conv-parameters", [("bool(bias)", "1")], {"test-conv-without-biases": "weights only"}),
    "conv one bias in all": ("conv-parameters", [("+ bool(bias)) * filters", ") * filters + bool(bias)")],
                             {"test-conv-with-biases": "one bias per filter"}),
    "conv a bias per channel": ("conv-parameters", [("kernel**2 + bool(bias)", "(kernel**2 + bool(bias))")],
                                {"test-conv-with-biases": "not one per channel"}),
    "conv channels forgotten": ("conv-parameters", [("in_channels * ", "")],
                                {"test-conv-with-biases": "spans all channels", "test-conv-without-biases": "got 100"}),
    "conv kernel not squared": ("conv-parameters", [("**2", "")],
                                {"test-conv-with-biases": "square", "test-conv-without-biases": "got 40"}),

    "item 1 without padding": ("items-1-3", [("(25, 25,", "(24, 24,")], {"test-item-1": "pad both sides"}),
    "item 1 rounded up": ("items-1-3", [("(25, 25,", "(26, 26,")], {"test-item-1": "beyond the padded input"}),
    "item 1 filters first": ("items-1-3", [("25, 25, 64", "64, 25, 25")], {"test-item-1": "comes last"}),
    "item 1 depth is the channels": ("items-1-3", [("64", "3")], {"test-item-1": "number of filters"}),
    "item 2 without biases": ("items-1-3", [("441060000", "441045000")], {"test-item-2": "forget the biases"}),
    "item 2 one bias in all": ("items-1-3", [("441060000", "441045001")], {"test-item-2": "equally many"}),
    "item 2 one channel": ("items-1-3", [("441060000", "147030000")], {"test-item-2": "all three channels"}),
    "item 3 without biases": ("items-1-3", [("168", "162")], {"test-item-3": "forget the biases"}),
    "item 3 one filter": ("items-1-3", [("168", "28")], {"test-item-3": "all six filters"}),
    "item 3 one channel": ("items-1-3", [("168", "60")], {"test-item-3": "all three channels"}),
    "item 3 weights not shared": ("items-1-3", [("168", "168 * 50 * 50")], {"test-item-3": "share the weights"}),

    "map not returned": ("convolve2d", [("return out", "")], dict.fromkeys(CONVOLVE, "is there a return")),
    "map transposed": ("convolve2d", [("return out", "return out.transpose(0, 2, 1)")],
                       dict.fromkeys(CONVOLVE, "expected") | {SLIDE: "map is transposed"}),
    "last windows missing": ("convolve2d", [("// stride + 1", "// stride")],
                             dict.fromkeys(CONVOLVE, "expected an array of shape")
                             | {SLIDE: "count the first one", PLACES: "count the first window"}),
    "kernel transposed": ("convolve2d", [("if flip:", "filters = filters.transpose(0, 1, 3, 2)\n    if flip:")],
                          dict.fromkeys(CONVOLVE, "expected") | {SLIDE: "kernel is transposed"}),
    "always flipped": ("convolve2d", [("if flip:", "if True:")],
                       {SLIDE: "although flip=False", CHANNELS: "expected", PLACES: "expected", TOGETHER: "expected"}),
    "never flipped": ("convolve2d", [("if flip:", "if False:")], {FLIP: "although flip=True", TOGETHER: "expected"}),
    "rows flipped only": ("convolve2d", [(FLIPPED, "[:, :, ::-1]")], {FLIP: "only the rows", TOGETHER: "expected"}),
    "columns flipped only": ("convolve2d", [(FLIPPED, "[..., ::-1]")], {FLIP: "only the columns", TOGETHER: "expected"}),
    "transposed for flipped": ("convolve2d", [(FLIPPED, ".transpose(0, 1, 3, 2)")],
                               {FLIP: "transposed instead of rotated", TOGETHER: "expected"}),
    "channels flipped too": ("convolve2d", [(FLIPPED, "[:, ::-1, ::-1, ::-1]")],
                             {FLIP: "channels are flipped", TOGETHER: "expected"}),
    "all axes flipped": ("convolve2d", [("filters" + FLIPPED, "np.flip(filters)")],
                         {FLIP: "np.flip without axis", TOGETHER: "expected"}),
    "bias forgotten": ("convolve2d", [(BIAS, "")], {CHANNELS: "biases are missing", TOGETHER: "expected"}),
    "bias per channel": ("convolve2d", [(BIAS, " + C * bias")], {CHANNELS: "not once per channel", TOGETHER: "expected"}),
    "first bias for all": ("convolve2d", [(BIAS, " + bias[0]")], {CHANNELS: "not the first one", TOGETHER: "expected"}),
    "sum of biases": ("convolve2d", [(BIAS, " + bias.sum()")], {CHANNELS: "not the sum", TOGETHER: "expected"}),
    "first channel only": ("convolve2d", [("filters * window", "filters[:, :1] * window[:1]")],
                           {CHANNELS: "only the first channel", FLIP: "expected", TOGETHER: "expected"}),
    "padding forgotten": ("convolve2d", [(PADDED, "")], {PLACES: "padding is missing", TOGETHER: "expected"}),
    "padded right and bottom only": ("convolve2d", [("(padding, padding)", "(0, padding)")],
                                     {PLACES: "all four sides", TOGETHER: "expected"}),
    "padded with border values": ("convolve2d", [("(padding, padding)))", "(padding, padding)), mode='edge')")],
                                  {PLACES: "pad with zeros", TOGETHER: "expected"}),
    "channels padded too": ("convolve2d", [(PADDED, "x = np.pad(x, padding)")], {TOGETHER: "broadcast"}),
    "stride ignored": ("convolve2d", [("if flip:", "stride = 1\n    if flip:")],
                       {PLACES: "stride is ignored", TOGETHER: "expected"}),
    "stride in the size only": ("convolve2d", [("i * stride", "i"), ("j * stride", "j")],
                                {PLACES: "one pixel apart", TOGETHER: "expected"}),
    "stride downwards only": ("convolve2d", [("j * stride", "j"), ("- kw) // stride", "- kw)")],
                              {PLACES: "rightwards, too", TOGETHER: "expected"}),
    "cut off to whole numbers": ("convolve2d", [("columns))", "columns), dtype=x.dtype)")],
                                 {TOGETHER: "cut off to whole numbers"}),

    "columns exchanged": ("table", [("table_with_flip", "other"), ("table_without_flip", "table_with_flip"),
                                    ("other", "table_without_flip")],
                          {"test-table-with-flip": "is the kernel flipped", "test-table-without-flip": "exchanged"}),
    "item 4 row and column exchanged": ("table", [("(1, 2, 1): 18, (2, 1, 1): 0", "(2, 1, 1): 18, (1, 2, 1): 0")],
                                        {"test-table-with-flip": "row and column look exchanged"}),
    "item 4 only the columns flipped": ("table", [("-13", "3"), ("44", "20"), ("18", "-6"), ("1): 0", "1): -1")],
                                        {"test-table-with-flip": "in both directions"}),
    "item 4 only the rows flipped": ("table", [("-13", "-11"), ("44", "29"), ("18", "12"), ("1): 0", "1): -7")],
                                     {"test-table-with-flip": "add up to 49"}),
    "item 4 not flipped, transposed": ("table", [("1): 9", "1): 15"), ("21", "19"), ("1): -10}", "1): -8}")],
                                       {"test-table-without-flip": "add up to 10"}),
    "item 4 counted from 0": ("table", [("(1, 1, 1)", "(0, 0, 0)")],
                              dict.fromkeys(TABLE, "keys are the places")),
    "item 4 forgotten": ("table", [("table_without_flip", "scratch")], {"test-table-without-flip": "not defined"}),
}  # fmt: skip


def with_mistake(mistake: str) -> tuple[dict, Mapping]:
    """The names of a notebook that is right but for one mistake, and what that mistake loses."""
    cell_id, edits, lost = MISTAKES[mistake]
    source = REPORT.get(cell_id) or cells(NOTEBOOK)[cell_id].source
    for right, wrong in edits:
        assert right in source, f"{right!r} is no longer in the answer: adapt this test"
        source = source.replace(right, wrong)
    return namespace(NOTEBOOK, REPORT | {cell_id: source}), lost


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_loses_its_own_points_and_no_others(mistake):
    names, lost = with_mistake(mistake)
    assert {cell_id for cell_id in TESTS if points(cell_id, names) == 0} == set(lost)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_visible_checks_name_the_mistake(mistake):
    names, lost = with_mistake(mistake)
    for cell_id in TESTS:
        if lost.get(cell_id):
            with pytest.raises(Exception, match=re.escape(lost[cell_id])):
                run_test_cell(NOTEBOOK, cell_id, dict(names), hidden=False)
        else:
            run_test_cell(NOTEBOOK, cell_id, dict(names), hidden=False)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_hidden_tests_alone_catch_the_mistake_on_every_draw(mistake):
    names, lost = with_mistake(mistake)
    for cell_id in lost:
        assert [hidden_points(cell_id, names, seed) for seed in range(5)] == [0] * 5


def test_outputs_looked_up_from_the_visible_examples_earn_nothing():
    """A function that knows the visible answers by heart passes the visible checks only."""
    by_heart = (
        "def fc_parameters(in_shape, out_shape, bias=True):\n"
        "    return {(4, 4, 2): 1485 if bias else 1440, (784,): 7850 if bias else 7840,"
        " (2, 1, 2, 3): 91}.get(in_shape)"
    )
    names = namespace(NOTEBOOK, REPORT | {"fc-parameters": by_heart})
    for cell_id in FC:
        run_test_cell(NOTEBOOK, cell_id, dict(names), hidden=False)
        assert points(cell_id, names) == 0


# ------------------------------------------------------------------------------------- figures


@pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding"), [(7, 3, 2, 1), (8, 3, 3, 0), (5, 5, 1, 0), (98, 6, 4, 2)]
)
def test_the_figure_of_steps_shows_as_many_windows_as_the_formula_counts(size, kernel, stride, padding):
    REFERENCE["draw_steps"](size, kernel, stride, padding)
    shown = [text.get_text() for text in plt.gca().texts if text.get_text().startswith("window")]
    plt.close("all")
    assert len(shown) == REFERENCE["conv_output_shape"](size, size, kernel, stride, padding, 1)[0]


def test_a_picture_comes_as_numbers_from_0_to_1(monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_DIR", str(ROOT / "data"))
    picture = REFERENCE["fashion_picture"](30)
    assert picture.shape == (28, 28) and picture.min() == 0 and picture.max() == 1
