"""What a test asks about the student's source is read in their cells: nobody is asked, and nobody can lie."""

import pytest
from exam_notebook import text
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

PLAIN = '''
import math
from typing import List

def loopless(n: int, step=2, *, unit: str = "m") -> List[int]:
    """Says what it does.

    In two lines.
    """
    return list(range(0, n, step))  # no loop

def factorial(n):
    if n < 2:
        return 1
    return n * factorial(n - 1)

def loops(n):
    for i in range(n):
        yield i

def tau(scale=math.tau): return scale

async def later(): return 1

class Shape:
    "A shape."
    def __init__(self, sides, name=None):
        self.sides = sides
    def area(self):
        return 0
    def __str__(self):
        return "shape"

class Square(Shape):
    def __init__(self, side):
        super().__init__(4)
        self.side = side
    def area(self):
        """Of a square."""
        return self.side ** 2
    @staticmethod
    def corners(): return 4

class TooSmall(ValueError):
    pass
'''

#: True of PLAIN with stock nbgrader too: see test_what_is_read_is_what_a_kernel_says.
FACTS = [
    "list(inspect.signature(loopless).parameters) == ['n', 'step', 'unit']",
    "inspect.signature(loopless).parameters['step'].default == 2",
    "str(inspect.signature(factorial)) == '(n)'",
    "inspect.getfullargspec(loopless).args == ['n', 'step'] and inspect.getfullargspec(loopless).defaults == (2,)",
    "inspect.getfullargspec(loopless).kwonlydefaults == {'unit': 'm'}",
    "loopless.__defaults__ == (2,) and loopless.__kwdefaults__ == {'unit': 'm'} and factorial.__defaults__ is None",
    "loopless.__annotations__['n'] is int and loopless.__annotations__['return'] == typing.List[int]",
    "typing.get_type_hints(loopless) == {'n': int, 'unit': str, 'return': typing.List[int]}",
    "inspect.getdoc(loopless) == 'Says what it does.\\n\\nIn two lines.' and 'two lines' in loopless.__doc__",
    "loopless.__name__ == 'loopless' and loopless.__qualname__ == 'loopless' and loopless.__module__ == '__main__'",
    "not any(isinstance(node, (ast.For, ast.While)) for node in ast.walk(ast.parse(inspect.getsource(loopless))))",
    "any(isinstance(node, ast.For) for node in ast.walk(ast.parse(inspect.getsource(loops))))",
    "inspect.getsource(factorial).count('factorial(') == 2 and inspect.getsource(factorial).startswith('def ')",
    "len(inspect.getsourcelines(factorial)[0]) == 4 and inspect.getsource(loopless).rstrip().endswith('# no loop')",
    "'for' not in inspect.getsource(factorial) and 'return' in inspect.getsource(tau)",
    "'range' in loopless.__code__.co_names and loopless.__code__.co_argcount == 2",
    "loopless.__code__.co_varnames[:3] == ('n', 'step', 'unit')",
    "inspect.isfunction(loopless) and isinstance(loopless, types.FunctionType) and callable(loopless)",
    "inspect.isgeneratorfunction(loops) and not inspect.isgeneratorfunction(factorial)",
    "inspect.iscoroutinefunction(later)",
    "inspect.isclass(Square) and isinstance(Square, type) and not inspect.isclass(loopless)",
    "issubclass(Square, Shape) and not issubclass(Shape, Square) and issubclass(Square, object)",
    "issubclass(TooSmall, ValueError) and issubclass(TooSmall, Exception) and not issubclass(TooSmall, KeyError)",
    "Square.__bases__ == (Shape,) or Square.__bases__[0] is Shape",
    "hasattr(Square, 'area') and hasattr(Square, '__init__') and not hasattr(Square, 'volume')",
    "'area' in Square.__dict__ and 'sides' not in vars(Shape) and 'area' in dir(Square)",
    "'__str__' in Shape.__dict__ and '__str__' not in Square.__dict__ and hasattr(Square, '__str__')",
    "not hasattr(Shape, '__len__')",
    "str(inspect.signature(Square)) == '(side)' and list(inspect.signature(Shape.__init__).parameters)[0] == 'self'",
    "inspect.getdoc(Square.area) == 'Of a square.' and 'self.side ** 2' in inspect.getsource(Square.area)",
    "str(inspect.signature(Square.area)) == '(self)' and Shape.__doc__ == 'A shape.'",
    "Square.area.__qualname__ == 'Square.area' and Square.__name__ == 'Square'",
    "list(inspect.signature(tau).parameters) == ['scale'] and tau(3) == 3",
    "Square(3).area() == 9 and Square.corners() == 4 and loopless(4) == [0, 2]",
]
IMPORTS = "import ast, inspect, types, typing\n"


