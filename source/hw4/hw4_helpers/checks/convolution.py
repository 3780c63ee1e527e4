"""The visible checks of ``convolution.ipynb``: one function for each of its cells of checks."""

import numpy as np

from hw4_helpers.gradients import close

from .checking import hint, kind_of, numbers, returned, visible_check

# ------------------------------------------------------------------ how large


@visible_check
def check_shape_exact(conv_output_shape):
    shape = _shape(conv_output_shape(height=6, width=9, kernel=3, stride=3, padding=0, filters=5))
    assert shape != (1, 2, 5), "one window too few: n steps lead from the first window to window n + 1"
    assert shape != (5, 2, 3), "the order is (H, W, K): the number of filters comes last"
    assert shape != (3, 2, 5), "height and width are exchanged: rows first"
    assert shape != (4, 7, 5), "the stride is ignored: the windows start `stride` cells apart"
    assert shape == (2, 3, 5), f"draw_steps(6, 3, 3, 0) shows 2 windows, draw_steps(9, 3, 3, 0) shows 3; got {shape}"
    _whole(shape)

    padded = _shape(conv_output_shape(height=7, width=7, kernel=3, stride=2, padding=1, filters=1))
    assert padded != (3, 3, 1), "the padding is on both sides: it makes the line longer by 2 · padding"
    assert padded == (4, 4, 1), f"draw_steps(7, 3, 2, 1) shows 4 windows, got {padded}"

    with hint("a kernel just as large as the padded input fits once: raise only if it is larger", ValueError):
        once = _shape(conv_output_shape(height=5, width=7, kernel=5, stride=2, padding=0, filters=2))
    assert once == (1, 2, 2), f"draw_steps(5, 5, 2, 0) shows 1 window, draw_steps(7, 5, 2, 0) shows 2; got {once}"

    apart = _shape(conv_output_shape(height=5, width=9, kernel=1, stride=4, padding=0, filters=1))
    assert apart == (2, 3, 1), f"draw_steps(5, 1, 4, 0) shows 2 windows, draw_steps(9, 1, 4, 0) shows 3; got {apart}"


@visible_check
def check_shape_rounding(conv_output_shape):
    shape = _shape(conv_output_shape(height=8, width=10, kernel=3, stride=3, padding=0, filters=2))
    assert shape != (3, 4, 2), "rounded up: a window that hangs over the end does not count, round down with //"
    assert shape != (3, 3, 2), "rounded to the nearest: a window that hangs over the end does not count, use //"
    assert shape == (2, 3, 2), f"draw_steps(8, 3, 3, 0) shows 2 windows, draw_steps(10, 3, 3, 0) shows 3; got {shape}"

    with hint("The kernel fits with the padding: compare it with size + 2 · padding", ValueError):
        padded = _shape(conv_output_shape(height=2, width=6, kernel=5, stride=2, padding=2, filters=1))
    assert padded == (1, 3, 1), f"draw_steps(2, 5, 2, 2) shows 1 window, draw_steps(6, 5, 2, 2) shows 3; got {padded}"
    for height, width, stride, side in (
        (9, 2, 1, "columns"),
        (2, 9, 1, "rows"),
        (9, 2, 3, "columns"),
        (2, 2, 3, "rows"),
    ):
        try:
            tiny = conv_output_shape(height=height, width=width, kernel=5, stride=stride, padding=1, filters=1)
        except AssertionError as error:
            if isinstance(error.__cause__, ValueError):
                continue
            raise AssertionError(f"{error}\nraise a ValueError where the kernel does not fit") from None
        raise AssertionError(
            f"a kernel of 5 does not fit into 2 + 2 · 1 {side} (stride {stride}): raise a ValueError, got {tiny}"
        )


def _shape(shape):
    assert shape is not None, "conv_output_shape returned nothing: is there a return?"
    assert isinstance(shape, tuple | list), f"expected three numbers (H, W, K), got {kind_of(shape)}"
    assert len(shape) == 3, f"expected three numbers (H, W, K), got {len(shape)}"
    return tuple(shape)


