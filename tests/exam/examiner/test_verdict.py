"""Who is told that something cannot be compared: the author, until their own solution gives what can."""

import pytest

OBJECT = "class Thing:\n    def __init__(self, x): self.x = x\ndef make(x): return Thing(x)\nthing = Thing(1)\ntable = {'a': thing}"
PLAIN = "def make(x): return x\nthing = 1\ntable = {'a': thing}"
COMPARISONS = [
    "make(3) == 3", "thing == 1", "make(3) < 4", "3 in [make(3)]", "make(3)", "abs(make(3) - 3) < 1",
    "float(make(3)) == 3", "make(make(3)) == 3", "sorted([make(3), make(2)])", "type(make(3)) is int",
]  # fmt: skip


@pytest.mark.parametrize("check", COMPARISONS)
def test_an_object_where_the_solution_gives_a_plain_value_is_the_students_mistake(examine, check):
    result = examine(OBJECT, f"assert {check}", reference=PLAIN)
    assert (result.outcome.name, result.points) == ("FAILED", 0), result.staff_message
    if "type" not in check:
        assert "plain value was expected" in result.message


@pytest.mark.parametrize("check", COMPARISONS)
def test_where_the_solution_gives_one_too_it_is_the_authors(examine, check):
    result = examine(OBJECT, f"assert {check}", reference=OBJECT)
    assert (result.outcome.name, result.points) == ("AUTHOR", 0)
    assert "Thing" in result.staff_message or "self-reports" in result.staff_message


def test_a_solution_that_raises_there_or_lacks_the_name_has_not_passed_the_test(examine):
    for solution in ("def make(x): raise KeyError(x)", "other = 1", "raise ValueError"):
        result = examine(OBJECT, "assert make(3) == 3", reference=solution)
        assert (result.outcome.name, result.points) == ("AUTHOR", 0)


def test_a_solution_that_takes_for_ever_costs_seconds_and_no_part_that_was_right(examine, monkeypatch):
    test = "from proctor.checks import *\nwith part(1, 'one'):\n    assert make(3).x == 3\nwith part(1, 'two'):\n    assert make(3) == 3\nscore()"
    result = examine(OBJECT, test, points=2, reference="while True: pass")
    assert result.points == 1 and [part.points for part in result.parts] == [1, 0]


def test_without_a_solution_the_student_reads_what_they_gave(examine):
    result = examine(OBJECT, "assert make(3) == 3")
    assert result.outcome.name == "FAILED" and "plain value was expected" in result.message


def test_what_the_solution_prints_there_is_shown_to_nobody(examine):
    result = examine(OBJECT, "assert make(3) == 3", reference="def make(x):\n    print('a secret')\n    return x")
    assert "a secret" not in str(result)
