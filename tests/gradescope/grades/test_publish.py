"""Final grades for Gradescope: the zip, and what its look-up writes for each submission."""

import json
import os
import stat
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest
from gradescope.graded_class import COMMENT, WRITTEN, GradedClass, grade_by_hand
from nbgrader.api import Gradebook

from proctor.cli import main
from proctor.gradescope.grades.final_grades import NotInGradebook
from proctor.gradescope.grades.publish import NotPublished, Published, publish

SCHEMA = Path(__file__).parents[3] / "proctor" / "gradescope" / "autograder" / "results.schema.json"
ANN = {"id": 1, "name": "Ann Abel", "email": "ann@EXAMPLE.edu", "sid": "31415926"}
BO = {"id": 2, "name": "Bo", "email": "bo.other@example.edu", "sid": "1002"}
SYSTEM_PYTHON = "/usr/bin/python3"  # what Gradescope's image has, and all that the look-up may need


@dataclass(frozen=True)
class LookedUp:
    """What a run left: its exit code, the results (None if it wrote none) and what it printed for staff."""

    status: int
    results: dict | None
    printed: str


def test_each_submission_gets_its_students_final_grade(published, look_up):
    found = look_up(published, users=[ANN])
    assert found.status == 0
    assert found.results["score"] == 19.5
    assert [test.get("score") for test in found.results["tests"]] == [2, 3, 1, 3.5, 4, 6]
    assert [test["max_score"] for test in found.results["tests"]] == [2, 3, 1, 4, 4, 5]
    assert "Final grade: 19.5 of 19 points." in found.results["output"]
    assert "the submission of 2026-03-01 10:00:00 UTC" in found.results["output"]


def test_graders_comments_come_with_their_questions(published, look_up):
    tests = look_up(published, users=[ANN]).results["tests"]
    assert COMMENT in [test["output"] for test in tests]
    assert [test["output"] for test in tests if "Elegant" in test["output"]] == ["twice: Elegant."]


@pytest.fixture(scope="module")
def without_address(graded_class, tmp_path_factory) -> Published:
    """Bo has no e-mail in the gradebook."""

    def change(gradebook: Gradebook) -> None:
        finish(gradebook)
        gradebook.find_student("1002").email = None

    folder = tmp_path_factory.mktemp("without-address")
    return publish_to(folder, graded_class.changed(folder, change))


def test_a_student_without_an_address_is_found_by_the_student_id(without_address, look_up):
    found = look_up(without_address, users=[BO])
    assert found.results["score"] == pytest.approx(13.458218)
    assert "A late penalty of 3.04178 points has been taken off." in found.results["output"]


def test_a_student_id_that_somebody_else_typed_opens_no_grade(published, without_address, look_up):
    assert "nobody in the published grades has" in look_up(published, users=[BO]).printed
    assert "belong to two students" in look_up(without_address, users=[ANN | {"sid": "1002"}]).printed


def test_students_see_the_grades_when_they_are_published(published, look_up):
    assert look_up(published, users=[ANN]).results["visibility"] == "after_published"


@pytest.mark.parametrize(
    ("users", "reason"),
    [
        ([{"email": "eve@example.edu", "sid": "0"}], "nobody in the published grades has"),
        ([{"name": "Eve"}], "nobody in the published grades has"),
        ([], "names no user"),
        (None, "names no user"),
        ([ANN, {"email": "bo@example.edu"}], "have different final grades"),
        ([ANN, {"email": "eve@example.edu"}], "nobody in the published grades has"),
    ],
    ids=["unknown", "no address", "nobody", "no list", "unequal group", "group with an unknown"],
)
def test_who_has_no_grade_gets_an_error_that_nobody_takes_for_a_zero(published, look_up, users, reason):
    found = look_up(published, users=users)
    assert (found.status, found.results) == (1, None)
    assert reason in found.printed
    assert "19.5" not in found.printed and "13.4" not in found.printed


