"""Report each cell with a million empty pieces: nothing to send again and again, a second to read.

Against: no submission slows another without bound.
"""
# may lose: everything
# slow
# stock: there is no such channel

# %% after conv-output-shape
import msgspec

from proctor.exam.candidate import candidate
from proctor.exam.wire.messages import Display, Ran

honest = candidate.encode
kinds = {f"{i:x}": "" for i in range(30)}
pieces = honest(Ran(1, [Display(kinds, "{}", str(i)) for i in range(9000)]))
first, second = pieces.split(b"\xa6number\x01", 1)


def flood(message):
    if type(message) is not Ran:
        return honest(message)
    return first + b"\xa6number" + msgspec.msgpack.encode(message.number) + second


candidate.encode = flood

# %% by hand
place = 2 + next(i for i, cell in enumerate(notebook["cells"]) if cell["id"] == "conv-output-shape")
notebook["cells"][place:place] = [
    {"cell_type": "code", "id": f"c-{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": "1"}
    for i in range(40)
]
