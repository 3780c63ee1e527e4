"""SymPy's expressions as trees of names from a list, and back.

Threat model: SymPy evaluates texts as Python, and makes programs of expressions (``lambdify``), with the
names of their symbols and functions in them. So only symbols and functions are made of a text, which is
an identifier and, for a function, none that Python or a library knows. What is built are classes of this
list and no others, and nothing is evaluated: ``10**10**10`` stays a power.
"""

from __future__ import annotations

import builtins
import cmath
import keyword
import math
import unicodedata
from functools import lru_cache
from typing import Any

import numpy as np

from .kind import Kind, NotPlain, of
from .library import Library

mpmath: Any = Library("mpmath")
sympy: Any = Library("sympy")

MOST_BITS = 10_000  # of a number
MOST_CELLS = 100_000  # of a matrix
MOST_NAME = 200
_FUNCTIONS = """
    Abs sign Min Max Mod floor ceiling re im arg conjugate exp log sin cos tan cot sec csc asin acos atan acot atan2
    sinh cosh tanh coth sech csch asinh acosh atanh erf erfc gamma loggamma factorial binomial Heaviside DiracDelta
"""
_OPERATORS = (
    "Add Mul Pow Eq Ne Lt Le Gt Ge And Or Not Xor Implies Equivalent Piecewise FiniteSet Union Intersection Complement"
)
_OTHERS = "Derivative Integral Sum Product Tuple Interval Lambda Dict"
_CONSTANTS = "pi E I oo zoo nan true false EulerGamma GoldenRatio Catalan"
_SETS = "EmptySet Reals Integers Naturals Naturals0 Rationals Complexes UniversalSet"
_ASSUMPTIONS = frozenset(
    """
    algebraic antihermitian commutative complex composite even extended_negative extended_nonnegative extended_nonpositive
    extended_nonzero extended_positive extended_real finite hermitian imaginary infinite integer irrational negative
    noninteger nonnegative nonpositive nonzero odd polar positive prime rational real transcendental zero
    """.split()
)


@lru_cache(maxsize=1)
def _unevaluated() -> dict[str, Any]:
    """Classes that are told not to evaluate, by the names that they have."""
    return {made.__name__: made for made in (getattr(sympy, name) for name in (_FUNCTIONS + _OPERATORS).split())}


@lru_cache(maxsize=1)
def _classes() -> dict[str, Any]:
    pair = sympy.functions.elementary.piecewise.ExprCondPair
    return _unevaluated() | {name: getattr(sympy, name) for name in _OTHERS.split()} | {"ExprCondPair": pair}


@lru_cache(maxsize=1)
def _constants() -> dict[str, Any]:
    constants = [getattr(sympy, name) for name in _CONSTANTS.split()] + [
        getattr(sympy.S, name) for name in _SETS.split()
    ]
    return {str(constant): constant for constant in (*constants, -sympy.oo)}


def _parts(value: Any) -> list:
    """A tag, and what the expression is made of."""
    made = type(value)
    if isinstance(value, sympy.Integer):
        return ["Integer", _short(int(value.p))]
    if isinstance(value, sympy.Rational):
        return ["Rational", _short(int(value.p)), _short(int(value.q))]
    if made is sympy.Float:
        sign, mantissa, exponent, bits = value._mpf_
        return ["Float", int(sign), int(mantissa), int(exponent), int(bits), int(value._prec)]
    if made is sympy.Symbol and _is_name(value.name):
        return ["Symbol", value.name, dict(value.assumptions0)]
    if isinstance(value, sympy.core.function.AppliedUndef) and _is_free(made.__name__):
        return ["function", made.__name__, dict(made._kwargs), *value.args]
    if made in (sympy.MutableDenseMatrix, sympy.ImmutableDenseMatrix):
        return ["matrix", made is sympy.MutableDenseMatrix, value.rows, value.cols, value.flat()]
    if _classes().get(made.__name__) is made:
        return [made.__name__, *value.args]
    if value is _constants().get(str(value)):
        return ["constant", str(value)]
    raise NotPlain(f"a {made.__name__}")


