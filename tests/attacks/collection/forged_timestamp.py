"""Hand in a ``timestamp.txt`` of last year, and files with nbgrader's own names. (Metadata is never read for grading.)"""

# %% file timestamp.txt
1999-12-31 23:59:59.999999 UTC

# %% file gradebook.db
full points

# %% file grades.csv
everyone,100
