"""A test may hand functions of its own to the student's code, which calls them and learns nothing else of them."""

import pytest
from exam_notebook import text

STUDENT = """
import numpy as np
from functools import lru_cache
def derivative(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / (2 * h)
def apply(f, *args, **kwargs): return f(*args, **kwargs)
def compose(f, g): return lambda x: f(g(x))
def mapped(f, xs):
    for x in xs:
        yield f(x)
def memoize(f):
    seen = {}
    def once(x):
        if x not in seen:
            seen[x] = f(x)
        return seen[x]
    return once
def fix(f):
    def fixed(n): return f(fixed, n)
    return fixed
def square(x): return x * x
def attempt(f, *args):
    try:
        return f(*args)
    except ZeroDivisionError as error:
        return f"no: {error}"
def loud(f):
    print("before")
    f()
    print("after")
class Network:
    def set(self, activation):
        self.activation = activation
        return self
    def forward(self, x): return self.activation(x)
"""

WORKS = [
    "abs(derivative(lambda x: x**3, 2.0) - 12) < 1e-6",
    "abs(derivative(square, 3.0) - 6) < 1e-6",
    "apply(helper, 20) == 41",
    "apply(math.gcd, 12, 18) == 6 and apply(len, [1, 2]) == 2 and apply(str.upper, 'a') == 'A'",
    "apply(np.sqrt, np.array([4.0, 9.0])).tolist() == [2, 3] and apply(np.sum, [1, 2]) == 3",
    "apply(functools.partial(pow, 2), 5) == 32 and apply([3, 4].index, 4) == 1",
    "apply(lambda *args, **kwargs: (args, kwargs), 1, [2], a={'b': None}) == ((1, [2]), {'a': {'b': None}})",
    "compose(lambda x: x + 1, lambda x: 2 * x)(5) == 11",
    "compose(square, lambda x: x + 1)(2) == 9",
    "list(mapped(lambda x: -x, [1, 2])) == [-1, -2]",
    "[f(3) for f in [apply(lambda: [lambda x: x + 1, abs])]for f in f] == [4, 3]",
    "derivative(lambda x: derivative(lambda y: square(y) * x, 3.0), 1.0) - 6 < 1e-6",
    "fix(lambda self, n: 1 if n == 0 else n * self(n - 1))(10) == 3628800",
    "Network().set(lambda x: max(x, 0)).forward(-3) == 0",
    "attempt(lambda x: 1 / x, 0) == 'no: division by zero' and attempt(lambda x: 1 / x, 2) == 0.5",
    "apply(apply, lambda x: x, 7) == 7",
    "apply(lambda thing: thing.forward(2), Network().set(abs)) == 2",
]


def test_what_a_function_of_the_tests_can_be_handed_to(notebook):
    notebook.shared_cell("import math, functools, numpy as np\ndef helper(x): return 2 * x + one()")
    notebook.student_cell(STUDENT + "def one(): return 1")
    for check in WORKS:
        notebook.test_cell(f"assert {check}", id=check)
    results = notebook.sit()
    assert {check: results[check].points for check in WORKS} == dict.fromkeys(WORKS, 1.0), results


def test_a_function_is_called_as_often_and_with_what_the_students_code_calls_it_with(examine):
    result = examine(
        STUDENT,
        """
        seen = []
        def f(x):
            seen.append(x)
            return x
        once = memoize(f)
        assert [once(3), once(3), once(4)] == [3, 3, 4] and seen == [3, 4]
        """,
    )
    assert result.points == 1, result.staff_message


def test_what_both_sides_print_comes_in_order_and_where_it_belongs(examine):
    result = examine(
        STUDENT,
        "with candidate.output() as printed:\n    loud(lambda: print('mine'))\n"
        "assert printed.stdout == 'before\\nafter\\n', printed.stdout",
    )
    assert result.points == 1 and text(result) == "mine\n"


RAISED = {
    "ValueError('x')": "ValueError: x",
    "StopIteration()": "StopIteration: ",
    "OSError(2, 'no')": "FileNotFoundError: [Errno 2] no",
    "AssertionError('wanted 7')": "AssertionError: ",
    "type('Own', (IndexError,), {})('x')": "IndexError: x",
    "UnicodeDecodeError('utf-8', b'', 0, 1, 'x')": "RuntimeError: ",
    "Exception('x')": "Exception: x",
}


