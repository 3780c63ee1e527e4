"""The cheap part: what reading an assignment's folder tells. Nothing is run, no gradebook is opened.

``reading``  everything below, for one folder
``markers``  BEGIN and END lines that nbgrader would not understand
``code``     asserts that are always true, names that nobody defines, packages that are not here
``points``   parts and the points of their cell
``chance``   hidden tests that draw nothing at random
``texts``    tests that would run a student's text as Python
``words``    tests that rest on the student's word
``leaks``    files beside the notebooks that hold what is not for students
"""

from .reading import Reading, read

__all__ = ["Reading", "read"]
