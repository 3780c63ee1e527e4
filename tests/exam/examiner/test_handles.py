"""How a test sees the student's names: values by value, anything else as a handle that proves nothing."""

from exam_notebook import text

VALUES = """
import numpy as np, torch
number, words, nothing, table = 3, ["a", "b"], None, {"w": np.arange(4.0), "n": (1, 2.5)}
weights = torch.ones(2, requires_grad=True)
def double(x): return 2 * x
def echo(*args, **kwargs): return args, kwargs
def numbers():
    yield from range(3)
class Account:
    def __init__(self, balance): self.balance = balance
    def deposit(self, amount): self.balance += amount
account = Account(10)
"""


FREE_NAMES = [
    "number == 3 and type(number) is int",
    "words == ['a', 'b'] and nothing is None",
    "table['w'].sum() == 6 and table['n'] == (1, 2.5)",
    "double(21) == 42",
    "(double(np.ones((2, 3))) == 2).all()",
    "torch.equal(double(torch.eye(2)), 2 * torch.eye(2))",
    "echo(1, 'x', key=[None, {2}]) == ((1, 'x'), {'key': [None, {2}]})",
    "list(numbers()) == [0, 1, 2]",
    "[double(n) for n in words] == ['aa', 'bb']",
    "sum(double(n) for n in range(3)) == 6",
    "(lambda: double(number))() == 6",
    "list(map(double, [1, 2])) == [2, 4]",
    "weights.requires_grad and weights.grad is None",
    "account.balance == 10 and account.deposit(5) is None and account.balance == 15",
    "Account(7).balance == 7",
    "double.__name__ == 'double'",
    "hasattr(account, 'balance') and not hasattr(account, 'owner')",
    "candidate.double(2) == 4",
    "echo(Account(3))[0][0].balance == 3",
    "next(iter(words)) == 'a' and next(numbers()) == 0",
    "callable(double)",
]


def test_free_names_are_the_students(notebook):
    notebook.student_cell(VALUES)
    for check in FREE_NAMES:
        notebook.test_cell(f"import numpy as np, torch\nassert {check}", id=check)
    results = notebook.sit()
    assert {check: results[check].points for check in FREE_NAMES} == dict.fromkeys(FREE_NAMES, 1.0)


def test_names_in_functions_and_classes_of_a_test_are_the_students_too(examine):
    result = examine(
        VALUES,
        """
        def check():
            return [double(n) for n in (1, 2)]
        class Check:
            value = double(3)
            def ask(self):
                return double(self.value)
        assert check() == [2, 4] and Check().ask() == 12
        """,
    )
    assert result.points == 1, result.staff_message


def test_helpers_of_earlier_cells_find_the_students_names_when_they_run(notebook):
    notebook.shared_cell("def twice(x):\n    return double(double(x))")
    notebook.student_cell("def double(x):\n    return 2 * x")
    notebook.test_cell("def check(x):\n    return twice(x)", id="defines")
    test = notebook.test_cell("assert check(3) == 12 and candidate.twice(3) == 12")
    assert notebook.sit()[test].points == 1


def test_a_name_of_the_examiners_own_wins_over_the_students(notebook):
    notebook.shared_cell("def limit(): return 10")
    notebook.student_cell("def limit(): return 99\nsum = lambda values: 0\nreference = candidate = None")
    test = notebook.test_cell(
        "assert limit() == 10 and candidate.limit() == 99 and sum([1, 2]) == 3 and reference.x == 5"
    )
    result = notebook.sit(reference="x = 5")[test]
    assert result.points == 1, result.staff_message


def test_a_name_that_nobody_defines_is_a_name_error(examine):
    result = examine("x = 1", "backwards(1)")
    assert result.outcome.name == "FAILED" and "name 'backwards' is not defined" in result.staff_message


def test_a_value_is_as_fresh_as_the_last_call(examine):
    result = examine(
        "counter = 0\ndef count():\n    global counter\n    counter += 1",
        "assert counter == 0\ncount()\nassert counter == 1\ncount(); count()\nassert counter == 3",
    )
    assert result.points == 1, result.staff_message