def _whole(shape):
    assert all(isinstance(n, int | np.integer) for n in shape), (
        f"a shape is made of whole numbers: divide with // instead of /; got {shape}"
    )


# ------------------------------------------------------------------ how many


@visible_check
def check_fc_with_biases(fc_parameters):
    count = _count(fc_parameters((4, 4, 2), (3, 3, 5)), "fc_parameters")
    assert count != 1440, "the biases are missing: with bias=True, which is the default, each output unit has one"
    assert count != 1441, "one bias per output unit, not one for the whole layer"
    assert count != 1440 + 32, "one bias per output unit, not per input"
    assert count != (4 * 4 + 1) * 45, "each output unit sees every number of the input: all its channels, too"
    assert count != (32 + 1) * 5, "each output unit has its own weights: 3 · 3 · 5 units, not only 5"
    assert count != 32 + 45 + 45, "each output unit has a weight for each input: multiply, do not add"
    assert count == (4 * 4 * 2 + 1) * (3 * 3 * 5), f"32 weights and one bias for each of 45 output units, got {count}"
    with hint("A shape may have any number of axes: multiply all of its numbers", ValueError, TypeError, IndexError):
        flat = fc_parameters((784,), (10,))
    assert flat == 7850, "a shape may have one axis: (784,) to (10,) has (784 + 1) · 10"
    assert fc_parameters((2, 1, 2, 3), (7,), bias=True) == 91, "a shape may have four axes: (12 + 1) · 7"


@visible_check
def check_fc_without_biases(fc_parameters):
    count = _count(fc_parameters((4, 4, 2), (3, 3, 5), bias=False), "fc_parameters")
    assert count != 1485, "bias=False counts the weights only"
    assert count != 1440 - 45, "without biases none are counted, rather than taken away once more"
    assert count == (4 * 4 * 2) * (3 * 3 * 5), f"32 weights for each of 45 output units, got {count}"
    with hint("A shape may have any number of axes: multiply all of its numbers", ValueError, TypeError, IndexError):
        flat = fc_parameters((784,), (10,), bias=False)
    assert flat == 7840, "a shape may have one axis: (784,) to (10,) has 784 · 10"


@visible_check
def check_conv_with_biases(conv_parameters):
    count = _count(conv_parameters(in_channels=2, kernel=5, filters=4), "conv_parameters")
    assert count != 200, "the biases are missing: with bias=True, which is the default, each filter has one"
    assert count != 201, "one bias per filter, not one for the whole layer"
    assert count != (5 * 5 + 1) * 4, "a filter spans all channels of its input: one kernel for each of them"
    assert count != (5 * 5 + 1) * 2 * 4, "one bias per filter, not one per channel of the filter"
    assert count != (5 * 2 + 1) * 4, "a kernel is square: kernel · kernel weights"
    assert count != 5 * 5 * 2 + 4, "each filter has weights of its own: multiply them by the number of filters, too"
    assert count == (5 * 5 * 2 + 1) * 4, f"50 weights and one bias for each of 4 filters, got {count}"
    assert conv_parameters(1, 1, 1, bias=True) == 2, "one channel, one filter of 1 × 1: one weight and one bias"


@visible_check
def check_conv_without_biases(conv_parameters):
    count = _count(conv_parameters(in_channels=2, kernel=5, filters=4, bias=False), "conv_parameters")
    assert count != 204, "bias=False counts the weights only"
    assert count != 196, "without biases none are counted, rather than taken away once more"
    assert count == (5 * 5 * 2) * 4, f"50 weights for each of 4 filters, got {count}"


def _count(count, function):
    assert count is not None, f"{function} returned nothing: is there a return?"
    assert isinstance(count, int | np.integer | float), f"{function} must return a number, not {kind_of(count)}"
    assert isinstance(count, int | np.integer), f"a number of parameters is a whole number, an int; got {count}"
    return count


# ----------------------------------------------------------------- items 1 to 3


