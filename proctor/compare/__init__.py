"""``proctor compare``: a class graded by stock nbgrader and here, side by side, and each test cell that differs.

``students`` says whose work is graded; ``stock`` has nbgrader do it, in a copy of the course; ``here`` does it as every
other front end; ``differences`` puts marks beside each other. The course's own gradebook and folders stay as they are.
"""
