"""An argument that the instructor's solution changes in place is what the student's function has made of it."""

import pytest

#: What a function does to its arguments, and a test that sees it.
CHANGES = {
    "list": ("def f(x): x.sort()", "x = [3, 1, 2]\nassert f(x) is None and x == [1, 2, 3]"),
    "longer list": ("def f(x): x.append(4); del x[0]", "x = [3, 1]\nsame = x\nf(x)\nassert x == [1, 4] and same is x"),
    "list of lists": (
        "def f(board, row):\n    board[row][0] = 'X'",
        "board = [[0, 0], [0, 0]]\nfirst = board[1]\nf(board, row=1)\nassert board[1] is first and first == ['X', 0]",
    ),
    "rows that are one": ("def f(x): x[0][0] = 1", "x = [[0]] * 3\nf(x)\nassert x == [[1]] * 3"),
    "rows in another order": (
        "def f(x): x.sort()",
        "x = [[2], [1]]\ntwo = x[0]\nf(x)\nassert x == [[1], [2]] and x[1] is two and two == [2]",
    ),
    "dict": ("def f(x): x['b'] = x.pop('a')", "x = {'a': 1}\nf(x)\nassert x == {'b': 1}"),
    "dict of lists": (
        "def f(graph, a, b): graph.setdefault(a, []).append(b)",
        "graph = {1: [2]}\nedges = graph[1]\nf(graph, 1, 3)\nf(graph, 2, 1)\nassert edges == [2, 3] and graph[2] == [1]",
    ),
    "set": ("def f(x): x.discard(1)", "x = {1, 2}\nf(x)\nassert x == {2}"),
    "tuple of lists": ("def f(x): x[0].append(1)", "x = ([], 2)\nf(x)\nassert x == ([1], 2)"),
    "array": (
        "def f(x): x[x < 0] = 0",
        "import numpy as np\nx = np.array([-1., 2.])\nf(x)\nassert x.tolist() == [0, 2]",
    ),
    "part of an array": (
        "def f(x): x += 1",
        "import numpy as np\nx = np.zeros((2, 2))\nf(x[0])\nassert x.tolist() == [[1, 1], [0, 0]]",
    ),
    "arrays": (
        "def f(weights, lr):\n    for name in weights: weights[name] -= lr",
        "import numpy as np\nw = {'W': np.ones(2)}\nW = w['W']\nf(w, .5)\nassert W.tolist() == [.5, .5]",
    ),
    "tensor": ("def f(x): x.mul_(2)", "import torch\nx = torch.ones(2)\nf(x)\nassert x.tolist() == [2, 2]"),
    "frame": (
        "def f(df):\n    df['c'] = df.a * 2\n    df.drop(columns='a', inplace=True)",
        "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})\nsame = df\nf(df)\nassert list(same.columns) == ['c'] and same.c.sum() == 6",
    ),
    "series": (
        "def f(s): s.iloc[0] = 5",
        "import pandas as pd\ns = pd.Series([1, 2], name='n')\nf(s)\nassert s.tolist() == [5, 2] and s.name == 'n'",
    ),
    "deque": (
        "def f(x): x.rotate(1)",
        "from collections import deque\nx = deque([1, 2, 3])\nf(x)\nassert list(x) == [3, 1, 2]",
    ),
    "counter": (
        "def f(x): x['a'] += 1",
        "from collections import Counter\nx = Counter('ab')\nf(x)\nassert x == {'a': 2, 'b': 1}",
    ),
    "ordered dict": (
        "def f(x): x.move_to_end('a')",
        "from collections import OrderedDict\nx = OrderedDict(a=1, b=2)\nf(x)\nassert list(x) == ['b', 'a']",
    ),
    "text that is written": (
        "def f(out): out.write('ab')",
        "import io\nout = io.StringIO()\nf(out)\nassert out.getvalue() == 'ab'",
    ),
    "text that is read": (
        "def f(file): file.readline()",
        "import io\nx = io.StringIO('a\\nb')\nf(x)\nassert x.read() == 'b'",
    ),
    "a file that is read": (
        "def f(file): return file.readline()",
        "open_here = __import__('tempfile').TemporaryFile('w+')\nopen_here.write('ab')\nopen_here.seek(0)\nassert f(open_here) == 'ab' and open_here.read() == ''",
    ),
    "table of records": (
        "def f(table): table['age'] += 1",
        "import numpy as np\nx = np.array([('Ann', 3)], dtype=[('name', 'U9'), ('age', int)])\nf(x)\nassert x['age'][0] == 4",
    ),
    "bytearray": ("def f(x): x.extend(b'c')", "x = bytearray(b'ab')\nf(x)\nassert x == b'abc'"),
    "dataclass of the test's": (
        "def f(p): p.x += 1; p.seen.append(p.x)",
        "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\n    seen: list\np = P(1, [])\nseen = p.seen\nf(p)\nassert p.x == 2 and seen == [2]",
    ),
    "objects of the student's": (
        "class A:\n    def __init__(self, n): self.n = n\ndef f(x): x.reverse()",
        "a, b = A(1), A(2)\nx = [a, b]\nf(x)\nassert x[0] is b and x[1].n == 1",
    ),
    "a method": (
        "class S:\n    def fill(self, x): x.append(1)",
        "x = []\nS().fill(x)\nassert x == [1]",
    ),
    "before it raised": (
        "def f(x):\n    x.append(1)\n    raise ValueError",
        "x = []\ntry: f(x)\nexcept ValueError: pass\nassert x == [1]",
    ),
    "and given back": ("def f(x):\n    x.sort()\n    return x", "x = [2, 1]\nassert f(x) is x and x == [1, 2]"),
    "draws": (
        "import random\ndef f(x): random.shuffle(x)",
        "import random\nrandom.seed(3)\nx = list(range(9))\nf(x)\nafter = random.random()\nrandom.seed(3)\nassert after == random.random()\nrandom.seed(3)\ny = list(range(9))\nrandom.shuffle(y)\nassert x == y",
    ),
}


