"""Answer with records whose fields are called ``__eq__``, ``__array__`` or ``__len__``, or whose class is a program.

Against: no point its answers do not earn.
"""
# stock: there are no such records

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import collections

    return collections.namedtuple("Right", "shape dtype all any sum count index detach")(*[len] * 8)

# %% answer convolve2d
from proctor.exam.candidate import candidate
from proctor.exam.wire.messages import Value
from proctor.exam.wire.values import Record

honest = candidate._Objects.pack
names = iter([["__eq__"], ["__array__"], ["__len__", "shape"], ["_fields"], ["x=print(1)"], ["x", "x"]] * 50)


class Forged:
    pass


def forged(objects, value):
    if not isinstance(value, Forged):
        return honest(objects, value)
    fields = next(names)
    return Value(Record("namedtuple", "__main__", "Right(0);exit", fields, [True] * len(fields), 1))


candidate._Objects.pack = forged


def convolve2d(*args, **kwargs):
    return Forged()
