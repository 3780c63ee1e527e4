"""What a student gets back: ``nbgrader generate_feedback`` with these in ``nbgrader_config.py``.

    c.GenerateFeedback.exporter_class = "proctor.feedback.FeedbackExporter"
    c.GenerateFeedback.preprocessors = ["proctor.feedback.FeedbackSummary", "proctor.feedback.StudentView"]

``overview`` reads the grades of a whole submission, ``summary`` puts them on a page, ``student_view`` takes from it
what is not for students, ``exporter`` makes HTML of the rest (``page/`` is its template).
"""

from .exporter import FeedbackExporter
from .student_view import StudentView
from .summary import FeedbackSummary

__all__ = ["FeedbackExporter", "FeedbackSummary", "StudentView"]