def test_an_exception_of_the_function_reaches_the_students_code_as_its_built_in_type(notebook):
    notebook.student_cell("""
        def caught(f):
            try:
                return f()
            except Exception as error:
                return f"{type(error).__name__}: {error}"
    """)
    for raised, said in RAISED.items():
        said_only = f"assert caught(f).startswith({said!r}) and 'wanted' not in caught(f)"
        notebook.test_cell(f"def f():\n    raise {raised}\n{said_only}", id=raised)
    results = notebook.sit()
    assert {raised: results[raised].points for raised in RAISED} == dict.fromkeys(RAISED, 1.0)


def test_what_it_raises_and_the_student_lets_pass_is_the_students_exception(examine):
    result = examine(STUDENT, "import pytest\nwith pytest.raises(ValueError):\n    apply(float, 'x')")
    assert result.points == 1
    result = examine(STUDENT, "def f(x):\n    raise ValueError\nassert apply(f, 1) == 1")
    assert result.outcome.name == "FAILED" and "raised ValueError in `apply`, line 5 of your cell" in result.message


BROKEN = {
    "raise SystemExit": "SystemExit",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "return object()": "must return plain values",
    "apply(object())": "object cannot cross",
    "return [0] * 300_000": "too big",
    "x[0] = 1": "cannot be changed",
}


@pytest.mark.parametrize("swallowed", [False, True])
def test_a_function_that_cannot_work_is_the_authors_problem_whatever_the_student_does_about_it(notebook, swallowed):
    notebook.student_cell(STUDENT + "class Thing: pass\nthing = Thing()")
    if swallowed:
        notebook.student_cell(
            "def apply(f, x):\n    try:\n        f(x)\n    except BaseException:\n        pass\n    return 1"
        )
    for line in BROKEN:
        notebook.test_cell(f"def f(x):\n    {line}\nassert apply(f, thing) == 1", id=line)
    alive = notebook.test_cell("assert square(2) == 4")
    results = notebook.sit()
    for line, words in BROKEN.items():
        result = results[line]
        assert (result.outcome.name, result.points) == ("AUTHOR", 0), (line, result)
        assert words in result.staff_message, line
    assert results[alive].points == 1


def test_nothing_of_the_function_crosses(examine):
    result = examine(
        """
        import inspect
        def look(f):
            f(1)
            cells = [cell.cell_contents for cell in f.__closure__]
            return [f.__name__, f.__doc__, str(inspect.signature(f)), f.__defaults__, f.__code__, repr(cells)]
        """,
        """
        secret = "SECRET"
        def hidden_name(x, SECRET="SECRET"):
            "SECRET"
            return len(secret) + x
        found = look(hidden_name)
        assert not any("SECRET" in str(each) or "hidden_name" in str(each) for each in found), found
        """,
    )
    assert result.points == 1, result.staff_message


STORES = """
kept = []
def keep(f):
    kept.append(f)
    return f(2)
def later(): return kept[0](3)
def swallow():
    try:
        return kept[0](3)
    except Exception:
        return 0
def run_in_a_thread(f):
    import threading
    said = []
    def run():
        try:
            f(1)
        except Exception as error:
            said.append(str(error))
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return said
"""


def test_a_function_that_was_kept_is_of_no_use_in_the_students_cells(notebook):
    notebook.student_cell(STORES)
    first = notebook.test_cell("assert keep(lambda x: x) == 2")
    later = notebook.student_cell("kept[0](3)")
    after = notebook.student_cell("'still here'")
    results = notebook.sit()
    assert results[first].points == 1 and text(results[after]) == "'still here'"
    assert "only while the test waits" in text(results[later])


@pytest.mark.parametrize("judge", ["later", "swallow"])
def test_a_function_lent_to_one_name_answers_for_no_other(notebook, judge):
    notebook.student_cell(STORES)
    same = notebook.test_cell(f"assert keep(reference.f) == 4\nassert {judge}() == 9")
    next_cell = notebook.test_cell(f"assert {judge}() == 9")
    results = notebook.sit(reference="def f(x): return x * x")
    for test in (same, next_cell):
        assert (results[test].outcome.name, results[test].points) == ("AUTHOR", 0)
        assert "had lent to another name" in results[test].staff_message


def test_another_thread_cannot_call_a_function_of_the_tests(examine):
    result = examine(STORES, "(said,) = run_in_a_thread(abs)\nassert 'only while the test waits' in said")
    assert result.points == 1, result.staff_message


ENDLESS = """
def forever(f):
    while True:
        f(1)
def stubborn(f):
    while True:
        try:
            f(1)
        except BaseException:
            pass
def dies(f):
    f(1)
    import os
    os._exit(0)
def deep(f, n=0):
    return f(lambda: deep(f, n + 1))
def square(x): return x * x
"""
PARTS = """
from proctor.checks import part, score
with part(1, "before"):
    assert square(2) == 4
with part(2, "never"):
    {}
with part(3, "after"):
    assert square(3) == 9
score()
"""


