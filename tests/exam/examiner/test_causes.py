"""A name of the student's that is missing is explained, in words that nobody chose who was asked hidden questions."""

import pytest
from exam_notebook import text

HIDDEN = "x = 2\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
SIGMOID = "def sigmoid(z):\n    return z"


@pytest.mark.parametrize(
    ("first", "line", "why"),
    [
        ("import seaborn_pro as sns", 1, "No module named 'seaborn_pro' (not installed where this is graded)"),
        ("import numpy as np\nimport numpy.seaborn", 2, "No module named 'numpy.seaborn'"),
        ("open('data/Points.csv')", 1, "there is no 'data/Points.csv' among the files that were handed in"),
        ("n = input('How many?')", 1, "input() was called, but nobody is there to answer while a notebook is graded"),
        ("x = (1\ny = 2", 1, "SyntaxError: '(' was never closed"),
        ("if True:\nx = 1", 2, "IndentationError: expected an indented block after 'if' statement on line 1"),
        ("rows = [1, 2]\nprint(rows[0])\nrows[5]", 3, "IndexError: list index out of range"),
        ("def helper():\n    return 1 / 0\nhelper()", 2, "ZeroDivisionError: division by zero"),
        ("raise KeyError", 1, "KeyError"),
        ("class Mine(Exception): pass\nraise Mine('two\\nlines')", 2, "Mine: two lines"),
    ],
)
def test_the_cell_that_stopped_is_named_with_line_and_reason(notebook, first, line, why):
    stopped = notebook.student_cell(f"{first}\n{SIGMOID}")
    fine = notebook.student_cell("def forward(x):\n    return 1 + sigmoid(x)")
    visible = notebook.test_cell("assert sigmoid(1) == 1")
    calls = notebook.test_cell("assert forward(1) == 2")
    part = notebook.test_cell(
        HIDDEN.format("from proctor.checks import *\nwith part(1, 'p'):\n    sigmoid(3)\nscore()")
    )
    results = notebook.sit()
    name = "helper" if "helper" in first else "Mine" if "Mine" in first else "sigmoid"
    if ("Error" in why and "Syntax" in why) or "Indentation" in why:
        name = first.split("\n")[0]  # what cannot be parsed goes by its first line
    words = f"Your cell `{name}` stopped at line {line}: {why}"
    assert results[stopped].stopped == f"{words}." and not results[fine].stopped
    assert results[visible].message == f"`sigmoid` is not defined. {words}."
    assert results[calls].message == (
        f"Your code raised NameError in `forward`, line 2 of your cell: `sigmoid` is not defined. {words}."
    )
    assert results[part].parts[0].message == f"`sigmoid` is not defined. {words}"


def test_a_cell_that_its_process_did_not_survive_is_named(notebook):
    notebook.student_cell(f"import os\nos._exit(0)\n{SIGMOID}")
    test = notebook.test_cell("assert sigmoid(1) == 1")
    assert notebook.sit()[test].message == "`sigmoid` is not defined. Your cell `sigmoid` ended its own process."


def test_what_a_cell_defined_before_it_stopped_counts(examine):
    assert examine(f"{SIGMOID}\nopen('plot.csv')", "assert sigmoid(1) == 1").points == 1


@pytest.mark.parametrize(
    ("student", "asked", "meant"),
    [
        ("def Sigmoid(z): return z", "sigmoid(1)", "Sigmoid"),
        ("def trainEpoch(z): return z", "train_epoch(1)", "trainEpoch"),
        ("def foward(z): return z", "forward(1)", "foward"),
        ("answer_1 = 3", "answer1", "answer_1"),
        ("def Sigmoid(z): return z", "candidate.sigmoid(1)", "Sigmoid"),
    ],
)
def test_a_name_that_looks_like_another_of_theirs_is_named(examine, student, asked, meant):
    name = asked.replace("candidate.", "").partition("(")[0]
    assert examine(student, asked).message == f"`{name}` is not defined: did you mean `{meant}`?"


