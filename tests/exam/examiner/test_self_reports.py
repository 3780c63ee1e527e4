"""What only the student's process could say of itself: nothing by default, marked where the author lets it count."""

from dataclasses import replace

import nbformat
import pytest
from exam_notebook import LIMITS
from small_assignment import cell
from small_assignment import notebook as notebook_of
from traitlets.config import Config

from proctor.exam.examiner.asides import LOST_WORDS
from proctor.exam.paper import Outcome
from proctor.grading import grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import load_submission
from proctor.settings import Exam

SHAPES = """
import functools
class Shape:
    def __init__(self, sides): self.sides = sides
    def __eq__(self, other): return self.sides == other.sides
class Square(Shape):
    def __init__(self): super().__init__(4)
def make(): return Square()
@functools.wraps(make)
def wrapped(): return make()
square = make()
def same(): return square
"""
REPORTS = {
    "isinstance(make(), Square) and isinstance(make(), Shape)": "isinstance()",
    "not isinstance(3, Square)": "isinstance()",
    "type(make()) is Square and type(make()).__name__ == 'Square'": "type()",
    "type(make()) == Square": "type()",
    "make() == Shape(4) and make() != Shape(3)": "==",
    "wrapped.__wrapped__().sides == 4": "__wrapped__",
}


@pytest.fixture
def believing(room, monkeypatch):
    monkeypatch.setattr(room, "limits", replace(LIMITS, self_reports=True))


@pytest.mark.parametrize("check", REPORTS)
def test_without_the_setting_the_author_is_told_and_the_student_never(examine, check):
    result = examine(SHAPES, f"assert {check}", reference=SHAPES)
    assert (result.outcome.name, result.points) == ("AUTHOR", 0), result
    assert result.message == "The test could not be run; your instructor has been told."
    assert not result.self_reports


def test_with_the_setting_it_counts_and_is_marked(believing, notebook):
    notebook.student_cell(SHAPES)
    for check in REPORTS:
        notebook.test_cell(f"assert {check}", id=check)
    plain = notebook.test_cell("assert make().sides == 4")
    results = notebook.sit()
    for check, said in REPORTS.items():
        assert results[check].points == 1, results[check].staff_message
        assert any(report.startswith(said) for report in results[check].self_reports), check
        assert "rests on the student's word" in results[check].staff_message
    assert results[plain].self_reports == () and not results[plain].staff_message


def test_the_same_object_is_the_same(believing, examine):
    assert examine(SHAPES, "assert same() is square and make() is not square").points == 1


def test_what_reading_tells_is_not_asked_for(believing, examine):
    result = examine(SHAPES, "import inspect\nassert issubclass(Square, Shape) and inspect.signature(make)")
    assert result.points == 1 and result.self_reports == ()


#: A class that says yes to whatever it is asked.
LIAR = """
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __eq__(cls, other): return True
    def __hash__(cls): return 1
class Square(metaclass=Meta):
    sides = 4
    def __eq__(self, other): return True
    __wrapped__ = staticmethod(lambda: Square())
    __class__ = property(lambda self: Square)
class Shape(Square):
    def __init__(self, sides): pass
def make(): return Square()
wrapped = make()
"""


@pytest.mark.parametrize("check", REPORTS)
def test_a_liar_earns_nothing_while_the_setting_is_off(examine, check):
    result = examine(LIAR, f"assert {check}", reference=SHAPES)
    assert result.points == 0


STRANGE = {
    "no bool": "import numpy as np\nclass Meta(type):\n    def __instancecheck__(cls, other): raise SystemExit\n"
    "class Shape(metaclass=Meta): pass\ndef make(): return 1",
    "huge": "class Shape:\n    def __eq__(self, other): return Shape()\n    def __bool__(self): return [0] * 10**9\n"
    "def make(): return Shape()",
}


@pytest.mark.parametrize("answer", STRANGE)
def test_what_is_no_answer_earns_nothing(believing, examine, answer):
    result = examine(STRANGE[answer], "assert isinstance(make(), Shape) and make() == Shape() and make().__wrapped__")
    assert result.points == 0 and result.outcome.name in ("FAILED", "MEMORY", "DIED", "TOO_BIG")


def test_a_reply_that_is_not_yes_or_no_is_refused(believing, examine):
    """The candidate's own code for it replaced."""
    answer = f"""
    {SHAPES.strip().replace(chr(10), chr(10) + "    ")}
    import sys
    module = sys.modules["proctor.exam.candidate.candidate"]
    module._report = lambda question, target, objects: 10 ** 300
    """
    result = examine(answer, "assert isinstance(make(), Shape)")
    assert (result.outcome, result.points) == (Outcome.PROTOCOL, 0)
    assert result.message.lower().startswith(LOST_WORDS[Outcome.PROTOCOL])


