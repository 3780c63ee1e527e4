"""The visible check of ``numerical_gradient``."""

import numpy as np

from hw4_helpers.checks.checking import hint, returned, visible_check
from hw4_helpers.gradients import close, cubic, log_sigmoid, quadratic

_ANY_AXES = "x may have any number of axes: np.ndindex(x.shape) walks over all positions"


@visible_check
def check_numerical_gradient(numerical_gradient, arguments_after):
    x, eps = np.array([[1.0, -2.0, -0.2], [-0.3, 3.0, -1.0]]), 0.1
    called_with = []

    def watched(point):
        called_with.append(np.array(point))
        return cubic(point)

    with hint(_ANY_AXES, IndexError, ValueError):
        got = returned(numerical_gradient(watched, x.copy(), eps), "numerical_gradient")
    want = 3 * x**2 + eps**2
    _evaluates_where_it_should(called_with, x, eps)
    assert got.shape == x.shape, f"the gradient has the shape of x, {x.shape}; got {got.shape}"
    assert not close(got, -want), "sign flipped: it is f(x + eps) − f(x − eps), in this order"
    assert not any(close(got, want + step * x) for step in (3 * eps, -3 * eps)), (
        "one-sided difference: subtract f(x − eps) from f(x + eps), and divide by 2·eps"
    )
    assert not close(got, want * eps**2), (
        "`/ 2 * eps` divides by 2 and then multiplies by eps, from left to right: write / (2 * eps)"
    )
    assert not close(got, 2 * want), "twice too large: the two points are 2·eps apart, not eps"
    assert not close(got, want / 2), "half of what it should be: the two points are 2·eps apart; divide by that alone"
    assert not close(got, 2 * eps * want), "it is a difference so far, not a slope: divide by 2·eps"
    assert close(got, want), "f is called at the right points: is the difference of the two divided by 2·eps?"
    assert np.asarray(got).dtype == np.float64, "the gradient must be float64"

    with hint(_ANY_AXES, IndexError, ValueError):
        after = arguments_after(numerical_gradient, cubic, np.array([1.0, -0.2, -0.3]), eps)[1]
    assert np.array_equal(after, [1.0, -0.2, -0.3]), (
        "the caller's x was changed (adding and subtracting eps leaves a rounding error): work on a copy"
    )
    triangle = np.tri(2)
    assert close(numerical_gradient(quadratic, x.copy(), eps), triangle.T @ triangle @ x), (
        "each entry must be put back before the next one is changed"
    )
    got = numerical_gradient(cubic, np.array([1, 2, -3]))
    assert close(got, [3.0, 12.0, 27.0]), (
        "for an x of integers: x + 1e-5 is cut off to x. Work on a copy in float64: np.array(x, dtype=np.float64)"
    )
    assert np.asarray(got).dtype == np.float64, "the gradient must be float64, also for an x of integers"
    for x in (np.array([0.5, -1.5]), np.array([[[0.5], [-1.5]]]), np.array(0.5)):
        with hint(
            "x may have any number of axes: np.ndindex(x.shape) walks over all positions", IndexError, ValueError
        ):
            got = returned(numerical_gradient(cubic, x.copy()), "numerical_gradient")
        assert close(got, 3 * x**2), (
            f"for an x of shape {x.shape} the gradient is wrong: np.ndindex(x.shape) walks over arrays of any shape"
        )
    x = np.array([0.5, -1.5])
    got = returned(numerical_gradient(log_sigmoid, x.copy()), "numerical_gradient")
    slope = (1 - np.tanh(x) ** 2) / (1 + np.exp(np.tanh(x)))
    assert np.allclose(got, slope, rtol=1e-7, atol=1e-8), (
        "too few digits are right when eps is small: calculate in float64, with a copy in float64"
    )


def _evaluates_where_it_should(called_with, x, eps):
    """Where f was called tells what a loop does, whatever becomes of the values."""
    assert called_with, "f was never called: the gradient comes from values of f"
    shapes = {point.shape for point in called_with}
    assert shapes == {x.shape}, (
        f"f takes an array shaped like x, {x.shape}; it was called with shape {min(shapes - {x.shape})}"
    )
    assert all(point.dtype.kind == "f" and point.dtype.itemsize >= 8 for point in called_with), (
        f"f was called with {called_with[0].dtype}: x + 1e-5 needs more digits. Work on a copy in float64"
    )
    moves = [point - x for point in called_with]
    moved = [np.abs(move) > 1e-9 for move in moves]
    most = max(int(entries.sum()) for entries in moved)
    assert most, "f was only called at x itself: change one entry by eps, to either side"
    assert most == 1 or not all(entries.all() for entries in moved if entries.any()), (
        "all entries were changed at once: change one, x[index], at a time"
    )
    sizes = np.abs(np.concatenate([move[entries] for move, entries in zip(moves, moved, strict=True)]))
    assert most == 1, (
        "several entries were changed at once: change one, x[index], and put it back before you change the next"
    )
    assert not np.allclose(sizes, 1e-5), "the argument eps was not used: f was called at a distance of 1e-05 from x"
    assert np.allclose(sizes, eps), (
        f"f should be called at a distance of eps = {eps} from x, to either side; it was called at {np.max(sizes):.3g}"
    )
    signs = {float(np.sign(move[entries].sum())) for move, entries in zip(moves, moved, strict=True) if entries.any()}
    assert len(signs) == 2, "one-sided difference: step to both sides and divide by 2·eps"
    used = np.any(moved, axis=0)
    assert used.all(), f"the entry {[int(i) for i in np.argwhere(~used)[0]]} was never changed"
