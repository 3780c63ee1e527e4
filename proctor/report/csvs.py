"""The report's tables, for spreadsheets and programs: everything that the page shows some of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from proctor.tables import Cell, write_table

from .findings import Findings
from .statistics import Item
from .values import Question

_DAY = 86_400


def write(folder: Path, found: Findings) -> tuple[Path, ...]:
    """Write all tables; each whole or not at all. Raises OSError."""
    tables = {
        "students": _students(found),
        "questions": _questions(found),
        "diagnoses": _diagnoses(found),
        "attention": _attention(found),
        "published": _published(found),
        "similar": _similar(found),
    }
    written = []
    for name, rows in tables.items():
        path = folder / f"{name}.csv"
        write_table(path, rows)
        written.append(path)
    return tuple(written)


def _students(found: Findings) -> Iterator[list[Cell]]:
    """One row for each submission. A question that waits for a person is empty."""
    graded = found.graded
    of_all = ["student", "name", "score", "points", "maximum", "penalty", "days_late", "waits"]
    yield [*of_all, *(f"{question.notebook}/{question.name}" for question in graded.questions)]
    for each in graded.submissions:
        late = round(each.seconds_late / _DAY, 3)
        row: list[Cell] = [each.student, each.name, each.score, each.points, graded.maximum, each.penalty, late]
        yield [*row, each.waits, *(grade.points if grade is not None else None for grade in each.grades)]


def _questions(found: Findings) -> Iterator[list[Cell]]:
    """Questions, each followed by its parts."""
    yield [*"notebook question part kind maximum submissions mean difficulty discrimination full none waits".split()]
    for each in found.questions:
        question = each.question
        yield [*_place(question), "", question.kind, question.maximum, *_numbers(each.item), each.waits]
        for part in each.parts:
            yield [*_place(question), part.label, "part", part.maximum, *_numbers(part), None]


def _numbers(item: Item | None) -> list[Cell]:
    if item is None:
        return [0, *[None] * 5]
    numbers = (item.mean, item.difficulty, item.discrimination, item.full, item.none)
    return [item.count, *(None if number is None else round(number, 4) for number in numbers)]


def _diagnoses(found: Findings) -> Iterator[list[Cell]]:
    yield ["notebook", "question", "part", "words", "count", "students"]
    for each in found.diagnoses:
        yield [*_place(each.question), each.part, each.words, len(each.students), " ".join(each.students)]


def _attention(found: Findings) -> Iterator[list[Cell]]:
    """One row for each thing to do something about, and whom it concerns."""
    yield ["what", "notebook", "question", "student", "name", "words"]
    attention, graded = found.attention, found.graded
    for problem in attention.author:
        for student in problem.students:
            yield ["test wrong itself", *_place(problem.question), student, "", problem.words]
    without = {
        "not graded: failed": graded.failed,
        "not graded yet": graded.ungraded,
        "nothing handed in": graded.absent,
    }
    for what, people in without.items():
        for person in people:
            yield [what, "", "", person.student, person.name, person.reason]
    for stale in (*attention.stale_notebooks, *attention.stale_tests):
        for each in stale.students:
            yield ["grade of another version", stale.notebook, stale.test, each, "", ""]
    for notebook, students in attention.missing:
        for each in students:
            yield ["notebook missing", notebook, "", each, "", ""]
    for note in attention.odd:
        yield ["repaired or odd", "", "", note.student, note.name, note.words]
    for late in attention.late:
        words = f"{late.seconds / _DAY:.2f} days, penalty {late.penalty:g}"
        yield ["late", "", "", late.student, late.name, words]
    for submission in graded.submissions:
        for question, grade in zip(graded.questions, submission.grades, strict=True):
            if grade is not None and grade.waits:
                yield ["waits for a person", *_place(question), submission.student, submission.name, ""]


def _published(found: Findings) -> Iterator[list[Cell]]:
    yield ["notebook", "question", "student", "figure", "value"]
    for each in found.published:
        for student, values in each.of.items():
            for name, value in values.items():
                yield [*_place(each.question), student, name, value]


def _similar(found: Findings) -> Iterator[list[Cell]]:
    """Pairs in their order, a row for each cell."""
    yield ["rank", "student", "other", "notebook", "cell", "percent", "as_close", "rarity"]
    for rank, pair in enumerate(found.similar.pairs, 1):
        for alike in pair.alike:
            row: list[Cell] = [rank, *pair.students, alike.notebook, alike.cell, alike.percent, alike.as_close]
            yield [*row, round(pair.rarity, 3)]


def _place(question: Question) -> list[Cell]:
    return [question.notebook, question.name]
