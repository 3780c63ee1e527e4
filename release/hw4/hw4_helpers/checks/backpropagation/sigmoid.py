"""The visible check of ``sigmoid``."""

import numpy as np

from hw4_helpers.checks.checking import hint, returned, visible_check
from hw4_helpers.gradients import close


@visible_check
def check_sigmoid(sigmoid, sigmoid_strict):
    zero = returned(sigmoid(0.0), "sigmoid")
    assert zero.shape == (), f"for a plain number sigmoid gives a plain number, not an array of shape {zero.shape}"
    assert close(zero, 0.5), f"sigmoid(0) is 1/2, also for a plain number; got {zero}"

    z = np.array([[-1.0, 2.0]])
    with hint("No `if` and no math.exp for arrays: use NumPy, and np.where to choose", TypeError, ValueError):
        got = returned(sigmoid(z), "sigmoid")
    want = np.array([[0.26894142, 0.88079708]])
    assert got.shape == z.shape, f"apply the formula to each element: shape {z.shape} in, shape {got.shape} out"
    assert not close(got, want[:, ::-1]) and not close(got, 1 - want), (
        "the exponent has the wrong sign: σ grows with z, and its denominator has e to the power −z"
    )
    assert close(got, want), f"for an array, apply the formula to each element: at -1 it is 0.2689…, got {got[0, 0]}"
    assert np.asarray(sigmoid(z)).dtype == np.float64, (
        "the result must be float64: float32 has seven digits, and the gradients below need more"
    )
    assert close(sigmoid(np.array([-1, 2])), want[0]), (
        "for an array of integers the result must still be float64: convert z first"
    )
    for large in (-1000.0, 1000.0):
        with hint(
            "One of your exponentials has an exponent of +1000; use the form that only needs exp(-|z|) "
            "(np.where computes both branches before it chooses)",
            FloatingPointError,
            OverflowError,
        ):
            value = sigmoid_strict(np.array([large]))
        assert not np.isnan(value).any(), (
            f"sigmoid({large:.0f}) is nan: infinity divided by infinity; it should be {large > 0:d}"
        )
        assert close(value, [float(large > 0)]), (
            f"sigmoid({large:.0f}) should be {float(large > 0)}, got {np.asarray(value)[0]}"
        )
    z = np.array([-33.0, -25.0, 25.0, 33.0])
    assert np.allclose(sigmoid(z), np.exp(-np.logaddexp(0, -z)), rtol=0, atol=2e-15), (
        "sigmoid is a little off for |z| between 20 and 35: do not clip z, the form with exp(-|z|) needs no clipping"
    )
    for sign in (-1, 1):
        values = np.ravel(sigmoid(sign * np.array([36.0, 40.0, 50.0, 100.0, 200.0])))
        level = values[1:][(values[1:] == values[:-1]) & (values[1:] > 0) & (values[1:] < 1)]
        assert not len(level), (
            f"sigmoid stops at {level[0]:.2g} and {'falls' if sign < 0 else 'grows'} no further: "
            "do not clip z, the form with exp(-|z|) needs no clipping"
        )
