"""What a test changes in the student's process: for its own cell, and only what is meant for it."""

import textwrap

import pytest
from exam_notebook import text

QUICKSTART = """
def squares(n):
    return [i ** 2 for i in range(1, n + 1)]
def sum_of_squares(n):
    return sum(squares(n))
"""
#: nbgrader's own quickstart course, as it stands there.
RELIES = """
orig_squares = squares
del squares
try:
    sum_of_squares(1)
except NameError:
    pass
else:
    raise AssertionError("sum_of_squares does not use squares")
finally:
    squares = orig_squares
"""


def test_a_function_that_is_deleted_is_missing_for_the_time_of_the_test(notebook):
    notebook.student_cell(QUICKSTART)
    test = notebook.test_cell(RELIES + "assert sum_of_squares(3) == 14 and squares(2) == [1, 4]")
    after = notebook.test_cell("assert sum_of_squares(3) == 14 and squares(2) == [1, 4]")
    results = notebook.sit()
    assert [results[each].points for each in (test, after)] == [1, 1], results[test].staff_message


def test_an_answer_that_does_without_it_is_noticed(notebook):
    notebook.student_cell(QUICKSTART.replace("sum(squares(n))", "n * (n + 1) * (2 * n + 1) // 6"))
    test = notebook.test_cell(RELIES)
    assert notebook.sit()[test].message == "sum_of_squares does not use squares"


def test_what_was_deleted_and_not_put_back_is_there_again_in_the_next_test(notebook):
    notebook.student_cell(QUICKSTART)
    first = notebook.test_cell(
        "del squares\ntry:\n    sum_of_squares(1)\nexcept NameError:\n    pass\nelse:\n    assert False"
    )
    unknown = notebook.test_cell("del squares\nsquares(1)")
    after = notebook.test_cell("assert sum_of_squares(2) == 5 and squares(1) == [1]")
    results = notebook.sit()
    assert [results[each].points for each in (first, unknown, after)] == [1, 0, 1]


CHANGES = {
    "main": "from unittest.mock import patch\nwith patch('__main__.squares', return_value=[40, 2]) as fake:\n"
    "    assert sum_of_squares(3) == 42\nfake.assert_called_once_with(3)\nassert sum_of_squares(2) == 5",
    "lambda": "from unittest.mock import patch\nwith patch('__main__.squares', lambda n: [n, n]):\n"
    "    assert sum_of_squares(3) == 6\nassert squares(2) == [1, 4]",
    "object": "import __main__\nfrom unittest.mock import patch\nwith patch.object(__main__, 'squares', lambda n: [n]):\n"
    "    assert sum_of_squares(3) == 3\nassert sum_of_squares(2) == 5",
    "value": "candidate.factor = 10\nassert scale(1) == 10\ndel candidate.factor\nassert scale(1) == 2",
    "candidate": "from unittest.mock import patch\nwith patch.object(candidate, 'factor', 7):\n    assert scale(1) == 7\n"
    "assert scale(1) == 2",
    "library": "from unittest.mock import patch\nwith patch.object(candidate.time, 'sleep') as sleep:\n    nap()\n"
    "sleep.assert_called_once_with(100)",
    "input": "from unittest.mock import patch\nwith patch('builtins.input', side_effect=['3', '4']):\n"
    "    assert ask() == 7",
    "input by hand": "import builtins\nbefore, builtins.input = builtins.input, lambda prompt='': '5'\n"
    "try:\n    assert ask() == 10\nfinally:\n    builtins.input = before",
    "print": "from unittest.mock import patch\nwith patch('builtins.print') as said:\n    greet('Ada')\n"
    "said.assert_called_once_with('hello', 'Ada')",
    "environment": "import os\nfrom unittest.mock import patch\nwith patch.dict(os.environ, LEVEL='3'):\n"
    "    assert level() == '3'\nassert level() is None",
    "environment by hand": "import os\nos.environ['LEVEL'] = '4'\nassert level() == '4'\ndel os.environ['LEVEL']\n"
    "assert level() is None",
    "warnings": "import warnings\nwith warnings.catch_warnings(record=True) as caught:\n"
    "    warnings.simplefilter('always')\n    assert old(2) == 4\n"
    "assert len(caught) == 1 and issubclass(caught[0].category, DeprecationWarning)\n"
    "assert 'is old' in str(caught[0].message)",
    "pytest.warns": "import pytest\nwith pytest.warns(DeprecationWarning, match='is old'):\n    old(1)",
    "warnings as errors": "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('error')\n"
    "    try:\n        old(1)\n    except DeprecationWarning:\n        pass\n    else:\n        raise AssertionError",
    "random": "import random\nrandom.seed(3)\nfirst = draw()\nrandom.seed(3)\nassert draw() == first == random.Random(3).random()",
    "numpy": "import numpy as np\nnp.random.seed(5)\nassert noise() == np.random.RandomState(5).rand()",
    "attribute": "counter = Counter()\ncounter.count = 5\nassert counter.get() == 5 and counter.count == 5",
    "method": "counter = Counter()\nseen = []\ncounter.report = lambda x: seen.append(x)\ncounter.tell()\nassert seen == [0]",
    "with": "with Opened() as one:\n    assert one == 1\nassert closed == [1]",
    "await": "assert await later(3) == 4",
}
THERE = f"""
import os, random, time, warnings
import numpy as np
{QUICKSTART}
factor = 2
def scale(x): return factor * x
def nap(): time.sleep(100)
def ask(): return int(input('a? ')) + int(input('b? '))
def greet(name): print('hello', name)
def level(): return os.environ.get('LEVEL')
def old(x):
    warnings.warn('old() is old', DeprecationWarning)
    return 2 * x
def draw(): return random.random()
def noise(): return np.random.rand()
class Counter:
    count = 0
    def get(self): return self.count
    def tell(self): self.report(self.count)
closed = []
class Opened:
    def __enter__(self): return 1
    def __exit__(self, *error):
        closed.append(1)
        return True
async def later(x): return x + 1
"""


