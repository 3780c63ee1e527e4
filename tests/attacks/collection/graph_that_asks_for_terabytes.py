"""Say that the network is made of operations that need terabytes, hours and a deep stack.

Against: no submission stops or slows the grader.
"""
# notebook: fashion_mnist
# student: half-done
# may lose: test-checkpoint
# slow

# %% after imports
def trace_network(model, images):
    deep = []
    for _ in range(30):
        deep = [deep]
    operations = [("repeat", [("images",), [1, 1, 10**6, 10**6]], {})]
    operations += [("expand", [("result", n, 0), [10**9, 1, 10**6, 10**6]], {}) for n in range(1_900)]
    operations += [("cat", [[("result", n, 0) for n in range(1_900)] * 10], {}), ("add", [deep], {})]
    return {"operations": operations, "constants": [], "answer": ("result", 1_900, 0)}
