"""The report's plots, as SVG that stands in the page: readable on a phone, in print and without colours."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator, NullFormatter

from .statistics import LOW, QuestionStatistics
from .values import GradedClass

# Okabe and Ito's: told apart by everybody. What matters is also told by place, shape or words.
_BLUE, _ORANGE, _GREY = "#0072B2", "#D55E00", "#595959"
_STYLE: Any = {
    "svg.fonttype": "none",  # letters stay letters
    "svg.hashsalt": "proctor",
    "text.parse_math": False,  # labels are what authors have written
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _GREY,
    "axes.labelcolor": "#222222",
    "axes.titlesize": 9,
}
_SIZE = (4.4, 2.9)  # inches, at which letters are as large as the page's on a phone
_NAMED = 6  # points of a plot that bear their name
_DAY = 86_400


@dataclass(frozen=True)
class Plot:
    """``svg`` is safe to stand in a page; ``alt`` says in words what it shows."""

    svg: str
    alt: str


@dataclass(frozen=True)
class Recorded:
    """What a test wrote down: (x, y) of each submission."""

    question: str
    x_name: str
    y_name: str
    values: np.ndarray


@mpl.rc_context(_STYLE)
def distribution(graded: GradedClass) -> Plot | None:
    """How many submissions have how many points."""
    points = np.array([each.score for each in graded.submissions])
    if not len(points):
        return None
    top = max(graded.maximum, float(points.max()), 1.0)
    figure, axes = _begin(is_counted=True)
    counts, _, _ = axes.hist(
        points, bins=np.linspace(0, top, min(21, round(top) + 1)).tolist(), color=_BLUE, edgecolor="white"
    )
    median = float(np.median(points))
    axes.axvline(median, color=_ORANGE, linestyle="--", linewidth=1.5)
    axes.annotate(
        f"median {median:g}",
        (median, 1),
        (-4 if median > top / 2 else 4, -2),
        ("data", "axes fraction"),
        "offset points",
        ha="right" if median > top / 2 else "left",
        va="top",
        color=_ORANGE,
        bbox=dict(facecolor="white", edgecolor="none", pad=1, alpha=0.85),
    )
    axes.set(
        xlabel=f"points of {graded.maximum:g}", ylabel="submissions", xlim=(0, top), ylim=(0, np.max(counts) * 1.15)
    )
    low, high = np.percentile(points, [25, 75])
    return _done(
        figure,
        f"Histogram of the points of {len(points)} submissions: from {points.min():g} to {points.max():g} of "
        f"{graded.maximum:g}, median {median:g}; the middle half lies between {low:g} and {high:g}.",
    )


@mpl.rc_context(_STYLE)
def questions(found: Sequence[QuestionStatistics]) -> Plot | None:
    """Each question by difficulty and discrimination."""
    known = [each for each in found if each.item is not None and each.item.discrimination is not None]
    if len(known) < 2:
        return None
    x = np.array([each.item.difficulty for each in known if each.item])
    y = np.array([each.item.discrimination for each in known if each.item], dtype=float)
    by_hand = np.array([each.question.kind != "test" for each in known])
    figure, axes = _begin()
    axes.axhspan(min(-0.05, float(y.min()) - 0.1), LOW, color="#eeeeee", zorder=0)
    for chosen, marker, colour, label in ((~by_hand, "o", _BLUE, "tests"), (by_hand, "s", _ORANGE, "by hand")):
        if chosen.any():
            axes.scatter(x[chosen], y[chosen], s=22, marker=marker, color=colour, alpha=0.85, label=label, linewidths=0)
    for place in np.argsort(y)[:_NAMED]:
        if y[place] < LOW:
            _name(axes, float(x[place]), float(y[place]), known[place].question.title)
    axes.set(
        xlabel="difficulty: mean share of the points",
        ylabel="discrimination",
        xlim=(-0.03, 1.03),
        ylim=(min(-0.05, float(y.min()) - 0.1), 1),
    )
    if by_hand.any() and not by_hand.all():
        axes.legend(frameon=False, loc="upper left", fontsize=8, handletextpad=0.2)
    weak = [each.question.title for each, value in zip(known, y, strict=True) if value < LOW]
    said = f"{len(weak)} lie below {LOW}: {', '.join(weak[:_NAMED])}" if weak else f"none lies below {LOW}"
    return _done(figure, f"{len(known)} questions by difficulty and discrimination; {said}.")


@mpl.rc_context(_STYLE)
def recorded(of: Recorded) -> Plot:
    """Two numbers that a test wrote down for each submission, one against the other."""
    x, y = of.values[:, 0], of.values[:, 1]
    figure, axes = _begin()
    axes.scatter(x, y, s=12, color=_BLUE, alpha=0.45, linewidths=0)
    is_wide = x.min() > 0 and x.max() > 10 * x.min()
    if is_wide:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set(xlabel=of.x_name + (" (logarithmic)" if is_wide else ""), ylabel=of.y_name)
    return _done(
        figure,
        f"{of.y_name} against {of.x_name} of {len(x)} submissions: {of.x_name} from {x.min():,.6g} to {x.max():,.6g}, "
        f"{of.y_name} from {y.min():.4g} to {y.max():.4g}, median {np.median(y):.4g}.",
    )


@mpl.rc_context(_STYLE)
def lateness(seconds: Sequence[float]) -> Plot | None:
    """How many days late what came late was."""
    if len(seconds) < _NAMED:
        return None
    days = np.array(seconds) / _DAY
    last = max(1, int(np.ceil(days.max())))
    figure, axes = _begin(height=2.2, is_counted=True)
    axes.hist(days, bins=np.linspace(0, last, min(last, 30) + 1).tolist(), color=_BLUE, edgecolor="white")
    axes.set(xlabel="days after the due date", ylabel="submissions", xlim=(0, last))
    return _done(
        figure, f"Histogram of {len(days)} late submissions: the median is {np.median(days):.1f} days late, the last {days.max():.1f}."
    )  # fmt: skip


def _begin(height: float = _SIZE[1], is_counted: bool = False) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(_SIZE[0], height), layout="constrained")
    axes = figure.subplots()
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=is_counted))
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _name(axes: Axes, x: float, y: float, name: str) -> None:
    """A name beside a point, on the side where there is room."""
    is_right = x > 0.55
    axes.annotate(
        name, (x, y), (-5 if is_right else 5, 0), textcoords="offset points", ha="right" if is_right else "left", va="center", fontsize=7.5
    )  # fmt: skip


def _done(figure: Figure, alt: str) -> Plot:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    svg = file.getvalue()
    own = hashlib.blake2b(svg.encode(), digest_size=4).hexdigest()  # several stand in one page
    svg = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>p{own}-", svg[svg.index("<svg") :])
    return Plot(svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1), alt)