def _expression(tag: Any, *parts: Any) -> Any:
    if of(str, tag) in _classes():
        return _made(tag, parts)
    makers: dict[str, Any] = {"Integer": _integer, "Rational": _rational, "Float": _float, "Symbol": _symbol, "function": _function,
              "matrix": _matrix, "constant": lambda name: _constants()[of(str, name)]}  # fmt: skip
    return makers[tag](*parts)


def _made(name: str, parts: tuple) -> Any:
    if not all(isinstance(part, sympy.Basic) for part in parts):
        raise TypeError("an expression is made of expressions")
    with sympy.evaluate(name in ("Integral", "Sum")):  # else they multiply what they hold by 1; it costs nothing
        return _classes()[name](*parts, **({"evaluate": False} if name in _unevaluated() else {}))


def _integer(value: Any) -> Any:
    return sympy.Integer(_short(value))


def _rational(numerator: Any, denominator: Any) -> Any:
    if _short(denominator) < 1:
        raise ValueError("not a fraction")
    return sympy.Rational(_short(numerator), denominator)


def _float(*parts: Any) -> Any:
    sign, mantissa, exponent, bits, precision = map(_short, parts)
    if sign not in (0, 1) or mantissa < 0 or bits != mantissa.bit_length() or not 1 <= precision <= MOST_BITS:
        raise ValueError("not a number")
    if abs(exponent) > 10 * MOST_BITS or bits > precision:
        raise ValueError("an exponent out of bounds")
    return sympy.Float((sign, mantissa, exponent, bits) if mantissa else 0.0, precision=precision)


def _short(value: Any) -> int:
    if of(int, value).bit_length() > MOST_BITS:
        raise ValueError("a number of too many digits")
    return value


def _symbol(name: Any, assumptions: Any) -> Any:
    if not _is_name(name):
        raise ValueError("not a symbol")
    return sympy.Symbol(name, **_checked(assumptions))


def _function(name: Any, assumptions: Any, *arguments: Any) -> Any:
    if not _is_free(name) or not all(isinstance(argument, sympy.Basic) for argument in arguments):
        raise ValueError("not a function of expressions")
    return sympy.Function(name, **_checked(assumptions))(*arguments, evaluate=False)


def _checked(assumptions: Any) -> dict:
    if not all(name in _ASSUMPTIONS and type(value) is bool for name, value in of(dict, assumptions).items()):
        raise ValueError("not assumptions")
    return assumptions


def _matrix(mutable: Any, rows: Any, columns: Any, cells: Any) -> Any:
    if min(of(int, rows), of(int, columns)) < 0 or rows * columns != len(of(list, cells)) or len(cells) > MOST_CELLS:
        raise ValueError("not a matrix")
    if not all(isinstance(cell, sympy.Expr) for cell in cells):
        raise TypeError("a matrix is made of expressions")
    return (sympy.MutableDenseMatrix if of(bool, mutable) else sympy.ImmutableDenseMatrix)(rows, columns, cells)


def _is_name(name: Any) -> bool:
    """Whether it can stand in a program without doing anything there."""
    return (
        type(name) is str
        and len(name) <= MOST_NAME
        and name.isidentifier()
        and not name.startswith("_")
        and unicodedata.normalize("NFKC", name) == name
        and (name == "lambda" or not keyword.iskeyword(name))
    )


def _is_free(name: Any) -> bool:
    """Whether no library has a function of that name, which ``lambdify`` would call."""
    known = (builtins, math, cmath, np, mpmath, sympy)
    return _is_name(name) and name != "lambda" and not any(hasattr(library, name) for library in known)


def _names_in(value: Any) -> list[str]:
    if isinstance(value, sympy.matrices.MatrixBase):
        value = sympy.Tuple(*value.flat())
    return [
        each.name if isinstance(each, sympy.Symbol) else type(each).__name__
        for each in value.atoms(sympy.Symbol, sympy.core.function.AppliedUndef)
    ]


def kinds() -> tuple[Kind, ...]:
    types = (sympy.Basic, sympy.matrices.MatrixBase)
    return (Kind("sympy", types, _parts, _expression, whole=True, cost=10, inside=_names_in),)
