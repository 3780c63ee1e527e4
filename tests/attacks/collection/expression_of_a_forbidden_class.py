"""Answer with SymPy trees that name other classes, hold texts to be evaluated, or powers that nobody can compute.

Against: no point its answers do not earn.
"""
# stock: would harm the grading host: a power of powers is computed

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import sympy

    return sympy.Pow(10, sympy.Pow(10, 10, evaluate=False), evaluate=False)

# %% answer convolve2d
from proctor.exam.candidate import candidate
from proctor.exam.wire.messages import Value
from proctor.exam.wire.values import Made, Pairs

honest = candidate._Objects.pack
program = "__import__('proctor').checks.score.__globals__['_tally'].earned.append(99)"
trees = iter([
    ["parse_expr", program],
    ["Add", program, program],
    ["sin", program],
    ["Symbol", program, Pairs([], [])],
    ["function", "eval", Pairs([], []), Made("sympy", ["Integer", 1])],
    ["matrix", True, 1, 1, program],
] * 50)


class Forged:
    pass


def forged(objects, value):
    return Value(Made("sympy", next(trees))) if isinstance(value, Forged) else honest(objects, value)


candidate._Objects.pack = forged


def convolve2d(*args, **kwargs):
    return Forged()
