"""Write cells that are hard to parse: nested ten thousand deep, with huge numbers and null bytes.

Against: no submission stops another.
"""

# %% by hand
from nbformat.v4 import new_code_cell

hard = [
    "(" * 10_000 + ")" * 10_000,
    "-" * 100_000 + "1",
    "+".join("a" * 50_000),
    "x = " + "9" * 10_000,
    "if 1:\n" + "".join(" " * i + "if 1:\n" for i in range(1, 150)),
    "a\0b",
    "f'" + "{" * 300 + "}" * 300 + "'",
    "x" + ".x" * 30_000,
    "lambda: " * 5_000 + "1",
    "\u202edef f(): pass",
    "class A:\n pass\n" * 20_000,
    "not " * 60_000 + "1",
]
notebook["cells"] += [new_code_cell(source, id=f"hard-{number}") for number, source in enumerate(hard)]
