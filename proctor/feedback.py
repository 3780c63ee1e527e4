"""What students get to see of a graded notebook."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor


class StudentView(NbGraderPreprocessor):
    """Takes out of a graded notebook what students must not see, for ``nbgrader generate_feedback``.

    Hidden tests and marking schemes go, and the proctor's messages for staff. Results and
    outputs stay: the exam has put into them only what students may see.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        for step in (ClearHiddenTests, ClearMarkScheme):
            nb, resources = step(parent=self, enforce_metadata=False).preprocess(nb, resources)
        nb.metadata.pop("proctor", None)
        for cell in nb.cells:
            cell.metadata.pop("proctor", None)
        return nb, resources