def test_a_tag_lets_it_count_in_one_test_and_its_graded_cell_says_so(room, tmp_path):
    cells = [
        cell("code", "solution", "shapes", f"### BEGIN SOLUTION\n{SHAPES}\n### END SOLUTION"),
        cell("code", "test", "tagged", "assert isinstance(make(), Square)", 1),
        cell("code", "test", "plain", "assert isinstance(make(), Square)", 1),
    ]
    cells[1].metadata["tags"] = ["self-reports"]
    nbformat.write(notebook_of(*cells), tmp_path / "lab.ipynb")
    assignment = load_assignment(tmp_path)
    with load_submission(tmp_path, assignment) as submission:
        graded = grade_notebook(assignment, "lab", submission, room, seed=1)
    assert {test.id: test.points for test in graded.tests} == {"tagged": 1, "plain": 0}
    kept = [each.metadata.get("proctor", {}) for each in graded.notebook.cells]
    said = [metadata["self_reports"] for metadata in kept if "outcome" in metadata]
    assert said == [["isinstance() with a class of the student's"], []]


def test_the_setting_is_one_of_the_exam():
    assert Exam(config=Config({"Exam": {"self_reports": True}})).limits.self_reports
    assert not Exam().limits.self_reports


OOPS = """
class Oops(Exception): pass
class Worse(Oops): pass
def fails(kind='Oops'):
    raise {'Oops': Oops, 'Worse': Worse}[kind]('no')
"""
CAUGHT = {
    "try:\n    fails()\nexcept Oops as error:\n    assert str(error) == 'no'": 1,
    "try:\n    fails('Worse')\nexcept (KeyError, Oops):\n    pass": 1,
    "import pytest\nwith pytest.raises(Oops):\n    fails('Worse')": 1,
    "import unittest\nunittest.TestCase().assertRaises(Oops, fails)": 1,
    "try:\n    fails()\nexcept Exception as error:\n    assert isinstance(error, Oops) and not isinstance(error, Worse)": 1,
    "try:\n    fails()\nexcept Worse:\n    pass": 0,
    "import pytest\nwith pytest.raises(Worse):\n    fails()": 0,
    "try:\n    {}['x']\nexcept Oops:\n    pass": 0,
    "class Oops(Exception): pass\ntry:\n    fails()\nexcept Oops:\n    pass": 0,
}


def test_an_exception_of_the_students_is_caught_by_its_class_without_their_word(notebook):
    notebook.student_cell(OOPS)
    for test in CAUGHT:
        notebook.test_cell(test, id=test)
    results = notebook.sit()
    assert {test: results[test].points for test in CAUGHT} == CAUGHT
    assert not any(results[test].self_reports for test in CAUGHT)


NUMBERS = """
import functools, re
@functools.total_ordering
class Number:
    def __init__(self, value): self.value = value
    def __eq__(self, other): return self.value == other.value
    def __lt__(self, other): return self.value < other.value
    def __hash__(self): return hash(self.value)
    def __bool__(self): return self.value != 0
    def __add__(self, other): return Number(self.value + getattr(other, "value", other))
    __radd__ = __add__
    def __sub__(self, other): return Number(self.value - other)
    def __rsub__(self, other): return Number(other - self.value)
    def __int__(self): return self.value
    def __float__(self): return float(self.value)
    def __contains__(self, digit): return str(digit) in str(self.value)
def match(text): return re.match("a+", text)
def answer(): return 3
"""
ASKED = [
    "Number(1) < Number(2) and Number(2) >= Number(1) and not Number(2) < Number(1)",
    "[each.value for each in sorted([Number(2), Number(1)])] == [1, 2]",
    "(Number(1) + 2).value == (2 + Number(1)).value == 3 and (5 - Number(1)).value == 4 and (Number(1) - 5).value == -4",
    "int(Number(3)) == 3 and float(Number(3)) == 3.0 and round(sum([Number(1), Number(2)]).value) == 3",
    "7 in Number(172) and 3 not in Number(172)",
    "hash(Number(3)) == hash(Number(3)) and len({Number(1), Number(1), Number(2)}) == 2",
]


@pytest.mark.parametrize("check", ASKED)
def test_objects_are_ordered_keys_searched_and_calculated_with_where_their_word_counts_and_the_solution_gives_one(
    believing, examine, check
):
    result = examine(NUMBERS, f"assert {check}", reference=NUMBERS)
    assert result.points == 1 and result.self_reports, result.staff_message


@pytest.mark.parametrize(
    "check",
    [
        "answer() < Liar()",
        "3 in answer()",
        "{answer(): 1}",
        "answer() < 4",
        "abs(answer() - 4) < 1",
        "int(answer()) == 3",
    ],
)
def test_an_object_in_the_place_of_a_value_is_not_believed_anywhere(believing, examine, check):
    theirs = (
        "class Liar:\n    __lt__ = __contains__ = lambda self, *other: True\n    __sub__ = lambda self, other: 0\n"
        "    __int__ = lambda self: 3\ndef answer(): return Liar()"
    )
    result = examine(theirs, f"assert {check}", reference=NUMBERS + "class Liar: pass")
    assert result.points == 0, result


def test_an_object_is_as_true_as_it_says_like_a_plain_value_in_its_place(examine):
    result = examine(NUMBERS, "assert Number(1) and not Number(0) and match('aa') and not match('b')")
    assert result.points == 1 and not result.self_reports, result.staff_message
    assert examine("class A:\n    def __bool__(self): raise ValueError", "assert A()").points == 0


@pytest.mark.parametrize("check", ASKED)
def test_they_are_not_asked_without_the_setting(examine, check):
    assert examine(NUMBERS, f"assert {check}", reference=NUMBERS).outcome.name == "AUTHOR"
