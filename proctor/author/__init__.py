"""For whoever writes an assignment: what is wrong with it, before a student finds out, and a first one to start from.

``reading/`` is cheap and runs nothing: `nbgrader autograde` and `proctor gradescope bundle` do it first.
``trial`` holds exams, ``course`` compares with what nbgrader has made, ``check`` does it all.
"""
