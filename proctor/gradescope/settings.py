"""What instructors set for Gradescope in nbgrader_config.py, as ``c.Gradescope.…``."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from packaging.requirements import InvalidRequirement, Requirement
from traitlets import Dict, Enum, Float, List, TraitError, Unicode, validate
from traitlets.config import Configurable

#: Gradescope's words for when students see a test: at once, after the due date, with the grades, never.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")

_DEBIAN_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(=[\w.+:~-]+)?", re.ASCII)


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

    visibility = Dict(
        Enum(VISIBILITIES),
        Unicode(),
        help="""When students see the points of single test cells: a pattern of grade_ids, or NOTEBOOK/pattern, and
        one of Gradescope's words, such as {"test-warm-up*": "visible"}. The first that fits counts; of cells that
        none fits, the two settings above decide. The entry of a cell's visible checks stays as it is.""",
    ).tag(config=True, allowed=f"patterns of grade_ids, and for each one of {', '.join(map(repr, VISIBILITIES))}")

    smallest_first = List(
        Unicode(),
        help="""Records of tests (proctor.checks.record) that are the better the smaller they are, such as a
        number of parameters: the leaderboard has the smallest first.""",
    ).tag(config=True, allowed="a list of names of records, such as ['parameters']")

    seconds = Float(
        540.0,
        min=1.0,
        help="""Wall-clock seconds for grading one submission. Stay a minute below the time-out that is set on
        Gradescope (10 minutes by default): its harness puts a 0 in place of what has been graded so far.""",
    ).tag(config=True)

    pip_packages = List(
        Unicode(),
        help="""Packages that the autograder needs beside those that the bundle finds, as pip takes them
        ("pandas>=2"). Without a version it is the one that is installed here, else the newest.""",
    ).tag(config=True, allowed="a list of packages as pip takes them, such as ['pandas>=2']")

    apt_packages = List(
        Unicode(), help="Packages of Ubuntu that the autograder needs, by their names (or name=version)."
    ).tag(config=True, allowed="a list of names of Ubuntu's packages, such as ['graphviz']")

    fetch = Dict(
        Unicode(),
        Unicode(),
        help="""Folders of c.Exam.data that are too large for the zip, relative to the course, and for each the
        script of the course that fetches it: when Gradescope builds the autograder, `python SCRIPT FOLDER` runs.
        The other folders of c.Exam.data are in the zip.""",
    ).tag(config=True, allowed="data folders, and for each the script that fetches it: {'data': 'setup/data.py'}")

    @validate("pip_packages")
    def _as_pip_takes_them(self, proposal):
        for package in proposal["value"]:
            try:
                Requirement(package)
            except InvalidRequirement as error:
                raise TraitError(str(error)) from error
        return proposal["value"]

    @validate("apt_packages")
    def _as_apt_takes_them(self, proposal):
        wrong = [package for package in proposal["value"] if not _DEBIAN_PACKAGE.fullmatch(package)]
        if wrong:
            raise TraitError(f"no package's name: {wrong[0]!r}")
        return proposal["value"]

    def visibility_of(self, notebook: str, grade_id: str, has_hidden: bool) -> str:
        """When students see the points of a test cell."""
        for pattern, visibility in self.visibility.items():
            if fits(pattern, notebook, grade_id):
                return visibility
        return self.hidden_visibility if has_hidden else self.visible_visibility


def fits(pattern: str, notebook: str, grade_id: str) -> bool:
    """Whether a key of ``c.Gradescope.visibility`` means this cell."""
    return fnmatchcase(f"{notebook}/{grade_id}" if "/" in pattern else grade_id, pattern)
