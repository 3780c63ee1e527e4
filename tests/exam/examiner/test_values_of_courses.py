"""Hidden tests as courses write them, about frames, dates, records and expressions of the student's."""

import pytest

COURSES = {
    "frames": (
        """
        import pandas as pd
        def clean(frame):
            return frame.dropna().reset_index(drop=True)
        def totals(frame):
            return frame.groupby("shop")["sold"].sum()
        result = clean(pd.DataFrame({"a": [1.0, None, 3.0], "b": ["x", "y", "z"]}))
        """,
        """
        import numpy as np, pandas as pd
        sales = pd.DataFrame({"shop": ["a", "b", "a", None], "sold": [1, 2, 3, 4]})
        pd.testing.assert_frame_equal(clean(sales), sales.iloc[:3])
        pd.testing.assert_series_equal(totals(sales), pd.Series({"a": 4, "b": 2}, name="sold").rename_axis("shop"))
        assert isinstance(result, pd.DataFrame) and len(result) == 2 and list(result.columns) == ["a", "b"]
        assert (result.a >= 1).all() and result["b"].tolist() == ["x", "z"] and result.dtypes["a"] == float
        assert np.allclose(totals(sales), [4, 2]) and totals(sales).loc["a"] == 4 and totals(sales).index.name == "shop"
        assert result.groupby("b")["a"].mean()["z"] == 3 and result.equals(candidate.result)
        """,
        """
        def clean(frame):
            return frame
        def totals(frame):
            return frame["sold"]
        result = clean(pd.DataFrame({"a": [1.0, None, 3.0], "b": ["x", "y", "z"]}))
        """,
    ),
    "times": (
        """
        from datetime import date, timedelta
        from decimal import Decimal
        from fractions import Fraction
        def next_week(day):
            return day + timedelta(days=7)
        def share(price, people):
            return Decimal(price) / people
        def half(x):
            return Fraction(x) / 2
        """,
        """
        from datetime import date, datetime, timezone
        from decimal import Decimal
        from fractions import Fraction
        assert next_week(date(2024, 2, 27)) == date(2024, 3, 5)
        assert next_week(datetime(2024, 2, 27, tzinfo=timezone.utc)).isoformat() == "2024-03-05T00:00:00+00:00"
        assert share("9.99", 3) == Decimal("3.33") and isinstance(share("1", 2), Decimal)
        assert half(Fraction(2, 3)) == Fraction(1, 3) and half(1).denominator == 2
        """,
        """
        def next_week(day):
            return day
        def share(price, people):
            return 3.33
        def half(x):
            return x / 2
        """,
    ),
    "containers": (
        """
        from collections import Counter, defaultdict, deque, OrderedDict
        from pathlib import Path
        def counted(words):
            return Counter(words)
        def grouped(words):
            groups = defaultdict(list)
            for word in words:
                groups[word[0]].append(word)
            return groups
        def last(items, n):
            return deque(items, maxlen=n)
        def renamed(path, suffix):
            return path.with_suffix(suffix)
        """,
        """
        from collections import Counter, defaultdict, deque
        from pathlib import Path
        assert counted("aab") == Counter("aab") and counted("aab").most_common(1) == [("a", 2)] and counted("a")["z"] == 0
        assert grouped(["an", "by", "at"]) == {"a": ["an", "at"], "b": ["by"]}
        assert isinstance(grouped([]), defaultdict) and grouped([])["x"] == []
        assert last(range(5), 2) == deque([3, 4]) and last(deque([1]), 1).maxlen == 1
        assert renamed(Path("a/b.txt"), ".csv") == Path("a/b.csv") and renamed(Path("b"), ".c").name == "b.c"
        """,
        """
        def counted(words):
            return dict.fromkeys(words, 1)
        def grouped(words):
            return {}
        def last(items, n):
            return deque(items)
        def renamed(path, suffix):
            return path
        """,
    ),
    "expressions": (
        """
        import sympy as sp
        def slope(f, x):
            return sp.diff(f, x)
        def roots(f, x):
            return sp.solve(f, x)
        """,
        """
        import sympy as sp
        x = sp.Symbol("x")
        assert slope(x**3 + sp.sin(x), x) == 3 * x**2 + sp.cos(x)
        assert sp.simplify(slope((x + 1) ** 2, x) - 2 * x - 2) == 0
        assert roots(x**2 - 2, x) == [-sp.sqrt(2), sp.sqrt(2)] and slope(sp.Matrix([x, x**2]), x) == sp.Matrix([1, 2 * x])
        assert isinstance(slope(x, x), sp.Basic) and slope(x**2, x).subs(x, 3) == 6
        """,
        """
        def slope(f, x):
            return f
        def roots(f, x):
            return []
        """,
    ),
    "sparse matrices": (
        """
        from scipy import sparse
        def transposed(matrix):
            return matrix.T.tocsr()
        """,
        """
        import numpy as np
        from scipy import sparse
        matrix = sparse.csr_matrix(np.array([[0, 1.5], [2, 0]]))
        assert (transposed(matrix).toarray() == matrix.toarray().T).all() and sparse.issparse(transposed(matrix))
        """,
        """
        def transposed(matrix):
            return matrix
        """,
    ),
    "pictures": (
        """
        def cropped(picture):
            return picture.crop((1, 0, 3, 1))
        """,
        """
        from PIL import Image
        picture = Image.new("RGB", (4, 2), (1, 2, 3))
        picture.putpixel((2, 0), (9, 8, 7))
        assert cropped(picture).size == (2, 1) and cropped(picture).getpixel((1, 0)) == (9, 8, 7)
        """,
        """
        def cropped(picture):
            return picture
        """,
    ),
}


