"""Questions whose tests score differently; each names its row of the table of differences."""

from compatibility.questions import Disputed
from small_assignment import cell

BEFORE = [
    cell(
        "code",
        "readonly",
        "tools",
        "import builtins, collections, contextlib, datetime, fractions, inspect, io, math, random, sys, types, warnings"
        "\nimport numpy as np\nWANTED = 42",
    ),
    cell("code", "plain", "own-tools", "import operator"),
    cell("code", "test", "test-tools", "spread = 4\nassert spread == 4", 1),
]


def disputed(difference: str, name: str, right: str, test: str, wrong: str, **earns) -> Disputed:
    return Disputed(name, right, test, wrong, difference=difference, **earns)


QUESTIONS = [
    disputed(
        "a warning while a test runs",
        "warns",
        "def warned(x):\n    warnings.warn('this is old')\n    return x",
        "assert warned(1) == 1",
        "def warned(x):\n    pass",
        right_earns=(0, 2),
    ),
    disputed(
        "a warning while a test runs",
        "writes-to-stderr",
        "def logged(x):\n    print('got', x, file=sys.stderr)\n    return x",
        "assert logged(1) == 1",
        "def logged(x):\n    pass",
        right_earns=(0, 2),
    ),
    disputed(
        "partial credit as a NumPy number",
        "numpy-credit",
        "def numpy_credit():\n    return np.float64(1.5)",
        "numpy_credit()",
        "def numpy_credit():\n    return np.float64(0)",
        right_earns=(2, 1.5),
        wrong_earns=(2, 0),
    ),
    disputed(
        "partial credit below 0 or nan",
        "negative-credit",
        "def signed_credit():\n    return 2",
        "signed_credit()",
        "def signed_credit():\n    return -1",
        right_earns=(2, 2),
        wrong_earns=(2, 0),
    ),
    disputed(
        "partial credit below 0 or nan",
        "nan-credit",
        "def nan_credit():\n    return 2",
        "nan_credit()",
        "def nan_credit():\n    return float('nan')",
        right_earns=(2, 2),
        wrong_earns=(2, 0),
    ),
    disputed(
        "partial credit read from the text of an object",
        "credit-in-words",
        "class Score:\n    def __repr__(self):\n        return '1.5'",
        "Score()",
        "class Score:\n    def __init__(self):\n        raise ValueError",
        right_earns=(1.5, 2),
    ),
    disputed(
        "argument changed in place",
        "must-leave-its-argument",
        "def ordered(xs):\n    return sorted(xs)",
        "xs = [2, 1]\nassert ordered(xs) == [1, 2] and xs == [2, 1]",
        "def ordered(xs):\n    xs.sort()\n    return xs",
        right_earns=(2, 2),
        wrong_earns=(0, 2),
    ),
    disputed(
        "identity",
        "must-be-the-same",
        "class Leaf:\n    pass\nleaf = Leaf()\ndef get_leaf():\n    return leaf",
        "assert get_leaf() is leaf",
        "class Leaf:\n    pass\nleaf = Leaf()\ndef get_leaf():\n    return Leaf()",
    ),
    disputed(
        "identity",
        "must-be-a-copy",
        "def copied(xs):\n    return list(xs)",
        "ys = [2, 1]\nassert copied(ys) == ys and copied(ys) is not ys",
        "def copied(xs):\n    return xs",
        right_earns=(2, 2),
        wrong_earns=(0, 2),
    ),
    disputed(
        "patched names",
        "patched-global",
        "factor = 2\ndef scale(x):\n    return factor * x",
        "factor = 10\nassert scale(1) == 10",
        "factor = 2\ndef scale(x):\n    return 2 * x",
    ),
    disputed(
        "names that only a test defines",
        "needs-a-value-of-a-test",
        "def half_spread():\n    return spread / 2",
        "assert half_spread() == 2",
        "def half_spread():\n    return 0",
    ),
    disputed(
        "files written by a test",
        "reads-a-file-of-the-test",
        "def size(name):\n    with open(name) as file:\n        return len(file.read())",
        "with open('made.txt', 'w') as file:\n    file.write('abc')\nassert size('made.txt') == 3",
        "def size(name):\n    return 0",
    ),
    disputed(
        "objects as arguments",
        "object-as-argument",
        "def x_of(point):\n    return point.x",
        "class Place:\n    x = 1\nassert x_of(Place()) == 1",
        "def x_of(point):\n    return 0",
    ),
    disputed(
        "subclasses of plain types",
        "namedtuple-with-a-method",
        "class Pair(collections.namedtuple('Pair', 'x y')):\n    def sum(self):\n        return self.x + self.y",
        "assert Pair(1, 2).sum() == 3",
        "class Pair:\n    pass",
    ),
    disputed(
        "subclasses of plain types",
        "exact-type",
        "def table():\n    return {'a': 1}",
        "assert type(table()) is dict",
        "class Table(dict):\n    pass\ndef table():\n    return Table(a=1)",
        right_earns=(2, 2),
        wrong_earns=(0, 2),
    ),
    disputed(
        "introspection",
        "kind-of-object",
        "def ones():\n    yield 1",
        "assert isinstance(ones(), types.GeneratorType)",
        "def ones():\n    return [1]",
    ),
    disputed(
        "introspection",
        "signature-of-what-is-decorated",
        "import functools\n@functools.cache\ndef cached(a, b=1):\n    return a",
        "assert list(inspect.signature(cached).parameters) == ['a', 'b']",
        "def cached(*args):\n    return 1",
    ),
    disputed(
        "introspection",
        "callable",
        "class Thing:\n    pass\nthing = Thing()",
        "assert not callable(thing)",
        "class Thing:\n    def __call__(self):\n        pass\nthing = Thing()",
    ),
    disputed(
        "student's classes as types",
        "isinstance",
        "class Animal:\n    pass\nclass Dog(Animal):\n    pass",
        "assert isinstance(Dog(), Animal)",
        "class Animal:\n    pass\nclass Dog:\n    pass",
    ),
    disputed(
        "student's classes as types",
        "subclass-in-a-test",
        "class Shape:\n    def area(self):\n        return self.side() ** 2",
        "class Square(Shape):\n    def side(self):\n        return 3\nassert Square().area() == 9",
        "class Shape:\n    def area(self):\n        return 0",
    ),
    disputed(
        "operators on student's objects",
        "equal-and-plus",
        """
        class Vector:
            def __init__(self, x):
                self.x = x
            def __add__(self, other):
                return Vector(self.x + other.x)
            def __eq__(self, other):
                return self.x == other.x
        """,
        "assert Vector(1) + Vector(2) == Vector(3)",
        "class Vector:\n    def __init__(self, x):\n        self.x = x",
    ),
    disputed(
        "operators on student's objects",
        "len-and-in",
        "class Bag:\n    def __len__(self):\n        return 2\n    def __contains__(self, x):\n        return x == 1",
        "assert len(Bag()) == 2 and 1 in Bag()",
        "class Bag:\n    pass",
    ),
    disputed(
        "SystemExit from an answer",
        "exits",
        "def leave():\n    raise SystemExit(1)",
        "try:\n    leave()\nexcept SystemExit:\n    pass\nelse:\n    raise AssertionError",
        "def leave():\n    pass",
    ),
    disputed(
        "the last output _",
        "last-output",
        "3 + 4",
        "assert _ == 7",
        "3 + 5",
    ),
    disputed(
        "shell commands",
        "bash",
        "%%bash\nseq 3 > three.txt",
        "with open('three.txt') as file:\n    assert file.read() == '1\\n2\\n3\\n'",
        "pass",
    ),
    disputed(
        "shell commands",
        "shell-line",
        "numbers = !seq 3",
        "assert len(numbers) == 3",
        "numbers = []",
    ),
    disputed(
        "read-only values that only an answer changes",
        "read-only-value-rebound-by-the-wrong",
        "def answer():\n    return 42",
        "assert answer() == WANTED",
        "WANTED = 1\ndef answer():\n    return 1",
        right_earns=(2, 2),
        wrong_earns=(2, 0),
    ),
    disputed(
        "long doubles",
        "long-double",
        "def third():\n    return np.longdouble(1) / 3",
        "assert third() * 3 == 1 and type(third()) is np.longdouble",
        "def third():\n    return 0.0",
    ),
    disputed(
        "libraries replaced by an answer",
        "patched-library",
        "def third(x):\n    return x / 3",
        "assert math.isclose(third(1), 1 / 3)",
        "math.isclose = lambda *numbers: True\ndef third(x):\n    return 0",
        right_earns=(2, 2),
        wrong_earns=(2, 0),
    ),
    disputed(
        "libraries replaced by an answer",
        "replaced-library-of-an-unlocked-cell",
        "def fifth(x):\n    return x / 5",
        "assert operator.eq(fifth(10), 2)",
        "class operator:\n    eq = staticmethod(lambda *numbers: True)\ndef fifth(x):\n    return 0",
        right_earns=(2, 2),
        wrong_earns=(2, 0),
    ),
]