def test_changing_an_argument_in_place_does_not_reach_the_test(examine):
    assert examine("def spoil(x):\n    x[0] = 9", "x = [1]\nspoil(x)\nassert x == [1]").points == 1


def test_modules_work_as_handles(examine):
    result = examine(
        """
        from torch import nn
        class Net(nn.Module):
            def __init__(self, width=3):
                super().__init__()
                self.layer = nn.Linear(2, width)
                self.drop = nn.Dropout(0.5)
            def forward(self, x):
                return self.drop(self.layer(x))
        """,
        """
        import torch
        from torch import nn
        net = Net(width=4)
        x = torch.ones(5, 2)
        assert net.eval() is not None and torch.equal(net(x), net(x)) and net(x).shape == (5, 4)
        net.train()
        assert net.training
        with torch.no_grad():
            assert net(x).numpy().shape == (5, 4)
        assert sum(p.numel() for p in net.parameters()) == 12
        assert [name for name, _ in net.named_parameters()] == ["layer.weight", "layer.bias"]
        state = net.state_dict()
        assert torch.allclose(net.eval()(x), x @ state["layer.weight"].T + state["layer.bias"])
        state["layer.bias"] += 1
        net.load_state_dict(state)
        assert torch.equal(net.layer.bias, state["layer.bias"])
        assert not isinstance(net, nn.Module)
        """,
    )
    assert result.points == 1, result.staff_message


def test_a_loader_crosses_and_training_happens_where_the_model_lives(notebook):
    notebook.shared_cell("import torch\nfrom torch import nn\nfrom torch.utils.data import DataLoader, TensorDataset")
    notebook.shared_cell("""
        def trained(x, y, steps):
            model = make()
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            for _ in range(steps):
                train_epoch(model, DataLoader(TensorDataset(x, y), batch_size=8), optimizer)
            return model
    """)
    notebook.student_cell("""
        def make(): return nn.Linear(3, 1)
        def train_epoch(model, loader, optimizer):
            for x, y in loader:
                optimizer.zero_grad()
                nn.functional.mse_loss(model(x), y).backward()
                optimizer.step()
        def count(loader): return len(loader.dataset), loader.batch_size
    """)
    test = notebook.test_cell("""
        x = torch.randn(32, 3)
        y = x.sum(1, keepdim=True)
        assert count(DataLoader(TensorDataset(x, y), batch_size=5)) == (32, 5)
        model = candidate.trained(x, y, 30)
        assert nn.functional.mse_loss(model(x), y) < 0.1
    """)
    result = notebook.sit()[test]
    assert result.points == 1, result.staff_message


HELPERS = """
import torch
from torch import nn
def try_training(weights, steps):
    net = nn.Linear(2, 1, bias=False)
    net.load_state_dict({"weight": weights})
    return {"loss": improve(net, torch.optim.SGD(net.parameters(), lr=0.1), steps), "weight": net.weight}
def apply(x):
    return improve(lambda: x, None, 0)
def is_right(x):
    return double(x) == 2 * x
def check(x):
    assert double(x) == 2 * x
"""
IMPROVE = """
def improve(net, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        loss = net(torch.ones(1, 2)).pow(2).sum()
        loss.backward()
        optimizer.step()
    return loss.item()
"""


def test_a_helper_that_passes_what_cannot_cross_runs_where_the_student_is(notebook):
    notebook.shared_cell(HELPERS)
    notebook.student_cell(IMPROVE)
    test = notebook.test_cell("""
        result = try_training(torch.ones(1, 2), steps=20)
        assert result["loss"] < 0.1 and result["weight"].abs().max() < 0.5
    """)
    result = notebook.sit()[test]
    assert (result.outcome.name, result.points) == ("OK", 1), result.staff_message


def test_a_helper_that_judges_stays_with_the_examiner_whatever_the_student_makes_of_it(notebook):
    notebook.shared_cell(HELPERS)
    notebook.student_cell("def double(x): return x\ndef is_right(x): return True\ndef check(x): pass")
    tests = [notebook.test_cell(f"assert {judge}(3) is not False") for judge in ("is_right", "check")]
    results = notebook.sit()
    assert [results[test].points for test in tests] == [0, 0]