@pytest.mark.parametrize("course", list(COURSES))
def test_a_right_answer_earns_its_points_and_a_wrong_one_none(notebook, course):
    right, test, wrong = COURSES[course]
    notebook.student_cell(right)
    first = notebook.test_cell(test)
    notebook.student_cell(wrong)
    second = notebook.test_cell(test)
    results = notebook.sit()
    assert results[first].points == 1, results[first].staff_message
    assert results[second].points == 0 and results[second].outcome.name == "FAILED", results[second].staff_message


POINT = """
from dataclasses import dataclass, field
from collections import namedtuple
from enum import Enum
import typing
@dataclass
class Point:
    x: int
    y: int = 0
    def norm(self):
        return abs(self.x) + abs(self.y)
class Light(Enum):
    RED = 1
    GREEN = 2
Card = namedtuple("Card", "rank suit")
"""
MOVES = """
def moved(point, by):
    return Point(point.x + by, point.y)
def after(light):
    return {Light.RED: Light.GREEN, Light.GREEN: Light.RED}[light]
def best(cards):
    return max(cards, key=lambda card: card.rank)
def chain(n):
    return Point(0, chain(n - 1)) if n else Point(0)
"""

ACCOUNT = """
from dataclasses import dataclass
@dataclass
class Account:
    owner: str
    balance: int
    def deposit(self, amount):
        self.balance += amount
    def text(self):
        return self.owner
"""


def test_records_of_read_only_classes_are_the_tests_own(notebook):
    notebook.shared_cell(POINT)
    notebook.student_cell(MOVES)
    test = notebook.test_cell("""
        got = moved(Point(1, 2), 3)
        assert got == Point(4, 2) and isinstance(got, Point) and got.norm() == 6 and [got] == [Point(4, 2)]
        assert moved(Point(1), 0) != Point(2) and moved(got, -4).x == 0
        assert after(Light.RED) is Light.GREEN and after(after(Light.RED)) == Light.RED
        assert best([Card(2, "a"), Card(9, "b")]) == Card(9, "b") == (9, "b") and best([Card(2, "a")]).suit == "a"
        assert isinstance(best([Card(1, 1)]), Card)
        assert chain(80).x == 0 and chain(3).y.y.x == 0
    """)
    result = notebook.sit()[test]
    assert result.points == 1, result.staff_message


@pytest.mark.parametrize(
    "wrong",
    ["def moved(point, by): return (4, 2)", "def moved(point, by): return Point(point.x, point.y)",
     "class Point:\n    x, y = 4, 2\n    __eq__ = lambda self, other: True\ndef moved(point, by): return Point()",
     "@dataclass\nclass Point:\n    x: int\n    z: int\ndef moved(point, by): return Point(4, 2)",
     "@dataclass\nclass Other(Point): pass\ndef moved(point, by): return Other(4, 2)",
     "class Point(Point):\n    __eq__ = lambda self, other: True\n    def norm(self): return 6\ndef moved(p, by): return Point(9, 9)"],
)  # fmt: skip
def test_other_objects_are_not_equal_to_the_tests_own_records(notebook, wrong):
    notebook.shared_cell(POINT)
    notebook.student_cell(wrong)
    test = notebook.test_cell("assert moved(Point(1, 2), 3) == Point(4, 2)")
    assert notebook.sit()[test].points == 0


