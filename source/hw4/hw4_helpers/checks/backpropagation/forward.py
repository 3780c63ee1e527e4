"""The visible checks of ``forward`` and ``log_likelihood``."""

import numpy as np

from hw4_helpers.checks.checking import hint, numbers, returned, shown_as, visible_check
from hw4_helpers.gradients import close, toy_batch, toy_steps

from .answers import exact_p, is_dict_of, logistic, precise


@visible_check
def check_forward(forward):
    forward = shown_as(forward, "forward(X, W1, b1, W2, b2)")
    X, _, W1, b1, W2, b2 = toy_batch()
    want = toy_steps()
    with hint("The shapes do not fit: X is N×D and W1 is D×H, so X @ W1 is N×H, with @ and in this order", ValueError):
        got = forward(X, W1, b1, W2, b2)
    is_dict_of(got, "forward", ("z1", "a1", "z2", "p"))
    named = {
        "z1": {
            "z1 lacks its bias: add b1 to every row": X @ W1,
            "z1: the bias is subtracted, it is added": X @ W1 - b1,
        },
        "a1": {
            "a1 uses the sigmoid; the hidden layer has tanh": logistic(want["z1"]),
            "a1 uses ReLU; the hidden layer has tanh": np.maximum(want["z1"], 0),
            "a1 is z1: the tanh is missing": want["z1"],
        },
        "z2": {
            "z2 was computed from z1; it takes a1, what comes out of the tanh": want["z1"] @ W2 + b2,
            "z2 lacks its bias: add b2": want["a1"] @ W2,
            "z2: there is no tanh behind the second layer": np.tanh(want["z2"]),
        },
        "p": {
            "p = sigmoid(z2): this is tanh": np.tanh(want["z2"]),
            "p is z2: the sigmoid is missing": want["z2"],
            "p = sigmoid(z2): this is sigmoid(−z2), the probability of the label 0": 1 - want["p"],
        },
    }
    formulas = {
        "z1": "z1 = X W1 + b1: a matrix product (@), then the bias added to every row",
        "a1": "a1 = tanh(z1), element by element",
        "z2": "z2 = a1 W2 + b2",
        "p": "p = sigmoid(z2); do the checks of sigmoid pass?",
    }
    for name, formula in formulas.items():
        value = numbers(got[name], name)
        for message, wrong in named[name].items():
            assert not close(value, wrong), message
        assert value.shape == want[name].shape, f"{formula}; its shape is {want[name].shape}, got {value.shape}"
        assert close(value, want[name]), formula
        assert np.asarray(got[name]).dtype == np.float64, f"{name} must be float64, as everything in this notebook"
    with hint("The batch has one example, N = 1, this time", ValueError):
        alone = forward(X[:1], W1, b1, W2, b2)
    precise(got["p"], exact_p(X, W1, b1, W2, b2), "p")
    for name in formulas:
        value = numbers(alone[name], name)
        assert close(value, want[name][:1]), (
            f"{name} is wrong for a batch of one example: its shape should be {want[name][:1].shape}, got {value.shape}"
        )


@visible_check
def check_log_likelihood(log_likelihood):
    y, p = np.array([[1.0], [0.0], [1.0]]), np.array([[0.5], [0.5], [0.8]])
    got = returned(log_likelihood(y, p), "log_likelihood")
    assert got.shape == (), f"L is one number for the whole batch, not an array of shape {got.shape}: sum over the rows"
    want = -1.6094379124341003
    assert not close(got, -want), (
        "sign flipped: with a minus this is the cross-entropy loss; the log-likelihood is at most 0"
    )
    assert not close(got, want / 3), "mean instead of sum: L adds up the batch"
    assert not close(got, np.log(0.4)), (
        "only the examples with y = 1 were counted: those with y = 0 contribute ln(1 − p)"
    )
    assert not close(got, np.log(0.5)), "only the examples with y = 0 were counted: those with y = 1 contribute ln p"
    assert not close(got, np.log(0.05)), "y and 1 − y are exchanged: y belongs to ln p, and 1 − y to ln(1 − p)"
    assert not close(got, want / np.log(2)) and not close(got, want / np.log(10)), "ln is the natural logarithm: np.log"
    assert close(got, want), f"ln 0.5 + ln 0.5 + ln 0.8 = −1.60943791; got {got}"
    assert abs(got - want) < 1e-10, (
        f"{got} has only seven right digits: calculate in float64, and clip at 1e-12, not earlier"
    )

    certain = np.array([[1.0], [0.0]])
    got = returned(log_likelihood(certain, certain.copy()), "log_likelihood")
    assert np.isfinite(got), "p exactly 0 or 1 gives nan or infinity: clip p to [1e-12, 1 - 1e-12] before the logarithm"
    assert abs(got) < 1e-6, f"two certain and right predictions: L should be 0 up to the clipping; got {got}"
    got = returned(log_likelihood(certain, 1 - certain), "log_likelihood") / 2
    assert np.isfinite(got), "p exactly 0 or 1 gives nan or infinity: clip p to [1e-12, 1 - 1e-12] before the logarithm"
    assert got < -20, (
        f"a certain and wrong prediction costs ln 1e-12 = −27.6, got {got:.1f}: clip at 1e-12, not earlier"
    )
    assert got > -700, (
        "a certain and wrong prediction costs ln 1e-12 = −27.6: clip p before the logarithm; mending infinity afterwards "
        "gives a number beyond all others"
    )
    got = returned(log_likelihood(y[:1], p[:1]), "log_likelihood")
    assert got.shape == () and close(got, np.log(0.5)), f"for a batch of one example, p = 0.5: ln 0.5, got {got}"