@pytest.mark.parametrize(
    ("call", "outcome"),
    [
        ("forever(lambda x: x)", "TIMEOUT"),
        ("stubborn(lambda x: x)", "TIMEOUT"),
        ("stubborn(lambda x: 1 / 0)", "TIMEOUT"),
        ("forever(lambda x: square(x))", "TIMEOUT"),
        ("dies(lambda x: x)", "DIED"),
        ("dies(lambda x: dies(lambda x: x))", "DIED"),
        ("stubborn(lambda x: dies(lambda x: x))", "DIED"),
        ("deep(lambda more: more())", "OK"),
    ],
)
def test_a_call_that_never_comes_back_costs_its_part_only(impatient, notebook, call, outcome):
    notebook.student_cell(ENDLESS)
    test = notebook.test_cell(PARTS.format(call), points=6)
    cell = notebook.student_cell("def cube(x): return square(x) * x\n'ran'")
    after = notebook.test_cell("assert cube(2) == 8")
    results = notebook.sit()
    assert (results[test].points, results[test].outcome.name) == (4, outcome), results[test].staff_message
    assert results[after].points == 1 and text(results[cell]) == "'ran'"


def test_a_function_of_the_tests_that_never_ends_costs_its_test_only(impatient, notebook):
    notebook.student_cell(STUDENT)
    test = notebook.test_cell("def f(x):\n    while True: pass\napply(f, 1)")
    cell = notebook.student_cell("def cube(x): return square(x) * x\n'ran'")
    after = notebook.test_cell("assert cube(2) == 8 and apply(abs, -1) == 1")
    results = notebook.sit()
    assert (results[test].points, results[test].outcome.name) == (0, "TIMEOUT")
    assert results[after].points == 1 and text(results[cell]) == "'ran'"


FORGE = """
from proctor.exam.candidate import candidate
from proctor.exam.wire import values
honest = candidate.encode
def forge(message):
    if isinstance(message, candidate.Answer) and armed:
        return honest(candidate.Answer(message.number, {}))
    return honest(message)
armed = []
candidate.encode = forge
def square(x):
    armed.append(x)
    return x * x
"""
FORGED = [
    "candidate.CalledBack(0, [], {})",
    "candidate.CalledBack(-1, [], {})",
    "candidate.CalledBack(2 ** 62, [values.Reference(1)], {})",
    "candidate.CalledBack(1, [values.Callback(1)], {})",
    "candidate.Value(values.Callback(1))",
]


@pytest.mark.parametrize("body", FORGED)
def test_a_call_of_what_was_never_lent_gives_nothing(impatient, notebook, body):
    notebook.student_cell(FORGE.format(body))
    test = notebook.test_cell("assert square(1234) == 1234 ** 2")
    result = notebook.sit()[test]
    assert result.points == 0 and result.outcome.name in ("TIMEOUT", "PROTOCOL"), result.staff_message


def test_a_helper_with_a_function_of_its_own_stays_with_the_examiner(notebook):
    notebook.shared_cell("""
        import numpy as np
        def is_right():
            return apply(lambda x: np.asarray(x) * 2, 3) == 6
        def is_right_of_an_array():
            return apply(abs, np.asarray(apply(abs, -3))) == 3
    """)
    notebook.student_cell(
        "def is_right(): return True\nis_right_of_an_array = is_right\ndef apply(f, x): return f([2**70, None])"
    )
    one = notebook.test_cell("assert is_right()")
    notebook.student_cell("def apply(f, x): return [2**70, 1]")
    two = notebook.test_cell("assert is_right_of_an_array()")
    results = notebook.sit()
    assert [results[test].points for test in (one, two)] == [0, 0]


def test_a_helper_that_hands_over_more_than_functions_still_runs_where_the_student_is(notebook):
    notebook.shared_cell("""
        import torch
        def trained(weight):
            net = torch.nn.Linear(1, 1, bias=False)
            net.load_state_dict({"weight": weight})
            return improve(lambda x: net(x).sum(), torch.optim.SGD(net.parameters(), 0.1)), net.weight
    """)
    notebook.student_cell("def improve(f, optimizer):\n    f(torch.ones(1)).backward()\n    optimizer.step()")
    test = notebook.test_cell("assert abs(trained(torch.ones(1, 1))[1].item() - 0.9) < 1e-6")
    result = notebook.sit()[test]
    assert (result.points, result.outcome.name) == (1, "OK"), result.staff_message
