"""What a test cell earns, what the student reads about it, and what stays hidden."""

import re

import pytest
from exam_notebook import Notebook, text

from proctor.exam.paper import Cell

FUNCTIONS = """
import numpy as np
seen = []
def square(x):
    seen.append(x)
    return x * x
def wrong(x):
    return x + 1
def tells(x):
    raise ValueError(f"SECRET {x!r}")
def shows(x):
    print("SECRET", x)
    return f"SECRET {x}"
"""


@pytest.mark.parametrize(
    ("test", "earned"),
    [
        ("assert square(3) == 9", 4),
        ("assert square(3) == 9\n2.5", 2.5),
        ("assert square(3) == 9\n3", 3),
        ("np.float32(1.5)", 1.5),
        ("99", 4),
        ("-1", 0),
        ("float('nan')", 0),
        ("float('inf')", 0),
        ("True", 4),
        ("'3'", 4),
        ("[1]", 4),
        ("None", 4),
        ("1;", 4),
        ("assert wrong(3) == 9", 0),
        ("assert wrong(3) == 9\n4", 0),
        ("tells(1)", 0),
        ("raise SystemExit", 0),
        ("raise KeyboardInterrupt", 0),
        ("import sys; sys.exit(0)", 0),
        ("import os; os._exit(0)", 0),
        ("def broken(:", 0),
        ("import warnings; warnings.warn('careful')\nimport sys; print('to stderr', file=sys.stderr)", 4),
    ],
)
def test_points_follow_nbgraders_convention(examined, test, earned):
    assert examined[test].points == earned


@pytest.fixture(scope="module")
def examined(room, tmp_path_factory, request):
    """All cells of the table above in one exam, by their source."""
    notebook = Notebook(room, tmp_path_factory.mktemp("marking"))
    notebook.shared_cell("import numpy as np")
    notebook.student_cell(FUNCTIONS)
    (table,) = (mark.args[1] for mark in test_points_follow_nbgraders_convention.pytestmark)
    for test, _ in table:
        notebook.test_cell(test, points=4, id=test)
    return notebook.sit()


def test_a_test_that_ends_the_examiner_is_the_authors_problem(examined):
    for test in ("raise SystemExit", "import sys; sys.exit(0)", "def broken(:", "float('nan')"):
        assert examined[test].outcome.name == "AUTHOR"
    assert examined["import os; os._exit(0)"].message == "The test did not finish; your instructor has been told."


def test_the_authors_words_reach_the_student(examine):
    result = examine(FUNCTIONS, "assert wrong(3) == 9, 'square the number, do not add to it'")
    assert result.message == "square the number, do not add to it"
    assert text(result) == "AssertionError: square the number, do not add to it"


def test_a_visible_check_without_words_is_quoted(examine):
    assert examine(FUNCTIONS, "x = 3\nassert wrong(x) == 9").message == "This check failed: assert wrong(x) == 9"


HIDDEN = "x = 2\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ("assert wrong(1234) == 9", "A check failed."),
        ("assert wrong(1234) == 9, 'try larger numbers'", "try larger numbers"),
        ("wrong('1234')", "Your code raised TypeError in `wrong`, line 7 of your cell."),
        ("tells(1234)", "Your code raised ValueError in `tells`, line 9 of your cell."),
        ("wrong(1234)[0]", "The test could not go on with what your code returned (TypeError)."),
        ("assert shows(1234) == 'x', shows(1234)", "[…]"),
        ("raise RuntimeError(shows(1234))", "The test could not go on with what your code returned (RuntimeError)."),
        ("print(shows(1234))\nassert False", "A check failed."),
        ("shows(1234)", ""),
    ],
)
def test_hidden_tests_speak_in_fixed_words_or_the_authors(examine, test, message):
    result = examine(FUNCTIONS, HIDDEN.format(test))
    assert result.message == message
    for shown in (result.message, str(result.outputs)):
        assert "1234" not in shown and "SECRET" not in shown


def test_staff_see_everything(examine):
    result = examine(FUNCTIONS, HIDDEN.format("tells(1234)"))
    assert "SECRET 1234" in result.staff_message and "tells(1234)" in result.staff_message


def test_words_that_the_student_has_anyway_are_not_blanked(examine):
    student = "def gradients(): return {'dW1': 1, 'dW2': 2}"
    result = examine(student, HIDDEN.format("assert gradients()['dW1'] == 2, 'dW1 has the wrong sign'"))
    assert result.message == "dW1 has the wrong sign"