def test_a_helper_that_can_run_on_neither_side_is_the_authors_problem(notebook):
    notebook.shared_cell(HELPERS)
    notebook.student_cell("def improve(f, *rest): return f()")
    test = notebook.test_cell("assert apply(torch.optim.SGD([torch.ones(1)], 0.1))")
    assert notebook.sit()[test].outcome.name == "AUTHOR"


HOSTILE = """
class Agreeable:
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = lambda self, other: True
    __bool__ = lambda self: True
    __hash__ = __len__ = __int__ = __index__ = lambda self: 1
    __float__ = lambda self: 1.0
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = lambda self, other: self
    __abs__ = __neg__ = lambda self: 0
    __class__ = float
    def __array__(self, *args, **kwargs):
        import numpy as np
        return np.array(1.0)
    @property
    def __array_interface__(self):
        return {"shape": (1,), "typestr": "<f8", "data": (8, False), "version": 3}
    __cuda_array_interface__ = __array_struct__ = __array_interface__
    def _repr_html_(self): return "<script>hidden</script>"
    def __instancecheck__(self, other): return True
def f(*args): return Agreeable()
"""


ASSERTIONS = ["f(1) == 2", "2 == f(1)", "f(1) != 2", "f(1) < 2", "2 > f(1)", "not f(1)",
    "f(1) in [2]", "2 in f(1)", "f(1) in {2: 3}",
    "abs(f(1) - 2) < 1e-6", "float(f(1)) == 1", "int(f(1)) == 1", "round(f(1)) == 1",
    "np.allclose(f(1), 1)", "np.array_equal(f(1), 1)", "(np.asarray(f(1)) == 1).all()", "np.isclose(1, f(1))",
    "torch.as_tensor(f(1)) == 1", "torch.allclose(torch.ones(()), torch.tensor(f(1)))", "math.isclose(f(1), 1)",
    "isinstance(f(1), float)", "max(f(1), 2) == 2", "sorted([f(1), 2])", "'%d' % f(1) == '1'", "'x'[f(1):] == ''",
    "bytes(f(1))", "{f(1): 1}[2]", "f(1) is True", "f(1) == True", "all([f(1) == 2])",
    "np.testing.assert_allclose(f(1), 1) is None",
    "f(1) + 1 == 2", "2 - f(1)", "sum([f(1), f(1)]) == 2", "f(1) / 2 == 1", "divmod(f(1), 1)", "[1] * f(1)",
    "pytest.approx(1) == f(1)", "str(f(1)) == '1'", "f(1) @ 2 == 3"]  # fmt: skip


def test_an_object_cannot_talk_its_way_past_an_assert(notebook):
    notebook.student_cell(HOSTILE)
    for check in ASSERTIONS:
        notebook.test_cell(f"import math, numpy as np, pytest, torch\nassert {check}", id=check)
    results = notebook.sit()
    assert {check: results[check].points for check in ASSERTIONS} == dict.fromkeys(ASSERTIONS, 0.0)
    assert {results[check].outcome.name for check in ASSERTIONS} == {"FAILED"}


def test_a_hostile_object_as_last_value_earns_full_points_only_by_finishing(examine):
    result = examine(HOSTILE, "assert f(1) == 2\nf(1)")
    assert result.points == 0
    shown = examine(HOSTILE, "f(1)")
    assert "script" not in str(shown.outputs)


def test_the_author_reads_what_to_write_instead(examine):
    result = examine("class Thing: pass\nthing = Thing()", "assert thing == 3")
    assert "plain value" in result.message and "Compare plain values" in result.staff_message


IMPOSSIBLE = ["import math\napply(math, 1)",
    "apply.__doc__ = 1", "dir(table)",
    "class Own: pass\napply(Own(), 1)", "import torch\napply(torch.optim.SGD([torch.ones(1)], 0.1), 1)", "table[1] = 2",
    "reference.missing"]  # fmt: skip


def test_what_cannot_cross_is_the_authors_problem_and_says_so(notebook):
    notebook.student_cell("def apply(f, x): return f(x)\nclass Table: pass\ntable = Table()")
    for source in IMPOSSIBLE:
        notebook.test_cell(source, id=source)
    results = notebook.sit(reference="x = 1")
    for source in IMPOSSIBLE:
        result = results[source]
        assert (result.outcome.name, result.points) == ("AUTHOR", 0), source
        assert result.message == "The test could not be run; your instructor has been told."
        assert "faults.AuthorError: " in result.staff_message or "faults.CannotCross: " in result.staff_message


