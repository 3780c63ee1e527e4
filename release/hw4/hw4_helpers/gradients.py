"""Gradients beside the values they should have, with a word on what is wrong."""

from dataclasses import dataclass
from html import escape

import numpy as np


def toy_batch() -> tuple[np.ndarray, ...]:
    """A batch small enough to follow by hand: X (4×3), y (4×1), W1 (3×2), b1 (1×2), W2 (2×1), b2 (1×1)."""
    X = np.array([[0.5, -1.2, 0.8], [1.5, 0.3, -0.6], [-0.7, 0.9, 0.4], [-1.1, -0.4, 1.3]])
    y = np.array([[1.0], [0.0], [1.0], [0.0]])
    W1 = np.array([[0.6, -0.4], [-0.9, 0.7], [0.2, 1.1]])
    b1 = np.array([[0.1, -0.3]])
    W2 = np.array([[1.2], [-0.8]])
    b2 = np.array([[0.2]])
    return X, y, W1, b1, W2, b2


def toy_steps() -> dict[str, np.ndarray]:
    """Every intermediate value and gradient of ``toy_batch()``, to 8 decimals."""
    steps = {
        "z1": [[1.64, -0.46], [0.61, -1.35], [-1.05, 1.05], [0.06, 1.29]],
        "a1": [[0.92747257, -0.43008421], [0.5441271, -0.87405329], [-0.78180636, 0.78180636], [0.0599281, 0.85912654]],
        "z2": [[1.65703445], [1.55219515], [-1.36361272], [-0.41538751]],
        "p": [[0.83983951], [0.82523055], [0.20365377], [0.397621]],
        "dz2": [[0.16016049], [-0.82523055], [0.79634623], [-0.397621]],
        "dW2": [[-0.94690307], [0.93339477]],
        "db2": [[-0.26634484]],
        "da1": [
            [0.19219259, -0.12812839],
            [-0.99027666, 0.66018444],
            [0.95561548, -0.63707698],
            [-0.47714521, 0.3180968],
        ],
        "dz1": [
            [0.02686749, -0.10442817],
            [-0.69708119, 0.1558239],
            [0.37152306, -0.24768204],
            [-0.4754316, 0.08331006],
        ],
        "dW1": [[-0.76927943, 0.26325812], [0.28317804, -0.08417688], [-0.02970914, -0.16780661]],
        "db1": [[-0.77412224, -0.11297625]],
    }
    return {name: np.array(values) for name, values in steps.items()}


def cubic(x: np.ndarray) -> float:
    """The sum of all x³; its gradient is 3x²."""
    return float(np.sum(x**3))


def quadratic(x: np.ndarray) -> float:
    """Half the squared length of M x, with M lower triangular, all ones; its gradient is MᵀM x."""
    return float(0.5 * np.sum((np.tri(len(x)) @ x) ** 2))


def log_sigmoid(x: np.ndarray) -> float:
    """The sum of all ln σ(tanh x); its gradient is (1 − tanh² x)(1 − σ(tanh x))."""
    return float(-np.sum(np.log1p(np.exp(-np.tanh(x)))))


