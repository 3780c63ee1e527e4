"""SymPy's expressions: what arrives equals what was sent, and nothing is evaluated or run on the way."""

import time

import pytest
import sympy as sp
from exam.wire.crossing import across, refused, stays

from proctor.exam.wire import values as wire

x, y, n = sp.Symbol("x", positive=True), sp.Symbol("y"), sp.Symbol("n", integer=True)
f = sp.Function("f")
EXPRESSIONS = [
    x**2 + 2 * x * y - 1, sp.sin(x) / x, sp.Rational(1, 3) * x, sp.Float("1.5") * x, sp.Float("1.12345678901234567890", 30),
    sp.pi * sp.E + sp.I, sp.oo, sp.nan, sp.sqrt(y) + sp.Abs(y), f(y).diff(y), sp.Integral(f(y), (y, 0, 1)), sp.true,
    sp.Sum(1 / n, (n, 1, sp.oo)), sp.Product(n, (n, 1, 3)), sp.Eq(y, 2), sp.Piecewise((y, y > 0), (0, True)), ~(y > 0),
    sp.Matrix([[1, y], [x, 3]]), sp.ImmutableMatrix([[1, 2]]), sp.And(y > 0, y < 1), sp.FiniteSet(1, 2, y),
    sp.Interval(0, 1), sp.S.Reals, sp.Union(sp.Interval(0, 1), sp.FiniteSet(3)), sp.Lambda(y, y**2), -y, y - 1, 2**y,
    (y + 1) * (y - 1), sp.Max(y, 1), sp.Integer(10) ** 100, sp.solve(y**2 - 2), {y: sp.exp(y) * sp.log(y + 1)}, sp.Float(0),
    sp.Symbol("lambda") + sp.Symbol("θ_1"),
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_an_expression_arrives_as_it_was(expression):
    got = across(expression)
    assert got == expression and type(got) is type(expression) and str(got) == str(expression)


def test_tests_can_calculate_with_what_arrives():
    got = across((x + 1) ** 2)
    assert sp.simplify(got - (x**2 + 2 * x + 1)) == 0 and got.subs(x, 2) == 9 and got.has(sp.Symbol("x", positive=True))
    assert not got.has(sp.Symbol("x"))


def test_powers_of_powers_are_not_computed():
    tower = sp.Pow(10, sp.Pow(10, 10, evaluate=False), evaluate=False)
    with sp.evaluate(False):
        nasty = [
            tower,
            tower + y,
            sp.factorial(sp.Integer(10) ** 9),
            sp.floor(tower),
            sp.Eq(tower, y),
            sp.Mod(tower, 7),
        ]
    nasty += [
        sp.Integral(tower * y, (y, 0, tower)),
        sp.Sum(tower * n, (n, 0, tower)),
        sp.Piecewise((tower, y > 0), (1, True)),
    ]
    started = time.process_time()
    assert across(nasty) == nasty
    assert time.process_time() - started < 1


def test_other_classes_and_names_that_could_run_stay_where_they_are():
    for value in (sp.Dummy("a"), sp.Symbol("__import__('os')"), sp.Symbol("a b"), sp.Function("eval")(y), sp.Wild("w"),
                  sp.Function("load")(y), sp.Limit(y, y, 0), sp.Symbol("_private"), sp.Integer(2**20_000)):  # fmt: skip
        assert stays(value), value


def symbol(name: str, **assumptions):
    return wire.Made("sympy", ["Symbol", name, wire.Pairs(list(assumptions), list(assumptions.values()))])


NO = wire.Pairs([], [])
ONE = wire.Made("sympy", ["Integer", 1])
FORGED = {
    "a class that is not in the list": ["Function", symbol("x")],
    "a class of another module": ["sympy.parsing.parse_expr", "1"],
    "a text where an expression is": ["Add", "__import__('os').system('true')", ONE],
    "a text in a function": ["sin", "x"],
    "a list where an expression is": ["Tuple", wire.Items("list", ["x"])],
    "a symbol that is a program": ["Symbol", "__import__('os').abort()", NO],
    "a symbol that is a call": ["Symbol", "exit()", NO],
    "a function that Python knows": ["function", "eval", NO, ONE],
    "a function that numpy knows": ["function", "fromfile", NO, ONE],
    "a function with a dunder": ["function", "__class__", NO, ONE],
    "a function of a text": ["function", "g", NO, "x"],
    "an assumption that is none": ["Symbol", "x", wire.Pairs(["cls"], [True])],
    "an assumption that is no bool": ["Symbol", "x", wire.Pairs(["real"], [1])],
    "assumptions that contradict": ["Symbol", "x", wire.Pairs(["positive", "negative"], [True, True])],
    "an integer of text": ["Integer", "1"],
    "an integer of huge size": ["Integer", wire.Big("f" * 5000)],
    "a rational by nothing": ["Rational", 1, 0],
    "a float with an exponent of a billion": ["Float", 0, 1, 10**9, 1, 53],
    "a float that says wrong bits": ["Float", 0, 5, 0, 1, 53],
    "a float of endless precision": ["Float", 0, 1, 0, 1, 10**9],
    "a matrix that is larger than its cells": ["matrix", True, 10**6, 10**6, wire.Items("list", [ONE])],
    "a matrix of texts": ["matrix", True, 1, 1, wire.Items("list", ["__import__('os')"])],
    "a constant that is none": ["constant", "os"],
    "an argument that the student keeps": ["Add", wire.Reference(1), ONE],
}


@pytest.mark.parametrize("parts", FORGED.values(), ids=FORGED.keys())
def test_a_forged_expression_is_refused_by_the_receiver(parts):
    refused(wire.Made("sympy", parts))
