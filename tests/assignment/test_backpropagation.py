"""The backpropagation notebook: its reference answers are right, its checks teach, its hidden tests decide."""

import re
import warnings

import numpy as np
import pytest
import torch
from hw4_cells import cells, namespace, run, run_test_cell
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, xlogy

torch.set_num_threads(1)  # test processes that share the cores would wait for each other's threads

NOTEBOOK = "backpropagation"
NAMES = ("dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1")
TEST_CELLS = {
    cell_id: cell for cell_id, cell in cells(NOTEBOOK).items() if cell.metadata.get("nbgrader", {}).get("grade")
}
REFERENCE = namespace(NOTEBOOK)

sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)
probabilities = st.floats(0, 1)


def draw_batch(n, d, h, seed):
    """X, y, W1, b1, W2, b2 as float64 arrays."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, size=(n, 1)).astype(float)
    X, W1, b1, W2, b2 = (rng.normal(size=shape) for shape in ((n, d), (d, h), (1, h), (h, 1), (1, 1)))
    return X, y, W1, b1, W2, b2


# ------------------------------------------------ the reference against independent oracles


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=20))
def test_the_reference_sigmoid_agrees_with_scipy_without_a_warning(values):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(REFERENCE["sigmoid"](np.array(values)), expit(values), rtol=1e-13, atol=1e-300)
        np.testing.assert_allclose(REFERENCE["sigmoid"](values[0]), expit(values[0]), rtol=1e-13, atol=1e-300)


@given(y=st.sampled_from([0.0, 1.0]), z1=st.floats(-5, 5), w2=st.floats(-5, 5), b2=st.floats(-5, 5))
def test_each_reference_factor_agrees_with_autograd(y, z1, w2, b2):
    z1, w2, b2 = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (z1, w2, b2))
    a1 = torch.tanh(z1)
    z2 = a1 * w2 + b2
    p = torch.sigmoid(z2)
    likelihood = torch.log(p) if y else torch.log(1 - p)

    def derivative(of, with_respect_to):
        return torch.autograd.grad(of, with_respect_to, retain_graph=True)[0].item()

    a, q = a1.item(), p.item()
    assert REFERENCE["dL_dp"](y, q) == pytest.approx(derivative(likelihood, p), rel=1e-9)
    assert REFERENCE["dp_dz2"](q) == pytest.approx(derivative(p, z2), rel=1e-9)
    assert REFERENCE["dL_dz2"](y, q) == pytest.approx(derivative(likelihood, z2), rel=1e-7, abs=1e-12)
    assert REFERENCE["dz2_da1"](w2.item()) == pytest.approx(derivative(z2, a1), rel=1e-9)
    assert REFERENCE["da1_dz1"](a) == pytest.approx(derivative(a1, z1), rel=1e-9)


@given(n=sizes, d=sizes, h=sizes, seed=seeds)
def test_the_reference_network_agrees_with_torch_layers_and_autograd(n, d, h, seed):
    X, y, W1, b1, W2, b2 = draw_batch(n, d, h, seed)
    tensors = [torch.tensor(value, requires_grad=True) for value in (W1, b1, W2, b2)]
    z1 = torch.nn.functional.linear(torch.tensor(X), tensors[0].T, tensors[1][0])
    a1 = torch.tanh(z1)
    z2 = torch.nn.functional.linear(a1, tensors[2].T, tensors[3][0])
    likelihood = -torch.nn.functional.binary_cross_entropy_with_logits(z2, torch.tensor(y), reduction="sum")
    gradients = torch.autograd.grad(likelihood, (z2, tensors[2], tensors[3], a1, z1, tensors[0], tensors[1]))

    steps = REFERENCE["forward"](X, W1, b1, W2, b2)
    for name, want in zip(("z1", "a1", "z2", "p"), (z1, a1, z2, torch.sigmoid(z2)), strict=True):
        np.testing.assert_allclose(steps[name], want.detach().numpy(), rtol=1e-9, atol=1e-12)
    assert REFERENCE["log_likelihood"](y, steps["p"]) == pytest.approx(likelihood.item(), rel=1e-7, abs=1e-9)
    got = REFERENCE["backward"](X, y, W1, b1, W2, b2)
    assert tuple(got) == NAMES
    for name, want in zip(NAMES, gradients, strict=True):
        assert got[name].dtype == np.float64
        assert got[name].shape == tuple(want.shape)
        np.testing.assert_allclose(got[name], want.numpy(), rtol=1e-8, atol=1e-10)


@given(st.lists(st.tuples(st.sampled_from([0.0, 1.0]), probabilities), min_size=1, max_size=20))
def test_the_reference_log_likelihood_agrees_with_xlogy_and_is_always_finite(pairs):
    y, p = (np.array(column)[:, None] for column in zip(*pairs, strict=True))
    got = REFERENCE["log_likelihood"](y, p)
    assert isinstance(got, float)
    assert np.isfinite(got) and got <= 0
    clipped = np.clip(p, 1e-12, 1 - 1e-12)
    assert got == pytest.approx(np.sum(xlogy(y, clipped) + xlogy(1 - y, 1 - clipped)), rel=1e-9)


@given(n=sizes, d=sizes, h=sizes, seed=seeds)
@settings(max_examples=30)
def test_the_reference_gradients_agree_with_the_reference_finite_differences(n, d, h, seed):
    X, y, *weights = draw_batch(n, d, h, seed)
    got = REFERENCE["backward"](X, y, *weights)
    for position, name in enumerate(("dW1", "db1", "dW2", "db2")):

        def likelihood(value, position=position):
            moved = [*weights[:position], value, *weights[position + 1 :]]
            return REFERENCE["log_likelihood"](y, REFERENCE["forward"](X, *moved)["p"])

        numeric = REFERENCE["numerical_gradient"](likelihood, weights[position])
        np.testing.assert_allclose(numeric, got[name], rtol=1e-4, atol=1e-6)


@given(shape=st.lists(st.integers(1, 3), max_size=4), seed=seeds)
def test_the_reference_numerical_gradient_is_exact_for_a_parabola_and_leaves_x_alone(shape, seed):
    rng = np.random.default_rng(seed)
    x, slope = rng.normal(size=shape), rng.normal(size=shape)
    before = x.copy()
    got = REFERENCE["numerical_gradient"](lambda x: float(np.sum(x**2 + slope * x)), x)
    assert got.dtype == np.float64 and got.shape == x.shape
    np.testing.assert_allclose(got, 2 * x + slope, rtol=1e-5, atol=1e-7)
    assert np.array_equal(x, before)


def test_the_recorded_toy_steps_are_what_autograd_finds():
    X, y, W1, b1, W2, b2 = (torch.tensor(v, requires_grad=True) for v in REFERENCE["toy_batch"]())
    z1 = X @ W1 + b1
    a1 = torch.tanh(z1)
    z2 = a1 @ W2 + b2
    p = torch.sigmoid(z2)
    likelihood = (y * torch.log(p) + (1 - y) * torch.log(1 - p)).sum()
    gradients = torch.autograd.grad(likelihood, (z2, W2, b2, a1, z1, W1, b1))
    recorded = REFERENCE["toy_steps"]()
    assert tuple(recorded) == ("z1", "a1", "z2", "p", *NAMES)
    for name, want in zip(recorded, (z1, a1, z2, p, *gradients), strict=True):
        np.testing.assert_allclose(recorded[name], want.detach().numpy(), atol=6e-9)


# ---------------------------------------------------------------------------- the points


def test_the_notebook_is_worth_30_points_8_of_them_marked_by_hand():
    points = {cell_id: cell.metadata.nbgrader.points for cell_id, cell in TEST_CELLS.items()}
    by_hand = {cell_id for cell_id, cell in TEST_CELLS.items() if cell.metadata.nbgrader.solution}
    assert sum(points.values()) == 30
    assert by_hand == {"derivation"} and points["derivation"] == 8


def test_the_marking_scheme_adds_up_and_has_a_strong_and_a_weak_answer():
    scheme = (
        cells(NOTEBOOK)["derivation-question"].source.split("### BEGIN MARK SCHEME")[1].split("### END MARK SCHEME")[0]
    )
    assert sum(int(points) for points in re.findall(r"^\| [A-F] \| (\d) \|", scheme, re.M)) == 8
    assert "A strong answer (8 of 8)" in scheme
    assert "A weak answer (4 of 8)" in scheme


@pytest.mark.parametrize("cell_id", [c for c in TEST_CELLS if c != "derivation"])
def test_the_reference_earns_full_points_in_silence(cell_id, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        earned = run_test_cell(NOTEBOOK, cell_id, namespace(NOTEBOOK))
    assert earned == TEST_CELLS[cell_id].metadata.nbgrader.points
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("cell_id", [c for c in TEST_CELLS if c != "derivation"])
def test_correct_answers_earn_full_points_on_every_draw(cell_id):
    names = namespace(NOTEBOOK)
    points = TEST_CELLS[cell_id].metadata.nbgrader.points
    for _ in range(10):
        assert run_test_cell(NOTEBOOK, cell_id, names) == points


def test_points_do_not_depend_on_how_a_right_answer_is_written():
    answers = {
        "sigmoid": "def sigmoid(z):\n    return np.exp(-np.logaddexp(0, -np.asarray(z, dtype=float)))",
        "log-likelihood": "def log_likelihood(y, p):\n    return np.log(np.where(y == 1, p, 1 - p) + 1e-15).sum()",
        "numerical-gradient": (
            "def numerical_gradient(f, x, eps=1e-5):\n"
            "    x = np.asarray(x, dtype=float)\n"
            "    unit = np.eye(x.size).reshape(x.size, *x.shape) * eps\n"
            "    return np.array([(f(x + e) - f(x - e)) / (2 * eps) for e in unit]).reshape(x.shape)"
        ),
        "backward": (
            "def backward(X, y, W1, b1, W2, b2):\n"
            "    s = forward(X, W1, b1, W2, b2)\n"
            "    ones = np.ones((1, len(X)))\n"
            "    dz2 = y - s['p']\n"
            "    da1 = np.outer(dz2, W2)\n"
            "    dz1 = da1 / np.cosh(s['z1']) ** 2\n"
            "    return dict(dz2=dz2, dW2=np.dot(s['a1'].T, dz2), db2=ones @ dz2, da1=da1, dz1=dz1,\n"
            "                dW1=np.einsum('nd,nh->dh', X, dz1), db1=ones @ dz1)"
        ),
    }
    names = namespace(NOTEBOOK, answers)
    for cell_id in (
        "test-sigmoid",
        "test-log-likelihood",
        "test-numerical-gradient",
        "test-backward",
        "hidden-backward",
    ):
        assert run_test_cell(NOTEBOOK, cell_id, names) == TEST_CELLS[cell_id].metadata.nbgrader.points


# -------------------------------------------------------------- wrong answers are taught


def assert_taught(cell_id, answers, lesson):
    """The visible checks fail, for a student and in grading, with words that name the mistake."""
    names = namespace(NOTEBOOK, answers)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for hidden in (False, True):
            with pytest.raises(AssertionError, match=lesson):
                run_test_cell(NOTEBOOK, cell_id, names, hidden=hidden)


@pytest.mark.parametrize(
    ("solution", "test", "body", "lesson"),
    [
        (
            "sigmoid",
            "test-sigmoid",
            "sigmoid(z): return 1 / (1 + np.exp(-z))",
            r"(?s)-1000.*overflow.*exponent of \+1000",
        ),
        ("sigmoid", "test-sigmoid", "sigmoid(z): return np.exp(z) / (1 + np.exp(z))", "1000.*overflow"),
        ("sigmoid", "test-sigmoid", "sigmoid(z): return np.tanh(z)", "sigmoid.0. is 1/2"),
        (
            "sigmoid",
            "test-sigmoid",
            "sigmoid(z): return 1 / (1 + np.exp(z)) if np.ndim(z) else 0.5",
            "exponent has the wrong sign",
        ),
        (
            "sigmoid",
            "test-sigmoid",
            "sigmoid(z): out = np.zeros_like(z) + np.full_like(z, .5) if np.ndim(z) == 1 else 1 / (1 + np.exp(-z)); return out",
            "integers",
        ),
        ("step-dl-dp", "test-dl-dp", "dL_dp(y, p): return -y / p + (1 - y) / (1 - p)", "sign flipped"),
        ("step-dl-dp", "test-dl-dp", "dL_dp(y, p): return y / p + (1 - y) / (1 - p)", "inner derivative"),
        ("step-dl-dp", "test-dl-dp", "dL_dp(y, p): return np.sum(y / p - (1 - y) / (1 - p))", "no sum here"),
        ("step-dp-dz2", "test-dp-dz2", "dp_dz2(p): return sigmoid(p) * (1 - sigmoid(p))", "sigmoid applied twice"),
        ("step-dp-dz2", "test-dp-dz2", "dp_dz2(p): return 1 - p**2", "belongs to tanh"),
        ("step-dl-dz2", "test-dl-dz2", "dL_dz2(y, p): return p - y", "sign flipped"),
        ("step-dl-dz2", "test-dl-dz2", "dL_dz2(y, p): return (y - p) * p * (1 - p)", "σ′ left in"),
        ("step-dl-dz2", "test-dl-dz2", "dL_dz2(y, p): return dL_dp(y, p)", "σ′ forgotten"),
        ("step-dl-dz2", "test-dl-dz2", "dL_dz2(y, p): return dL_dp(y, p) * dp_dz2(p)", "0/0"),
        ("step-dz2-da1", "test-dz2-da1", "dz2_da1(w2): return 1.0", "with respect to b2"),
        ("step-dz2-da1", "test-dz2-da1", "dz2_da1(w2): return np.sum(w2)", "keep their shape"),
        ("step-da1-dz1", "test-da1-dz1", "da1_dz1(a1): return 1 - np.tanh(a1) ** 2", "tanh applied twice"),
        ("step-da1-dz1", "test-da1-dz1", "da1_dz1(a1): return a1 * (1 - a1)", "belongs to the sigmoid"),
        (
            "log-likelihood",
            "test-log-likelihood",
            "log_likelihood(y, p): return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))",
            "sign flipped",
        ),
        (
            "log-likelihood",
            "test-log-likelihood",
            "log_likelihood(y, p): return np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))",
            "mean instead of sum",
        ),
        (
            "log-likelihood",
            "test-log-likelihood",
            "log_likelihood(y, p): return np.sum(y * np.log(p))",
            "only the examples with y = 1",
        ),
        (
            "log-likelihood",
            "test-log-likelihood",
            "log_likelihood(y, p): return y * np.log(p) + (1 - y) * np.log(1 - p)",
            "sum over the rows",
        ),
        (
            "log-likelihood",
            "test-log-likelihood",
            "log_likelihood(y, p): return np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))",
            "clip p",
        ),
    ],
)
def test_a_typical_mistake_in_a_small_function_is_named(solution, test, body, lesson):
    assert_taught(test, {solution: f"def {body}"}, lesson)


FORWARD = "z1 = X @ W1 + b1; a1 = np.tanh(z1); z2 = a1 @ W2 + b2; p = sigmoid(z2)"


@pytest.mark.parametrize(
    ("right", "wrong", "lesson"),
    [
        ("X @ W1 + b1", "X @ W1", "lacks its bias"),
        ("np.tanh(z1)", "sigmoid(z1)", "the hidden layer has tanh"),
        ("a1 @ W2", "z1 @ W2", "computed from z1"),
        ("sigmoid(z2)", "np.tanh(z2)", "p = sigmoid"),
    ],
)
def test_a_typical_mistake_in_forward_is_named(right, wrong, lesson):
    assert right in FORWARD
    body = FORWARD.replace(right, wrong)
    answer = f"def forward(X, W1, b1, W2, b2):\n    {body}\n    return dict(z1=z1, a1=a1, z2=z2, p=p)"
    assert_taught("test-forward", {"forward": answer}, lesson)


def difference_loop(copy="np.array(x, dtype=float)", formula="(above - below) / (2 * eps)", restore="x[i] = centre"):
    return (
        "def numerical_gradient(f, x, eps=1e-5):\n"
        f"    x = {copy}\n"
        "    gradient, here = np.empty(x.shape), f(x)\n"
        "    for i in np.ndindex(x.shape):\n"
        "        centre = x[i]\n"
        "        x[i] = centre + eps; above = f(x)\n"
        "        x[i] = centre - eps; below = f(x)\n"
        f"        {restore}\n"
        f"        gradient[i] = {formula}\n"
        "    return gradient"
    )


@pytest.mark.parametrize(
    ("answer", "lesson"),
    [
        (difference_loop(formula="(above - here) / eps"), "one-sided"),
        (difference_loop(formula="(above - below) / eps"), "twice too large"),
        (difference_loop().replace("    x = ", "    eps = 1e-5; x = "), "eps was not used"),
        (difference_loop(restore="pass"), "put it back"),
        (difference_loop(copy="x", restore="x[i] += eps"), "caller's x was changed"),
        (difference_loop(copy="x.copy()"), "integers"),
        (difference_loop().replace("return gradient", "return gradient.ravel()"), "shape of x"),
    ],
)
def test_a_typical_mistake_in_numerical_gradient_is_named(answer, lesson):
    assert_taught("test-numerical-gradient", {"numerical-gradient": answer}, lesson)


# name, what is replaced in a right answer, by what, the lesson, the points left in the hidden test
MISTAKES_IN_BACKWARD = [
    ("sign flipped", "y - p", "p - y", "sign flipped", 0),
    ("sigma' left in dz2", "y - p", "(y - p) * p * (1 - p)", "σ′ left in", 0),
    ("sigma' forgotten in dz2", "y - p", "dL_dp(y, p)", "σ′ forgotten", 0),
    ("mean instead of sum, everywhere", "y - p", "(y - p) / len(X)", "mean instead of sum", 0),
    ("mean instead of sum, in W2", "a1.T @ dz2", "a1.T @ dz2 / len(X)", "dW2: mean instead of sum", 6),
    ("mean instead of sum, in both biases", "np.sum(", "np.mean(", "db2: mean instead of sum", 5),
    ("no batch sum in b2", "np.sum(dz2, axis=0, keepdims=True)", "dz2", "db2: not summed over the batch", 6),
    ("no batch sum in b1", "np.sum(dz1, axis=0, keepdims=True)", "dz1", "db1: not summed over the batch", 6),
    ("keepdims forgotten", ", keepdims=True", "", "db2: an axis was lost", 5),
    ("missing tanh'", "da1 * (1 - a1**2)", "da1", "missing tanh′", 4),
    ("tanh' of z1", "1 - a1**2", "1 - z1**2", "tanh′ taken of z1", 4),
    ("tanh' of z2", "1 - a1**2", "1 - np.tanh(z2) ** 2", "tanh′ taken of z2", 4),
    ("tanh' of z2, without its tanh", "1 - a1**2", "1 - z2**2", "tanh′ taken of z2", 4),
    ("tanh twice", "1 - a1**2", "1 - np.tanh(a1) ** 2", "tanh applied twice", 4),
    ("W2 not transposed", "dz2 @ W2.T", "dz2 @ W2", "Is W2 transposed", 0),
    ("W2 not transposed, elementwise", "dz2 @ W2.T", "dz2 * W2", "Is W2 transposed", 0),
    ("dW2 transposed", "a1.T @ dz2", "dz2.T @ a1", "dW2: transposed result", 6),
    ("dW1 transposed", "X.T @ dz1", "dz1.T @ X", "dW1: transposed result", 6),
    ("a name is missing", "da1=da1, ", "", "missing: da1", 6),
    ("nothing returned", "return dict", "dict", "returned nothing", 0),
]


def backward_with(right, wrong):
    """The source of a right ``backward`` with one thing replaced."""
    answer = (
        "def backward(X, y, W1, b1, W2, b2):\n"
        "    z1, a1, z2, p = forward(X, W1, b1, W2, b2).values()\n"
        "    dz2 = y - p\n"
        "    dW2 = a1.T @ dz2\n"
        "    db2 = np.sum(dz2, axis=0, keepdims=True)\n"
        "    da1 = dz2 @ W2.T\n"
        "    dz1 = da1 * (1 - a1**2)\n"
        "    dW1 = X.T @ dz1\n"
        "    db1 = np.sum(dz1, axis=0, keepdims=True)\n"
        "    return dict(dz2=dz2, dW2=dW2, db2=db2, da1=da1, dz1=dz1, dW1=dW1, db1=db1)"
    )
    assert right in answer
    return answer.replace(right, wrong)


@pytest.mark.parametrize(
    ("right", "wrong", "lesson", "points"),
    [m[1:] for m in MISTAKES_IN_BACKWARD],
    ids=[m[0] for m in MISTAKES_IN_BACKWARD],
)
def test_a_typical_mistake_in_backward_is_named_and_the_right_names_keep_their_points(right, wrong, lesson, points):
    answers = {"backward": backward_with(right, wrong)}
    assert_taught("test-backward", answers, lesson)
    names = namespace(NOTEBOOK, answers)
    for _ in range(3):
        assert run_test_cell(NOTEBOOK, "hidden-backward", names) == points


def test_knowing_the_toy_batch_by_heart_earns_nothing():
    names = namespace(NOTEBOOK, {"backward": "def backward(*batch): return toy_steps()"})
    with pytest.raises(AssertionError, match="one example"):
        run_test_cell(NOTEBOOK, "test-backward", names)
    assert run_test_cell(NOTEBOOK, "hidden-backward", names) == 0


def test_an_untouched_notebook_earns_nothing():
    stubs = {
        cell_id: re.sub(r"### BEGIN SOLUTION.*### END SOLUTION", "raise NotImplementedError()", cell.source, flags=re.S)
        for cell_id, cell in cells(NOTEBOOK).items()
        if cell.cell_type == "code" and "### BEGIN SOLUTION" in cell.source
    }
    names = namespace(NOTEBOOK, stubs)
    for cell_id in TEST_CELLS:
        if cell_id == "hidden-backward":
            assert run_test_cell(NOTEBOOK, cell_id, names) == 0
        elif cell_id != "derivation":
            with pytest.raises(AssertionError, match="is not written yet"):
                run_test_cell(NOTEBOOK, cell_id, names)


# ------------------------------------------------------------------ the comparison table


def test_the_comparison_table_names_each_kind_of_mistake():
    want = {name: REFERENCE["toy_steps"]()[name] for name in NAMES}
    got = {
        "dz2": want["dz2"],
        "dW2": -want["dW2"],
        "db2": want["db2"] / 4,
        "da1": want["da1"].T,
        "dz1": 3 * want["dz1"],
        "db1": want["dz1"],
    }
    table = REFERENCE["compare"](got, want, batch_size=4)
    hints = {row.name: row.hint for row in table.rows}
    assert hints.pop("dz2") == ""
    for name, words in {
        "dW2": "sign flipped",
        "db2": "mean instead of sum",
        "da1": "transposed",
        "dz1": "constant factor 3",
        "dW1": "missing",
        "db1": "not summed over the batch",
    }.items():
        assert words in hints[name]
        assert words in repr(table) and words in table._repr_html_()
    assert repr(table).count("✓ agrees") == table._repr_html_().count("✓ agrees") == 1


def test_the_comparison_table_shows_the_largest_difference():
    want = REFERENCE["toy_steps"]()["dW1"]
    got = want.copy()
    got[2, 1] += 0.25
    (row,) = REFERENCE["compare"]({"dW1": got}, {"dW1": want}, batch_size=4).rows
    assert row.difference == pytest.approx(0.25)
    assert "[2, 1]" in row.hint


# ---------------------------------------------------------- what the demo cells promise


def test_the_product_of_the_scalar_factors_is_the_number_that_the_notebook_announces(capsys):
    run(cells(NOTEBOOK)["chain"].source, namespace(NOTEBOOK), "chain")
    (announced,) = re.findall(r"both lines show ([\d.]+)\.", cells(NOTEBOOK)["about-chain"].source)
    assert re.findall(r"\d\.\d{7}", capsys.readouterr().out) == [announced, announced]


def test_gradient_ascent_never_steps_down_and_ends_where_the_notebook_announces():
    names = namespace(NOTEBOOK)
    run(cells(NOTEBOOK)["ascent"].source, names, "ascent")
    (announced,) = re.findall(r"L \\approx (-\d\.\d)\$", cells(NOTEBOOK)["reward"].source)
    assert names["curve"][-1] == pytest.approx(float(announced), abs=0.06)
    assert np.all(np.diff(names["curve"]) > 0)
    assert np.all((names["p"] > 0.5) == names["y"])
