"""The same submissions graded here."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing.pool import ThreadPool
from pathlib import Path

from proctor.author.staff_words import staff_words
from proctor.exam.paper import CellResult
from proctor.exam.room import Room
from proctor.grading import draw_seed, grade_notebook
from proctor.notebooks.assignment import Assignment
from proctor.notebooks.submission import load_submission

from .marks import Cell, Mark, Marks


def grade_here(
    assignment: Assignment, folders: dict[str, Path], room: Room, data: tuple[Path, ...]
) -> Iterator[tuple[str, Marks]]:
    """Each student's marks, as they come."""

    def grade(student: str) -> tuple[str, Marks]:
        with load_submission(folders[student], assignment) as submission:
            return student, {
                Cell(student, notebook.name, test.id): Mark(test.points, _why(test))
                for notebook in assignment.notebooks
                for test in grade_notebook(assignment, notebook.name, submission, room, draw_seed(), data).tests
            }

    with ThreadPool(room.papers) as threads:
        yield from threads.imap_unordered(grade, folders)


def _why(test: CellResult) -> str:
    """As an author reads it: what staff are told, else what the student is."""
    if test.points >= test.max_points:
        return ""
    parts = "; ".join(f"{part.label}: {part.message}" for part in test.parts if part.message)
    return staff_words(test).words or test.message or parts
