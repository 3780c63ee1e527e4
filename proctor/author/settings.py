"""What instructors set in nbgrader_config.py for `proctor check` and `proctor mutants`, as ``c.Check.…``."""

from __future__ import annotations

from pathlib import Path

from traitlets import Unicode
from traitlets.config import Configurable


class Check(Configurable):
    """How an assignment is checked."""

    handed_in = Unicode(
        help="""A folder with what students hand in beside their notebooks (a trained network, its logs), for your own
        solution; {assignment_id} stands for the assignment's name, and the path is relative to the course.
        Default, and where there is no such folder: the assignment's source folder.""",
    ).tag(config=True)

    def folder_of(self, assignment: str, root: Path) -> Path | None:
        """The folder that ``handed_in`` names for an assignment of the course in ``root``, if there is one."""
        folder = root / self.handed_in.format(assignment_id=assignment)
        return folder if self.handed_in and folder.is_dir() else None
