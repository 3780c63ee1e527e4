"""The visible checks of ``fc_parameters`` and ``conv_parameters``."""

import numpy as np

from hw4_helpers.checks.checking import hint, kind_of, visible_check


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