def test_checks_of_the_assignments_own_modules_speak_its_authors_words(notebook):
    """An exception that renders itself shows its message alone, as in a kernel, and knows the student's line."""
    (notebook.shared / "checking.py").write_text(
        "class Failed(AssertionError):\n"
        "    def _render_traceback_(self):\n"
        "        return [str(self)]\n"
        "def check(f):\n"
        "    try:\n"
        "        got = f(2)\n"
        "    except ValueError as error:\n"
        "        raise Failed('; '.join(map(str, error.their_line))) from error\n"
        "    raise Failed(f'6.283185 is right, not {got}')\n"
    )
    notebook.shared_cell("from checking import check")
    notebook.student_cell("def tells(x):\n    return 3**0.5 * x")
    notebook.student_cell("def stops(x):\n    raise ValueError('SECRET')  # here")
    ids = [notebook.test_cell(HIDDEN.format("tells(1)"))]
    ids += [notebook.test_cell(f"check({name})") for name in ("tells", "stops")]
    results = notebook.sit()
    shown = [text(results[id]).partition(": ")[2] for id in ids[1:]]
    assert shown[0].startswith("6.283185 is right, not […]")
    assert shown[1] == "stops; 2; raise ValueError('SECRET')  # here"
    assert results[ids[2]].outputs[0]["traceback"] == [shown[1]]


def test_a_function_named_after_a_secret_is_not_named(examine):
    student = """
        def leak(x):
            code = compile("raise ValueError", "<ipython-input-1-0>", "exec")
            exec(code.replace(co_name=f"secret{x}"), {})
    """
    result = examine(student, HIDDEN.format("leak(1234)"))
    assert result.message == "Your code raised ValueError."


def test_a_line_is_named_only_if_the_function_has_it(examine):
    student = """
        def other(x):
            exec(compile("\\n" * x + "def other(x): raise ValueError\\nother(1)", "<ipython-input-1-0>", "exec"), {})
        def deep(
            x,
        ):
            return [y[0] for y in [x]]
    """
    assert examine(student, "other(1234)").message == "Your code raised ValueError."
    assert examine(student, "deep(1234)").message == "Your code raised TypeError in `deep`, line 6 of your cell."


def test_hidden_inputs_do_not_come_out_in_later_cells(notebook):
    notebook.student_cell(FUNCTIONS)
    notebook.test_cell(HIDDEN.format("assert square(1234) == 1234 ** 2"))
    later = notebook.student_cell("print(seen)\nimport matplotlib.pyplot as plt\nplt.plot(seen)\nlen(seen)")
    result = notebook.sit()[later]
    assert "1234" not in str(result.outputs) and "[]" in text(result)
    assert any("image/png" in output.get("data", {}) for output in result.outputs)


def test_hidden_inputs_do_not_come_out_by_way_of_files(notebook):
    notebook.student_cell("def square(x):\n    print(x, file=open('seen', 'a'))\n    return x * x")
    notebook.test_cell(HIDDEN.format("assert square(1234) == 1234 ** 2"))
    later = notebook.student_cell("import os\nprint(open('seen').read() if os.path.exists('seen') else 'nothing')")
    assert text(notebook.sit()[later]) == "nothing\n"


def test_visible_inputs_may_come_out_in_later_cells(notebook):
    notebook.student_cell(FUNCTIONS)
    notebook.test_cell("assert square(5) == 25")
    later = notebook.student_cell("seen")
    assert text(notebook.sit()[later]) == "[5]"


def test_parts_give_partial_credit_and_words(examine):
    result = examine(
        FUNCTIONS,
        HIDDEN.format(
            "from proctor.checks import part, score, assert_close, rng\n"
            "x = rng.normal(size=3)\n"
            "with part(1, 'squares'):\n    assert_close(square(x), reference.square(x), 'x')\n"
            "with part(2, 'wrong squares'):\n    assert_close(wrong(x), reference.square(x), 'x')\n"
            "with part(3, 'no answer'):\n    tells(1234)\n"
            "score()"
        ),
        points=6,
        reference="def square(x): return x ** 2",
    )
    assert (result.outcome.name, result.points) == ("OK", 1)
    assert "squares" in text(result) and "1234" not in text(result) and "SECRET" not in text(result)


def test_the_reference_is_the_instructors_and_out_of_the_students_reach(notebook):
    notebook.student_cell(
        "def answer(): return 0\ntry:\n    reference\nexcept NameError:\n    print('none')", id="student"
    )
    notebook.test_cell("assert reference.answer() == 42 and answer() == 0", id="test")
    results = notebook.sit(reference="print('SHOWN')\ndef answer(): return 42")
    assert results["test"].points == 1 and text(results["student"]) == "none\n"
    assert "SHOWN" not in str(results["test"].outputs)


