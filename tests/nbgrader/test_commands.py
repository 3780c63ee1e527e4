"""What students, graders and instructors get from nbgrader's own commands and pages."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from proctor.notebooks.hidden import hidden_lines

ROOT = Path(__file__).parents[2]
NOTEBOOK = "backpropagation"  # the one that the course has graded
COMMENT = "The sign is flipped: L has no minus in front."


def test_validate_tells_a_student_what_fails(course, tmp_path):
    said = validate(course, tmp_path, "typical")
    assert "VALIDATION FAILED" in said
    assert "sign flipped: L is the log-likelihood" in said
    assert "dW2: mean instead of sum" in said
    assert "hw4_helpers" not in said, "no traceback of ours"


def test_validate_tells_a_student_what_is_still_to_do(course, tmp_path):
    said = validate(course, tmp_path, None)
    assert "`backward` is not written yet" in said, "code"
    assert "You did not provide a response." in said, "the written answer"


def test_validate_congratulates_when_all_visible_checks_pass(course, tmp_path):
    assert "Success! Your notebook passes all the tests." in validate(course, tmp_path, "reference")


def test_graders_see_who_waits_for_them(formgrader, course):
    (assignment,) = formgrader.get("/assignments")
    assert (assignment["name"], assignment["max_score"]) == ("hw4", 100)
    assert assignment["num_submissions"] == len(course.students)
    waiting = {s["student"] for s in formgrader.get(f"/submitted_notebooks/hw4/{NOTEBOOK}") if s["needs_manual_grade"]}
    assert "typical" in waiting
    assert "blank" not in waiting, "a question that nobody answered needs no grader"


def test_graders_see_question_marking_scheme_and_answer_above_a_box_for_points(formgrader):
    page = formgrader.page(f"/submissions/{submission(formgrader, 'typical')['id']}/?index=0")
    text = page.get_text()
    answer = cells(ROOT / "examples" / "typical" / "hw4")["derivation"].source
    expected = ["Derive, with all intermediate steps", "Common errors", "A strong answer", "A weak answer", answer]
    places = [text.index(words) for words in expected]
    assert places == sorted(places)
    assert page.find("input", id="derivation", class_="score")


def test_points_given_by_hand_are_added_to_those_of_the_tests(course, formgrader, graded_by_hand):
    by_tests, by_hand = course.points("typical")
    assert by_hand == graded_by_hand
    assert submission(formgrader, "typical")["score"] == by_tests + by_hand
    assert not submission(formgrader, "typical")["needs_manual_grade"]


def test_students_see_neither_hidden_tests_nor_marking_schemes(course, feedback):
    released = "\n".join(cell.source for cell in cells(course.folder / "release" / "hw4").values())
    secrets = secret_lines(released)
    assert len(secrets) > 50
    for secret in secrets:
        assert secret not in feedback


def test_feedback_shows_points_outputs_and_the_graders_comment(course, feedback, graded_by_hand):
    by_tests, by_hand = course.points("typical")
    assert f"{by_tests + by_hand:g} of 100 points" in feedback
    assert "sign flipped: L is the log-likelihood" in feedback, "a visible check that fails"
    assert "0 / 1 dW2 for any batch" in feedback, "a part of the hidden tests"
    assert "by experiment:      0.0917217" in feedback, "what the student's own cells print"
    assert COMMENT in feedback


def test_export_has_one_row_per_student(course, tmp_path):
    course.nbgrader("export", f"--to={tmp_path / 'grades.csv'}")
    with (tmp_path / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert tuple(sorted(rows)) == course.students
    for student, row in rows.items():
        assert (float(row["score"]), float(row["max_score"])) == (sum(course.points(student)), 100)


@pytest.mark.slow
def test_points_given_by_hand_survive_a_regrade(course, graded_by_hand):
    before = course.points("typical")
    course.nbgrader("autograde", "hw4", f"--notebook={NOTEBOOK}", "--student=typical", "--force")
    assert course.points("typical") == before
    assert before[1] == graded_by_hand


@pytest.mark.slow
def test_an_assignment_that_changed_after_it_was_generated_is_not_graded_and_no_grade_is_lost(course, tmp_path):
    config = (course.folder / "nbgrader_config.py").read_text()
    copy = replace(course, folder=shutil.copytree(course.folder, tmp_path / "course"))
    (copy.folder / "nbgrader_config.py").write_text(config.replace(str(course.folder), str(copy.folder)))
    path = copy.folder / "source" / "hw4" / f"{NOTEBOOK}.ipynb"
    notebook = nbformat.read(path, 4)
    next(cell for cell in notebook.cells if cell.id == "derivation").metadata.nbgrader.points += 1
    nbformat.write(notebook, path)
    with pytest.raises(
        AssertionError, match=r"(?s)has changed since the gradebook was made.*generate_assignment hw4 --force"
    ):
        copy.nbgrader("autograde", "hw4", f"--notebook={NOTEBOOK}", "--student=typical", "--force")
    assert copy.points("typical") == course.points("typical")


@pytest.fixture(scope="module")
def graded_by_hand(formgrader) -> float:
    """A grader has given points and a comment for the derivation of ``typical``: how many points."""
    query = f"?submission_id={submission(formgrader, 'typical')['id']}"
    (grade,) = (grade for grade in formgrader.get(f"/grades{query}") if grade["name"] == "derivation")
    (comment,) = (comment for comment in formgrader.get(f"/comments{query}") if comment["name"] == "derivation")
    formgrader.put(f"/grade/{grade['id']}", {"manual_score": 2.5, "extra_credit": None})
    formgrader.put(f"/comment/{comment['id']}", {"manual_comment": COMMENT})
    return 2.5


@pytest.fixture(scope="module")
def feedback(course, graded_by_hand) -> str:
    """The text of the page that ``typical`` gets back."""
    course.nbgrader("generate_feedback", "hw4", f"--notebook={NOTEBOOK}", "--student=typical")
    page = course.folder / "feedback" / "typical" / "hw4" / f"{NOTEBOOK}.html"
    return BeautifulSoup(page.read_text(), "html.parser").get_text()


def validate(course, folder: Path, student: str | None) -> str:
    """What ``nbgrader validate`` says in a student's folder: the release, with that student's answers."""
    shutil.copytree(ROOT / "release" / "hw4", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    if student is not None:
        shutil.copy(ROOT / "examples" / student / "hw4" / f"{NOTEBOOK}.ipynb", folder)
    return course.nbgrader("validate", f"{NOTEBOOK}.ipynb", cwd=folder)


def submission(formgrader, student: str) -> dict:
    (found,) = (s for s in formgrader.get(f"/submitted_notebooks/hw4/{NOTEBOOK}") if s["student"] == student)
    return found


def cells(folder: Path) -> dict[str, nbformat.NotebookNode]:
    return {cell.id: cell for cell in nbformat.read(folder / f"{NOTEBOOK}.ipynb", 4).cells}


def secret_lines(released: str) -> list[str]:
    """Lines of hidden tests and marking schemes, without those so short or common that students have them."""
    found = []
    for cell in cells(ROOT / "source" / "hw4").values():
        lines = cell.source.splitlines()
        if "### BEGIN MARK SCHEME" in lines:
            found += lines[lines.index("### BEGIN MARK SCHEME") : lines.index("### END MARK SCHEME") + 1]
        found += [lines[number - 1] for number in sorted(hidden_lines(cell.source))]
    return [line.strip() for line in found if len(line.strip()) > 20 and line.strip() not in released]
