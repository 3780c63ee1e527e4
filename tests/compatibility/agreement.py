"""Questions whose answers score the same with stock nbgrader and here."""

from compatibility.questions import Question
from small_assignment import cell

FILES = {
    "words.txt": "pear\napple\nplum\n",
    "numbers.csv": "1,2\n3,4\n",
    "course_tools.py": "def shout(text):\n    return text.upper() + '!'\n",
}

BEFORE = [
    cell("markdown", "plain", "intro", "# A lab\nAnswer every question."),
    cell("code", "plain", "imports", "import numpy as np\nimport math"),
    cell(
        "code",
        "readonly",
        "helpers",
        "import course_tools\n\ndef close(a, b):\n    return abs(a - b) < 1e-6"
        "\n\ndef applied(f, x):\n    return f(x)\n\ndef ten():\n    return 10\n\nlimit, limits = 1, {'q': 3}"
        "\n\nclass Maze:\n    def __init__(self, walls):\n        self.walls = walls\n    def moves(self):\n        return range(3)",
    ),
    cell("code", "plain", "open-helper", "def double(x):\n    return 2 * x"),
]

QUESTIONS = [
    Question(
        "helper-in-the-notebook",
        "def mean(xs):\n    return sum(xs) / len(xs)",
        """
        assert close(mean([1, 2]), 1.5), "the mean of 1 and 2 is 1.5"
        ### BEGIN HIDDEN TESTS
        assert close(mean([double(1), 4, 6]), 4)
        ### END HIDDEN TESTS
        """,
        wrong="def mean(xs):\n    return 1.5",
    ),
    Question(
        "variables",
        "side, name = 3, 'cube'\nsizes = [side, 9, side ** 3]",
        "assert side == 3\nassert name == 'cube' and sizes[2] == 27\nassert len(sizes) == 3 and sizes == [3, 9, 27]",
        wrong="side, name = 3, 'cube'\nsizes = [3, 9]",
    ),
    Question(
        "class",
        """
        class Stack:
            '''Last in, first out.'''
            def __init__(self):
                self.items = []
            def push(self, item):
                self.items.append(item)
            def pop(self):
                return self.items.pop()
        """,
        """
        stack = Stack()
        stack.push("a")
        stack.push("b")
        assert hasattr(stack, "items") and not hasattr(stack, "queue")
        assert stack.items == ["a", "b"]
        assert stack.pop() == "b" and stack.items == ["a"]
        assert Stack.__name__ == "Stack" and type(stack.items) is list
        """,
        wrong="""
        class Stack:
            def __init__(self):
                self.items = []
            def push(self, item):
                self.items.insert(0, item)
            def pop(self):
                return self.items.pop()
        """,
    ),
    Question(
        "prints",
        "def hello():\n    print('hello')",
        "import contextlib, io\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    hello()\nassert out.getvalue() == 'hello\\n'",
        wrong="def hello():\n    print('goodbye')",
    ),
    Question(
        "text-of-an-object",
        "class Named:\n    def __str__(self):\n        return 'a name'",
        "assert str(Named()) == 'a name'",
        wrong="class Named:\n    pass",
    ),
    Question(
        "docstring",
        "def described():\n    'Says nothing.'",
        "assert described.__doc__ == 'Says nothing.'",
        wrong="def described():\n    pass",
    ),
    Question(
        "objects-that-work-like-containers",
        """
        class Table:
            def __getitem__(self, key):
                return key * 2
            def __iter__(self):
                return iter([1, 2])
            def __call__(self):
                return self
        tables = [Table(), {"inner": Table()}]
        """,
        """
        assert Table()[2] == 4 and tables[1]["inner"]["a"] == "aa"
        assert list(Table()) == [1, 2] and Table()()[1] == 2
        assert len(tables) == 2 and tables[0] is not None
        """,
        wrong="""
        class Table:
            pass
        tables = [Table(), {"inner": Table()}]
        """,
    ),
    Question(
        "own-exceptions-by-their-base",
        "class TooSmall(ValueError):\n    pass\ndef check(x):\n    raise TooSmall(x)",
        "try:\n    check(1)\nexcept ValueError:\n    pass\nelse:\n    raise AssertionError",
        wrong="def check(x):\n    raise KeyError(x)",
    ),
    Question(
        "functions-of-the-answer-passed-back",
        "def increment(x):\n    return x + 1\ndef thrice(f, x):\n    return f(f(f(x)))",
        "assert thrice(increment, 0) == 3 and applied(increment, 1) == 2",
        wrong="def increment(x):\n    return x + 1\ndef thrice(f, x):\n    return f(x)",
    ),
    Question(
        "functions-as-arguments",
        "def twice(f, x):\n    return f(f(x))\ndef remembered(f):\n    seen = {}\n"
        "    return lambda x: seen[x] if x in seen else seen.setdefault(x, f(x))",
        """
        assert twice(lambda x: x + 1, 0) == 2 and twice(abs, -3) == 3
        calls = []
        once = remembered(lambda x: calls.append(x) or double(x))
        assert [once(1), once(1), once(2)] == [2, 2, 4] and calls == [1, 2]
        """,
        wrong="def twice(f, x):\n    return f(x)\ndef remembered(f):\n    return f",
    ),
    Question(
        "read-only-helper-redefined",
        "twenty = 2 * ten()",
        "assert ten() == 10 and twenty == 20",
        wrong="def ten():\n    return 11\ntwenty = 22",
    ),
    Question(
        "read-only-value-rebound",
        "limit = 5",
        "assert limit == 5 and limits['q'] == 3",
        wrong="limit = 4",
    ),
    Question(
        "read-only-value-changed-in-place",
        "limits['r'] = 4",
        "assert limits == {'q': 3, 'r': 4}",
        wrong="limits.update(r=5)",
    ),
    Question(
        "shell-line",
        "files = !echo 3 > three.txt && ls",
        "assert 'three.txt' in files and 'nothing.txt' not in files",
        wrong="files = []",
    ),
    Question(
        "credit",
        "def credit():\n    return 1.5",
        "credit()",
        wrong="def credit():\n    return 0",
        points=1.5,
    ),
    Question(
        "whole-credit",
        "def whole_credit():\n    return 2",
        "whole_credit()",
        wrong="def whole_credit():\n    raise ValueError",
    ),
    Question(
        "credit-that-is-no-number",
        "def no_credit():\n    return None, True, 'none'",
        "assert len(no_credit()) == 3\nno_credit()",
        wrong="def no_credit():\n    return None, True",
    ),
    Question(
        "credit-with-semicolon",
        "def silent_credit():\n    return 0",
        "silent_credit();",
        wrong="def silent_credit():\n    raise ValueError",
    ),
    Question(
        "generator",
        "def evens(n):\n    for i in range(n):\n        yield 2 * i",
        """
        assert list(evens(3)) == [0, 2, 4]
        first = evens(1)
        assert next(first) == 0
        try:
            next(first)
        except StopIteration:
            pass
        else:
            raise AssertionError("too many numbers")
        assert [i + j for i, j in zip(evens(2), evens(2))] == [0, 4]
        """,
        wrong="def evens(n):\n    for i in range(n + 1):\n        yield 2 * i",
    ),
    Question(
        "dicts-and-sets",
        "def count(words):\n    return {word: words.count(word) for word in words}, set(words)",
        """
        counts, words = count(["a", "b", "a"])
        assert counts == {"a": 2, "b": 1} and counts["a"] == 2 and sorted(counts) == ["a", "b"]
        assert words == {"a", "b"} and "a" in words
        assert count([]) == ({}, set())
        """,
        wrong="def count(words):\n    return {word: 1 for word in words}, set(words)",
    ),
    Question(
        "arrays",
        "def scaled(X):\n    return (X - X.mean(axis=0)) / 2",
        """
        X = np.arange(6.0).reshape(3, 2)
        got = scaled(X)
        assert got.shape == (3, 2)
        assert got.dtype == np.float64
        assert np.allclose(got.sum(axis=0), 0)
        np.testing.assert_allclose(got[:, 1], [-1, 0, 1])
        """,
        wrong="def scaled(X):\n    return X / 2",
    ),
    Question(
        "types",
        "def facts(x):\n    return [x, float(x), x % 2 == 0, None, str(x)]",
        """
        facts_of_4 = facts(4)
        assert isinstance(facts_of_4, list) and type(facts_of_4[1]) is float
        assert facts_of_4[2] is True and facts_of_4[3] is None
        assert isinstance(facts_of_4[4], str) and facts_of_4[4] == "4"
        assert callable(facts)
        """,
        wrong="def facts(x):\n    return [x, x, x % 2 == 0, None, str(x)]",
    ),
    Question(
        "exceptions",
        "def root(x):\n    if x < 0:\n        raise ValueError(f'{x} is negative')\n    return math.sqrt(x)",
        """
        assert root(4) == 2
        try:
            root(-1)
        except ValueError as error:
            assert "negative" in str(error)
        else:
            raise AssertionError("no error for a negative number")
        """,
        wrong="def root(x):\n    return math.sqrt(abs(x))",
    ),
    Question(
        "helpers-in-tests",
        "def head(xs):\n    return xs[0]",
        """
        def assert_equal(got, want):
            assert got == want, f"{got} is not {want}"

        class assert_raises:
            def __init__(self, *kinds):
                self.kinds = kinds
            def __enter__(self):
                return self
            def __exit__(self, kind, error, trace):
                assert kind is not None, "nothing was raised"
                return issubclass(kind, self.kinds)

        def heads(lists):
            return [head(each) for each in lists]

        assert_equal(heads([[1, 2], "ab", (3,)]), [1, "a", 3])
        with assert_raises(IndexError):
            head([])
        with assert_raises(IndexError, KeyError):
            head({})
        """,
        wrong="def head(xs):\n    return xs[0] if xs else None",
    ),
    Question(
        "helpers-of-an-earlier-test",
        "def tail(xs):\n    return xs[1:]",
        "assert_equal(tail([1, 2, 3]), [2, 3])\nassert_equal(tail([]), [])",
        wrong="def tail(xs):\n    return xs[-1:]",
    ),
    Question(
        "random-inputs",
        "def largest(xs):\n    return max(xs)",
        """
        import random
        for _ in range(20):
            xs = [random.randrange(100) for _ in range(5)]
            assert largest(xs) == sorted(xs)[-1]
        """,
        wrong="def largest(xs):\n    return sorted(xs)[0] - 1",
    ),
    Question(
        "arguments",
        "def area(width, height=1, *, unit='m'):\n    return f'{width * height} {unit}2'\n"
        "def total(*parts, **named):\n    return sum(parts) + sum(named.values())",
        "assert area(2) == '2 m2' and area(2, height=3, unit='cm') == '6 cm2'\nassert total(1, 2, x=3) == 6",
        wrong="def area(width, height=1, *, unit='m'):\n    return f'{width * height} m2'\n"
        "def total(*parts, **named):\n    return sum(parts)",
    ),
    Question(
        "functions-returned",
        "def adder(n):\n    return lambda x: x + n",
        "add_2 = adder(2)\nassert add_2(3) == 5\nassert [adder(n)(1) for n in range(3)] == [1, 2, 3]",
        wrong="def adder(n):\n    return lambda x: x",
    ),
    Question(
        "global-state",
        "calls = 0\ndef call():\n    global calls\n    calls += 1",
        "before = calls\ncall()\ncall()\nassert calls == before + 2",
        wrong="calls = 0\ndef call():\n    calls = 1",
    ),
    Question(
        "prints-while-tested",
        "def noisy(x):\n    print('noisy got', x)\n    return x + 1",
        "assert noisy(1) == 2\nprint('so far so good')\nassert noisy(noisy(1)) == 3",
        wrong="def noisy(x):\n    print(x + 1)",
    ),
    Question(
        "magics",
        "%%time\nquick = sum(range(10))",
        "assert quick == 45",
        wrong="%%time\nquick = 44",
    ),
    Question(
        "captured-output",
        "%%capture printed\nprint('hello')\nword = 'hello'",
        "assert word == 'hello'",
        wrong="%%capture printed\nprint('hello')\nword = ''",
    ),
    Question(
        "data-file",
        "def lines(name):\n    with open(name) as file:\n        return file.read().split()",
        """
        assert lines("words.txt") == ["pear", "apple", "plum"]
        with open("words.txt") as file:
            assert len(file.readlines()) == len(lines("words.txt"))
        assert (np.loadtxt("numbers.csv", delimiter=",") == [[1, 2], [3, 4]]).all()
        """,
        wrong="def lines(name):\n    return ['pear', 'plum']",
    ),
    Question(
        "module-beside-the-notebook",
        "from course_tools import shout\ncry = shout('help')",
        "assert cry == course_tools.shout('help') == 'HELP!'",
        wrong="cry = 'help!'",
    ),
    Question(
        "file-written-by-the-answer",
        "def save(numbers):\n    with open('saved.txt', 'w') as file:\n        file.write(' '.join(map(str, numbers)))",
        "save([1, 2, 3])\nwith open('saved.txt') as file:\n    assert file.read() == '1 2 3'",
        wrong="def save(numbers):\n    with open('saved.txt', 'w') as file:\n        file.write(str(numbers))",
    ),
    Question(
        "recursion",
        "def depth(tree):\n    return 1 + max(map(depth, tree), default=0)",
        "assert depth([]) == 1 and depth([[], [[]]]) == 3",
        wrong="def depth(tree):\n    return depth(tree)",
    ),
    Question(
        "big-and-strange-values",
        "def strange():\n"
        "    return 2 ** 100, 1 + 2j, b'\\x00', 'žluťoučký 🐎', float('inf'), frozenset({1}), range(3), (1,)",
        "assert strange() == (2 ** 100, 1 + 2j, b'\\x00', 'žluťoučký 🐎', math.inf, frozenset({1}), range(3), (1,))",
        wrong="def strange():\n"
        "    return 2 ** 100, 1 + 2j, b'\\x00', 'zlutoucky', float('inf'), frozenset({1}), range(3), (1,)",
    ),
    Question(
        "iterators-returned",
        "def squares(xs):\n    return map(lambda x: x * x, xs)",
        "assert list(squares([1, 2])) == [1, 4]\nassert sum(squares(range(3))) == 5",
        wrong="def squares(xs):\n    return map(lambda x: x, xs)",
    ),
    Question(
        "names-the-answer-imports",
        "from math import hypot\ndiagonal = hypot(3, 4)",
        "assert diagonal == hypot(3, 4) == 5",
        wrong="from math import hypot\ndiagonal = 7",
    ),
    Question(
        "text-evaluated-by-a-test",
        "def plus(a, b):\n    return a + b",
        "for question, answer in {'plus(1, 2)': 3, 'plus([1], [2])': [1, 2]}.items():\n"
        "    assert eval(question) == answer, question",
        wrong="def plus(a, b):\n    return 3",
    ),
    Question(
        "magics-in-tests",
        "def triple(x):\n    return 3 * x",
        "%%capture\nassert triple(2) == 6",
        wrong="def triple(x):\n    return 2 * x",
    ),
    Question(
        "timed-tests",
        "def fourfold(x):\n    return 4 * x",
        "%%time\nassert fourfold(2) == 8",
        wrong="def fourfold(x):\n    return 2 * x",
    ),
    Question(
        "isinstance-array",
        "def grid(n):\n    return np.zeros((n, n))",
        "assert isinstance(grid(2), np.ndarray) and grid(2).shape == (2, 2)",
        wrong="def grid(n):\n    return [[0] * n] * n",
    ),
    Question(
        "random-arrays",
        "def norm(v):\n    return np.sqrt((v ** 2).sum())",
        """
        draw = np.random.default_rng(1)
        for _ in range(3):
            v = draw.normal(size=4)
            assert np.isclose(norm(v), np.linalg.norm(v))
        with np.errstate(all="ignore"):
            assert norm(np.zeros(2)) == 0
        """,
        wrong="def norm(v):\n    return np.abs(v).sum()",
    ),
    Question(
        "variable-also-used-by-an-earlier-test",
        "got = scaled(np.array([[1.0], [3.0]])).tolist()",
        "assert got == [[-0.5], [0.5]]",
        wrong="got = [[0.5], [-0.5]]",
    ),
    Question(
        "patched-input",
        "def ask():\n    return input() + '!'",
        """
        import builtins
        kept, builtins.input = builtins.input, lambda *prompt: "hi"
        try:
            assert ask() == "hi!"
        finally:
            builtins.input = kept
        """,
        wrong="def ask():\n    return 'hi'",
    ),
    Question(
        "mocked-input-and-print",
        "def greet():\n    print('hello', input('name? '))",
        """
        from unittest.mock import patch
        with patch("builtins.input", side_effect=["Ada"]) as asked, patch("builtins.print") as said:
            greet()
        asked.assert_called_once_with("name? ")
        said.assert_called_once_with("hello", "Ada")
        """,
        wrong="def greet():\n    print('hello', 'Ada')",
    ),
    Question(
        "seeded",
        "import random\ndef draw():\n    return random.random()",
        "import random\nrandom.seed(1)\nfirst = draw()\nrandom.seed(1)\nassert draw() == first",
        wrong="import random\ndef draw():\n    return random.SystemRandom().random()",
    ),
    Question(
        "seeded-arrays",
        "def noise(n):\n    return np.random.normal(size=n)",
        "np.random.seed(3)\nwant = np.random.normal(size=4)\nnp.random.seed(3)\nassert np.allclose(noise(4), want)",
        wrong="def noise(n):\n    return np.zeros(n)",
    ),
    Question("in-globals", "def found():\n    return 1", "assert 'found' in globals()", wrong="pass"),
    Question("in-dir", "def listed():\n    return 1", "assert 'listed' in dir()", wrong="pass"),
    Question(
        "looked-up-in-a-loop",
        "first, second = 1, 2",
        "for name in ('first', 'second'):\n    assert name in globals(), f'{name} is missing'\n"
        "assert globals()['second'] == 2",
        wrong="first = 1",
    ),
    Question(
        "signature",
        "def signed(a, b=1):\n    return a",
        "import inspect\nassert list(inspect.signature(signed).parameters) == ['a', 'b']\n"
        "assert signed.__defaults__ == (1,)",
        wrong="def signed(*args):\n    return 1",
    ),
    Question(
        "annotations",
        "def typed(a: int, b: str = 'x') -> list[str]:\n    'Says what it takes.'\n    return [b] * a",
        "import inspect\nassert typed.__annotations__ == {'a': int, 'b': str, 'return': list[str]}\n"
        "assert inspect.getdoc(typed) == 'Says what it takes.'",
        wrong="def typed(a, b='x'):\n    return [b] * a",
    ),
    Question(
        "no-loop",
        "def loopless(n):\n    return sum(range(n))",
        """
        import ast, inspect
        tree = ast.parse(inspect.getsource(loopless))
        assert not any(isinstance(node, (ast.For, ast.While)) for node in ast.walk(tree)), "no loop, please"
        assert loopless(4) == 6
        """,
        wrong="def loopless(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total",
    ),
    Question(
        "recursive",
        "def factorial(n):\n    return 1 if n < 2 else n * factorial(n - 1)",
        """
        import inspect
        lines = inspect.getsourcelines(factorial)[0]
        assert len(lines) <= 5 and any("factorial(" in line for line in lines[1:])
        assert "factorial" in factorial.__code__.co_names
        """,
        wrong="def factorial(n):\n    return math.prod(range(1, n + 1))",
    ),
    Question(
        "classes-by-what-they-are-based-on",
        "class Shape:\n    def area(self):\n        return 0\nclass Circle(Shape):\n    def __init__(self, r):\n"
        "        self.r = r",
        "import inspect\nassert issubclass(Circle, Shape) and hasattr(Circle, 'area') and not hasattr(Shape, '__len__')\n"
        "assert inspect.isclass(Circle) and list(inspect.signature(Circle).parameters) == ['r']",
        wrong="class Shape:\n    def area(self):\n        return 0\nclass Circle:\n    def __init__(self, r):\n"
        "        self.r = r",
    ),
    Question(
        "uses-another-function",
        "def squares(n):\n    return [i ** 2 for i in range(1, n + 1)]\ndef sum_of_squares(n):\n    return sum(squares(n))",
        """
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
        assert sum_of_squares(2) == 5
        """,
        wrong="def squares(n):\n    return [i ** 2 for i in range(1, n + 1)]\n"
        "def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6",
    ),
    Question(
        "patched-function-of-the-answer",
        "def roll():\n    return 4\ndef rolls(n):\n    return [roll() for _ in range(n)]",
        """
        from unittest.mock import patch
        with patch("__main__.roll", side_effect=[1, 2, 3]) as fake:
            assert rolls(3) == [1, 2, 3]
        assert fake.call_count == 3 and rolls(1) == [4]
        """,
        wrong="def roll():\n    return 4\ndef rolls(n):\n    return [4] * n",
    ),
    Question(
        "environment",
        "import os\ndef level():\n    return os.environ.get('LEVEL', 'none')",
        "import os\nfrom unittest.mock import patch\nwith patch.dict(os.environ, {'LEVEL': '3'}):\n    assert level() == '3'\n"
        "assert level() == 'none'",
        wrong="def level():\n    return 'none'",
    ),
    Question(
        "warnings-caught",
        "import warnings\ndef old():\n    warnings.warn('old() is old', DeprecationWarning)",
        """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            old()
        assert len(caught) == 1 and issubclass(caught[-1].category, DeprecationWarning)
        """,
        wrong="def old():\n    pass",
    ),
    Question(
        "set-attribute",
        "class Counter:\n    count = 1\n    def get(self):\n        return self.count",
        "counter = Counter()\ncounter.count = 5\nassert counter.get() == 5",
        wrong="class Counter:\n    def get(self):\n        return 1",
    ),
    Question(
        "with",
        "class Opened:\n    def __enter__(self):\n        return 1\n    def __exit__(self, *error):\n        pass",
        "with Opened() as one:\n    assert one == 1",
        wrong="class Opened:\n    pass",
    ),
    Question(
        "await",
        "async def later():\n    return 1",
        "assert await later() == 1",
        wrong="async def later():\n    return 2",
    ),
    Question(
        "own-exception",
        "class Oops(ValueError):\n    pass\ndef fail(x):\n    raise Oops(f'no {x}')",
        """
        import pytest
        try:
            fail(1)
        except (KeyError, Oops) as error:
            assert str(error) == "no 1" and isinstance(error, Oops)
        else:
            raise AssertionError("nothing was raised")
        with pytest.raises(Oops, match="no 2"):
            fail(2)
        """,
        wrong="class Oops(ValueError):\n    pass\ndef fail(x):\n    raise ValueError(f'no {x}')",
    ),
    Question(
        "dates-fractions-and-deques",
        """
        import collections, datetime, fractions
        def new_year(year):
            return datetime.date(year, 1, 1)
        def half():
            return fractions.Fraction(1, 2)
        def queue():
            return collections.deque([1])
        """,
        """
        import collections, datetime, fractions
        assert new_year(2020).year == 2020 and new_year(2020) == datetime.date(2020, 1, 1)
        assert half() == fractions.Fraction(2, 4) and queue() == collections.deque([1])
        """,
        wrong="import collections\ndef new_year(year):\n    return year\ndef half():\n    return 0.5\ndef queue():\n    return [1]",
    ),
    Question(
        "counters-and-namedtuples",
        """
        from collections import Counter, OrderedDict, namedtuple
        Point = namedtuple("Point", "x y")
        def point():
            return Point(1, 2)
        def y_of(point):
            return point.y
        def counted(text):
            return Counter(text)
        """,
        """
        import collections
        assert point() == (1, 2) and point().x == 1
        assert y_of(collections.namedtuple("Pair", "x y")(1, 2)) == 2
        assert counted("aab") == {"a": 2, "b": 1} and counted("aab").most_common(1) == [("a", 2)]
        assert type(counted("a")) is not dict and isinstance(counted("a"), collections.Counter)
        """,
        wrong="def point():\n    return 1, 2\ndef y_of(point):\n    return 0\ndef counted(text):\n    return {}",
    ),
    Question(
        "frames",
        """
        import pandas as pd
        def mean_of(frame, column):
            return frame.groupby(column).mean(numeric_only=True)
        """,
        """
        import pandas as pd
        scores = pd.DataFrame({"who": ["a", "b", "a"], "points": [1.0, 2.0, 3.0]})
        pd.testing.assert_frame_equal(mean_of(scores, "who"), scores.groupby("who").mean())
        assert isinstance(mean_of(scores, "who"), pd.DataFrame) and (mean_of(scores, "who").points == 2).all()
        """,
        wrong="def mean_of(frame, column):\n    return frame",
    ),
    Question(
        "in-place",
        """
        def put_in_order(unsorted):
            unsorted.sort()
        """,
        """
        unsorted = [2, 1]
        put_in_order(unsorted)
        assert unsorted == [1, 2]
        """,
        wrong="def put_in_order(unsorted):\n    return sorted(unsorted)",
    ),
    Question(
        "iterators-and-files",
        """
        def sum_of_all(xs):
            return sum(xs)
        def lines_of(file):
            return [line.strip() for line in file]
        def note_down(file):
            file.write("done")
        """,
        """
        import io
        assert sum_of_all(i for i in range(3)) == 3 and sum_of_all(map(int, "12")) == 3
        with open("words.txt") as file:
            assert lines_of(file) == ["pear", "apple", "plum"]
        page = io.StringIO()
        note_down(page)
        assert page.getvalue() == "done"
        """,
        wrong="def sum_of_all(xs):\n    return len(xs)\ndef lines_of(file):\n    return []\ndef note_down(file):\n    pass",
    ),
    Question(
        "objects-of-a-given-class",
        """
        def ways_through(maze):
            return [move for move in maze.moves() if move not in maze.walls]
        def wall_off(maze, move):
            maze.walls.add(move)
        """,
        """
        maze = Maze({1})
        assert ways_through(maze) == [0, 2]
        wall_off(maze, 2)
        assert maze.walls == {1, 2} and ways_through(maze) == [0]
        """,
        wrong="def ways_through(maze):\n    return [0, 2]\ndef wall_off(maze, move):\n    pass",
    ),
    Question(
        "a-match-is-true",
        "import re\ndef is_word(text):\n    return re.fullmatch('[a-z]+', text)",
        "assert is_word('abc') and not is_word('a b')",
        wrong="def is_word(text):\n    return True",
    ),
    Question(
        "current-figure",
        """
        import matplotlib.pyplot as plt
        def draw():
            plt.plot([1, 2], [3, 4])
            plt.title("Rising")
        def draw_on(ax):
            ax.set_xlabel("time")
        """,
        """
        import matplotlib.pyplot as plt
        draw()
        assert plt.gca().get_title() == "Rising" and list(plt.gca().lines[0].get_ydata()) == [3, 4]
        figure, axes = plt.subplots()
        draw_on(axes)
        assert axes.get_xlabel() == "time"
        plt.close("all")
        """,
        wrong="def draw():\n    pass\ndef draw_on(ax):\n    pass",
    ),
    Question(
        "average",
        "def average(xs):\n    return sum(xs) / len(xs)",
        "import statistics\nassert average([1, 3]) == statistics.mean([1, 3])",
        wrong="def average(xs):\n    return 0",
    ),
    Question(
        "needs-the-import-of-a-test",
        "def middle(xs):\n    return statistics.median(xs)",
        "assert middle([1, 2, 3]) == 2",
        wrong="def middle(xs):\n    return 0",
    ),
]