def test_a_broken_reference_is_the_authors_problem(examine):
    result = examine("x = 1", "assert reference.x == x", reference="1 / 0")
    assert result.outcome.name == "AUTHOR" and "ZeroDivisionError" in result.staff_message


DRAWS = """
import random, numpy as np, torch
from proctor.checks import rng
print(rng.random(), random.random(), np.random.rand(), torch.rand(1).item())
"""


def test_a_seed_repeats_every_draw_and_another_draws_afresh(notebook):
    own = notebook.student_cell(
        "import random, numpy as np, torch\nrandom.random(), np.random.rand(), torch.rand(1).item()"
    )
    one, two = notebook.test_cell(DRAWS), notebook.test_cell(DRAWS)
    first, again, other = notebook.sit(seed=1), notebook.sit(seed=1), notebook.sit(seed=2)
    assert [text(first[id]) for id in (own, one, two)] == [text(again[id]) for id in (own, one, two)]
    assert len({text(result[id]) for result in (first, other) for id in (own, one, two)}) == 6
    assert first[one].seed == again[one].seed != other[one].seed and first[one].seed != first[two].seed


def test_a_rich_output_of_a_test_is_shown(examine):
    result = examine("x = 1", "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n'done'")
    assert any("image/png" in output.get("data", {}) for output in result.outputs) and "'done'" in text(result)


MAGICS = ["%%capture\n{}", "%%time\n{}", "%%prun -q\n{}", "%%timeit -n1 -r1\n{}", "%time {}", "%timeit -n1 -r1 {}",
    "%%capture\n%%time\n{}", "%%time\n%time {}", "get_ipython().run_cell({!r})", "%%capture\nget_ipython().ex({!r})",
    "with __import__('contextlib').suppress(Exception):\n    get_ipython().run_cell({!r})"]  # fmt: skip


def test_an_error_that_a_magic_shows_is_an_error(notebook):
    notebook.student_cell(FUNCTIONS)
    for magic in MAGICS:
        for function in ("square", "wrong", "tells", "missing"):
            check = f"assert {function}(3) == 9"
            notebook.test_cell(magic.format(check), id=f"{magic} {function}")
    notebook.test_cell("%%capture\n%%no_such_magic\nassert wrong(3) == 9", id="usage")
    notebook.test_cell("%%capture\nassert wrong(3) == = 9", id="syntax")
    earned = {id: result.points for id, result in notebook.sit().items() if result.max_points}
    assert earned == {id: float(id.endswith("square")) for id in earned}


@pytest.mark.parametrize("magic", ["script python", "bash", "html", "javascript", "writefile test.py"])
def test_a_test_that_a_magic_does_not_run_is_the_authors_problem(examine, magic):
    for wrapped in (f"%%{magic}", f"%%capture\n%%{magic}"):
        result = examine(FUNCTIONS, f"{wrapped}\nassert wrong(3) == 9")
        assert (result.outcome.name, result.points) == ("AUTHOR", 0)


HELPER = "def check(x):\n    assert wrong(x) == 9, 'nine'\n"


@pytest.mark.parametrize(
    ("test", "line"),
    [
        ("assert square(3) == 9\nassert wrong(3) == 9", 2),
        (HELPER + "assert square(3) == 9\ncheck(3)", 4),
        ("assert tells(\n    1)", 1),
        ("assert square(3) == 9", 0),
        ("%%time\nassert wrong(3) == 9", 0),
        ("def broken(:", 0),
    ],
)
def test_the_line_at_which_a_test_stopped_is_that_of_its_own_statement(examine, test, line):
    assert examine(FUNCTIONS, test).line == line


def test_lines_are_counted_from_the_first_also_where_it_is_blank(room, tmp_path):
    notebook = Notebook(room, tmp_path)
    notebook.student_cell(FUNCTIONS)
    hidden = "### BEGIN HIDDEN TESTS\nassert wrong(31) == 9\n### END HIDDEN TESTS"
    notebook.cells.append(Cell("blank", f"\n \n\nassert square(3) == 9\n{hidden}", "test", 4.0))
    result = notebook.sit()["blank"]
    assert (result.line, result.message) == (6, "A check failed."), "the hidden line is not quoted"


def test_a_hidden_line_is_never_quoted_for_a_line_of_a_magics_cell(examine):
    result = examine(FUNCTIONS, "%%time\n" + HIDDEN.format("assert wrong(1234) == 9"))
    assert result.message == "A check failed." and "1234" not in str(result.outputs)


