"""What instructors set in nbgrader_config.py for every front end, as ``c.Exam.…`` and ``c.Late.…``."""

from __future__ import annotations

from dataclasses import fields

from nbgrader.preprocessors import Execute
from traitlets import Bool, Float, Integer, List, TraitType, Unicode, default
from traitlets.config import Config, Configurable

from proctor import machine
from proctor.exam.limits import Limits

_CELLS = 10  # cells of a notebook that may use up the course's own c.Execute.timeout
_FOR_A_SEAT = 1 << 30  # bytes: a notebook with a network and its data, and its examiner, take half of it


def _limit_traits() -> dict[str, TraitType]:
    """One trait per field of Limits, so that budgets are set like everything else in nbgrader."""
    kinds = {bool: Bool, int: Integer, float: Float}
    traits = {}
    for field in fields(Limits):
        kind = kinds[field.type]  # type: ignore[index]  # limits.py does not postpone its annotations
        least = {} if kind is Bool else {"min": field.metadata["least"]}
        traits[field.name] = kind(getattr(Limits, field.name), help=field.metadata["help"], **least).tag(config=True)
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

    stock = List(
        Unicode(),
        help="""Names of assignments that nbgrader's own steps grade, such as those for other kernels than Python's.
        Students' code then runs unprotected, and beside the tests: it can read them and decide its own grade.""",
    ).tag(config=True)

    @default("cell_seconds")
    def _cell_seconds(self) -> float:
        return self._as_long_as_stock(Limits.cell_seconds)

    @default("call_seconds")
    def _call_seconds(self) -> float:
        return self._as_long_as_stock(Limits.call_seconds)

    @default("test_seconds")
    def _test_seconds(self) -> float:
        return self._as_long_as_stock(Limits.test_seconds)

    @default("notebook_seconds")
    def _notebook_seconds(self) -> float:
        return max(Limits.notebook_seconds, min(_CELLS * self._as_long_as_stock(0.0), Limits.wall_seconds))

    def _as_long_as_stock(self, otherwise: float) -> float:
        """The course's ``c.Execute.timeout``, ``otherwise`` where it has none."""
        seconds = stock_timeout(self.config)
        return otherwise if seconds is None else seconds

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


def stock_timeout(config: Config) -> float | None:
    """What a course allows a cell with stock nbgrader, in seconds; None where it does not say.

    Without any limit there (None, -1), a cell here ends with its notebook.
    """
    if not any("timeout" in config.get(name, {}) for name in ("Execute", "ExecutePreprocessor", "NotebookClient")):
        return None
    seconds = Execute(config=config).timeout
    return float(seconds) if seconds is not None and seconds > 0 else Limits.wall_seconds