def test_an_authors_error_inside_a_part_is_reported_and_the_other_parts_count(examine):
    result = examine(
        "def apply(f, x): return f(x)\ndef double(x): return 2 * x",
        """
        from proctor.checks import part, score
        with part(1, "first"):
            apply(object(), [])
        with part(2, "second"):
            assert double(1) == 2
        score()
        """,
        points=3,
    )
    assert (result.outcome.name, result.points) == ("AUTHOR", 2)
    assert "✗ 0/1  first: the test could not be run; your instructor has been told\n" in text(result)


EXCEPTIONS = [("ValueError('x')", "ValueError"), ("KeyError('k')", "KeyError"), ("AssertionError", "AssertionError"),
    ("NotImplementedError()", "NotImplementedError"), ("OSError(2, 'no')", "FileNotFoundError"),
    ("type('Mine', (IndexError,), {})('x')", "IndexError"), ("ZeroDivisionError", "ArithmeticError")]  # fmt: skip


def test_an_exception_arrives_as_itself(notebook):
    for raised, caught in EXCEPTIONS:
        notebook.student_cell(f"def f():\n    raise {raised}")
        notebook.test_cell(f"import pytest\nwith pytest.raises({caught}):\n    f()", id=raised)
    results = notebook.sit()
    assert {raised: results[raised].points for raised, _ in EXCEPTIONS} == {raised: 1.0 for raised, _ in EXCEPTIONS}


SILENT = ["StopIteration", "StopAsyncIteration", "SystemExit", "KeyboardInterrupt", "GeneratorExit",
    "BaseException('x')",
    "type('Mine', (Exception,), {'__str__': lambda self: 1 / 0})()", "UnicodeDecodeError('utf-8', b'', 0, 1, 'x')",
    "type('Stop', (StopIteration,), {})()"]  # fmt: skip


def test_an_exception_that_would_end_something_silently_arrives_as_a_failure(notebook):
    for raised in SILENT:
        notebook.student_cell(f"def f(x):\n    raise {raised}")
        notebook.test_cell("assert all(map(lambda x: f(x) == 1, [1, 2]))\n5.0", points=5, id=raised)
    results = notebook.sit()
    assert {raised: results[raised].points for raised in SILENT} == dict.fromkeys(SILENT, 0.0)
    assert {results[raised].outcome.name for raised in SILENT} == {"FAILED"}


def test_a_test_can_ask_what_was_printed(examine):
    result = examine(
        "import sys\ndef greet(name):\n    print('hello', name)\n    print('careful', file=sys.stderr)",
        "with candidate.output() as printed:\n    greet('you')\n"
        "assert printed.stdout == 'hello you\\n' and 'careful' in printed.stderr",
    )
    assert result.points == 1, result.staff_message


def test_an_endless_iterator_is_stopped(impatient, examine):
    result = examine("def count():\n    while True:\n        yield 1", "sum(count())")
    assert result.points == 0 and result.outcome.name == "TIMEOUT"


def test_the_examiners_namespace_is_its_own(notebook):
    notebook.student_cell(
        "import builtins\nbuiltins.len = lambda x: 3\nimport numpy as np\nnp.allclose = lambda *a, **k: True"
    )
    test = notebook.test_cell("import numpy as np\nassert len([1]) == 1 and not np.allclose(1, 2)")
    assert notebook.sit()[test].points == 1


def test_files_that_the_notebook_wrote_can_be_read_by_a_test(notebook):
    (notebook.student / "given.txt").write_text("given")
    notebook.student_cell("open('made.txt', 'w').write('made')")
    test = notebook.test_cell("assert open('made.txt').read() + open('given.txt').read() == 'madegiven'")
    assert notebook.sit()[test].points == 1