FORGED = {
    "an outcome": 'body={"type": "lost", "outcome": "SECRET 1234"}',
    "a known outcome": 'body={"type": "lost", "outcome": "ok"}',
    "a loss": 'type="lost", outcome="ok"',
    "a loss of its own": 'type="lost", outcome="SECRET 1234"',
    "an end": 'body={"type": "nothing", "reason": "exhausted"}',
    "no name": 'body={"type": "nothing", "reason": "undefined"}',
    "a reason": 'body={"type": "nothing", "reason": "SECRET 1234"}',
    "a kind": 'body={"type": "SECRET 1234"}',
}
FORGE = """
import gc, msgspec
from proctor.exam.candidate import candidate
honest = candidate.encode
def forge(answer):
    if isinstance(answer, candidate.Answer) and isinstance(answer.body, candidate.Value) and armed:
        honestly = {{"type": "answer", "number": answer.number, "stdout": "", "stderr": ""}}
        return msgspec.msgpack.encode({{**honestly, **dict({})}})
    return honest(answer)
armed = []
candidate.encode = forge
def square(x):
    armed.append(x)
    return x * x
"""


@pytest.mark.parametrize("said", FORGED.values(), ids=FORGED)
def test_a_candidate_cannot_say_how_it_was_lost(examine, said):
    test = "from proctor.checks import part, score\nwith part(1, 'p'):\n    square(1234)\nscore()"
    result = examine(FORGE.format(said), HIDDEN.format(test))
    assert (result.points, result.outcome.name) == (0, "PROTOCOL"), result.staff_message
    for hidden in ("SECRET", "1234"):
        assert hidden not in str(result.outputs) + result.message


REMEMBERS = """
import numpy as np
asked = []
def f(x):
    asked.append(x)
    return np.array(asked)
def g(x):
    raise ValueError(x)
"""


@pytest.mark.parametrize(
    "check",
    [
        "assert_close(f(1234), [1.5], 'f')",
        "assert_close(f(1234), [1.5, 2], 'f')",
        "np.testing.assert_allclose(f(1234), 1)",
        "assert f(1234).sum() == 1, f'is {f(1234)}'",
        "print(f(1234))",
        "raise RuntimeError(f(1234))",
        "g(1234)",
        "{}[f(1234)[0]]",
        "f(1234).tolist().missing",
    ],
)
def test_numbers_of_the_students_code_come_out_of_no_hidden_part(examine, check):
    test = f"import numpy as np\nwith part(2.75, 'f of 4321'):\n    {check}\n    assert False\nscore()"
    test = f"from proctor.checks import *\n{test}"
    for hidden in (test, test.replace("with part(2.75, 'f of 4321'):", "if True:").replace("score()", "")):
        result = examine(REMEMBERS, HIDDEN.format(hidden), points=2.75)
        assert result.points == 0 and "1234" not in str(result.outputs) + result.message
        if "part" in hidden:
            assert "✗ 0/2.75  f of 4321: " in text(result)


def test_staff_see_the_values_of_a_part_that_failed(examine):
    result = examine(
        REMEMBERS,
        HIDDEN.format(
            "from proctor.checks import *\nwith part(1, 'first'):\n    assert f(3) == 3\n"
            "with part(1, 'f'):\n    assert_close(f(1234), [3, 1235], 'its value')\nscore()"
        ),
        points=2,
    )
    assert (result.outcome.name, result.points) == ("OK", 1)
    assert "its value differs first at [1]: got 1234, expected 1235" in result.staff_message
    assert "✗ 0/1  f: its value differs first at [1]\n" in text(result)


def test_points_of_many_digits_are_shown(examine):
    test = "from proctor.checks import *\nwith part(1.125, 'p'):\n    assert square(2) == 4\nscore()"
    assert text(examine(FUNCTIONS, HIDDEN.format(test), points=2)) == "✓ 1.125/1.125  p\n\n1.125"


@pytest.mark.parametrize("wrap", ["{}", "%%capture\n{}\nscore()", "{}\ntotal = score()"])
def test_parts_without_a_score_at_the_end_are_the_authors_problem(examine, wrap):
    result = examine(
        FUNCTIONS, wrap.format("from proctor.checks import *\nwith part(1, 'p'):\n    assert square(2) == 4")
    )
    assert (result.outcome.name, result.points) == ("AUTHOR", 0) and "score()" in result.staff_message


