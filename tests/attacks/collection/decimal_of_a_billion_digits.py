"""Answer with decimals of a billion digits, and with fractions that nobody can add.

Against: no submission slows without bound.
"""
# stock: would harm the grading host: it counts the digits

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    from decimal import Decimal
    from fractions import Fraction

    return [Decimal("1E+999999999"), Fraction(3**1_000_000, 2**1_500_000)][len(args) % 2]

# %% answer table
from proctor.exam.candidate import candidate
from proctor.exam.wire.values import Big, Made

honest = candidate._Objects.pack


def forged(objects, value):
    packed = honest(objects, value)
    if isinstance(value, dict) and "decimal" in value:
        packed.node.values[0] = Made("Decimal", ["1E+999999999"])
        packed.node.values[1] = Made("Fraction", [Big("f" * 16_000), Big("7" * 16_000)])
    return packed


candidate._Objects.pack = forged
table_with_flip = table_without_flip = {"decimal": 1, "fraction": 2}
