"""The visible checks of items 1 to 3."""

from hw4_helpers.checks.checking import numbers, visible_check


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
