"""Which test cells rest on the student's word: named before anybody is graded, with what to write instead."""

import pytest
from author.broken import code, found

from proctor.author.findings import Weight

SHAPES = code(
    "solution",
    "shapes",
    "### BEGIN SOLUTION\nclass Shape: pass\nclass Square(Shape): pass\nclass Odd(ValueError): pass\n"
    "def make(): return Square()\n### END SOLUTION",
)
RESTING = {
    "assert isinstance(make(), Square)": "isinstance() with Square",
    "assert isinstance(make(), (int, Shape))": "isinstance() with Shape",
    "assert type(make()) is Square": "type() compared with Square",
    "assert type(make()).__name__ == 'Square'": "the name of a type",
    "assert make.__wrapped__": "make.__wrapped__",
    "class Mine(Shape): pass": "class Mine(Shape)",
}
STANDING = [
    "assert isinstance(make(), list) and type(make()) is int",
    "import inspect\nassert issubclass(Square, Shape) and inspect.signature(make)",
    "class Shape: pass\nassert isinstance(Shape(), Shape)",
    "try:\n    make()\nexcept (Odd, ValueError):\n    pass",
]


def words(tmp_path, test: str, *tags: str):
    cell = code("test", "test", test, 1)
    cell.metadata["tags"] = list(tags)
    return [finding for finding in found(tmp_path, SHAPES, cell) if "student's word" in finding.what]


@pytest.mark.parametrize("test", RESTING)
def test_a_test_that_rests_on_it_is_named_with_what_to_write_instead(tmp_path, test):
    (finding,) = words(tmp_path, test)
    assert (finding.weight, finding.cell) == (Weight.DOUBT, "test")
    assert RESTING[test] in finding.what and finding.remedy
    assert ("self-reports" in finding.remedy) == ("class" not in test)


@pytest.mark.parametrize("test", STANDING)
def test_one_that_does_not_is_not(tmp_path, test):
    assert words(tmp_path, test) == []


def test_one_whose_author_believes_it_is_listed_too(tmp_path):
    (finding,) = words(tmp_path, "assert isinstance(make(), Square)", "self-reports")
    assert "tag the cell" not in finding.remedy and "Test what the object does" in finding.remedy
