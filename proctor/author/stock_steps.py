"""What a course tells nbgrader's own steps, which do not run here: refused, or named as meaningless; nothing is ignored.

What is followed: ``c.Execute.timeout`` (``proctor.settings``), the delimiters and stubs of ``c.ClearSolutions`` and its
like, ``c.IncludeHeaderFooter``, ``c.InstantiateTests``, ``c.Autograde.exclude_overwriting`` and late penalties.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbgrader.preprocessors import Execute
from traitlets.config import Config

_EXECUTE = ("Execute", "ExecutePreprocessor", "NotebookClient")
_FOLLOWED = {"timeout", "enabled"}
_DECIDE = {"kernel_name", "extra_arguments"}
_INSTEAD = {
    "LimitOutput": "c.Exam.output_bytes limits outputs",
    "IgnorePattern": "nothing on stderr costs points",
    "OverwriteKernelspec": "the assignment's own kernel counts",
    "OverwriteCells": "the assignment's own cells count",
    "DeduplicateIds": "answers are found in whatever order cells come",
}


def refused(config: Config) -> str:
    """Why nobody is graded with these settings, in one line; "" if somebody is."""
    if not Execute(config=config).enabled:
        return (
            "--no-execute (c.Execute.enabled = False) cannot be followed: tests need the students' code to run. Leave it "
            "out, or have nbgrader's own steps grade the assignment, unprotected: c.Exam.stock in nbgrader_config.py."
        )
    if names := sorted(_DECIDE & _set(config)):
        return (
            f"c.Execute.{names[0]} cannot be followed: no kernel is started here. Take it out of nbgrader_config.py, or "
            "have nbgrader's own steps grade the assignment, unprotected: c.Exam.stock."
        )
    return ""


def without_meaning(config: Config) -> Iterator[str]:
    """A line for each setting that changes nothing here, with what does it instead."""
    for name in sorted(_set(config) - _FOLLOWED - _DECIDE):
        yield f"c.Execute.{name} changes nothing here: cells run without a kernel, within the limits of c.Exam."
    for step, instead in _INSTEAD.items():
        for name in sorted(config.get(step, {})):
            yield f"c.{step}.{name} changes nothing here: {instead}."


def _set(config: Config) -> set[str]:
    return {name for section in _EXECUTE for name in config.get(section, {})}
