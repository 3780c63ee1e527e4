"""``proctor autograde``: a whole class, in parallel, into nbgrader's folders and gradebook.

``command`` reads nbgrader's flags; ``due`` says what there is to do; ``crew`` has it done in a process of its own, which
does ``work`` on several submissions at a time, values in and values out; what comes back is written by one
writer (``course.records``), notebooks and grades together (``placement``); ``screen`` and ``summary`` say so.
"""