def numbered(text: str, number: int) -> str:
    """With names of its own: all answers are in one notebook."""
    return text.replace("f(", f"f{number}(").replace("class S:", f"class S{number}:").replace("S()", f"S{number}()")


def idle(answer: str) -> str:
    """The same functions, which do nothing."""
    lines = answer.splitlines()
    kept = [line for line in lines if line.startswith(("import", "class A"))]
    return "\n".join([*kept, "class S:\n    def fill(self, x): pass\ndef f(*args, **kwargs): pass"])


@pytest.fixture
def graded(notebook):
    """Points of each of the tests, for these answers; the solution has those of ``CHANGES``."""

    def graded(answer_of=lambda answer: answer) -> dict[str, float]:
        solution = []
        for number, (name, (answer, test)) in enumerate(CHANGES.items()):
            solution.append(numbered(answer, number))
            notebook.student_cell(numbered(answer_of(answer), number))
            notebook.test_cell(numbered(test, number), id=name)
        results = notebook.sit(reference="\n".join(solution))
        assert not [name for name in CHANGES if results[name].outcome.name == "AUTHOR"]
        return {name: results[name].points for name in CHANGES}

    return graded


def test_what_the_solution_changes_the_students_function_changes(graded):
    assert graded() == dict.fromkeys(CHANGES, 1)


def test_who_changes_nothing_earns_nothing(graded):
    assert graded(idle) == dict.fromkeys(CHANGES, 0)


def test_what_the_solution_leaves_alone_stays_the_tests_own(examine):
    """Else who sets the inputs to zeros has zeros wanted."""
    zeros = "def f(x):\n    x[:] = 0\n    return x.sum()"
    test = "import numpy as np\nx = np.ones(3)\ngot = f(x)\nassert x.sum() == 3\nassert got == reference.f(x)"
    result = examine(zeros, test, reference="def f(x):\n    return x.sum()")
    assert result.points == 0 and "x.sum() == 3" not in result.staff_message


def test_a_result_that_is_an_argument_is_the_students_version_of_it(examine):
    test = "x = [1]\ngot = f(x)\nassert x == [1] and got == [1, 2] and got is not x"
    assert examine("def f(x):\n    x.append(2)\n    return x", test, reference="def f(x): return x + [2]").points == 1


def test_the_solution_never_does_the_students_work(examine):
    """It is asked what it changes, and must not call the test's functions, read its iterators or write its files."""
    theirs = "def f(x, out, items, path): x.append(1)"
    solution = "def f(x, out, items, path):\n    x.append(next(items))\n    out(x)\n    open(path, 'w').write('3')"
    test = """
    import os, tempfile
    x, seen, items, path = [], [], iter([3]), os.path.join(tempfile.mkdtemp(), "made.txt")
    f(x, {0}, {1}, {2})
    assert not seen and next(items) == 3 and not os.path.exists(path)
    """
    for given in (("seen.append", "None", "''"), ("None", "items", "''"), ("None", "None", "path")):
        result = examine(theirs, test.format(*given), reference=solution)
        assert result.points == 1, result.staff_message


def test_without_a_solution_arguments_stay_as_they_were(examine):
    assert examine("def f(x): x.append(1)", "x = []\nf(x)\nassert x == []").points == 1


