"""The exam: a notebook's tests run outside the student's process.

    with Room() as room:
        results = room.sit(paper, seed)

A file's folder tells on which side of the wall it runs. Here is the *proctor*, the caller,
which starts and stops everything and holds the clocks. Two *zygotes* (``processes``) have
everything imported and fork; a *candidate* (``candidate``) runs the student's cells, confined
(``sandbox``); an *examiner* (``examiner``) runs the tests. Both run cells in the same shell
(``shell``) and never meet: what one says to the other crosses as values (``wire``).
"""
