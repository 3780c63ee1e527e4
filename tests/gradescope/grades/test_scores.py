"""``nbgrader export`` in Gradescope's layout."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from gradescope.graded_class import STUDENTS, GradedClass
from nbgrader.api import Gradebook

SAMPLE_COLUMNS = (  # of a file that Gradescope wrote
    "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,Submission Time,"
    "Lateness (H:M:S),View Count,Submission Count"
).split(",")


def test_one_row_per_student_in_the_columns_of_gradescopes_own_file(rows):
    assert list(rows["ann"])[: len(SAMPLE_COLUMNS)] == SAMPLE_COLUMNS
    assert sorted(rows) == sorted(STUDENTS)
    assert {row["Max Points"] for row in rows.values()} == {"19.0"}


def test_each_test_and_written_answer_has_a_column_in_the_notebooks_order(rows):
    questions = list(rows["ann"])[len(SAMPLE_COLUMNS) :]
    assert [title.split(": ")[1] for title in questions] == [
        "A small lab · area (2.0 pts)",
        "A small lab · twice (3.0 pts)",
        "A small lab · volume (1.0 pts)",
        "A small lab · why-answer (4.0 pts)",
        "A small lab · how-answer (4.0 pts)",
        "A small lab · explore (5.0 pts)",
    ]
    assert [rows["ann"][title] for title in questions] == ["2.0", "3.0", "1.0", "3.5", "4.0", "6.0"]


def test_total_score_counts_manual_points_and_extra_credit(rows):
    assert (rows["ann"]["Total Score"], rows["ann"]["Status"]) == ("19.5", "Graded")


def test_lateness_is_shown_and_its_penalty_taken_off(rows):
    bo = rows["1002"]
    late = 36 * 3600 + 30 * 60 + 5
    assert (bo["Lateness (H:M:S)"], bo["Submission Time"]) == ("36:30:05", "2026-03-03 00:30:05 +0000")
    assert float(bo["Total Score"]) == pytest.approx(16.5 - 2 * late / 86400, abs=1e-5)


def test_answers_that_wait_for_a_grader_are_empty_and_the_row_ungraded(rows):
    cy = rows["cy"]
    assert (cy["Status"], cy["Total Score"]) == ("Ungraded", "6.0")
    assert [points for title, points in cy.items() if "-answer" in title or "explore" in title] == ["", "", ""]


def test_who_handed_nothing_in_is_missing_without_a_score(rows):
    dee = rows["dee"]
    assert dee["Status"] == "Missing"
    assert {dee[column] for column in ("Total Score", "Submission Time", "Submission Count")} == {""}


def test_names_are_quoted_and_no_formulas(rows):
    assert (rows["1002"]["First Name"], rows["1002"]["Last Name"]) == ('Bo, "the late"', "Bär")
    assert (rows["cy"]["First Name"], rows["cy"]["Last Name"]) == ("'=HYPERLINK(1)", "'-Cy")


def test_only_the_chosen_students_are_exported(graded_class, tmp_path):
    target = tmp_path / "scores.csv"
    assert export(graded_class, f"--to={target}", "--student=ann").returncode == 0
    assert [row["SID"] for row in read(target)] == ["ann"]


def test_several_assignments_must_be_told_apart(graded_class, tmp_path):
    two = graded_class.changed(tmp_path, lambda gradebook: gradebook.add_assignment("other"))
    done = export(two, f"--to={tmp_path / 'scores.csv'}")
    assert done.returncode == 1
    assert "Choose it with --assignment; the gradebook has lab, other." in done.stderr
    assert not (tmp_path / "scores.csv").exists()
    assert export(two, f"--to={tmp_path / 'scores.csv'}", "--assignment=lab").returncode == 0
    assert len(read(tmp_path / "scores.csv")) == len(STUDENTS)


def test_a_question_that_the_gradebook_does_not_have_is_reported(graded_class, tmp_path):
    def forget(gradebook: Gradebook) -> None:
        cell = gradebook.find_grade_cell("test-area", "lab", "lab")
        for each in (*cell.grades, cell):
            gradebook.db.delete(each)

    done = export(graded_class.changed(tmp_path, forget), f"--to={tmp_path / 'scores.csv'}")
    assert done.returncode == 1
    assert "does not have lab/test-area" in done.stderr


@pytest.fixture(scope="module")
def rows(graded_class, tmp_path_factory) -> dict[str, dict[str, str]]:
    target = tmp_path_factory.mktemp("scores") / "scores.csv"
    done = export(graded_class, f"--to={target}")
    assert done.returncode == 0, done.stderr
    return {row["SID"]: row for row in read(target)}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def export(graded: GradedClass, *arguments: str) -> subprocess.CompletedProcess:
    """The command, as an instructor types it in the course's folder."""
    exporter = "--exporter=proctor.gradescope.ScoresExporter"
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", exporter, f"--db={graded.database}", *arguments],
        cwd=graded.root,
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