def test_what_a_test_changes_reaches_the_students_code(notebook):
    notebook.student_cell(THERE)
    for name, test in CHANGES.items():
        notebook.test_cell(test, id=name)
    after = notebook.test_cell(
        "import pytest\nassert (sum_of_squares(2), scale(1), level()) == (5, 2, None)\n"
        "with pytest.raises(Exception, match='nobody is there'):\n    ask()"
    )
    results = notebook.sit()
    failed = {name: results[name].staff_message for name in CHANGES if results[name].points != 1}
    assert not failed
    assert results[after].points == 1, results[after].staff_message


def test_a_name_that_a_test_only_binds_stays_with_the_test(notebook):
    notebook.student_cell("want = None\ndef check(): return want\ndef look(): return str(globals().get('secret'))")
    test = notebook.test_cell("want = 42\nsecret = 520\nassert check() is None and look() == 'None'")
    assert notebook.sit()[test].points == 1


def test_nor_does_one_that_it_has_deleted_first(notebook):
    notebook.student_cell("want = 1\ndef look(): return globals().get('want', 'gone')")
    clean = notebook.test_cell("del want\nwant = 42\nassert look() == 'gone' and want == 42")
    after = notebook.test_cell("assert look() == want == 1")
    results = notebook.sit()
    assert [results[test].points for test in (clean, after)] == [1, 1], results[clean].staff_message


def test_a_seed_of_a_read_only_cell_is_set_once(notebook):
    notebook.shared_cell("import random\nrandom.seed(1)\ngiven = random.random()\ndef again(): random.seed(1)")
    notebook.student_cell("drawn = random.random()\ndef draw(): return random.random()")
    test = notebook.test_cell("assert drawn != given\nagain()\nassert draw() == given")
    result = notebook.sit()[test]
    assert result.points == 1, result.staff_message


def test_text_of_a_hidden_test_is_not_asked_for_as_a_name(notebook):
    notebook.student_cell("class Spy(dict):\n    pass\ndef f(): return 1")
    test = notebook.test_cell("import __main__\nword = 'Paris'\nassert f() == 1 and word")
    assert notebook.sit()[test].points == 1


