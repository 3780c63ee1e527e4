"""The report as one page: nothing beside it, nothing that runs, legible on a phone and on paper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from . import figures
from .closeness import ALIKE, FEWEST
from .findings import Findings
from .published import Published
from .similarity import COMMON
from .statistics import LOW, QuestionStatistics

_SHOWN = {"people": 15, "diagnoses": 25, "pairs": 20, "code": 4_000}
_DAY = 86_400


@dataclass(frozen=True)
class _Book:
    """A notebook's questions; ``mean`` and ``maximum`` are of what is graded."""

    name: str
    questions: tuple[QuestionStatistics, ...]
    mean: float
    maximum: float


def write(folder: Path, found: Findings, is_anonymous: bool) -> Path:
    """Write ``report.html``, whole or not at all. Raises OSError."""
    target = folder / "report.html"
    partial = target.with_name(f".{target.name}.partial")
    partial.write_text(html(found, is_anonymous, datetime.now().astimezone()), "utf-8")
    os.replace(partial, target)
    return target


def html(found: Findings, is_anonymous: bool, now: datetime) -> str:
    """The page, as it was ``now``."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    scores = np.array([each.score for each in found.graded.submissions])
    return environment.get_template("report.html.j2").render(
        found=found,
        graded=found.graded,
        attention=found.attention,
        is_anonymous=is_anonymous,
        now=now.strftime("%d %B %Y, %H:%M"),
        mean=scores.mean() if len(scores) else None,
        median=np.median(scores) if len(scores) else None,
        waits=sum(each.waits for each in found.questions),
        books=tuple(_books(found)),
        plots=_plots(found),
        shown=_SHOWN,
        low=LOW,
        day=_DAY,
        alike=ALIKE,
        fewest=FEWEST,
        common=COMMON,
    )


def _printable(value: object) -> object:
    """Texts without what would turn the page's direction or hide a letter; a line ends where it ends."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "�" for letter in value)


def _books(found: Findings) -> Iterator[_Book]:
    for name, of_book in groupby(found.questions, key=lambda each: each.question.notebook):
        questions = tuple(of_book)
        items = [each.item for each in questions if each.item is not None]
        yield _Book(name, questions, sum(item.mean for item in items), sum(item.maximum for item in items))


def _plots(found: Findings) -> dict[str, list[figures.Plot]]:
    late = figures.lateness([late.seconds for late in found.attention.late])
    plots: dict[str, list[figures.Plot | None]] = {
        "distribution": [figures.distribution(found.graded)],
        "questions": [figures.questions(found.questions)],
        "late": [late],
        "published": [figures.recorded(pair) for each in found.published for pair in _against_the_first(each)],
    }
    return {name: [plot for plot in of_name if plot is not None] for name, of_name in plots.items()}


def _against_the_first(published: Published) -> Iterator[figures.Recorded]:
    """What a test writes down first, such as an accuracy, against each of the others."""
    first, *others = published.names
    for other in others:
        values = [[of[other], of[first]] for of in published.of.values() if first in of and other in of]
        if len(values) > 1:
            yield figures.Recorded(published.question.title, other, first, np.array(values))
