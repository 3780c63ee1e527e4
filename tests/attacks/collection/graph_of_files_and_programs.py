"""Say that the network is made of operations that read files, run programs and look into memory.

Against: no submission reaches the grader.
"""
# notebook: fashion_mnist
# student: half-done
# may lose: test-checkpoint
# slow

# %% after imports
import itertools

asked = itertools.count()
WISHES = [
    ("from_file", ["@COURSE@/gradebook.db", False, 1000], {}),
    ("as_strided", [("images",), [100, 10], [10, 1], -(10**6)], {}),
    ("__reduce__", [("images",)], {}),
    ("set_", [("images",), ("parameter", "../../../etc/passwd")], {}),
    ("native_group_norm", [("images",), None, None, 10**7, 1, 784, 1, 1e-5], {}),
]


def trace_network(model, images):
    operations = [WISHES[next(asked) % len(WISHES)]]
    return {"operations": operations, "constants": [], "answer": ("result", 0, 0)}
