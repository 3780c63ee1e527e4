"""The visible checks of ``backpropagation.ipynb``: one function for each of its cells of checks."""

import numpy as np

from hw4_helpers.gradients import close, cubic, diagnose, log_sigmoid, quadratic, toy_batch, toy_steps

from .checking import hint, kind_of, numbers, returned, visible_check

# ------------------------------------------------------------------ the warm-up


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


# ------------------------------------------------------- one factor at a time


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


# --------------------------------------------------------------- the network


@visible_check
def check_forward(forward):
    X, _, W1, b1, W2, b2 = toy_batch()
    want = toy_steps()
    with hint("The shapes do not fit: X is N×D and W1 is D×H, so X @ W1 is N×H, with @ and in this order", ValueError):
        got = forward(X, W1, b1, W2, b2)
    _is_dict_of(got, "forward", ("z1", "a1", "z2", "p"))
    named = {
        "z1": {
            "z1 lacks its bias: add b1 to every row": X @ W1,
            "z1: the bias is subtracted, it is added": X @ W1 - b1,
        },
        "a1": {
            "a1 uses the sigmoid; the hidden layer has tanh": _logistic(want["z1"]),
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
    _precise(got["p"], _exact_p(X, W1, b1, W2, b2), "p")
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


# ------------------------------------------------------------ the second opinion


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


# --------------------------------------------------------------- the backward pass

GRADIENTS = ("dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1")


@visible_check
def check_backward(backward):
    X, y, W1, b1, W2, b2 = toy_batch()
    want = toy_steps()
    with hint(_which_shapes, ValueError):
        got = backward(X, y, W1, b1, W2, b2)
    _is_dict_of(got, "backward", GRADIENTS)
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
    _precise(got["dz2"], y - _exact_p(X, W1, b1, W2, b2), "dz2")


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


def _is_dict_of(got, function, names):
    assert got is not None, f"{function} returned nothing: it must end with a return"
    assert isinstance(got, dict), f'return a dict, {{"{names[0]}": {names[0]}, ...}}, not {kind_of(got)}'
    missing = [name for name in names if name not in got]
    assert not missing, f"{function} must return a dict with {', '.join(names)}; missing: {', '.join(missing)}"


def _precise(got, want, name):
    assert np.allclose(got, want, rtol=0, atol=1e-12), (
        f"{name}: only seven digits are right, as in float32: everything in this notebook is float64, sigmoid included"
    )


def _exact_p(X, W1, b1, W2, b2):
    return _logistic(np.tanh(X @ W1 + b1) @ W2 + b2)


def _logistic(z):
    return 1 / (1 + np.exp(-z))