HOSTILE = {
    "no such argument": "{7: 1}",
    "no value": "{0: wire.Made('Fraction', [1])}",
    "a function never lent": "{0: wire.Items('list', [wire.Callback(5)])}",
    "endless": "{0: wire.Span('range', 0, 10**18, 1), 0: wire.Items('list', [None] * 10**7)}",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_told_of_arguments_is_read_with_suspicion(examine, what):
    answer = f"""
    import sys
    import proctor.exam.wire.values as wire
    def f(x): x.append(1)
    objects = sys.modules["proctor.exam.candidate.candidate"]._Objects
    objects.changed = lambda self, given: {HOSTILE[what]} if given.nodes else {{}}
    """
    result = examine(answer, "x = []\nf(x)", reference="def f(x): x.append(1)")
    assert result.points == 0 and result.outcome.name in ("PROTOCOL", "TOO_BIG"), result


def test_what_the_solution_changes_now_and_then_the_students_function_changes(examine):
    """The solution draws other numbers than the student's function did."""
    now_and_then = "import random\ndef f(x):\n    if random.random() < .5: x.append(1)"
    test = "import random\nrandom.seed(2)\nassert random.random() > .5\nrandom.seed(2)\nx = []\nfor _ in range(60): f(x)\nassert 15 < len(x) < 45"
    result = examine(now_and_then, test, reference=now_and_then)
    assert result.points == 1, result.staff_message


def test_what_is_told_of_all_arguments_together_is_limited(examine):
    answer = """
    import sys
    import proctor.exam.wire.values as wire
    def f(x, y): pass
    objects = sys.modules["proctor.exam.candidate.candidate"]._Objects
    half = wire.Items("list", [None] * 600_000)
    objects.changed = lambda self, given: {0: half, 1: half} if given.nodes else {}
    """
    solution = "def f(x, y):\n    x.append(1)\n    y.append(1)"
    assert examine(answer, "f([], [])", reference=solution).outcome.name == "TOO_BIG"


#: Answers that are wrong, a test that they were to pass with the help of what the solution does, and the solution.
BY_THE_SOLUTION = {
    "calls of a function of the test's": (
        "def walk(xs, visit): xs.append(0)",
        "seen, xs = [], [1, 2]\nwalk(xs, lambda x: seen.append(x))\nassert seen == [1, 2]",
        "def walk(xs, visit):\n    for x in list(xs): visit(x)\n    xs.append(0)",
    ),
    "calls of a method of the test's": (
        "def walk(xs, visit): xs.append(0)",
        "seen, xs = [], [1, 2]\nwalk(xs, seen.append)\nassert seen == [1, 2]",
        "def walk(xs, visit):\n    for x in xs: visit(x)",
    ),
    "calls, of one that gives an object": (
        "def walk(xs, visit): return walk",
        "seen, xs = [], [1, 2]\nassert type(walk(xs, seen.append)) is not int and seen == [1, 2]",
        "def walk(xs, visit):\n    for x in xs: visit(x)",
    ),
    "another call that changes the argument": (
        "def sort(x, in_place=False):\n    x.clear()\n    if not in_place: return []\n    x.extend([1, 2, 3])",
        "a, b = [3, 1, 2], [3, 1, 2]\nsort(a, in_place=True)\nassert a == [1, 2, 3]\nassert sort(b) == sorted(b)",
        "def sort(x, in_place=False):\n    if not in_place: return sorted(x)\n    x.sort()",
    ),
    "a result that the test changes too": (
        "def relu(x): return x",
        "import numpy as np\nx = np.array([-1., 2.])\ngot = relu(x)\nx[x < 0] = 0\nassert np.allclose(got, x)",
        "import numpy as np\ndef relu(x): return np.maximum(x, 0)",
    ),
    "a figure": (
        "def draw(xs): xs.append(0)",
        "import matplotlib.pyplot as plt\nplt.figure()\nplt.plot([1])\ndraw([])\nassert plt.gca().get_title() == 'right'",
        "import matplotlib.pyplot as plt\ndef draw(xs):\n    plt.title('right')\n    xs.append(0)",
    ),
}


@pytest.mark.parametrize("what", BY_THE_SOLUTION)
def test_what_the_solution_does_meanwhile_earns_nothing(examine, what):
    answer, test, solution = BY_THE_SOLUTION[what]
    assert examine(answer, test, reference=solution).points == 0


def test_what_the_solution_shows_meanwhile_nobody_sees(examine):
    shows = "def f(x):\n    plt.plot(x)\n    display('shown')\n    print('printed')\n    x.append(0)"
    imports = "import matplotlib.pyplot as plt\nfrom IPython.display import display\n"
    result = examine("def f(x): x.append(0)", "x = [41]\nf(x)\nassert x == [41, 0]", reference=imports + shows)
    assert (result.points, result.outputs) == (1, ())


FUNCTIONS = {
    "of the test's": ("def change(x, f): x[:] = map(f, x)", "change(x, lambda n: n + 1)\nassert x == [4, 2, 3]"),
    "by its name": ("def change(x, key): x.sort(key=key)", "change(x, key=lambda n: -n)\nassert x == [3, 2, 1]"),
    "a library's": ("def change(x, f): x[:] = [f(x)]", "import math\nchange(x, math.prod)\nassert x == [6]"),
}


@pytest.mark.parametrize("what", FUNCTIONS)
def test_what_changes_by_a_function_of_the_tests_changes_here_too(examine, what):
    answer, test = FUNCTIONS[what]
    result = examine(answer, f"x = [3, 1, 2]\n{test}", reference=answer)
    assert result.points == 1, result.staff_message


def test_what_the_solution_leaves_out_is_no_fault_of_a_test_that_has_it_asked(notebook):
    notebook.student_cell("def ordered(xs):\n    xs.sort()\n    return xs")
    test = notebook.test_cell("xs = [2, 1]\nassert ordered(xs) == [1, 2] and xs == [2, 1]")
    result = notebook.sit(reference="%%bash\necho built")[test]
    assert result.points == 1, result.staff_message