LATER = [
    "assert f(1) == 2, f'f(1) is {f(1)}'",
    "print(f(1))",
    "print(*f(1))",
    "print(np.array(f(1)))",
    "print([np.int64(each) for each in f(1)])",
    "print({each: True for each in f(1)})",
    "f(1)",
    "bits = [bool(int(digit)) for each in f(1) for digit in f'{each:b}']\nprint(bits)\nprint(tuple(bits))",
]


def test_a_visible_check_after_hidden_ones_tells_no_more_than_they(notebook):
    notebook.shared_cell("import numpy as np")
    notebook.student_cell("asked = []\ndef f(x):\n    asked.extend([x // 100, x % 100, 56, 78])\n    return asked")
    before = notebook.test_cell("print(f(9801))")
    notebook.test_cell(HIDDEN.format("f(1234)"))
    tests = [notebook.test_cell(test) for test in LATER]
    results = notebook.sit()
    assert text(results[before]) == "[98, 1, 56, 78]\n"
    for test, source in zip(tests, LATER, strict=True):
        shown = str(results[test].outputs) + results[test].message
        assert "12" not in shown and "34" not in shown and shown.count("True") < 4, (source, shown)


SPELT = {
    "fractions": "[Fraction(digit, 97) for digit in digits]",
    "dates": "[date(1970, 1, 1 + digit) for digit in digits]",
    "dicts": "[{'k': digit} for digit in digits]",
    "sets": "[frozenset([digit]) for digit in digits]",
    "points": "[Point(digit, 0) for digit in digits]",
    "words of the notebook": "[book.split()[digit] for digit in digits]",
    "letters": "[chr(97 + digit) for digit in digits]",
    "signs": "['-~'[digit % 2] for digit in digits]",
    "zones": "[ZoneInfo(['Asia/Tokyo', 'Europe/Rome'][digit % 2]) for digit in digits]",
    "kinds of lists": "[[(), [], {}][digit % 3] for digit in digits]",
    "kinds of containers": "[deque() if digit % 2 else Counter() for digit in digits]",
    "types": "[[int, str][digit % 2] for digit in digits]",
    "words of the check": "[['got', 'number'][digit % 2] for digit in digits]",
}


def test_nor_does_it_spell_hidden_inputs_in_many_short_values(notebook):
    notebook.student_cell(
        "from collections import Counter, deque, namedtuple\nfrom datetime import date\nfrom fractions import Fraction\n"
        "from zoneinfo import ZoneInfo\nPoint = namedtuple('Point', 'x y')\nasked = []\n"
        "book = 'zero one two three four five six seven eight nine'\n"
        "def f(x): asked.append(x)\ndef given():\n    return [int(digit) for x in asked for digit in str(x)]"
    )
    for name, value in enumerate(SPELT.values()):
        notebook.student_cell(f"def g{name}():\n    digits = given()\n    return {value}")
    notebook.test_cell(HIDDEN.format("f(4711281209)"))
    tests = {
        what: notebook.test_cell(f"assert g{name}() == 1, f'got {{g{name}()}} in place of a number'")
        for name, what in enumerate(SPELT)
    }
    results = notebook.sit()
    for what, test in tests.items():
        shown = results[test].message
        assert shown.startswith("got [") and "in place of a number" in shown, (what, shown)
        spelt = shown.removeprefix("got ").partition(" in place")[0].replace("[…]", "")
        assert not re.search(r"\w|\(\)|\{\}|~", spelt), (what, shown)


def test_what_is_blanked_is_not_more_than_that(notebook):
    notebook.student_cell("import numpy as np\ndef f(x): return np.ones((2, 3)) * x")
    notebook.test_cell(HIDDEN.format("f(1234)"))
    words = "shape {f(2).shape} is not (3, 2): try 1, 2, 3, 4 and 5000"
    test = notebook.test_cell(f"assert f(2).shape == (3, 2), f'{words}'")
    assert notebook.sit()[test].message == "shape (2, 3) is not (3, 2): try 1, 2, 3, 4 and 5000"


def test_a_record_reaches_the_result_and_keeps_its_digits_where_the_students_lose_theirs(notebook):
    notebook.student_cell("def f(x): return x + 122.456")
    notebook.test_cell(
        "### BEGIN HIDDEN TESTS\nfrom proctor.checks import record\nrecord('size', 28938)\nprint(f(1))\n### END HIDDEN TESTS",
        id="test",
    )
    result = notebook.sit()["test"]
    assert result.records == {"size": 28938.0}
    assert "size: 28938" in text(result) and "123" not in text(result)