def two_moons(n: int = 200, noise: float = 0.12, seed: int = 520) -> tuple[np.ndarray, np.ndarray]:
    """Two interleaved half circles: points X (n×2) and their labels y (n×1), 0.0 or 1.0."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    angle = rng.uniform(0, np.pi, n)
    X = np.column_stack([np.cos(angle), np.sin(angle)])
    X[y == 1] = [1.0, 0.5] - X[y == 1]
    X += rng.normal(scale=noise, size=X.shape) - [0.5, 0.25]
    return X, y[:, None].astype(np.float64)


@dataclass(frozen=True)
class ComparedGradient:
    """One line of a ``Comparison``; ``difference`` is nan when the shapes differ."""

    name: str
    shape: tuple[int, ...]
    difference: float
    hint: str


@dataclass(frozen=True)
class Comparison:
    """Gradients beside the values they should have; a notebook shows it as a table."""

    rows: tuple[ComparedGradient, ...]

    def __repr__(self) -> str:
        lines = [f"{'name':<5} {'shape':<10} {'max |difference|':>16}  verdict"]
        for row in self.rows:
            verdict = f"✗ {row.hint}" if row.hint else "✓ agrees"
            lines.append(f"{row.name:<5} {_times(row.shape):<10} {row.difference:>16.1e}  {verdict}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        cell = "padding: 4px 14px; text-align: left"
        lines = []
        for row in self.rows:
            colour, verdict = ("#c92a2a", f"✗ {row.hint}") if row.hint else ("#2b8a3e", "✓ agrees")
            values = (f"<code>{escape(row.name)}</code>", _times(row.shape), f"{row.difference:.1e}")
            lines.append(
                "<tr>"
                + "".join(f'<td style="{cell}">{value}</td>' for value in values)
                + f'<td style="{cell}; color: {colour}">{escape(verdict)}</td></tr>'
            )
        head = "".join(f'<th style="{cell}">{h}</th>' for h in ("name", "shape", "max |difference|", "verdict"))
        return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def compare(got: dict, want: dict[str, np.ndarray], batch_size: int) -> Comparison:
    """Compare gradients name by name: shape, largest absolute difference, verdict and a hint.

    Every name in ``want`` gets a line; ``batch_size`` is the number of examples N.
    """
    rows = []
    for name, expected in want.items():
        try:
            value = np.asarray(got[name], dtype=np.float64)
        except (KeyError, TypeError, ValueError):
            rows.append(ComparedGradient(name, (), float("nan"), "missing, or not an array of numbers"))
            continue
        same_shape = value.shape == expected.shape
        difference = float(np.max(np.abs(value - expected))) if same_shape else float("nan")
        rows.append(ComparedGradient(name, value.shape, difference, diagnose(value, expected, batch_size)))
    return Comparison(tuple(rows))


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(str(length) for length in shape) or "–"


def diagnose(got: object, want: np.ndarray, batch_size: int) -> str:
    """What is wrong with the gradient ``got``, in words; an empty string when it is close to ``want``.

    ``batch_size`` is the number of examples N that the gradient was summed over.
    """
    if close(got, want):
        return ""
    try:
        got = np.asarray(got, dtype=np.float64)
    except (TypeError, ValueError):
        return "not an array of numbers"
    if got.shape != want.shape:
        return _diagnose_shape(got, want, batch_size)
    if close(got, -want):
        return "sign flipped: this descends; for a log-likelihood dz2 is y − p, not p − y"
    if close(got.T, want):
        return "transposed result"
    if close(got * batch_size, want):
        return f"mean instead of sum: N = {batch_size} times too small, and L is a sum over the batch"
    factor = float(np.vdot(want, got) / np.vdot(want, want)) if np.any(want) else 0.0
    if factor and want.size > 1 and close(got / factor, want):
        return f"off by the constant factor {factor:.4g}"
    difference = np.abs(got - want)
    index = tuple(int(i) for i in np.unravel_index(np.argmax(difference), want.shape))
    return f"differs most at {list(index)}: {got[index]:.6g} instead of {want[index]:.6g}"


def _diagnose_shape(got: np.ndarray, want: np.ndarray, batch_size: int) -> str:
    shapes = f"shape {got.shape} instead of {want.shape}"
    if got.shape == want.shape[::-1]:
        return f"transposed result: {shapes}; a gradient has the shape of what it belongs to"
    if got.ndim == 2 and got.shape == (batch_size, want.shape[1]) and want.shape[0] == 1:
        return f"not summed over the batch: {shapes}; add up the rows, sum(axis=0, keepdims=True)"
    if got.size == want.size:
        return f"an axis was lost or added: {shapes}; keepdims=True keeps a sum two-dimensional"
    return shapes


def close(got: object, want: object) -> bool:
    """True when ``got`` holds numbers of the same shape as ``want``, equal to about six digits."""
    try:
        got, want = np.asarray(got, dtype=np.float64), np.asarray(want, dtype=np.float64)
    except (TypeError, ValueError):
        return False
    return got.shape == want.shape and np.allclose(got, want, rtol=1e-5, atol=1e-7)