def test_what_stands_in_a_cell_is_known_as_in_one_process(notebook):
    notebook.student_cell(PLAIN)
    for fact in FACTS:
        notebook.test_cell(f"{IMPORTS}assert {fact}", id=fact)
    results = notebook.sit(reference=PLAIN)
    assert {fact: results[fact].points for fact in FACTS} == dict.fromkeys(FACTS, 1.0), [
        results[fact].staff_message for fact in FACTS if not results[fact].points
    ]


def test_what_is_read_is_what_a_kernel_says():
    facts = [f"assert {fact}" for fact in FACTS]
    book = new_notebook(cells=[new_code_cell(source) for source in (PLAIN, IMPORTS, *facts)])
    NotebookClient(book, timeout=60, allow_errors=True, kernel_name="python3").execute()
    assert [cell.source for cell in book.cells if cell.outputs] == []


def test_cells_after_a_test_are_not_read_and_the_last_definition_before_it_counts(notebook):
    notebook.student_cell("def f(a): return 1")
    first = notebook.test_cell("import inspect\nassert str(inspect.signature(f)) == '(a)'")
    notebook.student_cell("%%time\ndef f(a, b): return 2")
    second = notebook.test_cell("assert str(inspect.signature(f)) == '(a, b)' and 'return 2' in inspect.getsource(f)")
    notebook.student_cell("def f(*lies): return 3")
    results = notebook.sit()
    assert [results[test].points for test in (first, second)] == [1.0, 1.0]


HONEST = "def f(n):\n    return sum(range(n))"
LOOP = "def g(n):\n    for i in range(n): pass\n    return n"
#: What another process of the student's would answer, and reading does not believe.
LIES = {
    "f = lambda n: n": "is not defined by a `def`",
    f"{HONEST}\n{LOOP}\nf.__code__ = g.__code__": "its `__code__` changed",
    f"{HONEST}\n{LOOP}\nglobals()['f'] = g": "`globals`",
    f"{HONEST}\n{LOOP}\nexec('f = g')": "`exec`",
    f"{HONEST}\n{LOOP}\nimport __main__\nsetattr(__main__, 'f', g)": "`",
    f"{HONEST}\n{LOOP}\ndef late():\n    global f\n    f = g": "is `global` in a function",
    f"{HONEST}\n{LOOP}\nif True: f = g": "it is bound in a `if`",
    f"{HONEST}\n{LOOP}\nf = g": "it is assigned",
    f"import functools\n@functools.cache\n{HONEST}": "has a decorator",
    f"if True:\n    {HONEST.replace(chr(10), chr(10) + '    ')}": "it is bound in a `if`",
    f"{HONEST}\nfrom math import *": "`import *`",
    f"{HONEST}\n%run more.py": "a file that one of your cells runs",
    "class f:\n    def __new__(cls, n): return n\n    __signature__ = __defaults__ = 1": "`__init__`",
}


