"""What instructors set in nbgrader_config.py for `proctor check`, as ``c.Check.…``."""

from __future__ import annotations

from traitlets import Unicode
from traitlets.config import Configurable


class Check(Configurable):
    """How an assignment is checked."""

    handed_in = Unicode(
        help="""A folder with what students hand in beside their notebooks (a trained network, its logs), for your own
        solution; {assignment_id} stands for the assignment's name, and the path is relative to the course.
        Default, and where there is no such folder: the assignment's source folder.""",
    ).tag(config=True)
