"""Loop in a cell without end.

Against: no submission slows without bound; no other cell loses a point.
"""
# stock: waits for nbgrader's timeout of minutes

# %% after conv-output-shape
while True:
    pass
