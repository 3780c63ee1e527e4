"""Objects of the test's as arguments: of classes that read-only cells define, and what such cells have made."""

import pytest

SHARED = """
import sqlite3
from abc import ABC
class Account:
    bank = "ours"
    def __init__(self, balance):
        self._balance = balance
        self.log = []
    @property
    def balance(self): return self._balance
    def deposit(self, amount):
        self._balance += amount
        self.log.append(amount)
    def is_rich(self): return self._balance > 100
class Savings(Account): pass
class Node:
    def __init__(self, value, next=None): self.value, self.next = value, next
class Problem(ABC):
    def __init__(self, goal): self.goal = goal
    def moves(self, state): return [state + 1, state * 2]
class Narrow:
    __slots__ = ("x",)
connection = sqlite3.connect(":memory:")
connection.execute("create table t (x)")
connection.execute("insert into t values (3)")
def chain(*values):
    first = None
    for value in reversed(values): first = Node(value, first)
    return first
"""
ANSWERS = """
def balance(account): return account.balance
def pay(account, amount): account.deposit(amount)
def kind(account): return type(account).__name__, type(account) is Savings, account.bank
def richest(accounts): return max(accounts, key=lambda account: account.balance)
def solve(problem, state=1):
    steps = 0
    while state != problem.goal:
        state = max(move for move in problem.moves(state) if move <= problem.goal)
        steps += 1
    return steps
def total(node):
    sum = 0
    while node: sum, node = sum + node.value, node.next
    return sum
def reverse(node):
    before = None
    while node: node.next, before, node = before, node, node.next
    return before
kept = {}
def keep(account): kept["it"] = account
def is_kept(account): return kept["it"] is account
def rows(connection): return connection.execute("select x from t").fetchall()
def make(kind, *args): return kind(*args).balance
def everyone(accounts): return [account.balance for name, account in sorted(accounts.items())]
"""
CHECKS = {
    "attributes and methods": "assert balance(Account(10)) == 10 and kind(Savings(1)) == ('Savings', True, 'ours')",
    "what the solution changes": "a = Account(1)\nlog = a.log\npay(a, 5)\npay(a, 6)\nassert a.balance == 12 and log == [5, 6] and not a.is_rich()",
    "one of them given back": "a, b = Account(1), Account(2)\nassert richest([a, b]) is b and richest((b,)).balance == 2",
    "in a dict": "assert everyone({'b': Account(1), 'a': Account(2)}) == [2, 1]",
    "a problem to be searched": "assert solve(Problem(8)) == 3",
    "a long list": "assert total(chain(*range(3000))) == sum(range(3000))",
    "a ring": "a = Node(1)\na.next = Node(2, a)\nassert value_after_next(a) == 1",
    "turned round": "a = chain(1, 2, 3)\nb = a.next\nc = reverse(a)\nassert c.value == 3 and c.next is b and b.next is a and a.next is None",
    "the same one later": "a = Account(1)\nkeep(a)\nassert is_kept(a) and not is_kept(Account(1))",
    "what a read-only cell has made": "assert rows(connection) == [(3,)]",
    "a class of a read-only cell": "assert make(Account, 7) == 7",
    "attributes that change meanwhile": "a = Account(1)\nassert balance(a) == 1\na.deposit(2)\nassert balance(a) == 3",
}
RING = "def value_after_next(node): return node.next.next.value"


def test_objects_of_shared_classes_are_arguments(notebook):
    notebook.shared_cell(SHARED)
    notebook.student_cell(ANSWERS + RING)
    for name, check in CHECKS.items():
        notebook.test_cell(check, id=name)
    results = notebook.sit(reference=SHARED + ANSWERS + RING)
    assert {name: results[name].points for name in CHECKS} == dict.fromkeys(CHECKS, 1), [
        results[name].staff_message for name in CHECKS if not results[name].points
    ]


@pytest.mark.parametrize(
    ("what", "test"),
    [
        ("a class of the test's", "class Own:\n    x = 1\nshow(Own())"),
        ("slots", "n = Narrow()\nn.x = 1\nshow(n)"),
        ("a library's object", "import sqlite3\nshow(sqlite3.connect(':memory:'))"),
    ],
)
def test_what_is_of_no_shared_class_is_the_authors_problem(notebook, what, test):
    notebook.shared_cell(SHARED)
    notebook.student_cell("def show(x): return 1")
    test = notebook.test_cell(test)
    assert notebook.sit(reference=SHARED + "def show(x): return 1")[test].outcome.name == "AUTHOR"


