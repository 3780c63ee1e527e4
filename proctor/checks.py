"""What hidden tests say: parts with points, and comparisons that name the difference.

A hidden test draws inputs from ``rng``, groups its assertions in ``part``s and ends
with ``score()``, nbgrader's convention for partial credit::

    from proctor.checks import part, score, assert_close, rng
    with part(2, "dW1 for any batch"):
        X = rng.normal(size=(5, 3))
        assert_close(backward(X)["dW1"], want, "dL/dW1")
    score()
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from IPython import get_ipython

#: Source of fresh inputs. Seeded anew for each test cell; the seed stands in the graded notebook.
rng = np.random.default_rng()


@dataclass
class _Tally:
    """Points of the parts seen since the last ``score()`` in one test cell."""

    cell: object = None
    earned: list[float] = field(default_factory=list)


_tally = _Tally()


def begin(seed: int) -> None:
    """Start a test cell: forget parts of a cell that never reached ``score()``, seed ``rng``."""
    _tally.earned.clear()
    _tally.cell = _current_cell()
    rng.bit_generator.state = np.random.default_rng(seed).bit_generator.state


@contextmanager
def part(points: float, label: str) -> Iterator[None]:
    """One part of a test cell: worth ``points`` if its body finishes, 0 if it raises.

    The label is the author's message to the student, printed with the result.
    Raises ValueError for points that are not positive.
    """
    if not points > 0:
        raise ValueError(f"part {label!r} needs points above 0, not {points}")
    if _tally.cell != _current_cell():
        _tally.earned.clear()
        _tally.cell = _current_cell()
    try:
        yield
    except Exception as error:
        _tally.earned.append(0.0)
        print(f"✗ 0/{points:g}  {label}: {_in_words(error)}")
    else:
        _tally.earned.append(float(points))
        print(f"✓ {points:g}/{points:g}  {label}")


def score() -> float:
    """Points earned by the parts of this cell; must be the cell's last expression.

    Raises RuntimeError when the cell has no part.
    """
    if not _tally.earned:
        raise RuntimeError("score() needs at least one part(points, label) before it")
    total = sum(_tally.earned)
    _tally.earned.clear()
    return total


def assert_close(got, want, name: str, rtol: float = 1e-6, atol: float = 1e-8) -> None:
    """Assert that ``got`` equals ``want`` elementwise within ``atol + rtol * |want|``.

    Parameters: numbers, nested lists, NumPy arrays or torch tensors of any shape.
    Raises AssertionError whose message names the difference: what kind of thing it is,
    shape, a flipped sign, a transposed result, the mean in place of the sum, a constant
    factor, or the first index that differs with both values.
    """
    want = _as_array(want)
    try:
        got = _as_array(got)
    except (TypeError, ValueError):
        raise AssertionError(f"{name} should be numbers, but is a {type(got).__name__}") from None
    problem = diagnose(got, want, rtol, atol)
    if problem:
        raise AssertionError(f"{name} {problem}")


def diagnose(got: np.ndarray, want: np.ndarray, rtol: float = 1e-6, atol: float = 1e-8) -> str:
    """Say in a few words how ``got`` differs from ``want``; "" when it does not."""

    def close(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=rtol, atol=atol)

    if got.shape != want.shape:
        if close(got.T, want):
            return f"is transposed: its shape is {got.shape}, it should be {want.shape}"
        return f"has shape {got.shape}, but should have {want.shape}"
    if close(got, want):
        return ""
    if not np.isfinite(got).all() and np.isfinite(want).all():
        return f"holds nan or inf, first at {_place(~np.isfinite(got))}"
    if close(-got, want):
        return "has its sign flipped"
    if got.ndim == 2 and close(got.T, want):
        return "is transposed"
    factor = _constant_factor(got, want)
    if factor is not None and close(got, factor * want):
        if factor < 1 and abs(1 / factor - round(1 / factor)) < 1e-6:
            return f"is too small by a factor of {1 / factor:.0f}: a mean instead of a sum?"
        if factor > 1 and abs(factor - round(factor)) < 1e-6:
            return f"is too large by a factor of {factor:.0f}: a sum instead of a mean?"
        return f"is off by a constant factor of {factor:.6g}"
    wrong = ~np.isclose(got, want, rtol=rtol, atol=atol)
    place = tuple(np.argwhere(wrong)[0])
    return f"differs first at {_place(wrong)}: got {got[place]:.6g}, expected {want[place]:.6g}"


def _as_array(value) -> np.ndarray:
    """``value`` as a numeric array; TypeError for anything else."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    array = np.asarray(value)
    if array.dtype.kind not in "biufc":
        raise TypeError(f"not numbers: {type(value).__name__}")
    return array if array.dtype.kind == "c" else array.astype(np.float64)


def _place(wrong: np.ndarray) -> str:
    """The first True of ``wrong`` as an index a student can type."""
    index = [int(i) for i in np.argwhere(wrong)[0]]
    return f"[{', '.join(map(str, index))}]" if index else "its only value"


def _constant_factor(got: np.ndarray, want: np.ndarray) -> float | None:
    """The number c with got = c * want at the largest value of ``want``, if there is one."""
    if want.size < 2 or np.iscomplexobj(got) or np.iscomplexobj(want):
        return None
    largest = np.unravel_index(np.argmax(np.abs(want)), want.shape)
    if not np.isfinite(want[largest]) or abs(want[largest]) == 0:
        return None
    factor = float(got[largest] / want[largest])
    return factor if factor > 0 and np.isfinite(factor) else None


def _in_words(error: Exception) -> str:
    """An author's assertion in its own words; any other exception by its name."""
    if isinstance(error, AssertionError):
        return str(error) or "the check failed"
    return f"raised {type(error).__name__}: {error}"


def _current_cell() -> object:
    """Something that changes from cell to cell in a notebook; None outside of one."""
    shell = get_ipython()
    return None if shell is None else shell.execution_count


def _for_authors() -> None:
    """In an ordinary kernel, hidden tests find ``reference`` and ``candidate`` too."""
    shell = get_ipython()
    if shell is not None:
        shell.extension_manager.load_extension("proctor.authoring")


_for_authors()
