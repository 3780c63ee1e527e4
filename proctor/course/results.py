"""What is kept of a graded notebook in the gradebook beside its points: what a report on a class is made of.

The graded notebooks say the same, and reading those of a large class takes minutes.
"""

from __future__ import annotations

import zlib

import msgspec
from nbformat import NotebookNode
from nbgrader import utils

from proctor.exam.paper import Outcome
from proctor.parts import Part

_LONGEST_ANSWER = 20_000  # characters
_LONGEST_MESSAGE = 4_000


class KeptTest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a test: the words of ``CellResult``. Of what staff are told, only that a test is wrong itself."""

    outcome: str
    message: str = ""
    parts: tuple[Part, ...] = ()
    records: dict[str, float] = {}
    staff_message: str = ""
    execution_count: int | None = None


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """A graded notebook. ``notes`` say what was odd about the files and how answers were found, for staff.

    ``tests`` and ``answers`` are by grade_id; of a notebook that was not handed in there are no answers.
    """

    handed_in: bool
    notes: tuple[str, ...] = ()
    tests: dict[str, KeptTest] = {}
    answers: dict[str, str] = {}


def kept_of(notebook: NotebookNode, handed_in: bool) -> Kept:
    """What to keep of a graded notebook."""
    tests, answers = {}, {}
    for cell in notebook.cells:
        grade_id, found = cell.metadata.get("nbgrader", {}).get("grade_id", ""), cell.metadata.get("proctor", {})
        if "outcome" in found:
            tests[grade_id] = _test(found, cell.execution_count)
        if handed_in and utils.is_solution(cell):
            answers[grade_id] = storable(cell.source, _LONGEST_ANSWER)
    notes = tuple(storable(note) for note in notebook.metadata["proctor"].get("for_staff", ()))
    return Kept(handed_in, notes, tests, answers)


def packed(kept: Kept) -> bytes:
    """As it stands in the gradebook."""
    return zlib.compress(msgspec.json.encode(kept))


def unpacked(data: bytes) -> Kept:
    """Raises zlib.error, msgspec.DecodeError."""
    return msgspec.json.decode(zlib.decompress(data), type=Kept)


def storable(text: str, longest: int = _LONGEST_MESSAGE) -> str:
    """What every database can hold of a text's beginning."""
    return text[:longest].replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _test(found: dict, execution_count: int | None) -> KeptTest:
    parts = tuple(
        Part(**{**part, "label": storable(part["label"]), "message": storable(part["message"])})
        for part in found["parts"]
    )
    if found["outcome"] != Outcome.AUTHOR.value:
        return KeptTest(found["outcome"], storable(found["message"]), parts, found["records"])
    staff = found["staff_message"][-_LONGEST_MESSAGE:]  # a traceback says last what it is about
    return KeptTest(
        found["outcome"], storable(found["message"]), parts, found["records"], storable(staff), execution_count
    )
