"""What hidden tests say: parts with points, and comparisons that name the difference.

A hidden test draws inputs from ``rng``, groups its assertions in ``part``s and ends
with ``score()``, nbgrader's convention for partial credit::

    from proctor.checks import part, score, assert_close, rng
    with part(2, "dW1 for any batch"):
        X = rng.normal(size=(5, 3))
        assert_close(backward(X)["dW1"], want, "dL/dW1")
    score()

In an exam a student reads of a difference only what kind it is and where: numbers that
the student's code returns in a hidden test could spell out what it was asked. The values
go to staff, see ``details``. In an ordinary kernel everything is printed.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple, SupportsFloat

import numpy as np
from IPython import get_ipython

from proctor.parts import PASSED, Part, in_lines

#: Source of fresh inputs. Seeded anew for each test cell; the seed stands in the graded notebook.
rng = np.random.default_rng()

_LIBRARIES = ("numpy", "torch", "unittest", "pandas", "scipy")


@dataclass
class _Tally:
    """Points of the parts seen since the last ``score()`` in one test cell."""

    cell: object = None
    earned: list[float] = field(default_factory=list)
    in_exam: bool = False
    explain: Callable[[Exception], str] | None = None
    parts: list[Part] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    records: dict[str, float] = field(default_factory=dict)


_tally = _Tally()


def begin(seed: int, in_exam: bool = False, explain: Callable[[Exception], str] | None = None) -> None:
    """Start a test cell: forget parts of a cell that never reached ``score()``, seed ``rng``.

    ``in_exam``: students read what is printed from now on, staff read ``details()``, and parts are
    not printed but kept, see ``parts()``. ``explain`` puts an exception into words for students; ""
    leaves it to this module.
    """
    _tally.earned.clear()
    _tally.parts.clear()
    _tally.details.clear()
    _tally.records.clear()
    _tally.cell, _tally.in_exam, _tally.explain = _current_cell(), in_exam, explain
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
        outcome = getattr(error, "outcome", "failed")  # see ``exam/examiner/faults.py``
        _count(Part(label, 0.0, float(points), outcome, _in_words(error, label)))
    else:
        _count(Part(label, float(points), float(points), PASSED))


def score() -> float:
    """Points earned by the parts of this cell; must be the cell's last expression.

    Raises RuntimeError when the cell has no part.
    """
    if not _tally.earned:
        raise RuntimeError("score() needs at least one part(points, label) before it")
    total = sum(_tally.earned)
    _tally.earned.clear()
    return total


def record(name: str, value: SupportsFloat) -> None:
    """Write down a number beside the points, for a leaderboard: an accuracy, a size, a time.

    Students read it too. Record what the test has computed itself, not what the student's code
    says: that could spell out what it was asked. Raises ValueError unless ``value`` is finite,
    TypeError unless ``name`` is a text.
    """
    if not isinstance(name, str):
        raise TypeError(f"a record's name is a text, not {name!r}")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"the record {name!r} needs a finite number, not {number}")
    _tally.records[name] = number
    print(in_words({name: number}))


def parts() -> tuple[Part, ...]:
    """The parts that this test cell of an exam has come to."""
    return tuple(_tally.parts)


def details() -> tuple[str, ...]:
    """What students were not told in this test cell of an exam."""
    return tuple(_tally.details)


def records() -> dict[str, float]:
    """What this test cell has written down, by name."""
    return dict(_tally.records)


def in_words(records: dict[str, float]) -> str:
    """Records as students read them."""
    return "\n".join(f"{name}: {value:.6g}" for name, value in records.items())


def authors_words(error: AssertionError) -> str:
    """The message of a failed check, "" if a library wrote it: ``np.testing`` prints the values."""
    innermost = list(traceback.walk_tb(error.__traceback__))[-1:]
    library = [frame.f_globals.get("__name__", "").split(".")[0] in _LIBRARIES for frame, _ in innermost]
    return "" if any(library) else str(error)


def assert_close(got, want, name: str, rtol: float = 1e-6, atol: float = 1e-8) -> None:
    """Assert that ``got`` equals ``want`` elementwise within ``atol + rtol * |want|``.

    Parameters: numbers, nested lists, NumPy arrays or torch tensors of any shape.
    Raises AssertionError whose message names the difference: what kind of thing it is,
    shape, a flipped sign, a transposed result, the mean in place of the sum, a constant
    factor, or the first index that differs with both values. In an exam the message says
    the kind and the place, and ``details`` the rest.
    """
    want = _as_array(want)
    try:
        got = _as_array(got)
    except (TypeError, ValueError):
        raise AssertionError(f"{name} should be numbers, but is a {type(got).__name__}") from None
    difference = _difference(got, want, rtol, atol)
    if difference:
        if _tally.in_exam:
            _tally.details.append(f"{name} {difference.in_full}")
        raise AssertionError(f"{name} {difference.in_short if _tally.in_exam else difference.in_full}")


def diagnose(got: np.ndarray, want: np.ndarray, rtol: float = 1e-6, atol: float = 1e-8) -> str:
    """Say in a few words how ``got`` differs from ``want``; "" when it does not."""
    difference = _difference(got, want, rtol, atol)
    return difference.in_full if difference else ""


class _Difference(NamedTuple):
    """``in_short`` holds nothing of the numbers that were got."""

    in_short: str
    in_full: str


def _count(part: Part) -> None:
    _tally.earned.append(part.points)
    if _tally.in_exam:
        _tally.parts.append(part)
    else:
        print(in_lines([part]), end="")


def _difference(got: np.ndarray, want: np.ndarray, rtol: float, atol: float) -> _Difference | None:
    def close(a, b):
        return a.shape == b.shape and np.allclose(a, b, rtol=rtol, atol=atol)

    if got.shape != want.shape:
        if close(got.T, want):
            short = f"is transposed: its shape should be {want.shape}"
            return _Difference(short, f"is transposed: its shape is {got.shape}, it should be {want.shape}")
        short = f"has another shape than {want.shape}, which it should have"
        return _Difference(short, f"has shape {got.shape}, but should have {want.shape}")
    if close(got, want):
        return None
    if not np.isfinite(got).all() and np.isfinite(want).all():
        only = got.size == 1
        return _same("is nan or inf" if only else f"holds nan or inf, first at {_place(~np.isfinite(got))}")
    if close(-got, want):
        return _same("has its sign flipped")
    if got.ndim == 2 and close(got.T, want):
        return _same("is transposed")
    factor = _constant_factor(got, want)
    if factor is not None and close(got, factor * want):
        if factor < 1 and abs(1 / factor - round(1 / factor)) < 1e-6:
            short = "is too small by a constant factor: a mean instead of a sum?"
            return _Difference(short, f"is too small by a factor of {1 / factor:.0f}: a mean instead of a sum?")
        if factor > 1 and abs(factor - round(factor)) < 1e-6:
            short = "is too large by a constant factor: a sum instead of a mean?"
            return _Difference(short, f"is too large by a factor of {factor:.0f}: a sum instead of a mean?")
        return _Difference("is off by a constant factor", f"is off by a constant factor of {factor:.6g}")
    if got.size == 1:
        return _Difference("differs from what it should be", f"is {got.item():.6g}, but should be {want.item():.6g}")
    wrong = ~np.isclose(got, want, rtol=rtol, atol=atol)
    place = tuple(np.argwhere(wrong)[0])
    short = f"differs first at {_place(wrong)}"
    return _Difference(short, f"{short}: got {got[place]:.6g}, expected {want[place]:.6g}")


def _same(words: str) -> _Difference:
    return _Difference(words, words)


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
    return f"[{', '.join(str(int(i)) for i in np.argwhere(wrong)[0])}]"


def _constant_factor(got: np.ndarray, want: np.ndarray) -> float | None:
    """The number c with got = c * want at the largest value of ``want``, if there is one."""
    if want.size < 2 or np.iscomplexobj(got) or np.iscomplexobj(want):
        return None
    largest = np.unravel_index(np.argmax(np.abs(want)), want.shape)
    if not np.isfinite(want[largest]) or abs(want[largest]) == 0:
        return None
    factor = float(got[largest] / want[largest])
    return factor if factor > 0 and np.isfinite(factor) else None


def _in_words(error: Exception, label: str) -> str:
    """An author's assertion in its own words; any other exception by its name."""
    kind = type(error).__name__
    in_full = (str(error) or "the check failed") if isinstance(error, AssertionError) else f"raised {kind}: {error}"
    if not _tally.in_exam:
        return in_full
    _tally.details.append(f"{label}: {in_full}")
    explained = _tally.explain(error) if _tally.explain else ""
    if explained or not isinstance(error, AssertionError):
        return explained or f"the test could not go on with what your code returned ({kind})"
    return authors_words(error) or "the check failed"


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
