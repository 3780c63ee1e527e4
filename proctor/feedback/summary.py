"""The grades of the whole assignment, on each of its pages."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool

from .books import read_books
from .overview import Overview, class_median, overview
from .student_view import hidden_regions


class FeedbackSummary(NbGraderPreprocessor):
    """Puts points and comments into a graded notebook, and an overview of all notebooks before it.

    In the place of nbgrader's GetGrades, which asks the gradebook for each cell.
    """

    class_median = Bool(
        False,
        help="Whether each page tells the median of the class, of all who are graded to the end, once they are five.",
    ).tag(config=True)

    _last: tuple[tuple, Overview] | None = None
    _medians: dict[str, float | None]

    def __init__(self, **kwargs) -> None:
        super().__init__(**kwargs)
        self._medians = {}

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        info = resources["nbgrader"]
        seen = self._overview(info, Path(resources["metadata"]["path"]))
        book = next(book for book in seen.books if book.name == info["notebook"])
        cells = book.cells
        for cell in nb.cells:
            about = cell.metadata.get("nbgrader", {})
            name = about.get("grade_id")
            if name in cells:
                about.update(score=cells[name].points, points=cells[name].maximum, again=cells[name].again)
            if name in book.comments:
                about["comment"] = book.comments[name]
        median = self._median(info) if self.class_median else None
        return nb, resources | {"overview": seen, "book": book, "class_median": median}

    def _overview(self, info: dict, folder: Path) -> Overview:
        """Read once for all pages of a student, which follow each other."""
        key = (info["db_url"], info["assignment"], info["student"])
        if self._last is None or self._last[0] != key:
            with Gradebook(info["db_url"]) as gradebook:
                books = read_books(folder, hidden_regions(self))
                self._last = key, overview(gradebook, info["assignment"], info["student"], books)
        return self._last[1]

    def _median(self, info: dict) -> float | None:
        """Asked for once for the whole class."""
        if info["assignment"] not in self._medians:
            with Gradebook(info["db_url"]) as gradebook:
                self._medians[info["assignment"]] = class_median(gradebook, info["assignment"])
        return self._medians[info["assignment"]]