def test_a_class_of_the_students_answers_for_itself_and_equals_the_references_by_its_fields(notebook):
    notebook.student_cell(ACCOUNT)
    test = notebook.test_cell("""
        account = Account("me", 10)
        assert account == reference.Account("me", 10) and account.text() == "me"
        account.deposit(5)
        assert account == reference.Account("me", 15) and account.balance == 15
        assert account != reference.Account("you", 15) and reference.Account("me", 15) == account
    """)
    refused = notebook.test_cell("assert Account('a', 1) == Account('b', 2)")
    results = notebook.sit(reference=ACCOUNT)
    assert results[test].points == 1, results[test].staff_message
    assert results[refused].points == 0 and results[refused].outcome.name == "AUTHOR"


def test_records_that_only_a_test_knows_reach_the_students_code_with_their_fields(examine):
    result = examine(
        "def total(order):\n    return order.price * order.count\ndef same(order):\n    return order",
        """
        from collections import namedtuple
        from dataclasses import dataclass
        Order = namedtuple("Order", "price count")
        @dataclass
        class Bill:
            price: int
            count: int
        assert total(Order(2, 3)) == 6 and total(Bill(2, 4)) == 8 and same(Bill(1, 2)) == Bill(1, 2)
        assert same(Order(1, 2)).price == 1 and isinstance(same(Order(1, 2)), Order)
        """,
    )
    assert result.points == 1, result.staff_message


def test_a_namedtuple_of_the_students_has_its_fields(examine):
    student = (
        "import collections\nPoint = collections.namedtuple('Point', 'x count')\ndef point():\n    return Point(1, 2)"
    )
    result = examine(student, "assert point() == (1, 2) and point().x == 1 and point().count == 2\nx, y = point()")
    assert result.points == 1, result.staff_message


def test_a_frame_that_is_changed_in_place_stays_as_it_is_here(examine):
    result = examine(
        "def spoil(frame):\n    frame['a'] = 0\n    return frame",
        "import pandas as pd\nframe = pd.DataFrame({'a': [1]})\nassert spoil(frame).a[0] == 0 and frame.a[0] == 1",
    )
    assert result.points == 1, result.staff_message


def test_a_frame_with_an_object_in_it_can_still_be_asked(examine):
    result = examine(
        "import pandas as pd\nframe = pd.DataFrame({'a': [print, 1]})",
        "assert len(frame) == 2 and frame['a'].size == 2 and list(frame.columns) == ['a']",
    )
    assert result.points == 1, result.staff_message


def test_texts_in_a_frame_are_not_repeated_to_the_student(examine):
    result = examine(
        "import pandas as pd\ndef echo(x):\n    return pd.DataFrame({'secret ' + str(x): ['word of ' + str(x)]})",
        "got = echo('hidden 4711')\n### BEGIN HIDDEN TESTS\nassert False, f'{got.columns[0]} and {got.iloc[0, 0]}'\n"
        "### END HIDDEN TESTS",
    )
    assert result.points == 0 and "4711" not in result.message and "hidden" not in result.message


def test_a_value_that_lies_costs_its_test_and_no_other(notebook):
    notebook.student_cell("""
        import numpy as np, pandas as pd
        from proctor.exam.candidate import candidate
        from proctor.exam.wire.values import Made, Array
        honest = candidate._Objects.pack
        def pack(objects, value):
            packed = honest(objects, value)
            if isinstance(value, pd.Series):
                packed.node.parts[0] = Made("pandas array", ["plain", Array("int64", [1 << 40], b"12345678", False)])
            return packed
        candidate._Objects.pack = pack
        def series():
            return pd.Series([1, 2, 3])
        def frame():
            return pd.DataFrame({"a": [1]})
    """)
    lied = notebook.test_cell("assert len(series()) == 3")
    fine = notebook.test_cell("assert frame().a[0] == 1")
    results = notebook.sit()
    assert results[lied].points == 0 and results[lied].outcome.name == "PROTOCOL"
    assert results[fine].points == 1, results[fine].staff_message
