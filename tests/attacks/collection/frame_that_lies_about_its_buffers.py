"""Answer with frames whose columns are longer, or point elsewhere, than their bytes; and with a subclass that equals everything.

Against: no point its answers do not earn.
"""
# stock: would harm nothing: there are no such parts

# %% answer conv-parameters
def conv_parameters(*args, **kwargs):
    import pandas as pd

    class Agreeable(pd.DataFrame):
        __eq__ = __ne__ = __lt__ = __gt__ = equals = lambda self, *other: True

        def __bool__(self):
            return True

    return Agreeable({"a": [1]})

# %% answer convolve2d
import pandas as pd
from proctor.exam.candidate import candidate
from proctor.exam.wire.values import Array, Items, Made

honest = candidate._Objects.pack
lies = iter([
    Made("pandas array", ["plain", Array("int64", [1 << 50], b"12345678", False)]),
    Made("pandas array", ["plain", Array("object", [1], b"\x10\x20\x30\x40\x50\x60\x70\x00", False)]),
    Made("pandas array", ["categories", Array("int8", [1], b"\x7f", False), Made("pandas Index", ["range", 0, 1, 1, None]), False]),
    Made("pandas array", ["texts", "a", Array("int64", [1], b"\xff\xff\xff\xff\xff\xff\xff\x0f", False)]),
] * 50)


def forged(objects, value):
    packed = honest(objects, value)
    if isinstance(value, pd.Series):
        packed.node.parts[0] = next(lies)
    return packed


candidate._Objects.pack = forged


def convolve2d(*args, **kwargs):
    return pd.Series([1.0])
