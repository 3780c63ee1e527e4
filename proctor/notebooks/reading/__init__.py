"""From a file's bytes to cells: whatever tool wrote it, and whatever happened to it since.

``read_cells`` is the one way in. An undamaged notebook is read as it is. What is damaged is
put in order as far as it can be, and every step says in words what it did.
"""

from .cells import Note, NotebookLimits, Readable, StudentCell, Unreadable
from .notebook import read_cells

__all__ = ["Note", "NotebookLimits", "Readable", "StudentCell", "Unreadable", "read_cells"]