def test_the_examiner_imports_the_assignments_modules_and_never_the_students(notebook):
    (notebook.student / "helpers.py").write_text("VALUE = 'theirs'")
    (notebook.student / "extra.py").write_text("VALUE = 'theirs'")
    (notebook.student / "statistics.py").write_text("raise SystemExit")
    (notebook.shared / "helpers.py").write_text("VALUE = 'ours'")
    test = notebook.test_cell("""
        import statistics, helpers
        assert helpers.VALUE == "ours" and statistics.mean([1, 3]) == 2
        try:
            import extra
        except ImportError:
            pass
        else:
            raise AssertionError("the student's module was imported")
    """)
    result = notebook.sit()[test]
    assert result.points == 1, result.staff_message


def test_printing_in_a_call_does_not_reach_the_tests_output(examine):
    result = examine("def f(x):\n    print('SECRET', x)\n    return x", "assert f(1) == 1\nprint('done')")
    assert text(result) == "done\n"


COMPUTING = """
class Vector:
    \"\"\"A point of the plane.\"\"\"
    def __init__(self, *xs): self.xs = list(xs)
    def __len__(self): return len(self.xs)
    def __str__(self): return f"<{self.xs}>"
    def __repr__(self): return f"Vector{tuple(self.xs)}"
    def __add__(self, other): return Vector(*[a + b for a, b in zip(self.xs, other.xs)])
    def __matmul__(self, other): return sum(a * b for a, b in zip(self.xs, other.xs))
    def __neg__(self): return Vector(*[-x for x in self.xs])
    def __abs__(self): return sum(x * x for x in self.xs) ** 0.5
"""
COMPUTED = ["len(v) == 2", "str(v) == '<[3, 4]>'", "repr(v) == 'Vector(3, 4)'", "f'{v}' == '<[3, 4]>'",
    "(v + v).xs == [6, 8]", "v @ v == 25", "(-v).xs == [-3, -4]", "abs(v) == 5",
    "Vector.__doc__ == 'A point of the plane.'",
    "v.__doc__ == Vector.__doc__", "str([v]) == '[Vector(3, 4)]'"]  # fmt: skip


def test_length_text_and_operators_are_computed_where_the_objects_are(notebook):
    notebook.student_cell(COMPUTING)
    for check in COMPUTED:
        notebook.test_cell(f"v = Vector(3, 4)\nassert {check}", id=check)
    results = notebook.sit()
    assert {check: results[check].points for check in COMPUTED} == dict.fromkeys(COMPUTED, 1.0)


ADAPTIVE = """
class Oracle:
    def __getattr__(self, name): return lambda *args: 0
    __sub__ = __rsub__ = __mod__ = __xor__ = __rxor__ = lambda self, other: 0
    __truediv__ = __rtruediv__ = lambda self, other: 1
    __add__ = __radd__ = __mul__ = __pow__ = lambda self, other: other
    __contains__ = __eq__ = lambda self, other: True
    __len__ = lambda self: 10 ** 15
    __iter__ = lambda self: iter([1])
    __str__ = __repr__ = lambda self: "said"
def f(x): return Oracle()
"""


def test_an_object_is_never_told_the_wanted_value_by_an_operator(notebook):
    checks = ["abs(f(1) - want) < 1e-6", "abs(want - f(1)) < 1e-6", "f(1) / want == 1", "want / f(1) == 1",
        "f(1) + want == want", "f(1) ^ want == 0", "want in f(1)", "np.abs(f(1) - np.array([want])).max() == 0",
        "np.array([want]) / f(1) == 1", "(f(1) - torch.tensor(want)) == 0", "torch.tensor(want) - f(1) == 0",
        "len(list(f(1))) == 1"]  # fmt: skip
    notebook.student_cell(ADAPTIVE)
    for check in checks:
        notebook.test_cell(f"import numpy as np, torch\nwant = 7.5\nassert {check}", id=check)
    results = notebook.sit()
    assert {check: results[check].points for check in checks} == dict.fromkeys(checks, 0.0)


def test_what_an_object_says_about_itself_does_not_reach_the_student(examine):
    for shown in ("print(f(1))", "print(f'{f(1)!r}')", "print([f(1)])", "assert False, f'{f(1)}'", "f(1)", "[f(1)]"):
        hidden = f"### BEGIN HIDDEN TESTS\n{shown}\n### END HIDDEN TESTS"
        result = examine(ADAPTIVE.replace('"said"', '"sa" + "id"'), hidden)
        assert "said" not in str(result.outputs) + result.message


