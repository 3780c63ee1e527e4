"""Print as much as a cell may in each of forty cells: plain, in wide characters, and in ones that a file escapes.

Against: no submission stops the host.
"""
# stock: would harm the grading host: gigabytes of output

# %% by hand
import itertools

prints = ("print('x' * 1_000_000)", "print('x' * 1_000_000 + chr(0x1F600))", "print(chr(1) * 1_000_000)")
place = 1 + next(i for i, cell in enumerate(notebook["cells"]) if cell["id"] == "conv-output-shape")
notebook["cells"][place:place] = [
    {"cell_type": "code", "id": f"print-{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
    for i, source in enumerate(itertools.islice(itertools.cycle(prints), 40))
]