@visible_check
def check_item_1(output_volume):
    assert isinstance(output_volume, tuple | list) and len(output_volume) == 3, (
        "output_volume is a tuple of three numbers, (height, width, depth)"
    )
    height, width, depth = numbers(output_volume, "output_volume")
    assert depth == 64, "the depth of the output is the number of filters, and it comes last"
    assert height == width, "a square input and square kernels give square maps"
    assert height == int(height), "a map has a whole number of rows: a window that hangs over the end does not count"
    assert 4 * (height - 1) + 6 <= 98 + 2 * 2, "the last window ends beyond the padded input: how many steps of 4 fit?"
    assert 4 * height + 6 > 98 + 2 * 2, "one more window fits: did you pad both sides, and count the first window?"


@visible_check
def check_item_2(hidden_parameters):
    count, units = numbers(hidden_parameters, "hidden_parameters"), 50 * 50 * 6
    assert count.shape == () and count == int(count), "a number of parameters is a whole number"
    assert count % units == 0, "every hidden unit has equally many parameters, one bias among them"
    assert count // units > 2 * 99 * 99, "a hidden unit has weights for all three channels of the input"
    assert count // units % 3 == 1, (
        "a hidden unit has equally many weights for each of 3 channels, and 1 bias: did you forget the biases?"
    )
    assert (count // units - 1) % (99 * 99) == 0, (
        "a hidden unit has one weight for each number of the input, 99 × 99 × 3"
    )


