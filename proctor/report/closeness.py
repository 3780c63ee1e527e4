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
_BINS = 64


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


def _alike(answers: Sequence[list[str]], cutoff: int) -> np.ndarray:
    """Places of one and the other, and percent: (3, pairs) int64."""
    letters = dict(_lettered(answers))
    texts = ["".join(map(letters.__getitem__, answer)) for answer in answers]  # rapidfuzz is fastest on characters
    found = [np.zeros((3, 0), np.int64)]
    for one, others in enumerate(_possible(texts, cutoff)):
        if len(others):
            rest = [texts[other] for other in others]
            (percent,) = process.cdist([texts[one]], rest, scorer=fuzz.ratio, score_cutoff=cutoff, dtype=np.uint8)
            near = np.flatnonzero(percent)
            found.append(np.stack([np.full(len(near), one), others[near], percent[near]]))
    return np.concatenate(found, axis=1)


def _possible(texts: Sequence[str], cutoff: int) -> Iterator[np.ndarray]:
    """For each text those after it that share enough characters, in whatever order: no others can be alike.

    Characters are counted in ``_BINS`` bins, so that two texts may seem to share more than they do, and never less.
    """
    bins = np.zeros((_BINS, len(texts)), np.uint32)
    for place, text in enumerate(texts):
        bins[:, place] = np.bincount(np.frombuffer(text.encode("utf-32-le"), np.uint32) % _BINS, minlength=_BINS)
    lengths, bins = bins.sum(0), bins.astype(np.min_scalar_type(bins.max(initial=0)))  # small numbers are fast
    for one in range(len(texts)):
        later = slice(one + 1, None)
        shared = np.minimum(bins[:, later], bins[:, one, None]).sum(0, np.uint32)
        yield one + 1 + np.flatnonzero(200 * shared >= cutoff * (lengths[later] + lengths[one]))


def _as_close(percent: np.ndarray) -> np.ndarray:
    counts = np.bincount(percent, minlength=101)
    return counts[::-1].cumsum()[::-1][percent]


def _lettered(answers: Sequence[list[str]]) -> Iterator[tuple[str, str]]:
    """A character for each token, without the surrogates, which stand for nothing alone. The last is for all the rest."""
    for number, token in enumerate(dict.fromkeys(token for answer in answers for token in answer), 1):
        yield token, chr(min(number if number < 0xD800 else number + 0x800, sys.maxunicode))
