"""The table of differences is complete, and says nothing that no test shows."""

from collections import Counter

from compatibility import test_course
from compatibility.accidents import ACCIDENTS
from compatibility.differences import DIFFERENCES
from compatibility.disagreement import QUESTIONS


def test_the_table_holds_what_the_tests_show_and_nothing_else():
    shown = {each.difference for each in QUESTIONS} | {each.difference for each in ACCIDENTS} | test_course.DEMONSTRATED
    assert {row.name for row in DIFFERENCES} == shown - {""}


def test_every_difference_stands_there_once_with_its_reason():
    assert max(Counter(row.name for row in DIFFERENCES).values()) == 1
    for row in DIFFERENCES:
        assert row.stock and row.here and row.stock != row.here
        assert row.reason[0].isupper() and row.reason.endswith("."), row.name