def test_a_method_of_the_tests_object_is_never_replaced(notebook):
    notebook.shared_cell(SHARED)
    notebook.student_cell("def pay(account, amount):\n    account.is_rich = lambda: True\n    account._balance = 7")
    test = notebook.test_cell("a = Account(1)\npay(a, 5)\nassert a.balance == 7 and not a.is_rich()")
    result = notebook.sit(reference=SHARED + ANSWERS)[test]
    assert result.points == 1, result.staff_message


def test_an_object_that_the_solution_leaves_alone_stays_as_it_was(notebook):
    notebook.shared_cell(SHARED)
    notebook.student_cell("def balance(account):\n    account._balance = 0\n    return 0")
    test = notebook.test_cell("a = Account(5)\nassert balance(a) == a.balance")
    assert notebook.sit(reference=SHARED + ANSWERS)[test].points == 0


@pytest.mark.parametrize(
    "reply", ["answer.objects = [Told(5, '', 'Account', [], [])]", "answer.body = Value(Instance(5))"]
)
def test_an_object_that_was_never_handed_over_is_refused(notebook, reply):
    notebook.shared_cell(SHARED)
    notebook.student_cell(f"""
    import sys
    from proctor.exam.wire.messages import Value
    from proctor.exam.wire.values import Instance, Told
    conversation = sys.modules["proctor.exam.candidate.candidate"]._Conversation
    say = conversation._say
    def lie(self, *args):
        answer = say(self, *args)
        {reply}
        return answer
    conversation._say = lie
    changed = sys.modules["proctor.exam.candidate.candidate"]._Objects.changed_objects = lambda self, objects: [Told(5, '', 'Account', [], [])]
    def balance(account): return 5
    """)
    test = notebook.test_cell("assert balance(Account(5))")
    result = notebook.sit(reference=SHARED + ANSWERS)[test]
    assert (result.points, result.outcome.name) == (0, "PROTOCOL")


def test_what_libraries_look_up_is_never_set_on_an_object_of_the_tests(notebook):
    """NumPy would read memory at an address that the student chooses."""
    answer = """
    def pay(account, amount):
        account.deposit(amount)
        account.__array_interface__ = {"shape": (3,), "typestr": "<i8", "data": (8, False), "version": 3}
        account._repr_html_ = account.paid = 1
    """
    notebook.shared_cell(SHARED)
    notebook.student_cell(answer)
    test = notebook.test_cell("a = Account(1)\npay(a, 5)\nassert sorted(vars(a)) == ['_balance', 'log', 'paid']")
    result = notebook.sit(reference=SHARED + ANSWERS)[test]
    assert result.points == 1, result.staff_message


def test_an_object_may_have_its_own_of_what_its_class_has_for_all(notebook):
    answer = "def rename(account): account.bank += '!'"
    notebook.shared_cell(SHARED)
    notebook.student_cell(answer)
    test = notebook.test_cell(
        "a = Account(1)\nrename(a)\nrename(a)\nassert a.bank == 'ours!!' and Account.bank == 'ours'"
    )
    result = notebook.sit(reference=SHARED + answer)[test]
    assert result.points == 1, result.staff_message


def test_a_function_of_the_tests_gives_objects(notebook):
    notebook.shared_cell(SHARED)
    notebook.student_cell("def first(make): return make(3).balance")
    test = notebook.test_cell("assert first(lambda n: Account(n)) == 3 and first(Savings) == 3")
    result = notebook.sit()[test]
    assert result.points == 1, result.staff_message


@pytest.mark.parametrize("told", ["['a', 'b'], [1]", "['_balance', 'log'], [1, Made('Fraction', [1])]"])
def test_what_is_told_of_an_object_is_read_with_suspicion(notebook, told):
    notebook.shared_cell(SHARED)
    notebook.student_cell(f"""
    import sys
    from proctor.exam.wire.values import Made, Told
    objects = sys.modules["proctor.exam.candidate.candidate"]._Objects
    objects.changed_objects = lambda self, objects: [Told(each.number, "", "Account", {told}) for each in objects]
    def pay(account, amount): pass
    """)
    test = notebook.test_cell("pay(Account(5), 1)")
    result = notebook.sit(reference=SHARED + ANSWERS)[test]
    assert (result.points, result.outcome.name) == (0, "PROTOCOL")