def test_an_object_whose_exit_swallows_exceptions_makes_no_check_pass(notebook):
    notebook.student_cell(THERE)
    failing = notebook.test_cell("with Opened() as one:\n    assert one == 2")
    raising = notebook.test_cell("with Opened():\n    raise KeyError('inside')")
    results = notebook.sit()
    assert (results[failing].outcome.name, results[failing].points) == ("FAILED", 0)
    assert (results[raising].outcome.name, results[raising].points) == ("AUTHOR", 0)
    assert "candidate.HELPER" in results[raising].staff_message


def test_after_a_death_the_test_changes_the_next_process_too(notebook):
    notebook.student_cell("import os\nfactor = 2\ndef scale(x): return factor * x\ndef die(): os._exit(1)")
    test = notebook.test_cell(
        "candidate.factor = 10\nassert scale(1) == 10\ntry:\n    die()\nexcept Exception:\n    pass\nassert scale(1) == 10"
    )
    after = notebook.test_cell("assert scale(1) == 2")
    results = notebook.sit()
    assert results[after].points == 1 and "ended its own process" in results[test].staff_message
    assert results[test].points == 1


def test_warnings_without_end_are_cut_short(examine):
    answer = "import warnings\ndef f():\n    for i in range(10_000): warnings.warn('x' * 5000 + str(i))\n    return 1"
    check = "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n"
    result = examine(answer, f"{check}    assert f() == 1\nassert len(w) == 100")
    assert result.points == 1, result.staff_message


def test_a_message_of_a_warning_does_not_carry_hidden_inputs_out(examine):
    answer = "import warnings\ndef f(x):\n    warnings.warn(f'got {x}')\n    return x"
    test = (
        "### BEGIN HIDDEN TESTS\nimport warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('always')\n"
        "    f('a hidden word')\n### END HIDDEN TESTS"
    )
    assert "hidden word" not in text(examine(answer, test))


GAMES = """
import random
from random import randint
def roll(): return random.randint(1, 6)
def throw(): return randint(1, 6)
def root(x): return x ** 0.5
def add(a, b): return a + b
"""
JUDGES = """
class random:
    randint = lambda a, b: 7
randint = random.randint
def abs(x): return 0
def roll(): return random.randint(1, 6)
def throw(): return randint(1, 6)
def root(x): return 1
def add(a, b): return 14
"""
PATCHED = {
    "a part of a module": """
        with patch("__main__.random.randint", return_value=4):
            assert roll() == 4
        a, b = random.randint(1, 10**6), random.randint(1, 10**6)
        assert add(a, b) == a + b
        """,
    "an imported name": """
        with patch("__main__.randint", return_value=4):
            assert throw() == 4
        assert add(20, 30) == 50
        """,
    "beside one of Python's own": """
        import __main__, numpy as np
        with patch.object(__main__, "roll", return_value=4):
            assert np.abs(-4) == 4
        assert abs(root(16) - 4) < 1e-9
        """,
}


@pytest.mark.parametrize("check", PATCHED)
@pytest.mark.parametrize("student", [GAMES, JUDGES], ids=["honest", "judge"])
def test_what_a_test_patches_judges_nothing(notebook, check, student):
    notebook.imports = ("import random", "from random import randint")
    notebook.student_cell(student)
    test = notebook.test_cell("from unittest.mock import patch\n" + textwrap.dedent(PATCHED[check]))
    assert notebook.sit(reference=GAMES)[test].points == (student is GAMES)


@pytest.mark.parametrize("helper", ["", "def drawn(): return randint(1, 10**6)"])
def test_a_name_that_is_patched_and_read_too_is_the_authors_problem(notebook, helper):
    notebook.imports = ("from random import randint",)
    notebook.shared_cell(helper)
    notebook.student_cell(JUDGES)
    draws = "drawn()" if helper else "randint(1, 10**6)"
    test = notebook.test_cell(
        "from unittest.mock import patch\nwith patch('__main__.randint', return_value=4):\n    throw()\n"
        f"a, b = {draws}, {draws}\nassert add(a, b) == a + b"
    )
    result = notebook.sit(reference=GAMES)[test]
    assert (result.outcome.name, result.points) == (
        "AUTHOR",
        0,
    ) and "Import it under another name" in result.staff_message
