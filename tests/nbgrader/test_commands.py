"""What instructors, graders and students get from nbgrader's own commands and pages."""

import csv
import shutil
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from proctor.exam.hidden import hidden_lines

ROOT = Path(__file__).parents[2]
NOTEBOOK = "backpropagation"  # the one that the course's fixture grades
COMMENT = "The sign is flipped: L has no minus in front."



def validate(course, folder: Path, student: str | None) -> str:
    """What ``nbgrader validate`` says in a student's folder: the release, with that student's answers."""
    shutil.copytree(ROOT / "release" / "hw4", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if student is not None:
        shutil.copy(ROOT / "examples" / student / "hw4" / f"{NOTEBOOK}.ipynb", folder)
    return course.nbgrader("validate", f"{NOTEBOOK}.ipynb", cwd=folder)


def test_validate_tells_a_student_what_fails(course, tmp_path):
    said = validate(course, tmp_path, "typical")
    assert "VALIDATION FAILED" in said
    assert "sign flipped: L is the log-likelihood" in said
    assert "db2: " not in said, "one complaint at a time: dz1 comes first in test-backward"


def test_validate_tells_a_student_what_is_still_to_do(course, tmp_path):
    said = validate(course, tmp_path, None)
    assert "NotImplementedError" in said, "code that is missing"
    assert "You did not provide a response." in said, "a written answer that is missing"


def test_validate_congratulates_when_all_visible_checks_pass(course, tmp_path):
    assert "Success! Your notebook passes all the tests." in validate(course, tmp_path, "reference")


def test_the_release_and_the_feedback_leave_out_the_same_secrets(course, feedback):
    secrets = secret_lines()
    released = text_of_notebook(course.folder / "release" / "hw4" / f"{NOTEBOOK}.ipynb")
    assert len(secrets) > 100
    for line in secrets:
        assert line not in released
        assert line not in feedback


def test_graders_see_the_assignment_and_who_waits_for_them(formgrader, course):
    assert [(a["name"], a["num_submissions"]) for a in formgrader.get("/assignments")] == [("hw4", len(course.students))]
    waiting = {s["student"] for s in formgrader.get(f"/submitted_notebooks/hw4/{NOTEBOOK}") if s["needs_manual_grade"]}
    assert waiting >= {"typical"} and "blank" not in waiting, "what nobody answered needs no grader"


def test_graders_see_question_marking_scheme_answer_and_a_box_for_points(formgrader):
    submitted = formgrader.get(f"/submitted_notebooks/hw4/{NOTEBOOK}")
    (typical,) = (s for s in submitted if s["student"] == "typical")
    page = formgrader.page(f"/submissions/{typical['id']}/?index=0")
    texts = ["Derive, with all intermediate steps", "Common errors", "A strong answer", "A weak answer"]
    answer = cells(ROOT / "examples" / "typical" / "hw4" / f"{NOTEBOOK}.ipynb")["derivation"].source
    places = [page.get_text().index(text) for text in [*texts, answer]]
    assert places == sorted(places), "the scheme stands between the question and the answer"
    assert page.find("input", id="derivation", class_="score")
