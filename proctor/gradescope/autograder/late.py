"""Penalties for late work, by the plugin that nbgrader would ask."""

from __future__ import annotations

import math

from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from proctor.grading import GradedSubmission
from proctor.settings import Late

from .metadata import Metadata


def late_penalty(graded: GradedSubmission, metadata: Metadata, config: Config) -> float | None:
    """Points that the course's late-submission plugin takes off, None if it was in time or there is no penalty.

    In time is what comes within the grace period (``c.Late.grace_minutes``).

    As in nbgrader the plugin (``c.AssignLatePenalties.plugin_class``) is asked once per notebook, and
    its answer counts from 0 to the notebook's points. It gets the first student's ID, else e-mail
    address. What the plugin raises is passed on; ValueError for an answer that is no finite number.
    """
    if Late(config=config).is_in_time(metadata.seconds_late):
        return None
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    student = metadata.students[0]
    penalties = []
    for notebook in graded.notebooks:
        points = sum(test.points for test in notebook.tests)
        penalty = step.plugin_inst.late_submission_penalty(student.sid or student.email, points, metadata.seconds_late)
        if penalty is not None and not math.isfinite(penalty):
            raise ValueError(f"the late-submission plugin takes {penalty} points off")
        if penalty is not None:
            penalties.append(min(max(float(penalty), 0.0), points))
    return sum(penalties) if penalties else None
