"""Two thousand submissions: everything is counted, and what is listed is found again."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest
from bs4 import BeautifulSoup
from nbgrader.coursedir import CourseDirectory

from proctor.notebooks.assignment import load_assignment
from proctor.report.findings import findings
from proctor.report.page import html
from proctor.report.reading import read
from proctor.report.statistics import points_of


@pytest.fixture(scope="module")
def assignment(thousands):
    return load_assignment(thousands.folder / "source" / "hw4")


@pytest.fixture(scope="module")
def graded_class(thousands, assignment):
    return read(CourseDirectory(root=str(thousands.folder), course_id="cis520"), assignment)[0]


@pytest.fixture(scope="module")
def found(graded_class, assignment):
    return findings(graded_class, assignment)


def test_all_are_read_with_the_points_that_nbgrader_has(thousands, graded_class):
    assert len(graded_class.submissions) == 2_000
    with thousands.gradebook() as gradebook:
        for each in graded_class.submissions[::400]:
            assert each.points == pytest.approx(gradebook.find_submission("hw4", each.student).score)


def test_a_penalty_is_taken_off_and_never_more_than_all(graded_class):
    best = max(graded_class.submissions, key=lambda each: each.points)
    assert replace(best, penalty=1.0).score == best.points - 1
    assert replace(best, penalty=99.0).score == 0


def test_discrimination_is_the_correlation_with_the_rest(found, graded_class):
    points = points_of(graded_class)
    tests = [place for place, question in enumerate(graded_class.questions) if question.kind == "test"]
    one, other = points[:, tests[0]], points[:, tests[1]]
    assert found.questions[tests[0]].item.discrimination == pytest.approx(np.corrcoef(one, other)[0, 1])
    (part, *_) = found.questions[tests[0]].parts
    assert 0.2 < part.discrimination < 1, "the able pass each part more often"


def test_diagnoses_that_differ_in_the_line_only_are_one(found):
    words = [diagnosis.words for diagnosis in found.diagnoses if "ValueError" in diagnosis.words]
    assert words and set(words) == {"your code raised ValueError in `f`, line … of your cell"}
    places = [(diagnosis.question, diagnosis.part, diagnosis.words) for diagnosis in found.diagnoses]
    assert len(set(places)) == len(places)
    counts = [len(diagnosis.students) for diagnosis in found.diagnoses]
    assert counts == sorted(counts, reverse=True)


def test_those_who_copied_come_before_all_others(found):
    """In ``big_class`` 2 % take one of eight answers; the others have written by chance."""
    assert found.similar.pairs
    best = found.similar.pairs[0].alike[0]
    assert best.percent == 100 and best.as_close < 200


def test_the_page_of_thousands_is_small_enough_for_a_phone(found):
    text = html(found, False, datetime(2026, 10, 2))
    assert len(text) < 1_500_000
    assert len(BeautifulSoup(text, "html.parser").find_all("tr")) < 500
