"""The one configuration file: nbgrader reads it when started in this folder."""

import sys
from pathlib import Path

from proctor.timestamps import all_in_order

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "cis520"

# One timestamp.txt that nbgrader cannot read would stop formgrader's pages for the whole class.
# Formgrader reads this file for each page.
for warning in all_in_order(Path(__file__).parent / "submitted"):
    print(f"Warning: {warning}", file=sys.stderr)

# What running a notebook leaves beside it is the student's alone: neither released nor laid over a submission.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    ".pytest_cache",
    "runs",
    "trainings",
    "*.safetensors",
    "report.html",
    "report.pdf",
    "*.zip",
]

# Marking schemes stand in the read-only question above each written answer: there graders see
# them in formgrader, and the release loses them. nbgrader expects them in task cells only.
c.ClearMarkScheme.enforce_metadata = False

# The exam: tests run outside of the student's process (docs/how-it-works.md).
c.Autograde.exporter_class = "proctor.nbgrader.SubmissionExporter"
c.Autograde.sanitize_preprocessors = ["proctor.nbgrader.TransplantAnswers"]
c.Autograde.autograde_preprocessors = [
    "proctor.nbgrader.Exam",
    "proctor.nbgrader.RecordGrades",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Exam.data = [str(Path(__file__).parent / "data")]

# `proctor check`: what students hand in beside the notebooks, for the own solution.
c.Check.handed_in = "examples/reference/{assignment_id}"

# The data are too large for Gradescope's zip: this fetches them when it builds the autograder.
c.Gradescope.fetch = {"data": "setup/data.py"}

# On Gradescope's leaderboard fewer parameters come first.
c.Gradescope.smallest_first = ["parameters"]

# Formgrader's page can change grades: what students wrote does nothing in it.
c.HTMLExporter.preprocessors = ["proctor.pages.graders.ForGraders", "proctor.pages.harmless.Harmless"]

# Feedback shows students their results, and neither hidden tests nor active HTML.
c.GenerateFeedback.exporter_class = "proctor.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = ["proctor.feedback.FeedbackSummary", "proctor.feedback.StudentView"]
c.FeedbackSummary.class_median = False  # True: each page tells the median of the class

# grades.csv keeps its columns, and holds no formulas, whatever students are called.
c.ExportApp.plugin_class = "proctor.export.GradesExporter"

# `nbgrader validate` cuts messages at 87 characters; the checks' messages are sentences.
c.Validator.width = 200