@pytest.mark.parametrize("answer", LIES)
def test_what_reading_does_not_tell_costs_the_check_and_the_student_reads_why(examine, answer):
    check = "import inspect\nsignature = inspect.signature(f)\nassert 'for' not in inspect.getsource(f)"
    result = examine(answer, check, reference=HONEST)
    assert (result.outcome.name, result.points) == ("FAILED", 0), result
    assert result.message.startswith("The test reads your source, and `f` ") and LIES[answer] in result.message


def test_if_it_cannot_be_read_of_the_own_solution_either_the_author_is_told(examine):
    for solution in (
        "import numpy as np\nf = np.vectorize(abs)",
        "import functools\n@functools.cache\ndef f(n): return n",
    ):
        result = examine("f = lambda n: n", "import inspect\nassert inspect.signature(f)", reference=solution)
        assert (result.outcome.name, result.points) == ("AUTHOR", 0)
        assert "In your own solution it" in result.staff_message and "your instructor has been told" in result.message


def test_of_what_a_function_returns_there_is_no_source(examine):
    result = examine(
        "def make():\n    def inner(x): return x\n    return inner", "import inspect\ninspect.signature(make())"
    )
    assert (result.outcome.name, result.points) == ("AUTHOR", 0)


def test_an_answer_that_claims_attributes_is_not_asked_for_them(examine):
    claims = """
    class Claims:
        def __init__(self): self.__wrapped__ = honest
        __defaults__, __code__, __annotations__ = (1, 2), None, {}
        def __call__(self, n): return n
    def honest(n): return n
    f = Claims()
    """
    for check in ("f.__defaults__ == (1, 2)", "f.__code__ is None", "f.__wrapped__(1) == 1"):
        assert examine(claims, f"assert {check}", reference="def f(n): return n").points == 0


def test_nothing_of_the_students_source_runs_in_the_examiner(notebook):
    notebook.student_cell("def f(n=print('spoken')):\n    return open('/proc/self/cmdline')")
    tests = [
        notebook.test_cell("import types\ntypes.FunctionType(f.__code__, {})()"),
        notebook.test_cell("exec(f.__code__)"),
        notebook.test_cell("import inspect\nassert inspect.signature(f).parameters['n'].default is None"),
    ]
    results = notebook.sit(reference="def f(n=None): return 1")
    assert [results[test].points for test in tests] == [0, 0, 0]
    assert "spoken" not in "".join(text(results[test]) for test in tests)


HARD = {
    "huge numbers": "def f(a=9**9**9, b='x' * 10**9 * 10**9):\n    return 2**(10**9)",
    "nested": "def f():\n    return " + "[" * 90 + "0" + "]" * 90,
    "long": "def f():\n    return " + "+".join("a" * 20_000),
    "deep": "def f():\n    return " + "-" * 20_000 + "1",
    "unsound": "def f():\n    nonlocal x",
    "wide": "def f(" + ", ".join(f"a{i}=0" for i in range(5_000)) + "): pass",
    "names": "def f(): pass\n" + "\n".join(f"class C{i}(C{i + 1}): pass" for i in range(2_000)),
}


@pytest.mark.parametrize(
    "answer", [pytest.param(name, marks=[pytest.mark.slow] * (name == "huge numbers")) for name in HARD]
)
def test_a_source_that_is_hard_to_read_ends_nothing(notebook, answer):
    notebook.student_cell(HARD[answer])
    notebook.student_cell("def g(x): return x\ndef f_of_mine(): pass")
    notebook.test_cell("import inspect\ninspect.getsource(f), inspect.signature(f), f.__code__, f.__annotations__")
    test = notebook.test_cell("assert g(2) == 2 and str(inspect.signature(g)) == '(x)'")
    result = notebook.sit(reference="def f(): return 1\ndef g(x): return x")[test]
    assert result.points == 1 and result.seconds < 10


