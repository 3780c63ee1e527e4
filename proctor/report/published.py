"""What tests wrote down beside the points (``proctor.checks.record``): an accuracy, a size, a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from .values import GradedClass, Question


@dataclass(frozen=True)
class Published:
    """The figures of one test: their names in the test's order, and each student's by name."""

    question: Question
    names: tuple[str, ...]
    of: Mapping[str, Mapping[str, float]]


def published(graded: GradedClass) -> tuple[Published, ...]:
    """Of each test that wrote anything down."""
    found: dict[Question, dict[str, dict[str, float]]] = defaultdict(dict)
    for question in graded.questions:
        for each in graded.submissions:
            kept = each.kept.get(question.notebook)
            test = kept.tests.get(question.name) if kept else None
            if test and test.records:
                found[question][each.student] = test.records
    return tuple(
        Published(question, tuple(dict.fromkeys(name for records in of.values() for name in records)), of)
        for question, of in found.items()
    )
