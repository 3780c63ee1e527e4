"""Tags by which an author takes the student's word: read-only cells of their process alone, and tests that ask it about itself.

A read-only cell runs on both sides, and what a test calls is the examiner's own. A helper that looks
at what only happens beside the student's code (whether an argument was changed, whether NumPy
warned) is of use only there. An author tags its cell ``candidate``: it runs in the candidate, and
its names are found like any of the student's, so that a check means the same in an exam and in a
kernel. Whatever such a helper says is the student's word.
"""

from __future__ import annotations

from .assignment import AssignmentNotebook

TAG = "candidate"
SELF_REPORTS = "self-reports"


def only_in_the_candidate(pristine: AssignmentNotebook) -> frozenset[str]:
    """The grade_ids of the read-only cells with the tag."""
    return frozenset(
        cell.grade_id
        for cell, written in zip(pristine.cells, pristine.notebook.cells, strict=True)
        if cell.role == "shared" and cell.grade_id and TAG in written.metadata.get("tags", ())
    )


def may_rest_on_the_students_word(pristine: AssignmentNotebook) -> frozenset[str]:
    """The grade_ids of the tests with the tag ``self-reports``."""
    return frozenset(
        cell.grade_id
        for cell, written in zip(pristine.cells, pristine.notebook.cells, strict=True)
        if cell.role == "test" and cell.grade_id and SELF_REPORTS in written.metadata.get("tags", ())
    )
