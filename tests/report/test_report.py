"""`proctor report`: what a graded class shows, of a real class and a real gradebook."""

from __future__ import annotations

import csv
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from reported_course import HOSTILE, ReportedCourse

from proctor.gradescope.written import chromium

BROWSER = next(filter(None, map(shutil.which, chromium.NAMES)), None)
NAMES = (
    "alice",
    "bob",
    "carol",
    "dave",
    "erin",
    "frank",
    "grace",
    "quennell",
    "wonderling",
    "quentin",
    "underhill",
    "bobson",
)


@pytest.fixture(scope="module")
def report(graded) -> Path:
    return graded.report()


@pytest.fixture(scope="module")
def page(report) -> BeautifulSoup:
    return BeautifulSoup((report / "report.html").read_text("utf-8"), "html.parser")


def rows(report: Path, name: str) -> list[dict[str, str]]:
    with (report / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def section(page: BeautifulSoup, title: str) -> str:
    """The words of a section."""
    heading = page.find("h2", string=re.compile(title))
    assert isinstance(heading, Tag) and heading.parent is not None
    return " ".join(heading.parent.get_text(" ").split())


def copy(course: ReportedCourse, folder: Path) -> ReportedCourse:
    return ReportedCourse(Path(shutil.copytree(course.folder, folder / "course")))


def test_the_most_frequent_diagnosis_is_counted_with_the_part_it_is_about(report, page):
    found = [row for row in rows(report, "diagnoses") if row["words"] == "a mean, not a sum"]
    assert [(row["part"], row["count"], row["students"]) for row in found] == [("any width", "2", "erin frank")]
    words = "2 a mean, not a sum 1 · A window that moves: any width averages, test-moving-average"
    assert words in section(page, "most frequent diagnoses")


def test_what_a_visible_check_said_is_a_diagnosis_too(report):
    found = [row for row in rows(report, "diagnoses") if row["words"] == "the mean of 1 and 3 is 2"]
    assert [(row["part"], row["students"]) for row in found] == [("", "dave")]


def test_a_test_that_is_wrong_itself_stands_there_once_with_its_line_and_the_number_of_students(page):
    words = section(page, "What needs somebody")
    assert words.count("test-broken") == 1
    found = re.search(r"A window that moves averages, test-broken (\d) line 3: (.*?)\. Pass plain values", words)
    assert found and found[1] == "6" and "cannot cross" in found[2]


def test_every_question_and_part_has_its_mean_and_difficulty(report):
    found = {(row["question"], row["part"]): row for row in rows(report, "questions")}
    part = found["test-moving-average", "any width"]
    assert (part["submissions"], part["maximum"]) == ("6", "2.0")
    assert float(part["mean"]) == pytest.approx(2 * 3 / 6) and float(part["difficulty"]) == pytest.approx(3 / 6)
    whole = found["test-moving-average", ""]
    assert float(whole["mean"]) == pytest.approx((3 + 3 + 3 + 0 + 1 + 1) / 6, abs=1e-3)


def test_questions_are_called_by_the_authors_headings_with_the_cells_in_small_print(page):
    found = [row.th for row in page.select(".items tbody tr:not(.part)")]
    assert [" ".join(th.get_text(" ").split()) for th in found] == [
        "1 · A window that moves test-moving-average",
        "1 · A window that moves test-broken",
        "2 · What for why-answer",
    ]
    assert [th.span.get_text() for th in found] == ["test-moving-average", "test-broken", "why-answer"]


def test_written_answers_wait_and_are_no_zeros(report, page):
    found = next(row for row in rows(report, "questions") if row["question"] == "why-answer")
    assert (found["waits"], found["submissions"]) == ("2", "4"), "who wrote nothing has 0 points at once"
    assert "2 answers for a person" in section(page, "What needs somebody")
    points = {row["student"]: row["averages/why-answer"] for row in rows(report, "students")}
    assert (points["alice"], points["bob"], points["dave"]) == ("", "", "0.0")


def test_late_work_repaired_files_and_who_is_missing_are_named(report, page):
    found = {(row["what"], row["student"]) for row in rows(report, "attention")}
    assert {("late", "bob"), ("repaired or odd", "frank"), ("not graded yet", "grace")} <= found
    assert ("nothing handed in", "quennell") in found and ("late", "alice") not in found
    assert "2.0 days" in section(page, "Late work")


def test_what_tests_wrote_down_is_a_plot_and_a_table(report, page):
    found = [row for row in rows(report, "published") if row["student"] == "alice"]
    assert [(row["figure"], row["value"]) for row in found] == [("accuracy", "0.9"), ("size", "7.0")]
    labels = [svg["aria-label"] for svg in page.find_all("svg")]
    assert any("accuracy against size of 5 submissions" in label for label in labels)


def test_a_renamed_copy_is_a_pair_to_look_at_and_independent_answers_are_none(report, page):
    found = [(row["student"], row["other"], row["cell"]) for row in rows(report, "similar")]
    assert ("alice", "bob", "moving-average") in found
    assert not [pair for pair in found if "carol" in pair[:2]]
    words = section(page, "alike")
    assert "Pairs to look at, and no more than that" in words and "plagiar" not in words.lower()


def test_names_of_students_are_no_html_and_hide_nothing(report, page):
    text = (report / "report.html").read_text("utf-8")
    assert HOSTILE in section(page, "Late work"), "as a text"
    assert HOSTILE not in text and "\u202e" not in text
    assert not page.find("script")
    assert "default-src 'none'" in page.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]


