"""Who is told that something cannot be compared: the author, until their own solution gives what can."""

import pytest

OBJECT = "class Thing:\n    def __init__(self, x): self.x = x\ndef make(x): return Thing(x)\nthing = Thing(1)\ntable = {'a': thing}"
PLAIN = "def make(x): return x\nthing = 1\ntable = {'a': thing}"
COMPARISONS = [
    "make(3) == 3", "thing == 1", "make(3) < 4", "3 in [make(3)]", "abs(make(3) - 3) < 1",
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


AXES = "import matplotlib.pyplot as plt\ndef draw():\n    return plt.subplots()[1]\n"


def test_an_object_of_a_librarys_class_is_the_authors_problem_where_the_solution_gives_one(examine):
    test = "import matplotlib.pyplot as plt\nassert isinstance(draw(), plt.Axes)"
    result = examine(AXES, test, reference=AXES)
    assert result.outcome.value == "author" and "hasattr(axes, 'get_title')" in result.staff_message


def test_where_the_solution_gives_a_value_the_object_is_the_students_mistake(examine):
    result = examine(AXES, "assert isinstance(draw(), (int, float))", reference="def draw(): return 3")
    assert result.outcome.value == "failed" and result.points == 0


def test_their_object_is_of_a_class_of_theirs_where_their_word_is_taken_and_of_none_where_not(examine):
    test = "assert isinstance(draw(), candidate.plt.Axes)"
    assert examine(AXES, test, reference=AXES).points == 0


def test_a_class_that_the_solution_imports_is_the_authors_own_for_values(examine):
    solution = "from datetime import date\ndef day(): return date(2020, 1, 1)"
    theirs = "class Any(type):\n    def __instancecheck__(self, other): return True\nclass date(metaclass=Any): pass\n"
    test = "assert isinstance(day(), date)"
    assert examine(solution, test, reference=solution).points == 1
    lie = theirs + "def day(): return 3"
    assert examine(lie, test, reference=solution).points == 0
