"""A grader gives points and a comment in formgrader, in a real browser and without a network, and they arrive."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from browsers import needs_chromium, opened, words_in
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, Page, expect
from running_course import NOTEBOOK, TOKEN, Course, Formgrader, running_formgrader

pytestmark = [pytest.mark.slow, needs_chromium]
STUDENT = "typical"
COMMENT = "The sign is flipped: $L$ has no minus in front."


@pytest.fixture(scope="module")
def own_course(course, tmp_path_factory) -> Course:
    """A copy of the graded course."""
    own = replace(course, folder=tmp_path_factory.mktemp("by-hand") / "course")
    shutil.copytree(course.folder, own.folder)
    config = (own.folder / "nbgrader_config.py").read_text()
    (own.folder / "nbgrader_config.py").write_text(config.replace(str(course.folder), str(own.folder)))
    with Gradebook(f"sqlite:///{own.folder}/gradebook.db") as gradebook:
        gradebook.update_or_create_student("blank", first_name="Bo", last_name="Blank")
    return own


@pytest.fixture(scope="module")
def own_formgrader(own_course) -> Iterator[Formgrader]:
    with running_formgrader(own_course) as formgrader:
        yield formgrader


@contextmanager
def formgrader_page(browser: Browser, formgrader: Formgrader, path: str) -> Iterator[tuple[Page, list[str]]]:
    """A page of formgrader, and the addresses elsewhere that it has asked for; none of them answers."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    elsewhere: list[str] = []

    def refuse(route) -> None:
        elsewhere.append(route.request.url)
        route.abort()

    context.route(lambda url: "127.0.0.1" not in url, refuse)
    page = context.new_page()
    try:
        page.goto(f"{formgrader.url}/manage_assignments?token={TOKEN}")
        elsewhere.clear()
        page.goto(formgrader.url + path)
        page.wait_for_load_state("networkidle")
        yield page, elsewhere
    finally:
        context.close()


def submission(formgrader: Formgrader) -> str:
    found = formgrader.get(f"/submitted_notebooks/hw4/{NOTEBOOK}")
    return next(each["id"] for each in found if each["student"] == STUDENT)


@pytest.fixture(scope="module")
def graded_by_hand(own_formgrader, browser) -> float:
    """The points that a grader has typed beside the derivation, with a comment: how many."""
    with formgrader_page(browser, own_formgrader, f"/submissions/{submission(own_formgrader)}/?index=0") as (page, _):
        page.locator("input#derivation").fill("2.5")
        page.locator("textarea#derivation-comment").fill(COMMENT)
        with page.expect_response(lambda answer: "/api/comment/" in answer.url and answer.request.method == "PUT"):
            page.locator("textarea#derivation-comment").press("Tab")
        page.wait_for_load_state("networkidle")
    return 2.5


def test_the_marking_scheme_stands_between_question_and_answer(own_formgrader, browser, tmp_path):
    with formgrader_page(browser, own_formgrader, f"/submissions/{submission(own_formgrader)}/?index=0") as (
        page,
        asked,
    ):
        assert asked == [], "nothing from elsewhere"
        text = page.locator("#notebook").first.inner_text()
        expected = ["Derive, with all intermediate steps", "Marking scheme (students do not see it)", "Common errors"]
        places = [text.index(words) for words in expected]
        assert places == sorted(places)
        assert "MARK SCHEME" not in text
        assert page.locator("math").count() > 100 and "$" not in words_in(page, "pre, code, script, nav, textarea")
        assert page.evaluate("formgrader.loaded")
        expect(page.locator("input#derivation")).to_be_visible()
        page.screenshot(path=tmp_path / "formgrader.png", full_page=True)


def test_the_feedback_shows_points_and_comment(own_course, browser, graded_by_hand):
    own_course.nbgrader("generate_feedback", "hw4", f"--student={STUDENT}", "--force")
    path = own_course.folder / "feedback" / STUDENT / "hw4" / f"{NOTEBOOK}.html"
    with opened(browser, path, 1200) as (page, _):
        by_tests, by_hand = own_course.points(STUDENT)
        assert by_hand == graded_by_hand
        row = page.locator(".overview tr", has_text="The derivation")
        assert f"{by_hand:g} / 8" in row.inner_text()
        assert f"{by_tests + by_hand:g} of 100 points" in page.locator(".overview").inner_text()
        assert "wait for a person" not in page.locator(".overview .here").inner_text()
        comment = page.locator("#derivation ~ .comment")
        assert "has no minus in front" in comment.inner_text() and comment.locator("math").count() == 1


def test_the_export_has_the_points(own_course, graded_by_hand, tmp_path):
    own_course.nbgrader("export", f"--to={tmp_path / 'grades.csv'}")
    with (tmp_path / "grades.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert float(rows[STUDENT]["score"]) == sum(own_course.points(STUDENT))


def test_lists_of_submissions_have_names(own_formgrader, browser):
    with formgrader_page(browser, own_formgrader, "/manage_submissions/hw4") as (page, _):
        names = page.locator("td.student-name").all_inner_texts()
        assert sorted(name.strip() for name in names) == ["Blank, Bo", "half-done,", "typical,"]
        assert "None" not in " ".join(names)
