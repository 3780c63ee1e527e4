"""Hand in a ``timestamp.txt`` of last year, and files with nbgrader's own names.

Against: metadata is never read for grading.
"""

# %% by hand
(folder / "timestamp.txt").write_text("1999-12-31 23:59:59.999999 UTC")
(folder / "gradebook.db").write_text("full points")
(folder / "grades.csv").write_text("everyone,100")