HIDDEN = "### BEGIN HIDDEN TESTS\nkeep(''.join(map(chr, [122, 101, 98, 114, 97])))\n### END HIDDEN TESTS\n"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("def told(a): return np.array([(kept[0], 1)], [('text', 'U9'), ('n', int)])", "told(a)"),
        ("def told(a): return np.array([(1,)], [(kept[0], int)])", "told(a).dtype.names"),
        ("def told(a): setattr(a, kept[0], 1)", "[told(a), vars(a)]"),
    ],
)
def test_a_hidden_text_is_not_told_by_a_table_or_an_object(notebook, answer, shown):
    answers = f"import numpy as np\nkept = []\ndef keep(x): kept.append(x)\n{answer}"
    notebook.shared_cell(SHARED)
    notebook.student_cell(answers)
    test = notebook.test_cell(f"{HIDDEN}a = Account(1)\nassert False, str({shown})")
    result = notebook.sit(reference=SHARED + "def keep(x): pass\ndef told(a): a.n = 1")[test]
    assert "zebra" not in f"{result.message}{result.outputs}" and "zebra" not in result.staff_message.splitlines()[0]


STREAMS = {
    "a generator": "assert total(i * i for i in range(4)) == 14",
    "map, zip and iter": "assert total(map(int, '123')) == 6 and pairs(zip('ab', [1, 2])) == {'a': 1, 'b': 2} and total(iter([1])) == 1",
    "without end": "import itertools\nassert first(itertools.count(5), 3) == [5, 6, 7]",
    "no more than is asked for": "x = iter([1, 2, 3])\nassert first(x, 2) == [1, 2] and next(x) == 3",
    "later": "assert list(lazy(iter([1, 2]))) == [2, 4]",
    "that raises": "def broken():\n    yield 1\n    raise KeyError('no more')\nassert caught(broken()) == [1, 'KeyError']",
    "lines of a file": "with open('lines.txt') as file:\n    assert lengths(file) == [1, 2]",
    "a file of csv": "import csv\nwith open('lines.txt') as file:\n    assert total(map(len, csv.reader(file))) == 2",
    "bytes": "with open('lines.txt', 'rb') as file:\n    assert everything(file) == b'a\\nbb\\n'",
    "text in memory": "import io\nassert everything(io.StringIO('abc')) == 'abc' and written('x').getvalue() == 'x'",
    "a table of records": "import numpy as np\nassert oldest(np.array([('Ann', 3), ('Bo', 5)], dtype=[('name', 'U9'), ('age', int)])) == 'Bo'",
    "a table given back": "assert table().dtype.names == ('a', 'b') and table()['b'].tolist() == [[1, 2]]",
}


def test_iterators_files_and_tables_are_arguments(notebook):
    (notebook.shared / "lines.txt").write_text("a\nbb\n")
    notebook.student_cell("""
    import io, itertools
    import numpy as np
    def total(xs): return sum(xs)
    def pairs(xs): return dict(xs)
    def first(xs, n): return list(itertools.islice(xs, n))
    def lazy(xs): return (2 * x for x in xs)
    def caught(xs):
        seen = []
        try:
            for x in xs: seen.append(x)
        except Exception as error: seen.append(type(error).__name__)
        return seen
    def lengths(file): return [len(line.strip()) for line in file]
    def everything(file): return file.read()
    def written(text):
        out = io.StringIO()
        out.write(text)
        return out
    def oldest(people): return people["name"][people["age"].argmax()]
    def table(): return np.array([(1, [1, 2])], dtype=[("a", int), ("b", int, 2)])
    """)
    for name, check in STREAMS.items():
        notebook.test_cell(check, id=name)
    results = notebook.sit()
    assert {name: results[name].points for name in STREAMS} == dict.fromkeys(STREAMS, 1), [
        results[name].staff_message for name in STREAMS if not results[name].points
    ]


def test_an_iterator_is_lent_to_one_name_like_a_function(notebook):
    notebook.student_cell("def keep(xs):\n    global kept\n    kept = xs\ndef peek(): return next(kept)")
    test = notebook.test_cell("keep(iter([4711]))\nassert peek() == 4711")
    assert notebook.sit()[test].outcome.name == "AUTHOR"
