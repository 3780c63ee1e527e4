"""Recurse without end in C, where no recursion limit stops it.

Against: no submission stops another.
"""
# stock: would harm nothing, but waits for nbgrader's timeout

# %% after conv-output-shape
import sys
import threading

sys.setrecursionlimit(10**9)
threading.stack_size(0)


def deeper(n):
    return sorted([1, 2], key=lambda _: deeper(n + 1))


deeper(0)
