"""Everything that is found in a class, together."""

from __future__ import annotations

from dataclasses import dataclass

from proctor.notebooks.assignment import Assignment

from .attention import Attention, attention
from .diagnoses import Diagnosis, diagnoses
from .published import Published, published
from .similarity import Similar, similar
from .statistics import QuestionStatistics, statistics
from .values import GradedClass


@dataclass(frozen=True)
class Findings:
    """What the page and the tables show."""

    graded: GradedClass
    questions: tuple[QuestionStatistics, ...]
    diagnoses: tuple[Diagnosis, ...]
    attention: Attention
    published: tuple[Published, ...]
    similar: Similar


def findings(graded: GradedClass, assignment: Assignment) -> Findings:
    return Findings(
        graded,
        statistics(graded),
        diagnoses(graded),
        attention(graded),
        published(graded),
        similar(graded, assignment),
    )