def test_results_of_an_earlier_run_do_not_stay(published, look_up):
    assert look_up(published, users=[{"email": "eve@example.edu"}], before='{"score": 100}').results is None


def test_a_group_whose_members_have_the_same_points_gets_them_and_all_comments(graded_class, look_up, tmp_path):
    def equal(gradebook: Gradebook) -> None:
        finish(gradebook)
        for question, points in zip(WRITTEN, (3.5, 4, 5), strict=True):
            grade_by_hand(gradebook, "cy", question, points)
        gradebook.find_grade("explore", "lab", "lab", "ann").extra_credit = None
        gradebook.find_comment("why-answer", "lab", "lab", "cy").manual_comment = "For Cy."

    published = publish_to(tmp_path, graded_class.changed(tmp_path, equal))
    found = look_up(published, users=[ANN, {"email": "cy@example.edu"}])
    assert found.results["score"] == 18.5
    assert f"{COMMENT}\n\nFor Cy." in [test["output"] for test in found.results["tests"]]


def test_sample_metadata_that_lack_fields_are_understood(published, look_up):
    for sample in ("2018-07-01T14:22:32.365935-07:00", None):
        settings = {"total_points": "100.0"}
        found = look_up(published, users=[{"email": "ann@example.edu"}], assignment=settings, at=sample)
        assert found.results["score"] == 19.5
        assert "it has 100.0 points on Gradescope, and final grades are out of 19.0" in found.printed


def test_grades_that_wait_are_refused_with_a_list(graded_class, tmp_path):
    with pytest.raises(NotPublished, match="1 of 3 students") as refused:
        publish("lab", graded_class.config, tmp_path / "grades.zip")
    assert "cy: lab/why-answer, lab/how-answer, lab/explore" in str(refused.value)
    assert not (tmp_path / "grades.zip").exists()


def test_an_answer_that_changed_after_it_was_graded_waits_again(graded_class, tmp_path):
    def change(gradebook: Gradebook) -> None:
        finish(gradebook)
        gradebook.find_grade("why-answer", "lab", "lab", "ann").needs_manual_grade = True

    with pytest.raises(NotPublished, match="ann: lab/why-answer\n"):
        publish_to(tmp_path, graded_class.changed(tmp_path, change))


def test_partial_grades_say_what_waits_and_give_no_points_for_it(graded_class, look_up, tmp_path):
    published = publish("lab", graded_class.config, tmp_path / "grades.zip", partial=True)
    assert published.waiting == ("cy: lab/why-answer, lab/how-answer, lab/explore",)
    found = look_up(published, users=[{"email": "cy@example.edu"}])
    assert found.results["score"] == 6
    assert "6 of 19 points so far: 3 answers wait to be graded." in found.results["output"]
    assert ["score" in test for test in found.results["tests"]] == [True, True, True, False, False, False]


def test_the_zip_tells_neither_who_is_in_it_nor_what_they_got(published):
    with zipfile.ZipFile(published.path) as opened:
        everything = b"".join(opened.read(name) for name in opened.namelist())
    for secret in (b"ann@example", b"1002", b"Abel", b"19.5", b"Elegant"):
        assert secret not in everything
    assert stat.S_IMODE(published.path.stat().st_mode) == 0o600


def test_the_zip_has_gradescopes_two_programs_at_its_root_and_none_of_the_autograder(published):
    with zipfile.ZipFile(published.path) as opened:
        modes = {member.filename: member.external_attr >> 16 & 0o111 for member in opened.infolist()}
    assert sorted(modes) == ["grades.json", "look_up.py", "run_autograder", "setup.sh"]
    assert modes["run_autograder"] and modes["setup.sh"]


def test_the_same_gradebook_gives_the_same_bytes_and_a_changed_one_shares_nothing(graded_class, published, tmp_path):
    def change(gradebook: Gradebook) -> None:
        finish(gradebook)
        grade_by_hand(gradebook, "1002", "why-answer", 0)

    (tmp_path / "again").mkdir()
    again = publish_to(tmp_path, graded_class.changed(tmp_path / "again", finish))
    assert again.path.read_bytes() == published.path.read_bytes()
    (tmp_path / "other").mkdir()
    other = publish_to(tmp_path / "other", graded_class.changed(tmp_path / "other", change))
    assert not entries(published).keys() & entries(other).keys()
    assert not set(entries(published).values()) & set(entries(other).values())


