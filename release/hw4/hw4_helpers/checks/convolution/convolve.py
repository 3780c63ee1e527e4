"""The visible checks of ``convolve2d``."""

import numpy as np

from hw4_helpers.checks.checking import hint, kind_of, returned, visible_check
from hw4_helpers.gradients import close

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
    assert not isinstance(got, list | tuple), (
        f"convolve2d returns {kind_of(got)}: return an array of shape (K, H', W'), so that maps[k, i, j] is a number; "
        "np.array(…) makes one of nested lists"
    )
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
