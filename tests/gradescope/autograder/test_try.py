"""``proctor gradescope try``: the zip as built, tried here on a submission, and shown as students or staff see it."""

import io
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from gradescope.autograder_folder import CONFIG, filled
from rich.console import Console
from small_assignment import ANSWERS, CELLS, cell, notebook

from proctor.cli import main
from proctor.config import nbgrader_config
from proctor.gradescope.autograder.bundle import bundle
from proctor.gradescope.autograder.rehearsal import NotRehearsed, Rehearsal, rehearse
from proctor.gradescope.autograder.shown import show

#: The student's code reads a data folder of the course; what is hidden in test-area is wrong in AREA only.
READS = cell("code", "solution", "read", "### BEGIN SOLUTION\nfirst = open('../points/a.txt').read()\n### END SOLUTION")
TEST_READS = cell(
    "code", "test", "test-read", "assert first == '17'\nfrom proctor.checks import record\nrecord('size', 2)", 2
)
AREA = "def area(radius):\n    return math.pi * radius**2 if radius else 1"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course with data, and its bundle."""
    root = tmp_path_factory.mktemp("course")
    (root / "source" / "lab").mkdir(parents=True)
    nbformat.write(notebook(*CELLS, READS, TEST_READS), root / "source" / "lab" / "lab.ipynb")
    (root / "points").mkdir()
    (root / "points" / "a.txt").write_text("17")
    (root / "nbgrader_config.py").write_text(CONFIG + "c.Exam.data = ['points']\n")
    before = Path.cwd()
    os.chdir(root)
    try:
        bundle("lab", nbgrader_config(), root / "lab.zip")
    finally:
        os.chdir(before)
    return root


def hand_in(folder: Path, **answers: str) -> Path:
    """A folder with the released notebook and these answers."""
    folder.mkdir(parents=True)
    released = nbformat.reads(filled(ANSWERS | answers), 4)
    more = notebook(READS, TEST_READS).cells
    more[0].source = "first = open('../points/a.txt').read()"
    released.cells += more
    nbformat.write(released, folder / "lab.ipynb")
    return folder


@pytest.fixture(scope="module")
def rehearsal(course, tmp_path_factory) -> Rehearsal:
    return rehearse(course / "lab.zip", hand_in(tmp_path_factory.mktemp("in") / "lab", area=AREA), course)


def as_shown(rehearsal: Rehearsal, staff: bool) -> str:
    """What stands in a terminal, each run of white space as one space."""
    assert rehearsal.results is not None, rehearsal.trouble
    terminal = io.StringIO()
    show(rehearsal.results, Console(file=terminal, width=120), staff)
    return " ".join(terminal.getvalue().split())


def test_it_is_graded_as_in_the_container_with_the_data_of_the_zip(rehearsal):
    assert (rehearsal.trouble, rehearsal.remarks) == ("", ())
    assert rehearsal.results is not None and rehearsal.results["score"] == 6, "all but test-area"
    assert "Student code:" in rehearsal.output and "test-read" in rehearsal.output


def test_a_student_sees_what_is_visible_and_no_total(rehearsal):
    said = as_shown(rehearsal, staff=False)
    assert "visible checks" in said and "All checks that stand in your notebook pass." in said
    assert "3 of 3" in said and "hidden tests" not in said.partition("Leaderboard")[0].replace(
        "points of hidden tests", ""
    )
    assert "Total: – " in said and "6 of 8" not in said
    assert "Size 2 largest" in said
    assert "Students see 1 more entries later: 1 when grades are published." in said


def test_staff_see_every_entry_when_students_see_it_and_the_total(rehearsal):
    said = as_shown(rehearsal, staff=True)
    assert "hidden tests 0 of 2 when grades are published" in said and "Total: 6 of 8 points" in said
    assert "more entries" not in said


def test_where_everything_is_visible_students_see_the_total(rehearsal):
    tests = [test | {"visibility": "visible"} for test in rehearsal.results["tests"]]
    said = as_shown(replace(rehearsal, results=rehearsal.results | {"tests": tests}), staff=False)
    assert "Total: 6 of 8 points" in said and "more entries" not in said


@pytest.mark.slow
def test_the_command_takes_a_zip_and_says_with_its_exit_code_that_it_was_graded(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course)
    with zipfile.ZipFile(tmp_path / "upload.zip", "w") as opened:
        opened.write(hand_in(tmp_path / "lab") / "lab.ipynb", "my lab/lab.ipynb")
    assert main(["gradescope", "try", "lab.zip", str(tmp_path / "upload.zip"), "--staff"]) == 0
    said = capsys.readouterr().out
    assert "Total: 8 of 8 points" in said and "Output that only staff see:\nStudent code:" in said


def rewritten(archive: Path, target: Path, name: str, change: Callable[[str], str]) -> Path:
    """A copy of a bundle with one file changed."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info, change(content.decode()).encode() if info.filename == name else content)
    return target


@pytest.mark.slow
def test_what_was_not_graded_is_an_error_that_names_it_and_other_versions_are_said(
    course, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(course)
    hasty = rewritten(
        course / "lab.zip", tmp_path / "hasty.zip", "nbgrader_config.py", lambda s: s + "c.Gradescope.seconds = 1\n"
    )
    old = rewritten(hasty, tmp_path / "old.zip", "requirements.txt", lambda _: "numpy==1.0\nnone-here==1.0\n")
    assert main(["gradescope", "try", str(old), str(hand_in(tmp_path / "lab") / "lab.ipynb")]) == 1
    told = capsys.readouterr()
    assert told.err == "proctor: Not graded: lab.\n" and "Stopped after 1 seconds" in told.out
    assert " here, 1.0 in the zip.\n! none-here is not installed here, 1.0 in the zip.\n" in told.out


def test_the_zips_own_proctor_grades(course, tmp_path):
    run = "proctor/gradescope/autograder/run.py"
    archive = rewritten(course / "lab.zip", tmp_path / "own.zip", run, lambda s: "raise SystemExit('the zip speaks')")
    tried = rehearse(archive, hand_in(tmp_path / "lab"), course)
    assert tried.output == "the zip speaks\n" and "no results.json that can be read (exit code 1)" in tried.trouble


def test_a_zip_whose_settings_stop_the_autograder_is_an_error_with_the_traceback(course, tmp_path):
    archive = rewritten(
        course / "lab.zip", tmp_path / "bad.zip", "nbgrader_config.py", lambda s: s + "c.Exam.seats = 0\n"
    )
    tried = rehearse(archive, hand_in(tmp_path / "lab"), course)
    assert tried.trouble == "Nothing was graded." and "TraitError" in tried.output


def test_what_is_no_bundle_or_no_submission_is_said(course, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(course)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as opened:
        opened.writestr("setup.sh", "")
    (tmp_path / "text.zip").write_text("no zip")
    for archive, submission, said in (
        (tmp_path / "other.zip", tmp_path, "is not a zip that `proctor gradescope bundle` has made"),
        (tmp_path / "text.zip", tmp_path, "cannot be unpacked"),
        (tmp_path / "none.zip", tmp_path, "cannot be unpacked"),
        (course / "lab.zip", tmp_path / "nobody", "cannot be handed in"),
    ):
        assert main(["gradescope", "try", str(archive), str(submission)]) == 1
        assert said in capsys.readouterr().err


def test_data_of_a_script_are_the_courses_own(course, tmp_path):
    archive = rewritten(course / "lab.zip", tmp_path / "f.zip", "data.txt", lambda _: "points\tget.py\n")
    with pytest.raises(NotRehearsed, match=r"Run: python get\.py points"):
        rehearse(archive, tmp_path, tmp_path)
