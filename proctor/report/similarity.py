"""Answers that are alike where others are not: pairs for a person to look at. What a pair means is not said here."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass

import numpy as np

from proctor.notebooks.assignment import Assignment, AssignmentCell

from .closeness import Answers, Closeness, closeness
from .values import GradedClass, Submission

COMMON = 0.05  # of all pairs alike: the question leaves no choice
LISTED = 1_000  # pairs
_USUAL = 0.01  # of all pairs as close: by chance
_SMALL = 20  # answers; in a smaller class two friends are more than that


@dataclass(frozen=True)
class AlikeAnswers:
    """Two answers to one cell; ``percent`` and ``as_close`` as in ``Closeness``."""

    notebook: str
    cell: str
    percent: int
    as_close: int
    answers: tuple[str, str]


@dataclass(frozen=True)
class Pair:
    """Two students and their answers that are alike.

    ``rarity`` ranks: each cell adds how many powers of ten rarer than one pair in a hundred such closeness is in it.
    """

    students: tuple[str, str]
    names: tuple[str, str]
    rarity: float
    alike: tuple[AlikeAnswers, ...]


@dataclass(frozen=True)
class Compared:
    """One cell: how many answers were long enough to compare, and how many pairs are alike.

    ``is_common``: so many that they say nothing, and none of them counts.
    """

    notebook: str
    cell: str
    answers: int
    pairs: int
    is_common: bool


@dataclass(frozen=True)
class Similar:
    """``pairs`` are the first ``LISTED`` of ``count``, those to look at first before others.

    ``is_complete``: False where a process that compared has died, and nothing was found.
    """

    compared: tuple[Compared, ...]
    pairs: tuple[Pair, ...]
    count: int
    is_complete: bool = True


def similar(graded: GradedClass, assignment: Assignment) -> Similar:
    """Compare the answers to each cell; as many cells at a time as there are processors."""
    cells = [
        (book.name, cell)
        for book in assignment.notebooks
        for cell in book.cells
        if cell.role in ("answer", "manual") and cell.grade_id is not None
    ]
    given = [_answers(graded.submissions, notebook, cell) for notebook, cell in cells]
    fork, seats = multiprocessing.get_context("fork"), len(os.sched_getaffinity(0))
    try:
        with ProcessPoolExecutor(seats, fork) as pool:
            found = list(pool.map(closeness, given))
    except BrokenProcessPool:  # nobody's answer takes the rest of the report away
        return Similar((), (), 0, is_complete=False)
    compared = tuple(_compared(notebook, cell, close) for (notebook, cell), close in zip(cells, found, strict=True))
    told = [
        (about, answers, close)
        for about, answers, close in zip(compared, given, found, strict=True)
        if len(close.one) and not about.is_common
    ]
    people, rarity = _ranked([close for *_, close in told], len(graded.submissions))
    alike: dict[tuple[int, int], list[AlikeAnswers]] = {pair: [] for pair in people[:LISTED]}
    for about, answers, close in told:
        for one, other, percent, as_close in zip(*map(np.ndarray.tolist, _columns(close)), strict=True):
            if (one, other) in alike:
                both = answers.sources[one], answers.sources[other]
                alike[one, other].append(AlikeAnswers(about.notebook, about.cell, percent, as_close, both))
    pairs = (
        Pair(
            (graded.submissions[one].student, graded.submissions[other].student),
            (graded.submissions[one].name, graded.submissions[other].name),
            rare,
            tuple(alike[one, other]),
        )
        for (one, other), rare in zip(alike, rarity, strict=False)
    )
    return Similar(compared, tuple(pairs), len(people))


def _answers(submissions: Sequence[Submission], notebook: str, cell: AssignmentCell) -> Answers:
    books = (each.kept.get(notebook) for each in submissions)
    sources = tuple(book.answers.get(cell.grade_id or "", "") if book else "" for book in books)
    return Answers("code" if cell.cell_type == "code" else "text", cell.release_source, sources)


def _compared(notebook: str, cell: AssignmentCell, close: Closeness) -> Compared:
    is_common = close.count >= _SMALL and len(close.one) > COMMON * close.count * (close.count - 1) / 2
    return Compared(notebook, cell.grade_id or "", close.count, len(close.one), is_common)


def _columns(close: Closeness) -> Iterator[np.ndarray]:
    yield from (close.one, close.other, close.percent, close.as_close)


def _ranked(found: Sequence[Closeness], submissions: int) -> tuple[list[tuple[int, int]], list[float]]:
    """Pairs of places, the rarest first, and their rarity; of equal ones those with the closest answers."""
    if not found:
        return [], []
    keys = np.concatenate([close.one * submissions + close.other for close in found])
    pairs, place = np.unique(keys, return_inverse=True)
    rarity, nearest = np.zeros(len(pairs)), np.zeros(len(pairs), np.int64)
    np.add.at(rarity, place, np.concatenate([_rarity(close) for close in found]))
    np.maximum.at(nearest, place, np.concatenate([close.percent for close in found]))
    order = np.lexsort((-nearest, -rarity.round(9)))
    ones, others = np.divmod(pairs[order], submissions)
    return list(zip(ones.tolist(), others.tolist(), strict=True)), rarity[order].tolist()


def _rarity(close: Closeness) -> np.ndarray:
    share = close.as_close / (close.count * (close.count - 1) / 2)
    return np.maximum(np.log10(_USUAL / share), 0.0)