def test_a_default_that_only_running_it_would_tell_can_be_shown_and_not_compared(examine):
    shown = "import inspect\nassert repr(inspect.signature(f).parameters['x'].default) == 'math.tau'"
    assert examine("import math\ndef f(x=math.tau): return x", shown).points == 1
    compared = "import inspect\nassert inspect.signature(f).parameters['x'].default == 6.283185307179586"
    assert examine("import math\ndef f(x=math.tau): return x", compared).outcome.name == "AUTHOR"


NAMES = [
    "'f' in globals() and 'nothing' not in globals() and 'f' in dir() and 'f' in vars() and 'f' in locals()",
    "all(name in globals() for name in ['f', 'x', 'Thing'])",
    "globals()['f'](2) == 4 and globals().get('x') == 3 and globals().get('y', 7) == 7",
    "callable(globals().get('f')) and 'len' not in globals()",
    "eval('f(x)', globals()) == 6",
]


def test_examples_of_a_docstring_can_be_run(examine):
    answer = "def double(x):\n    '''\n    >>> double(2)\n    4\n    >>> print(double(ours))\n    6\n    '''\n    return {} * x"
    test = (
        "import doctest\nours = 3\nrunner = doctest.DocTestRunner(verbose=False)\n"
        "for example in doctest.DocTestFinder().find(double, 'double', globs=globals()):\n    runner.run(example)\n"
        "assert runner.tries == 2 and runner.failures == 0"
    )
    assert examine(answer.format(2), test).points == 1
    assert examine(answer.format(3), test).points == 0


def test_names_can_be_looked_up_by_their_text(notebook):
    notebook.student_cell("x = 3\ndef f(n): return 2 * n\nclass Thing: pass")
    for check in NAMES:
        notebook.test_cell(f"assert {check}", id=check)
    kept = notebook.test_cell("globals()['mine'] = 1\nassert mine == 1 and 'mine' in globals()\ndel globals()['mine']")
    results = notebook.sit()
    assert {check: results[check].points for check in NAMES} == dict.fromkeys(NAMES, 1.0)
    assert results[kept].points == 1


UNSEEN = {
    "names of the notebook": "vars()['area'] = product",
    "locals": "locals()['area'] = product",
    "the module of the notebook": "import sys\nsys.modules['__main__'].area = product",
    "the module by another name": "import __main__ as m\nm.area = product",
    "a pattern": "match product:\n    case area: pass",
    "a comprehension": "[area := product for _ in range(1)]",
    "a default": "def other(x=(area := product)): pass",
    "a base class": "class Other((area := product) and object): pass",
    "a magic": "%time area = product",
    "a line that ends like a question": "%matplotlib inline\narea = product  # may I?",
    "the kernel": "get_ipython().push({'area': product})",
    "a cell with prompts": ">>> globals()['ar' + 'ea'] = product",
}


@pytest.mark.parametrize("how", UNSEEN)
def test_what_is_read_is_not_another_functions_source(notebook, how):
    notebook.student_cell("def product(w, h): return w * h\ndef area(w, h): return 0")
    notebook.student_cell(UNSEEN[how])
    test = notebook.test_cell("import inspect\nassert '*' not in inspect.getsource(area) and area(2, 3) == 6")
    result = notebook.sit(reference="def area(w, h): return sum([w] * h)")[test]
    assert result.points == 0 and result.message.startswith("The test reads your source, and `area` "), result


def test_what_students_ask_the_kernel_for_leaves_their_functions_as_they_are(notebook):
    notebook.student_cell("def area(w, h): return sum([w for _ in range(h)])")
    notebook.student_cell(
        "%matplotlib inline\n%timeit -n 1 -r 1 area(2, 3)\narea?\nprint(str(get_ipython()))  # Colab?\n"
        "get_ipython().run_line_magic('matplotlib', 'inline')\n"
        "class Net:\n    def modules(self): return [vars(self)]\nlist(Net().modules())"
    )
    test = notebook.test_cell("import inspect\nassert '*' not in inspect.getsource(area) and area(2, 3) == 6")
    assert notebook.sit()[test].points == 1