def test_names_of_students_are_no_formulas(report):
    (name,) = {row["name"] for row in rows(report, "students") if row["student"] == "bob"}
    assert name == "'=1+1 Bobson"
    cells = [cell for path in report.glob("*.csv") for row in csv.reader(path.open(newline="")) for cell in row]
    assert cells and not [cell for cell in cells if re.match(r"[=+\-@]", cell) and not re.match(r"-?[\d.]+$", cell)]


def test_each_plot_says_in_words_what_it_shows(page):
    assert page.find_all("svg")
    assert all(svg["role"] == "img" and len(svg["aria-label"]) > 40 for svg in page.find_all("svg"))


def test_the_page_needs_nothing_beside_it(report):
    text = (report / "report.html").read_text("utf-8")
    assert not re.search(r"""(src|href)\s*=\s*["'](?!#)|url\((?!#)|@import""", text)


def test_no_name_and_no_id_is_in_an_anonymous_report(graded):
    folder = graded.report("--anonymous")
    everything = "".join(path.read_text("utf-8") for path in folder.iterdir()).casefold()
    assert not [name for name in NAMES if re.search(rf"(?<![a-z]){name}(?![a-z])", everything)]
    assert "alert" not in everything
    assert rows(folder, "similar") and rows(folder, "diagnoses")


def test_pseudonyms_stay_the_same(graded, tmp_path):
    first = {row["student"] for row in rows(graded.report("--anonymous"), "students")}
    course = copy(graded, tmp_path)
    with course.gradebook() as gradebook:
        gradebook.add_student("aaron", first_name="Aaron", last_name="First")
    assert {row["student"] for row in rows(course.report("--anonymous"), "students")} == first
    assert len(first) == 6


def test_grades_of_a_test_that_has_changed_since_are_named(graded, tmp_path):
    course = copy(graded, tmp_path)
    path = course.folder / "source" / "hw4" / "averages.ipynb"
    path.write_text(path.read_text().replace("is its own mean", "is the mean of itself"))
    page = BeautifulSoup((course.report() / "report.html").read_text("utf-8"), "html.parser")
    assert "averages: 6 submissions; changed: test-moving-average" in section(page, "What needs somebody")


@pytest.mark.slow
def test_what_could_not_be_graded_says_why_until_it_is_graded(graded, tmp_path):
    from proctor.course.records import Records

    course = copy(graded, tmp_path)
    with Records(f"sqlite:///{course.folder}/gradebook.db", "cis520") as records:
        records.write_failure("hw4", "grace", "OSError: too many links")
    page = BeautifulSoup((course.report() / "report.html").read_text("utf-8"), "html.parser")
    assert "1 submission could not be graded grace: OSError: too many links" in section(page, "What needs somebody")
    course.proctor("autograde", "hw4", "--student=grace")
    assert not [row for row in rows(course.report(), "attention") if row["student"] == "grace" and "not" in row["what"]]


@pytest.mark.slow
def test_a_gradebook_from_before_results_were_kept_is_reported_and_the_page_says_what_it_lacks(graded, tmp_path):
    course = copy(graded, tmp_path)
    with sqlite3.connect(course.folder / "gradebook.db") as database:
        database.execute("DROP TABLE proctor_results")
        database.execute("DROP TABLE proctor_failures")
    folder = course.report()
    page = BeautifulSoup((folder / "report.html").read_text("utf-8"), "html.parser")
    assert "6 submissions of which only points are known" in section(page, "What needs somebody")
    found = {row["student"]: row["points"] for row in rows(folder, "students")}
    assert (found["alice"], found["dave"]) == ("3.0", "0.0")
    course.proctor("autograde", "hw4", "--force")
    assert rows(course.report(), "diagnoses")


def test_nothing_graded_is_said_with_the_command_that_grades(graded, tmp_path):
    course = copy(graded, tmp_path)
    (course.folder / "gradebook.db").unlink()
    assert "proctor autograde" in course.proctor("report", "hw4", code=1)
    assert "There is no notebook in" in course.proctor("report", "hw9", code=1)


def test_the_default_is_a_folder_of_its_own_and_the_help_teaches(graded, tmp_path):
    course = copy(graded, tmp_path)
    assert "reports/hw4/report.html" in course.proctor("report", "hw4").splitlines()
    assert (course.folder / "reports" / "hw4" / "students.csv").is_file()
    words = " ".join(course.proctor("report", "--help").split())
    assert "pairs to look at, not cases" in words and "keep it as you keep the gradebook" in words


@pytest.fixture
def browser() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here (Debian: apt-get install chromium)")
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_a_phone_and_a_screen(report, browser, width, tmp_path):
    page = browser.new_page(viewport={"width": width, "height": 844})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((report / "report.html").as_uri())
    page.screenshot(path=tmp_path / "report.png", full_page=True)
    assert (tmp_path / "report.png").stat().st_size > 20_000
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    letters = "Array.from(document.querySelectorAll('svg text'), t => t.getBoundingClientRect().height)"
    assert min(page.evaluate(letters)) >= 9  # pixels
    assert not said
