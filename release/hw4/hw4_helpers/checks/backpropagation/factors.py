"""The visible checks of the five factors of the chain rule, one function each."""

import numpy as np

from hw4_helpers.checks.checking import hint, returned, visible_check
from hw4_helpers.gradients import close


@visible_check
def check_dL_dp(dL_dp):
    got = returned(dL_dp(1.0, 0.25), "dL_dp")
    assert not close(got, -4.0), (
        "sign flipped: L is the log-likelihood, with no minus in front, so for y = 1 a larger p makes L larger"
    )
    assert close(got, 4.0), f"for y = 1 only ln p is left, whose derivative at p = 0.25 is 1/p = 4; got {got}"
    got = returned(dL_dp(0.0, 0.25), "dL_dp")
    assert not close(got, 4 / 3), "inner derivative: ln(1 − p) falls as p grows, so its derivative is −1/(1 − p)"
    assert close(got, -4 / 3), f"for y = 0 only ln(1 − p) is left, whose derivative at p = 0.25 is −4/3; got {got}"
    _elementwise(dL_dp, ([[1.0], [0.0]], [[0.25], [0.25]]), [[4.0], [-4 / 3]])
    _elementwise(
        dL_dp, ([1.0, 0.0], [0.001, 0.999]), [1000.0, -1000.0], "near p = 0 and p = 1 it is steep: do not clip p"
    )


@visible_check
def check_dp_dz2(dp_dz2):
    got = returned(dp_dz2(0.8), "dp_dz2")
    assert not close(got, 0.21390971), (
        "sigmoid applied twice: the argument is p = sigmoid(z2) already, so σ′ = p(1 − p)"
    )
    assert not close(got, 0.36), "1 − p² belongs to tanh; the sigmoid has σ′ = σ(1 − σ)"
    assert close(got, 0.16), f"σ′ = σ(1 − σ) at p = 0.8 is 0.16; got {got}"
    _elementwise(dp_dz2, ([[0.5], [1.0]],), [[0.25], [0.0]])


@visible_check
def check_dL_dz2(dL_dz2):
    got = returned(dL_dz2(1.0, 0.8), "dL_dz2")
    assert not close(got, -0.2), "sign flipped: p − y belongs to the loss −L; the log-likelihood has the opposite sign"
    assert not close(got, 0.032), "σ′ left in: the factor p(1 − p) cancels against the fractions of dL/dp"
    assert not close(got, 1.25), "σ′ forgotten: this is still dL/dp; multiply by p(1 − p), then cancel"
    assert close(got, 0.2), f"at y = 1, p = 0.8 the derivative is 0.2; got {got}"
    got = returned(dL_dz2(0.0, 0.8), "dL_dz2")
    assert not close(got, 0.8), (
        "for y = 0: the second term is −(1 − y)/(1 − p) · p(1 − p) = −(1 − y)p; you lost its minus"
    )
    assert close(got, -0.8), f"at y = 0, p = 0.8 the derivative is −0.8; got {got}"
    ends = np.array([[1.0], [0.0], [0.0], [1.0]]), np.array([[0.0], [1.0], [0.0], [1.0]])
    got, want = returned(dL_dz2(*ends), "dL_dz2"), np.array([[1.0], [-1.0], [0.0], [0.0]])
    assert got.shape == want.shape, f"arrays go element by element and keep their shape: (4, 1) became {got.shape}"
    assert np.isfinite(got).all() and np.allclose(got, want, rtol=0, atol=0.01), (
        "at p = 0 and p = 1 the product of fractions is 0/0: cancel p(1 − p) on paper before you write code; "
        f"for y = 1, p = 0 it is 1, got {got[0, 0]:.6g}"
    )
    assert np.allclose(got, want, rtol=0, atol=1e-9), (
        "at p = 0 and p = 1 it is almost right, as after clipping: cancel p(1 − p) on paper, and nothing is to be clipped"
    )


@visible_check
def check_dz2_da1(dz2_da1):
    got = returned(dz2_da1(0.7), "dz2_da1")
    assert not close(got, 1.0), "1 is the derivative with respect to b2; the slope in a1 is what multiplies a1"
    assert close(got, 0.7), f"how fast does a1 · 0.7 + b2 grow with a1? got {got}"
    _elementwise(
        dz2_da1, ([1.2, -0.8],), [1.2, -0.8], "one derivative for each hidden unit: keep the shape and the sign"
    )
    _elementwise(dz2_da1, ([[1.2], [-0.8]],), [[1.2], [-0.8]])


@visible_check
def check_da1_dz1(da1_dz1):
    got = returned(da1_dz1(0.6), "da1_dz1")
    assert not close(got, 0.71158093), "tanh applied twice: the argument is a1 = tanh(z1) already, so tanh′ = 1 − a1²"
    assert not close(got, 0.24), "a(1 − a) belongs to the sigmoid; tanh′ = 1 − tanh²"
    assert close(got, 0.64), f"tanh′ = 1 − tanh² at a1 = 0.6 is 0.64; got {got}"
    _elementwise(da1_dz1, ([[-0.5, 0.0]],), [[0.75, 1.0]])


def _elementwise(function, arguments, want, otherwise="arrays go element by element: no sum here, and no mean"):
    """A factor tried on arrays: the shape stays, and each element is right."""
    arguments, want = [np.array(argument) for argument in arguments], np.array(want)
    with hint("It must work for arrays, too: no `if`, and NumPy in the place of math", TypeError, ValueError):
        got = returned(function(*arguments), function.__name__)
    assert got.shape == want.shape, (
        f"arrays go element by element and keep their shape: no sum here; {want.shape} became {got.shape}"
    )
    assert close(got, want), otherwise
