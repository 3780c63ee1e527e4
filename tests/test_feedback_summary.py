"""Promises of what stands first on a page of feedback: the points of the whole assignment, as the gradebook has them."""

from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from small_assignment import cell, notebook
from traitlets.config import Config

from proctor.feedback import FeedbackExporter, FeedbackSummary, StudentView
from proctor.feedback.overview import GradedCell, Question
from proctor.parts import Part

STUDENTS = ("ann", "bo", "cy", "di", "ed")
TEST = cell("code", "test", "test-twice", "assert twice(4) == 8", 3)
WHY = cell("markdown", "manual", "why", "Because.", 4)
BOOK = notebook(
    cell("markdown", "plain", "first", "## 1 · Twice (3 points)"),
    TEST,
    new_markdown_cell("## 7 · Mine (1,000 points)", id="student-2"),
    cell(
        "markdown", "readonly", "question", "## 2 · Why `twice`?\n### BEGIN MARK SCHEME\n## Secret\n### END MARK SCHEME"
    ),
    WHY,
)


class Course:
    """A gradebook and graded notebooks of five students, who have 0 to 3 points by tests."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.database = folder, f"sqlite:///{folder}/gradebook.db"
        with Gradebook(self.database) as gradebook:
            gradebook.add_assignment("hw")
            gradebook.add_notebook("lab", "hw")
            gradebook.add_grade_cell("test-twice", "lab", "hw", max_score=3, cell_type="code")
            gradebook.add_grade_cell("why", "lab", "hw", max_score=4, cell_type="markdown")
            gradebook.add_solution_cell("why", "lab", "hw")
            for points, student in enumerate(STUDENTS):
                gradebook.add_student(student)
                gradebook.add_submission("hw", student)
                grade = gradebook.find_grade("test-twice", "lab", "hw", student)
                grade.auto_score, grade.needs_manual_grade = min(points, 3), False
                (folder / student).mkdir()
                nbformat.write(BOOK, folder / student / "lab.ipynb")
            gradebook.db.commit()

    def grade_by_hand(self, student: str, points: float, comment: str | None = None, penalty: float = 0) -> None:
        with Gradebook(self.database) as gradebook:
            grade = gradebook.find_grade("why", "lab", "hw", student)
            grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.find_comment("why", "lab", "hw", student).manual_comment = comment
            gradebook.find_submission_notebook("lab", "hw", student).late_submission_penalty = penalty
            gradebook.db.commit()

    def page(self, student: str, **settings: bool) -> str:
        """The text of a student's page, its white space made one space each."""
        config = Config({"Exporter": {"default_preprocessors": []}, "FeedbackSummary": settings})
        exporter = FeedbackExporter(config=config)
        for step in (FeedbackSummary, StudentView):
            exporter.register_preprocessor(step, enabled=True)
        info = {"notebook": "lab", "assignment": "hw", "student": student, "db_url": self.database}
        html, _ = exporter.from_filename(str(self.folder / student / "lab.ipynb"), resources={"nbgrader": info})
        return " ".join(BeautifulSoup(html[html.index("<body") :], "html.parser").get_text(" ").split())


@pytest.fixture
def course(tmp_path) -> Course:
    return Course(tmp_path)


def test_written_work_waits_for_a_person_and_is_not_zero(course):
    page = course.page("cy")
    assert "2 of 7 points So far: 4 of the points wait for a person." in page
    assert "1 · Twice 2 / 3" in page
    assert "2 · Why twice? waits for a person, 4 points" in page
    assert "0 / 4" not in page


def test_points_and_comment_of_a_grader_and_what_lateness_costs_are_told(course):
    course.grade_by_hand("cy", 3.5, "Well *said*.", penalty=1)
    page = course.page("cy")
    assert "4.5 of 7 points Handed in late: 1 point is taken off." in page
    assert "2 · Why twice? 3.5 / 4" in page and "Comment Well said ." in page
    assert "wait" not in page


def test_questions_are_the_authors_headings_and_no_scheme_is_one(course):
    page = course.page("cy")
    overview = page[: page.index("Your answer")].split("7 · Mine")[0]
    assert "Mine" not in overview and "Secret" not in page


def test_the_median_is_told_if_the_instructor_allows_it_and_five_are_graded(course):
    for student in STUDENTS[:4]:
        course.grade_by_hand(student, 4)
    assert "Median" not in course.page("cy", class_median=True), "four are too few"
    course.grade_by_hand("ed", 4)
    assert "Median of the class: 6" in course.page("cy", class_median=True)
    assert "Median" not in course.page("cy")


def test_a_name_is_text(course):
    with Gradebook(course.database) as gradebook:
        gradebook.update_or_create_student("cy", first_name="<script>x</script>", last_name="Cyan")
    assert "<script>x</script> Cyan" in course.page("cy")


def test_what_several_tests_of_a_question_say_alike_is_told_once():
    said = Part("", 0.0, 1.0, "not run", "`f` is not written yet")
    other = Part("any shape", 0.0, 1.0, "failed", "wrong shape")
    cells = tuple(GradedCell(name, 0.0, 1.0, False, lost) for name, lost in (("a", (said,)), ("b", (said, other))))
    assert Question("1", "f", cells).lost == (said, other)
