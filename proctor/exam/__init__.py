"""The exam: a notebook's tests run outside the student's process.

    with Room() as room:
        results = room.sit(paper, seed)

Four kinds of process: the *proctor* (the caller; ``room.py``, ``exam.py``,
``desks.py``) starts and stops everything and holds the clocks; two *zygotes*
(``zygote.py``) have everything imported and fork; a *candidate*
(``candidate.py``) runs the student's cells, confined (``sandbox.py``); an
*examiner* (``examiner.py``) runs the tests, which see the student's objects
through ``handles.py`` and ``wire.py``.
"""

from .limits import Limits
from .paper import Cell, CellResult, Outcome, Paper
from .room import Room
from .sandbox import SandboxUnavailable

__all__ = ["Cell", "CellResult", "Limits", "Outcome", "Paper", "Room", "SandboxUnavailable"]
