"""How hard each question and each part was, and how well it tells who knows the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .values import GradedClass, Question, Submission

LOW = 0.2  # discrimination, of an item to look at
_FEWEST = 10  # submissions, for a correlation that says something


@dataclass(frozen=True)
class Item:
    """A question or a part. ``count``: submissions with points for it.

    ``difficulty`` is the mean share of its points, 0 to 1: the lower, the harder. ``discrimination`` is the item-rest
    correlation, see ``item_rest``; None where it is not defined. ``full`` and ``none`` are shares of submissions.
    """

    label: str
    maximum: float
    count: int
    mean: float
    difficulty: float
    discrimination: float | None
    full: float
    none: float


@dataclass(frozen=True)
class QuestionStatistics:
    question: Question
    item: Item | None
    parts: tuple[Item, ...]
    waits: int


def statistics(graded: GradedClass) -> tuple[QuestionStatistics, ...]:
    """Of each question, in order; ``item`` is None where nobody has points yet."""
    points = points_of(graded)
    complete = ~np.isnan(points).any(axis=0) if len(points) else np.zeros(len(graded.questions), bool)
    total = points[:, complete].sum(axis=1)  # what waits for a person would be 0 for some and points for others
    found = []
    for place, question in enumerate(graded.questions):
        mine = points[:, place]
        rest = total - mine if complete[place] else total
        parts = tuple(_parts(question, graded.submissions, total))
        waits = sum(grade is not None and grade.waits for grade in (each.grades[place] for each in graded.submissions))
        found.append(QuestionStatistics(question, _item(question.title, question.maximum, mine, rest), parts, waits))
    return tuple(found)


def points_of(graded: GradedClass) -> np.ndarray:
    """(submissions, questions) float64; nan where nobody has decided yet."""
    return np.array(
        [
            [np.nan if grade is None or grade.points is None else grade.points for grade in each.grades]
            for each in graded.submissions
        ],
        dtype=np.float64,
    ).reshape(len(graded.submissions), len(graded.questions))


def item_rest(item: np.ndarray, rest: np.ndarray) -> float | None:
    """Pearson's correlation of the points for an item with the points for all the rest, both (n,).

    None for fewer than 10 submissions, and where all have the same points.
    """
    if len(item) < _FEWEST or np.ptp(item) == 0 or np.ptp(rest) == 0:
        return None
    return float(np.corrcoef(item, rest)[0, 1])


def _item(label: str, maximum: float, points: np.ndarray, rest: np.ndarray) -> Item | None:
    known = ~np.isnan(points)
    mine = points[known]
    if not len(mine):
        return None
    return Item(
        label,
        maximum,
        len(mine),
        float(mine.mean()),
        float(mine.mean() / maximum) if maximum else 0.0,
        item_rest(mine, rest[known]),
        float((mine >= maximum).mean()),
        float((mine <= 0).mean()),
    )


def _parts(question: Question, submissions: Sequence[Submission], total: np.ndarray) -> Iterator[Item]:
    """In the order of the test's source; parts that are made in a loop come last. ``total`` is of the submissions."""
    columns: dict[tuple[str, int], np.ndarray] = {}
    maxima: dict[tuple[str, int], float] = {}
    counted: Counter[str] = Counter()
    for label, maximum in question.parts:
        maxima[label, counted[label]] = maximum
        counted[label] += 1
    for row, each in enumerate(submissions):
        kept = each.kept.get(question.notebook)
        test = kept.tests.get(question.name) if kept else None
        counted.clear()
        for part in test.parts if test else ():
            key = part.label, counted[part.label]
            counted[part.label] += 1
            maxima.setdefault(key, part.maximum)
            if key not in columns:
                columns[key] = np.full(len(submissions), np.nan)
            columns[key][row] = part.points
    for key, maximum in maxima.items():
        if key in columns and (item := _item(key[0], maximum, columns[key], total - columns[key])):
            yield item
