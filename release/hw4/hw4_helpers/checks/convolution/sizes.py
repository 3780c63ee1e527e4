"""The visible checks of ``conv_output_shape``."""

import numpy as np

from hw4_helpers.checks.checking import hint, kind_of, visible_check


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
