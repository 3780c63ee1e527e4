"""What instructors set in nbgrader_config.py for every front end, as ``c.Exam.…`` and ``c.Late.…``."""

from __future__ import annotations

from dataclasses import fields

from traitlets import Float, Integer, List, Unicode, default
from traitlets.config import Configurable

from proctor import machine
from proctor.exam.limits import Limits

_FOR_A_SEAT = 1 << 30  # bytes: a notebook with a network and its data, and its examiner, take half of it


def _limit_traits() -> dict[str, Integer | Float]:
    """One trait per field of Limits, so that budgets are set like everything else in nbgrader."""
    traits = {}
    for field in fields(Limits):
        kind = Integer if field.type is int else Float
        trait = kind(getattr(Limits, field.name), min=field.metadata["least"], help=field.metadata["help"])
        traits[field.name] = trait.tag(config=True)
    return traits


class Exam(type("_ExamLimits", (Configurable,), _limit_traits())):  # type: ignore[misc]  # made of Limits, above
    """How exams are held, and within which limits."""

    seed = Integer(
        None,
        allow_none=True,
        help="""Seed of the inputs that hidden tests draw. Default: drawn afresh for each notebook and
        recorded in the graded notebook's metadata (proctor.seed). Give it back, with --force and
        --student, to repeat a grading exactly.""",
    ).tag(config=True)

    data = List(
        Unicode(),
        help="Folders that notebooks may read while they are graded, such as data sets; relative to the course.",
    ).tag(config=True, allowed="a list of folders, such as ['data']")

    seats = Integer(
        min=1,
        help="""How many notebooks sit their exams at the same time. Default: as many as there are
        processors, and at most one for each GiB of free memory; a container's limits count.""",
    ).tag(config=True)

    @default("seats")
    def _as_many_as_there_is_room_for(self) -> int:
        return max(1, min(machine.processors(), machine.memory_bytes() // _FOR_A_SEAT))

    @property
    def limits(self) -> Limits:
        return Limits(**{field.name: getattr(self, field.name) for field in fields(Limits)})


class Late(Configurable):
    """What counts as late. What lateness costs is for nbgrader's plugin to say (``c.AssignLatePenalties``)."""

    grace_minutes = Float(
        0.0,
        min=0.0,
        help="""Minutes after the due date in which a submission still counts as in time. One that comes later is late
        from the due date on.""",
    ).tag(config=True)

    def is_in_time(self, seconds_late: float) -> bool:
        return seconds_late <= 60 * self.grace_minutes