ELSEWHERE = ["isinstance(f(1), Thing)", "class Sub(Thing): pass", "with f(1): raise KeyError",
    "try:\n    fails()\nexcept f(1):\n    pass"]  # fmt: skip


def test_what_needs_the_students_class_is_the_authors_problem_and_says_what_to_write(notebook):
    notebook.student_cell(
        "class Thing:\n    def __enter__(self): pass\n    def __exit__(self, *error): pass\n"
        "def f(x): return Thing()\nclass Oops(Exception): pass\ndef fails(): raise Oops"
    )
    for source in ELSEWHERE:
        notebook.test_cell(source, id=source)
    results = notebook.sit()
    for source in ELSEWHERE:
        assert (results[source].outcome.name, results[source].points) == ("AUTHOR", 0), source
        said = results[source].staff_message
        assert "candidate.HELPER" in said or "test what the code does" in said


PRINTS = "import sys\ndef hello(x):\n    print('hello', x)\n    print('careful', file=sys.stderr)"
COLLECTED = """
import contextlib, io
out, err = io.StringIO(), io.StringIO()
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
    hello({})
assert out.getvalue() == "hello 1\\n" and err.getvalue() == "careful\\n", out.getvalue().strip()
print("done")
"""


def test_prints_reach_a_test_that_redirects_them_and_only_the_test(examine):
    result = examine(PRINTS, COLLECTED.format(1))
    assert result.points == 1 and text(result) == "done\n"
    result = examine(PRINTS, COLLECTED.format("1234"))
    assert result.points == 0 and "1234" not in str(result.outputs) + result.message


def test_an_answer_that_is_not_written_yet_is_called_that(examine):
    stub = "def area(radius):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert examine(stub, "assert area(1) == 3").message == "`area` is not written yet."
    part = "from proctor.checks import *\nwith part(1, 'circles'):\n    area(1)\nscore()"
    assert text(examine(stub, part)) == "✗ 0/1  circles: `area` is not written yet\n\n0.0"
    other = "def area(radius):\n    raise NotImplementedError('no')"
    assert "raised NotImplementedError in `area`, line 2" in examine(other, "area(1)").message


UNSEEN = {
    "open('made.txt', 'w').write('abc')\nassert size('made.txt') == 3": "A test cannot write here",
    "import builtins\nbuiltins.input = 'hi'\nassert ask() == 'hi'": "replaced input",
    "import io, sys\nsys.stdin = io.StringIO('hi')\nassert ask() == 'hi'": "replaced stdin",
    "assert get_ipython().user_ns['ask']() == 1": "Just use the name",
    "assert isinstance(Thing(), Thing)": "candidate.HELPER",
}  # fmt: skip
THERE = "class Thing: pass\ndef size(name): return 0\ndef ask(): return input()\ndef tell(): print('hello')"


def test_what_a_test_cannot_do_from_another_process_is_the_authors_problem(notebook):
    for test in UNSEEN:
        notebook.student_cell(THERE)
        notebook.test_cell(test, id=test)
    results = notebook.sit()
    for test, words in UNSEEN.items():
        assert (results[test].outcome.name, results[test].points) == ("AUTHOR", 0), (test, results[test])
        assert words in results[test].staff_message, (test, results[test].staff_message)


OWN_NAMESPACE = [
    "ours = 1\nassert 'ours' in globals() and globals()['ours'] == 1 and 'ours' in dir()",
    "assert eval('double(2)', globals()) == 4",
    "def check():\n    ours = double(1)\n    return 'ours' in locals() and vars()['ours'] == 2\nassert check()",
    "import tempfile\nwith tempfile.TemporaryFile('w') as file:\n    file.write('x')\nassert double(1) == 2",
]


def test_a_test_may_look_up_its_own_names_and_write_temporary_files(notebook):
    notebook.student_cell("def double(x): return 2 * x")
    for test in OWN_NAMESPACE:
        notebook.test_cell(test, id=test)
    results = notebook.sit()
    assert {test: results[test].points for test in OWN_NAMESPACE} == dict.fromkeys(OWN_NAMESPACE, 1.0)