def test_a_damaged_table_gives_an_error(published, look_up):
    def damage(table: dict) -> None:
        for name, entry in table["grades"].items():
            table["grades"][name] = entry[:-8] + ("AAAA" if entry[-8:-4] != "AAAA" else "BBBB") + entry[-4:]

    found = look_up(published, users=[ANN], change=damage)
    assert (found.status, found.results) == (1, None)
    assert "the table of grades is damaged" in found.printed


def test_two_students_with_one_address_are_refused(graded_class, tmp_path):
    def same(gradebook: Gradebook) -> None:
        finish(gradebook)
        gradebook.update_or_create_student("cy", email="BO@example.edu")

    with pytest.raises(NotPublished, match=r"bo@example\.edu"):
        publish_to(tmp_path, graded_class.changed(tmp_path, same))


def test_an_assignment_that_is_not_graded_yet_is_refused(graded_class, empty_gradebook, tmp_path):
    empty = GradedClass(graded_class.root, f"sqlite:///{empty_gradebook}")
    with pytest.raises(NotInGradebook, match="nbgrader generate_assignment lab"):
        publish("lab", empty.config, tmp_path / "grades.zip")


def test_the_command_writes_to_dist_and_says_what_waits(graded_class, monkeypatch, capsys):
    monkeypatch.chdir(graded_class.root)
    assert main(["gradescope", "publish", "lab"]) == 1
    assert "cy: lab/why-answer" in capsys.readouterr().err
    assert main(["gradescope", "publish", "lab", "--partial"]) == 0
    assert "dist/lab-grades-gradescope.zip: the grades of 3 students." in capsys.readouterr().out
    assert zipfile.is_zipfile("dist/lab-grades-gradescope.zip")


@pytest.fixture(scope="module")
def published(graded_class, tmp_path_factory) -> Published:
    folder = tmp_path_factory.mktemp("published")
    return publish_to(folder, graded_class.changed(folder, finish))


@pytest.fixture
def look_up(tmp_path):
    """Unpack the zip and run it as Gradescope's harness does, but in a folder of the test's own."""

    def run(published: Published, users, before="", change=None, assignment=None, at="2026-03-01T05:00:00.25-05:00"):
        autograder = tmp_path / "autograder"
        for name in ("source", "results", "submission"):
            (autograder / name).mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(published.path) as opened:
            opened.extractall(autograder / "source")
        if change is not None:
            table = autograder / "source" / "grades.json"
            changed = json.loads(table.read_text())
            change(changed)
            table.write_text(json.dumps(changed))
        metadata = {"id": 7, "users": users, "created_at": at, "assignment": assignment, "previous_submissions": []}
        (autograder / "submission_metadata.json").write_text(json.dumps(metadata))
        results = autograder / "results" / "results.json"
        if before:
            results.write_text(before)
        done = subprocess.run(
            [SYSTEM_PYTHON, "-I", autograder / "source" / "look_up.py", autograder],
            cwd=autograder,
            env={"PATH": os.defpath},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        written = None
        if results.exists():
            written = json.loads(results.read_text())
            jsonschema.validate(written, json.loads(SCHEMA.read_text()))
        return LookedUp(done.returncode, written, done.stdout)

    return run


def finish(gradebook: Gradebook) -> None:
    """Grade what still waits."""
    for question in WRITTEN:
        grade_by_hand(gradebook, "cy", question, 1)


def publish_to(folder: Path, graded: GradedClass) -> Published:
    return publish("lab", graded.config, folder / "grades.zip")


def entries(published: Published) -> dict[str, str]:
    with zipfile.ZipFile(published.path) as opened:
        return json.loads(opened.read("grades.json"))["grades"]
