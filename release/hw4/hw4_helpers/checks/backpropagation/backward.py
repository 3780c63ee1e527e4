"""The visible check of ``backward``."""

import numpy as np

from hw4_helpers.checks.checking import hint, numbers, shown_as, visible_check
from hw4_helpers.gradients import close, diagnose, toy_batch, toy_steps

from .answers import exact_p, is_dict_of, precise

GRADIENTS = ("dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1")


@visible_check
def check_backward(backward):
    backward = shown_as(backward, "backward(X, y, W1, b1, W2, b2)")
    X, y, W1, b1, W2, b2 = toy_batch()
    want = toy_steps()
    with hint(_which_shapes, ValueError):
        got = backward(X, y, W1, b1, W2, b2)
    is_dict_of(got, "backward", GRADIENTS)
    mistakes = _mistakes(X, W2, want)
    for name in GRADIENTS:
        value = numbers(got[name], name)
        for message, wrong in mistakes.get(name, {}).items():
            assert not close(value, wrong), f"{name}: {message}"
        said = diagnose(value, want[name], batch_size=4)
        assert not said, f"{name}: {said}"
        assert np.asarray(got[name]).dtype == np.float64, f"{name} must be float64, as everything in this notebook"

    with hint("The batch has one example, N = 1, this time", ValueError):
        alone = backward(X[:1], y[:1], W1, b1, W2, b2)
    dz2, dz1 = want["dz2"][:1], want["dz1"][:1]
    one = {"dz2": dz2, "dW2": want["a1"][:1].T @ dz2, "db2": dz2, "da1": want["da1"][:1], "dz1": dz1}
    one |= {"dW1": X[:1].T @ dz1, "db1": dz1}
    for name in GRADIENTS:
        said = diagnose(alone[name], one[name], batch_size=1)
        assert not said, f"{name}, for a batch of one example: {said}"
    precise(got["dz2"], y - exact_p(X, W1, b1, W2, b2), "dz2")


def _mistakes(X, W2, want):
    """Wrong gradients of the toy batch, by name and by what to say of them."""
    z1, a1, z2, p = want["z1"], want["a1"], want["z2"], want["p"]
    dz2, da1, dz1 = want["dz2"], want["da1"], want["dz1"]
    of_z2 = "tanh′ taken of z2; the tanh sits between z1 and a1, so its derivative is 1 − a1²"
    of_sigmoid = "a1(1 − a1) belongs to the sigmoid; the hidden layer has tanh, and tanh′ = 1 − a1²"
    return {
        "dz2": {
            "σ′ left in; p(1 − p) cancels against the fractions of dL/dp, and y − p remains": dz2 * p * (1 - p),
            "σ′ forgotten; this is still dL/dp": dz2 / (p * (1 - p)),
        },
        "dW2": {
            "it starts from z1; z2 = a1 W2 + b2, so W2 meets a1": z1.T @ dz2,
            "tanh′ does not belong here: z2 = a1 W2 + b2 is a straight line in W2": (1 - a1**2).T @ dz2,
        },
        "dz1": {
            "missing tanh′; dz1 equals da1, so nothing was multiplied on the way through the tanh": da1,
            "tanh′ taken of z1; 1 − tanh² is 1 − a1², since a1 is the tanh of z1": da1 * (1 - z1**2),
            of_z2: da1 * (1 - z2**2),
            f"{of_z2} ": da1 * (1 - np.tanh(z2) ** 2),
            "tanh applied twice; a1 is the tanh of z1 already, so tanh′ = 1 − a1²": da1 * (1 - np.tanh(a1) ** 2),
            of_sigmoid: da1 * a1 * (1 - a1),
            "the square is missing: tanh′ = 1 − a1²": da1 * (1 - a1),
            "tanh′ = 1 − a1², with a minus": da1 * (1 + a1**2),
            "tanh′ twice": da1 * (1 - a1**2) ** 2,
        },
        "dW1": {
            "it starts from da1, before the tanh; z1 = X W1 + b1, so it starts from dz1": X.T @ da1,
            "it starts from a1; z1 = X W1 + b1, so W1 meets dz1": X.T @ a1,
        },
        "db1": {
            "it starts from da1, before the tanh; b1 is added to z1, so it starts from dz1": da1.sum(
                axis=0, keepdims=True
            ),
            "all hidden units were added up: one bias for each of them; sum over the rows alone, axis=0": np.full(
                (1, len(W2)), dz1.sum()
            ),
        },
    }


def _which_shapes(line):
    """What to look at in a line of ``backward`` whose shapes do not fit."""
    shapes = "Shapes do not fit. Write them beside the names: "
    if "W2" in line and "a1" not in line.replace("da1", ""):
        return f"{shapes}dz2 is N×1 and W2 is H×1; da1 must be N×H. Is W2 transposed where it has to be?"
    if "a1" in line.replace("da1", "") and "dz2" in line:
        return f"{shapes}a1 is N×H and dz2 is N×1; dW2 must be H×1. Which of the two is to be transposed?"
    if "X" in line:
        return f"{shapes}X is N×D and dz1 is N×H; dW1 must be D×H. Which of the two is to be transposed?"
    return f"{shapes}each gradient has the shape of what it belongs to, see the table above"