def test_an_answer_that_is_there_is_not_meant_for_another(notebook):
    notebook.student_cell("def forward(x): return x")
    test = notebook.test_cell("backward(1)")
    result = notebook.sit(reference="def forward(x): return x\ndef backward(x): return x")[test]
    assert result.message == "`backward` is not defined: none of your cells defines it."


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("return forwards(x)", ": `forwards` is not defined: did you mean `forward`?"),
        ("return len([forwards for y in (x, forward)])", ": `forwards` is not defined: did you mean `forward`?"),
        ("return unheard_of(x)", ": `unheard_of` is not defined: none of your cells defines it"),
        ("return one_thing(x) + another_thing(x)", ""),  # which of them, only the student's process could say
        ("del x; return x", ""),
    ],
)
def test_in_the_students_own_code_the_missing_name_is_found_by_reading(examine, line, words):
    student = f"def forward(x): return x\ndef backward(x):\n    {line}"
    kind = "UnboundLocalError" if "del" in line else "NameError"
    message = f"Your code raised {kind} in `backward`, line 3 of your cell{words}"
    assert examine(student, HIDDEN.format("backward(1234)")).message == message + "." * (not message.endswith("?"))


REMEMBERS = """
asked = []
def f(x):
    asked.append(x)
    globals()[f"name_{x}"] = x
    raise NameError(f"name 'g_{x}' is not defined", name=f"g_{x}")
"""


def test_hidden_inputs_do_not_come_out_in_words_about_cells_that_stop(notebook):
    notebook.student_cell(REMEMBERS)
    asked = notebook.test_cell(HIDDEN.format("f(1234)"))
    notebook.student_cell("if asked:\n    raise ValueError(f'SECRET {asked}')\nanswer = 1")
    notebook.student_cell("if asked:\n    exec(compile(f'SECRET {asked}', f'SECRET {asked}', 'exec'))")
    later = [notebook.test_cell(test) for test in ("assert answer == 1", "f(1)", "assert name_1233 == 1")]
    results = notebook.sit()
    assert results[asked].message == "Your code raised NameError in `f`, line 5 of your cell."
    for result in results.values():
        shown = str(result.outputs) + result.message + result.stopped + str(result.parts)
        assert "SECRET" not in shown and "1234" not in shown, result
    assert "`answer` is not defined" in results[later[0]].message


def test_a_name_that_only_hidden_tests_hold_is_not_told(examine):
    result = examine("def f(x): return x", HIDDEN.format("secret_name(1)"))
    assert "secret" not in result.message + str(result.outputs)


def test_a_cell_as_released_is_not_called_the_students(notebook):
    from proctor.exam.paper import Cell

    notebook.cells.append(
        Cell("table", "raise NotImplementedError()\nrows = 1", "student", as_released=True, title="table")
    )
    notebook.cells.append(Cell("demo", "print(rows)\nlast = 2", "student", as_released=True))
    first, second = notebook.test_cell("assert rows == 1"), notebook.test_cell("assert last == 2")
    results = notebook.sit()
    assert results[first].message == "`rows` is not defined. Your cell `table` is not written yet."
    assert "The cell `print(rows)` stopped at line 1: NameError" in results[second].message
    assert not results["table"].stopped and not results["demo"].stopped


def test_an_exception_is_named_once(examine):
    result = examine("def f(x): return x", "x = 1\n[f(1)][f(5)]")
    assert text(result) == "IndexError: in line 2 of the test: list index out of range"
    assert result.outputs[0]["traceback"] == ["IndexError in line 2 of the test: list index out of range"]
    result = examine("def f(x): return x[0]", "f(1)")
    assert result.outputs[0]["traceback"] == ["Your code raised TypeError in `f`, line 1 of your cell."]


def test_a_test_that_speaks_of_a_missing_name_itself_says_which_cell_stopped_too(notebook):
    notebook.student_cell("settings = dict(epochs=len(history))", id="settings")
    says = "try:\n    settings\nexcept NameError:\n    raise AssertionError('write plain values.') from None"
    test = notebook.test_cell(says)
    assert notebook.sit()[test].message == (
        "Write plain values. Your cell `settings = dict(epochs=len(history))` stopped at line 1: "
        "NameError: name 'history' is not defined."
    )
