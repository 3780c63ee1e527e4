"""How close the answers to one cell are to each other: sources in, pairs out. Runs in a process of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from .normal import of_code, of_text

FEWEST = {"code": 30, "text": 25}  # tokens; short answers are alike by nature
ALIKE = {"code": 85, "text": 70}  # percent


@dataclass(frozen=True)
class Answers:
    """Everybody's answers to one cell, "" where there is none, and what was handed out. ``kind``: code or text."""

    kind: str
    released: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Closeness:
    """``count`` answers were long enough to compare. Pairs that are alike: places of one and the other among the
    sources, ``percent`` of tokens that are the same in the same order, and how many pairs are ``as_close`` or closer,
    itself included; each (pairs,) int64.
    """

    count: int
    one: np.ndarray
    other: np.ndarray
    percent: np.ndarray
    as_close: np.ndarray


def closeness(answers: Answers) -> Closeness:
    tokens_of = of_code if answers.kind == "code" else of_text
    fewest = FEWEST[answers.kind]
    known = {
        source: tokens_of(source, answers.released) for source in set(answers.sources) if len(source) >= fewest
    }  # some have the same
    rows = np.array([row for row, source in enumerate(answers.sources) if len(known.get(source, ())) >= fewest], int)
    one, other, percent = _alike([known[answers.sources[row]] for row in rows], ALIKE[answers.kind])
    return Closeness(len(rows), rows[one], rows[other], percent, _as_close(percent))


def _alike(answers: Sequence[list[str]], cutoff: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if len(answers) < 2:
        return (np.zeros(0, int),) * 3
    letters = dict(_lettered(answers))
    texts = ["".join(map(letters.__getitem__, answer)) for answer in answers]  # rapidfuzz is fastest on characters
    close = np.triu(process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.uint8), 1)
    one, other = np.nonzero(close)
    return one, other, close[one, other].astype(np.int64)


def _as_close(percent: np.ndarray) -> np.ndarray:
    counts = np.bincount(percent, minlength=101)
    return counts[::-1].cumsum()[::-1][percent]


def _lettered(answers: Sequence[list[str]]) -> Iterator[tuple[str, str]]:
    """A character for each token, without the surrogates, which stand for nothing alone. The last is for all the rest."""
    for number, token in enumerate(dict.fromkeys(token for answer in answers for token in answer), 1):
        yield token, chr(min(number if number < 0xD800 else number + 0x800, sys.maxunicode))
