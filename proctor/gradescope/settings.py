"""What instructors set for Gradescope in nbgrader_config.py, as ``c.Gradescope.…``."""

from __future__ import annotations

from traitlets import Enum, Float, List, Unicode
from traitlets.config import Configurable

#: Gradescope's words for when students see a test: at once, after the due date, with the grades, never.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")


class Gradescope(Configurable):
    """Settings of the autograder that runs in Gradescope's container."""

    visible_visibility = Enum(
        VISIBILITIES, "visible", help="When students see the result of checks that the released notebook holds."
    ).tag(config=True)

    hidden_visibility = Enum(
        VISIBILITIES,
        "after_published",
        help="""When students see the result of hidden tests, and so the points of cells that have some. While any
        entry is hidden from them, Gradescope shows students no total.""",
    ).tag(config=True)

    smallest_first = List(
        Unicode(),
        help="""Records of tests (proctor.checks.record) that are the better the smaller they are, such as a
        number of parameters: the leaderboard has the smallest first.""",
    ).tag(config=True)

    seconds = Float(
        540.0,
        min=1.0,
        help="""Wall-clock seconds for grading one submission. Stay a minute below the time-out that is set on
        Gradescope (10 minutes by default): its harness puts a 0 in place of what has been graded so far.""",
    ).tag(config=True)
