"""What most often went wrong, in the words that students read."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from proctor.course.results import KeptTest
from proctor.exam.paper import Outcome
from proctor.parts import NOT_REACHED, PASSED

from .values import GradedClass, Question

_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_LINE = re.compile(r"\bline \d+")
_IN_WORDS = {
    Outcome.TIMEOUT.value: "it took too long",
    Outcome.DIED.value: "the student's process ended",
    Outcome.MEMORY.value: "it needed too much memory",
    Outcome.TOO_BIG.value: "it gave something too big",
}


@dataclass(frozen=True)
class Diagnosis:
    """``words`` about ``part`` ("" for the whole test) of a question, and the students who read them."""

    question: Question
    part: str
    words: str
    students: tuple[str, ...]


def diagnoses(graded: GradedClass) -> tuple[Diagnosis, ...]:
    """The most frequent first. Sentences that differ in numbers only, such as that of a line, are one.

    What was not run, and what is the author's fault, is none.
    """
    said: dict[tuple[Question, str, str], Counter[str]] = defaultdict(Counter)
    whose: dict[tuple[Question, str, str], dict[str, None]] = defaultdict(dict)
    for each in graded.submissions:
        for question in graded.questions:
            kept = each.kept.get(question.notebook)
            test = kept.tests.get(question.name) if kept else None
            for part, words in _said(test) if test else ():
                key = question, part, _NUMBER.sub("#", words)
                said[key][words] += 1
                whose[key][each.student] = None
    found = [
        Diagnosis(question, part, _LINE.sub("line …", counted.most_common(1)[0][0]), tuple(whose[question, part, key]))
        for (question, part, key), counted in said.items()
    ]
    return tuple(sorted(found, key=lambda diagnosis: -len(diagnosis.students)))


def _said(test: KeptTest) -> Iterator[tuple[str, str]]:
    """Part and words of everything that failed, each once."""
    if test.outcome in (Outcome.NOT_RUN.value, Outcome.AUTHOR.value):
        return
    failed = [part for part in test.parts if part.outcome not in (PASSED, NOT_REACHED, Outcome.AUTHOR.value)]
    for part in failed:
        yield part.label, " ".join((part.message or _IN_WORDS.get(part.outcome, "failed")).split())
    if test.message and test.message not in [part.message for part in failed]:
        yield "", " ".join(test.message.split())
