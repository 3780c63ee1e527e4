"""What was handed in is what is graded, on every route: each case of ``cases.py``, three times."""

import pytest
from nbgrader.api import Gradebook
from reading.accidents import into_zip
from reading.cases import CASES
from reading.lab import ALL, NAME, SOURCE, hand_in, write_source
from reading.routes import CONFIG, ROUTES, nbgrader


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    "route", [pytest.param(route, marks=[pytest.mark.slow] * (route != "proctor")) for route in ROUTES]
)
def test_an_accident_costs_nothing_but_itself(graded, route, name):
    case, done = CASES[name], graded(route)[name]
    assert done.points == case.points, f"{case.promise}\n{done.words}"
    missing = [words for words in case.says if words not in done.words]
    assert not missing, f"{case.promise} The student is not told {missing}, but:\n{done.words[:4000]}"


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.silent])
def test_where_nothing_went_wrong_nothing_is_said(graded, name):
    assert not graded("proctor")[name].log


@pytest.mark.slow
def test_a_case_that_is_told_to_the_student_is_told_to_staff_too(graded):
    for name, case in CASES.items():
        assert not case.says or graded("nbgrader")[name].log, name


@pytest.mark.slow
def test_nbgrader_copies_neither_environments_nor_videos(graded):
    assert "lab.ipynb" in graded("nbgrader")["videos"].copied
    for name in ("videos", "a_virtual_environment", "caches_and_repositories", "a_large_file_that_the_notebook_reads"):
        copied = graded("nbgrader")[name].copied
        assert not [each for each in copied if each.endswith((".mp4", ".bin")) or each in ("1.py", "left-pad")], name


def test_a_student_who_handed_in_nothing_but_a_zip_is_graded_alone(tmp_path):
    write_source(tmp_path / "source" / NAME)
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    upload = tmp_path / "submitted" / "ann" / NAME
    hand_in(upload)
    into_zip(upload, upload / "hw.zip")
    nbgrader(tmp_path, "generate_assignment", NAME)
    nbgrader(tmp_path, "autograde", NAME, "--student", "ann")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as gradebook:
        books = [gradebook.find_submission_notebook(book, NAME, "ann") for book in SOURCE]
        assert sum(book.code_score for book in books) == sum(ALL.values())
    assert [path.name for path in upload.iterdir()] == ["hw.zip"], "the upload stays as it is"
