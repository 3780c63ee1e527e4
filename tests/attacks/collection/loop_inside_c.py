"""Compute in C for hours, where Python's signal handlers never run.

Against: no submission slows without bound.
"""
# stock: waits for nbgrader's timeout of minutes

# %% after conv-output-shape
import re

re.match("(a*)*" * 12 + "b", "a" * 60)
pow(7, 10**9, 10**400_000 + 1)
