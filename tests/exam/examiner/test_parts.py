"""Parts of a test reach everybody as values, also those that the test never came to."""

import pytest
from exam_notebook import text

from proctor.parts import Part

HIDDEN = "x = 2\n{}\n### BEGIN HIDDEN TESTS\nfrom proctor.checks import *\n{}\n### END HIDDEN TESTS"
TWO = "with part(1, 'one'):\n    {}\nwith part(2.5, 'two'):\n    assert f(2) == 2, 'two is two'\nscore()"
STUDENT = """
import os
def f(x): return x
def wrong(x): return -x
def raises(x): return x[0]
def ends(x): os._exit(0)
def prints(x):
    print("SECRET", x)
    return f"SECRET {x}"
"""
UNREACHED = "not reached, since the test had stopped before"


@pytest.mark.parametrize(
    ("visible", "one", "outcomes", "messages"),
    [
        ("", "assert f(1) == 1", ["ok", "ok"], ["", ""]),
        ("", "assert wrong(1) == 1, 'mind the sign'", ["failed", "ok"], ["mind the sign", ""]),
        ("", "raises(1)", ["failed", "ok"], ["your code raised TypeError in `raises`, line 4 of your cell", ""]),
        ("", "ends(1)", ["died", "ok"], ["your code ended its own process", ""]),
        ("", "f(object())", ["author", "ok"], ["the test could not be run; your instructor has been told", ""]),
        ("", "raise SystemExit", ["not run", "not run"], [UNREACHED] * 2),
        ("assert wrong(1) == 1, 'mind the sign'", "pass", ["not run", "not run"], [UNREACHED] * 2),
        ("import os; os._exit(0)", "pass", ["not run", "not run"], [UNREACHED] * 2),
    ],
)
def test_each_part_says_what_became_of_it(examine, visible, one, outcomes, messages):
    result = examine(STUDENT, HIDDEN.format(visible, TWO.format(one)), points=3.5)
    assert [part.label for part in result.parts] == ["one", "two"]
    assert [part.maximum for part in result.parts] == [1, 2.5]
    assert [part.outcome for part in result.parts] == outcomes
    assert [part.message for part in result.parts] == messages
    assert sum(part.points for part in result.parts) == result.points


def test_a_test_that_stops_between_parts_gives_nothing_and_says_which_were_right(examine):
    test = "with part(1, 'one'):\n    pass\nraises(1)\nwith part(2, 'two'):\n    pass\nscore()"
    result = examine(STUDENT, HIDDEN.format("", test), points=3)
    assert result.points == 0 and result.message == "Your code raised TypeError in `raises`, line 4 of your cell."
    assert result.parts == (
        Part("one", 0.0, 1.0, "ok", "right, but the test stopped later"),
        Part("two", 0.0, 2.0, "not run", UNREACHED),
    )


def test_parts_in_a_loop_are_known_when_they_are_reached(examine):
    test = "for n in (1, 2):\n    with part(1, f'part {n}'):\n        assert f(n) == n\nwith part(1, 'last'):\n    pass\nscore()"
    result = examine(STUDENT, HIDDEN.format("", test), points=3)
    assert [part.label for part in result.parts] == ["part 1", "part 2", "last"]
    result = examine(STUDENT, HIDDEN.format("assert wrong(1) == 1", test), points=3)
    assert [part.label for part in result.parts] == ["last"]


def test_a_branch_that_was_not_taken_is_no_part_that_is_missing(examine):
    test = (
        "if f(1) == 1:\n    with part(1, 'yes'):\n        pass\nelse:\n    with part(1, 'no'):\n        pass\nscore()"
    )
    assert [part.label for part in examine(STUDENT, HIDDEN.format("", test)).parts] == ["yes"]


def test_parts_are_listed_once_before_the_points(examine):
    test = "print('first words')\n" + TWO.format("assert wrong(1) == 1, 'mind the sign'")
    result = examine(STUDENT, HIDDEN.format("", test), points=3.5)
    assert text(result) == "first words\n\n✗ 0/1  one: mind the sign\n✓ 2.5/2.5  two\n\n2.5"


@pytest.mark.parametrize(
    "told", ["assert prints(1234) == 1, prints(1234)", "prints(1234)[0:3].nothing", "f([1234] * 5)[9]"]
)
def test_neither_label_nor_message_tells_what_was_asked(examine, told):
    test = f"with part(1, 'one'):\n    {told}\nwith part(1, f'for {{prints(1234)}}'):\n    pass\nscore()"
    result = examine(STUDENT, HIDDEN.format("", test), points=2)
    shown = str(result.parts) + str(result.outputs) + result.message
    assert "1234" not in shown and "SECRET" not in shown and result.parts[1].label == "for […]"


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ("for rate in (0.25, 0.125):\n    assert f(rate) == 1, f'rate={rate} in training'", "rate=0.25 in training"),
        ("for n, z in {1: 1000.0}.items():\n    assert f(n) == z, f'f({z:.0f}) is wrong'", "f(1000) is wrong"),
        ("want = [1, 0.75, 3, 4]\nassert f(1) == want, f'expected {want}'", "expected [1, 0.75, 3, 4]"),
        ("for name in ('alpha', 'beta'):\n    assert f({name + 'x': 1, name: 2})[name] == 1, f'{name} has changed'", "alpha has changed"),
        ("assert f(1) == 2, '28,938 of 1, 2, 3, 4, 5'", "28,938 of 1, 2, 3, 4, 5"),
    ],
)  # fmt: skip
def test_the_authors_own_words_are_not_blanked(examine, check, message):
    test = "with part(1, '28,938 parts, 1, 2, 3, 4'):\n    " + check.replace("\n", "\n    ") + "\nscore()"
    (part,) = examine(STUDENT, HIDDEN.format("", test)).parts
    assert (part.label, part.message) == ("28,938 parts, 1, 2, 3, 4", message)


@pytest.mark.parametrize(
    "check",
    [
        "n = f(1234)\nassert n == 1, f'{n} rows'",
        "for n in (0.25, f(1234)):\n    assert n == 0.25, f'{n} rows'",
        "n = 0.25\nn = f(1234)\nassert n == 1, f'{n} rows'",
        "secret = 1234\nassert f(1) == 2, f'{f(secret)} rows'",
        "n = 1\nn += f(1233)\nassert n == 1, f'{n} rows'",
        "def g(n):\n    assert n == 1, f'{n} rows'\ng(f(1234))",
        "n = 0.25\nimport math as n\nn = n and f(1234)\nassert n == 1, f'{n} rows'",
    ],
)
def test_what_comes_of_the_students_values_is_not_the_authors_words(examine, check):
    result = examine(STUDENT, HIDDEN.format("", check))
    assert result.message == "[…] rows ([…]: what your code gave is not shown here)"


def test_a_visible_check_says_where_to_see_what_is_blanked(notebook):
    notebook.student_cell(STUDENT)
    notebook.test_cell(HIDDEN.format("", "f(1)"))
    test = notebook.test_cell(
        "want = [[1.25, 2, 3], [4, 5, 6]]\nassert f(100) == 0, f'not {f([100] * 4)}, but {np.array(want)}'"
    )
    notebook.shared_cell("import numpy as np")
    notebook.cells.insert(0, notebook.cells.pop())
    assert notebook.sit()[test].message == (
        "not [[…]], but [[1.25 2.   3.  ] ([…]: run this check in your notebook to see it)\n [4.   5.   6.  ]]"
    )
