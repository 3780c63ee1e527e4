"""``proctor autograde``: a whole class, in parallel, into nbgrader's folders and gradebook.

``command`` reads nbgrader's flags; ``due`` says what there is to do; ``crew`` has it done in processes, each of which
does ``work`` on one submission after the other, values in and values out; what comes back is written by one
writer (``course.records``), notebooks and grades together (``placement``); ``screen`` and ``summary`` say so.
"""