@visible_check
def check_item_3(conv_layer_parameters):
    count = numbers(conv_layer_parameters, "conv_layer_parameters")
    assert count.shape == () and count == int(count), "a number of parameters is a whole number"
    assert count < 1000, "far too many: the windows share the weights, so their number does not matter"
    assert count % 6 == 0, "all six filters have equally many parameters"
    assert count // 6 > 2 * 3 * 3, "a filter spans all three channels: one 3 × 3 kernel for each"
    assert count != 6 * 3 * (3 * 3 + 1), "one bias per filter, not per kernel"
    assert count // 6 % 3 == 1, (
        "a filter has equally many weights for each of 3 channels, and 1 bias: did you forget the biases?"
    )
    assert (count // 6 - 1) % 9 == 0, "a kernel has 3 × 3 weights, and a filter one bias"


# ------------------------------------------------------------------ convolve2d

_PLACES = "(i, j) is where the window starts: rows depend on the height kh, columns on the width kw"


@visible_check
def check_convolve_slide(convolve2d):
    x = np.array([[[1, 0, 2, 1], [2, 1, 0, 3], [0, 4, 1, 2]]])
    filters = np.array([[[[1, 2], [0, -1]]]])
    _check_map(
        convolve2d(x, filters, np.zeros(1), stride=1, padding=0, flip=False),
        want=[[[0, 4, 1], [0, 0, 4]]],
        mistakes={
            "flipped although flip=False": [[[4, 2, 1], [2, 8, 4]]],
            "the kernel is transposed: its rows run along the picture's rows": [[[4, 2, -1], [-2, 8, 0]]],
            "the map is transposed: rows come before columns, (K, H', W')": [[[0, 0], [4, 0], [1, 4]]],
            "the last row and column are missing: one more window fits, count the first one": [[[0, 4]]],
            "the mean of the products, not their sum": [[[0, 1, 0.25], [0, 0, 1]]],
            "the largest product, not their sum": [[[1, 4, 2], [2, 1, 6]]],
        },
    )
    for filters, want in (
        (np.array([[[[1, 0, 2]]]]), [[[5, 2], [2, 7], [2, 8]]]),
        (np.array([[[[1], [0], [2]]]]), [[[1, 8, 4, 5]]]),
        (np.array([[[[3]]]]), 3 * x),
    ):
        kh, kw = filters.shape[2:]
        with hint(f"This kernel is {kh} × {kw}: kernels need not be square. {_PLACES}", ValueError, IndexError):
            got = convolve2d(x, filters, np.zeros(1), stride=1, padding=0, flip=False)
        _check_map(got, want, {}, f"for a kernel of {kh} × {kw}, kernels need not be square: ")


@visible_check
def check_convolve_channels(convolve2d):
    x = np.array([[[1, 2, 0], [0, 1, 3], [2, 1, 1]], [[3, 0, 1], [1, 2, 0], [0, 1, 2]]])
    filters = np.array([[[[1, 0], [0, 1]], [[0, 2], [-1, 0]]], [[[0, 1], [1, 0]], [[1, 0], [0, -1]]]])
    with hint("x is (C, H, W), filters (K, C, kh, kw): here C = 2 channels and K = 2 filters", ValueError, IndexError):
        got = convolve2d(x, filters, np.array([10, -5]), stride=1, padding=0, flip=False)
    _check_map(
        got,
        want=[[[11, 15], [15, 11]], [[-2, -4], [-2, -1]]],
        mistakes={
            "the biases are missing: each map gets its filter's bias": [[[1, 5], [5, 1]], [[3, 1], [3, 4]]],
            "the bias is subtracted: it is added": [[[-9, -5], [-5, -9]], [[8, 6], [8, 9]]],
            "the bias is added once per map, not once per channel": [[[21, 25], [25, 21]], [[-7, -9], [-7, -6]]],
            "each map gets the bias of its own filter, not the first one's": [
                [[11, 15], [15, 11]],
                [[13, 11], [13, 14]],
            ],
            "each map gets the bias of its own filter, not the sum of all": [[[6, 10], [10, 6]], [[8, 6], [8, 9]]],
            "only the first channel counts so far: sum over all channels": [[[12, 15], [11, 12]], [[-3, -4], [-2, -1]]],
            "only the last channel counts so far: sum over all channels": [[[9, 10], [14, 9]], [[-4, -5], [-5, -5]]],
            "the mean over the channels, not their sum": [[[10.5, 12.5], [12.5, 10.5]], [[-3.5, -4.5], [-3.5, -3]]],
            "each map comes from its own filter, not from the first one": [[[11, 15], [15, 11]], [[-4, 0], [0, -4]]],
        },
    )
    x, filters = x[:1], np.array([[[[1, 0], [0, 1]]], [[[0, 1], [1, 0]]], [[[1, 0], [0, 0]]]])
    with hint("This time there are C = 1 channel and K = 3 filters", ValueError, IndexError):
        got = convolve2d(x, filters, np.zeros(3), stride=1, padding=0, flip=False)
    want = [[[2, 5], [1, 2]], [[2, 1], [3, 4]], [[1, 2], [0, 1]]]
    _check_map(got, want, {}, "three filters on one channel: ")


@visible_check
def check_convolve_padding_stride(convolve2d):
    x = np.array([[[1, 2, 0, 1], [0, 1, 3, 2], [2, 1, 1, 0]]])
    filters = np.array([[[[1, 0, -1], [2, 1, 0], [0, 1, 1]]]])
    _check_map(
        convolve2d(x, filters, np.zeros(1), stride=1, padding=1, flip=False),
        want=[[[2, 8, 9, 3], [1, 4, 7, 8], [1, 2, 2, 5]]],
        mistakes={
            "the padding is missing": [[[4, 7]]],
            "pad all four sides, not only the right and the bottom": [[[4, 7, 8], [2, 2, 5]]],
            "the last row and column are missing: pad all four sides, and count the first window": [
                [[2, 8, 9], [1, 4, 7]]
            ],
            "pad the columns, too, not only the rows": [[[8, 9], [4, 7], [2, 2]]],
            "pad the rows, too, not only the columns": [[[1, 4, 7, 8]]],
            "pad with zeros, not with the values at the border": [[[3, 9, 10, 4], [2, 4, 7, 7], [8, 4, 3, 3]]],
        },
    )

    x = np.array([[[1, 2, 0, 1, 3], [0, 1, 3, 2, 1], [2, 1, 1, 0, 2], [1, 0, 2, 3, 0], [3, 1, 0, 1, 2]]])
    filters = np.array([[[[1, 0], [2, -1]]]])
    _check_map(
        convolve2d(x, filters, np.zeros(1), stride=2, padding=0, flip=False),
        want=[[[0, 4], [4, 2]]],
        mistakes={
            "the stride is ignored": [[[0, 1, 4, 4], [3, 2, 5, 0], [4, -1, 2, 6], [6, 2, 1, 3]]],
            "the windows are still one pixel apart: window i starts at i · stride": [[[0, 1], [3, 2]]],
            "the stride counts rightwards, too, not only downwards": [[[0, 1, 4, 4], [4, -1, 2, 6]]],
            "the stride counts downwards, too, not only rightwards": [[[0, 4], [3, 5], [4, 2], [6, 1]]],
        },
    )
    for kernels, stride, padding, want in (
        (np.array([[[[2]]]]), 2, 0, [[[2, 0, 6], [4, 2, 4], [6, 0, 4]]]),
        (filters, 3, 0, [[[0, 4], [6, 3]]]),
        (np.array([[[[1, 1, 1]]]]), 2, 1, [[[0, 0, 0], [1, 6, 3], [1, 5, 3], [0, 0, 0]]]),
    ):
        kh, kw = kernels.shape[2:]
        with hint(f"A kernel of {kh} × {kw}, stride {stride}, padding {padding}, this time", ValueError, IndexError):
            got = convolve2d(x, kernels, np.zeros(1), stride, padding, False)
        _check_map(got, want, {}, f"a kernel of {kh} × {kw} with stride {stride}, padding {padding}: ")


@visible_check
def check_convolve_flip(convolve2d):
    x = np.array([[[1, 0, 2, 1], [2, 1, 0, 3], [0, 4, 1, 2]]])
    filters = np.array([[[[1, 2, 0], [0, -1, 3], [2, 0, 1]]]])
    _check_map(
        convolve2d(x, filters, np.zeros(1), stride=1, padding=0, flip=True),
        want=[[[19, 9]]],
        mistakes={
            "not flipped although flip=True": [[[1, 23]]],
            "only the rows are flipped: a rotation by 180° turns the columns around, too": [[[11, 16]]],
            "only the columns are flipped: a rotation by 180° turns the rows around, too": [[[9, 16]]],
            "transposed instead of rotated: flip both spatial axes": [[[21, 9]]],
            "the picture is flipped, not the kernel: the map comes out rotated": [[[9, 19]]],
            "rotated by 90°, not by 180°": [[[7, 17]]],
            "rotated by 90°, not by 180° ": [[[15, 14]]],
        },
    )

    x = np.array([[[1, 2, 0], [0, 1, 3]], [[3, 0, 1], [1, 2, 0]]])
    filters = np.array([[[[1, 0], [2, 1]], [[0, 3], [-1, 0]]], [[[0, 1], [1, 0]], [[2, 0], [0, -1]]]])
    _check_map(
        convolve2d(x, filters, np.zeros(2), stride=1, padding=0, flip=True),
        want=[[[9, 10]], [[3, 1]]],
        mistakes={
            "the channels are flipped, too: only the last two axes of filters are spatial": [[[3, 5]], [[2, 7]]],
            "np.flip without axis flips filters and channels, too: name the last two axes": [[[2, 7]], [[3, 5]]],
            "the filters change places: only the last two axes of filters are spatial": [[[3, 1]], [[9, 10]]],
        },
    )
    filters = np.array([[[[1, 2, 0]], [[0, 1, -1]]]])
    with hint("This kernel is 1 × 3: kernels need not be square", ValueError, IndexError):
        got = convolve2d(x, filters, np.zeros(1), stride=1, padding=0, flip=True)
    _check_map(got, [[[1], [6]]], {}, "flipped, a kernel of 1 × 3: ")


@visible_check
def check_convolve_together(convolve2d, arguments_after):
    x = np.array(
        [
            [[1, 2, 0, 1, 3], [0, 1, 3, 2, 1], [2, 1, 1, 0, 2]],
            [[0, 1, 1, 2, 0], [1, 0, 2, 1, 1], [3, 0, 1, 0, 1]],
        ]
    )
    filters = np.array([[[[0.5, 0, 1], [0, -1, 0.25]], [[1, 0, 0], [0, 0.5, -1]]]])
    with hint(
        "Does np.pad(x, padding) pad the channels, too? Give it a pair for each axis, (0, 0) for the channels",
        ValueError,
    ):
        got = convolve2d(x, filters, np.array([0.125]), stride=2, padding=1, flip=True)
    want = np.array([[[2.125, 4.625, 1.125], [1.125, -0.625, -0.875]]])
    _check_map(
        got,
        want,
        mistakes={
            "cut off to whole numbers: the output must hold floats even when x holds ints": np.trunc(want),
            "rounded: the output must hold floats even when x holds ints": np.round(want),
        },
    )
    after = arguments_after(convolve2d, x, filters, np.array([0.125]), 1, 0, True)
    for name, value, before in zip(("x", "filters"), after, (x, filters), strict=False):
        assert np.array_equal(value, before), (
            f"{name} was changed, and whoever called you still needs it: work on a copy, also when you flip"
        )
    x, filters = x / 3, np.concatenate([filters, 2 * filters]) / 7
    got = returned(convolve2d(x, filters, np.array([0.1, -0.3]), 3, 2, False), "convolve2d")
    products = np.array([[0, 0, 0], [-2.5, 2, 1.5]]) / 21
    want = np.stack([0.1 + products, -0.3 + 2 * products])
    _check_map(got, want, {}, "with stride 3 and padding 2: ")
    assert np.allclose(got, want, rtol=0, atol=1e-12), (
        "only seven digits are right: calculate in float64, not in float32"
    )


def _check_map(got, want, mistakes, where=""):
    """Fail unless ``got`` is the map ``want``, (K, H', W'). ``mistakes``: by message, the map that a mistake gives."""
    got, want = returned(got, "convolve2d"), np.asarray(want)
    for message, wrong in mistakes.items():
        assert not close(got, wrong), message.strip()
    assert got.shape == want.shape, f"{where}expected an array of shape (K, H', W') = {want.shape}, got {got.shape}"
    if close(got, want):
        return
    k, row, column = np.argwhere(~np.isclose(got, want))[0]
    raise AssertionError(
        f"{where}filter {k + 1}, row {row + 1}, column {column + 1}: expected {want[k, row, column]:g}, "
        f"got {got[k, row, column]:g}\nexpected {_listed(want)}\ngot {_listed(got)}"
    )


def _listed(array):
    return " ".join(np.array2string(array, separator=", ", precision=4, suppress_small=True).split())


# ----------------------------------------------------------------------- item 4


@visible_check
def check_table_with_flip(table_with_flip, places):
    values = _table(table_with_flip, places, "table_with_flip")
    assert values[1, 1, 1] < 0, (
        "with flip, filter 1 gives a negative number at the top left: is the kernel flipped, in both directions?"
    )
    assert values[1, 2, 1] > values[2, 1, 1], (
        "row and column look exchanged: (1, 2, 1) is the second number of the first row, maps[0, 0, 1]"
    )
    _adds_up(values, 49)


@visible_check
def check_table_without_flip(table_without_flip, places):
    values = _table(table_without_flip, places, "table_without_flip")
    assert values[1, 1, 1] > 0, (
        "without flip, filter 1 gives a positive number at the top left; this is the column with flip: are the two "
        "exchanged, or does convolve2d change the filters that it is given (the check of section 5 tells)?"
    )
    _adds_up(values, 10)


def _table(table, places, name):
    assert isinstance(table, dict), f"{name} is a dictionary, {{(1, 1, 1): …, (1, 1, 2): …, …}}, not {kind_of(table)}"
    missing = [place for place in places if place not in table]
    assert not missing, f"the keys are the places (row, column, filter), from 1; missing: {missing[0]}"
    values = {place: numbers(table[place], f"the value at {place}") for place in places}
    assert all(value.shape == () for value in values.values()), "each value is one whole number"
    assert values[1, 1, 1] != values[1, 1, 2], (
        "the same number for both filters: (1, 1, 2) belongs to filter 2, which is index 1 of the first axis of the maps"
    )
    return values


def _adds_up(values, want):
    total = sum(values.values())
    assert total == want, (
        f"the four numbers of this column add up to {want}, yours to {total:g} (there are no biases here)"
    )
