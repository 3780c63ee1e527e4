"""The three notebooks as they lie in the folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hw4_helpers.saved import read_cells

from .folder import NOTEBOOKS, squeezed
from .questions import NOT_WRITTEN, Question, is_error, questions_of, runs
from .troubles import Trouble

#: The calls at the end, which need not have been run when the notebook was saved.
LAST = ("hand_in(", "report(")


@dataclass(frozen=True)
class Notebook:
    """A notebook of the homework; ``path`` is None when there is none."""

    name: str
    path: Path | None
    questions: list[Question]
    troubles: list[Trouble]

    @property
    def ready(self) -> float:
        """Points of the questions that are answered and whose visible checks pass."""
        return sum(question.points for question in self.questions if question.state in ("answered", "ready"))


def notebooks_in(folder: Path) -> list[Notebook]:
    """All three, in the order of the homework."""
    return [_notebook(folder, name, points) for name, points in NOTEBOOKS.items()]


def _notebook(folder: Path, name: str, points: int) -> Notebook:
    path = folder / f"{name}.ipynb"
    others = sorted(
        other for other in folder.glob("*.ipynb") if squeezed(name) in squeezed(other.stem) and other != path
    )
    if not path.is_file():
        if not others:
            return Notebook(name, None, [], [Trouble(points, f"{path.name} is missing")])
        latest = max(others, key=lambda other: other.stat().st_mtime)
        found = _read(name, latest, points)
        words = f"{latest.name} goes into the zip as {path.name}: rename it, so that it is clear which one counts"
        return Notebook(name, latest, found.questions, [Trouble(0, words), *found.troubles])
    found = _read(name, path, points)
    doubles = [
        Trouble(0, f"{other.name} stays out of the zip, only {path.name} goes in: is that the one you worked in?")
        for other in others
    ]
    return Notebook(name, path, found.questions, [*doubles, *found.troubles])


def _read(name: str, path: Path, points: int) -> Notebook:
    try:
        cells = read_cells(path)
    except (OSError, ValueError) as error:
        return Notebook(name, path, [], [Trouble(points, f"{error}: is it damaged? Open it and save it again")])
    questions = questions_of(cells)
    return Notebook(name, path, questions, [*_about_questions(name, questions, points), *_about_cells(path, cells)])


def _about_questions(name: str, questions: list[Question], points: int) -> Iterator[Trouble]:
    if not questions:
        words = (
            "an editor has removed nbgrader's marks, so its questions cannot be told. Grading finds your answers anyway"
        )
        yield Trouble(0, f"{name}.ipynb: {words}")
        return
    for question in questions:
        if question.state not in ("answered", "ready"):
            words = f"{question.title}: {question.state}" + (f" ({question.words})" if question.words else "")
            yield Trouble(question.points, f"{name} · {words}")
    lost = points - sum(question.points for question in questions)
    if lost > 0:
        yield Trouble(
            lost, f"{name}.ipynb: cells with {lost:g} points are gone. Copy your answers into a fresh notebook"
        )


def _about_cells(path: Path, cells: list[dict]) -> Iterator[Trouble]:
    """Cells that are no question's: those are counted with their question."""
    code = [cell for cell in cells if cell["cell_type"] == "code" and runs(cell)]
    free = [
        cell
        for cell in code
        if not cell["metadata"].get("nbgrader") and not any(call in cell["source"] for call in LAST)
    ]
    not_run = sum(cell["execution_count"] is None for cell in free)
    if not_run:
        yield Trouble(
            0, f"{path.name}: {_cells(not_run)} not run. Kernel → Restart Kernel and Run All Cells, then save"
        )
    failed = sum(any(is_error(output) for output in cell["outputs"]) for cell in free)
    if failed:
        yield Trouble(0, f"{path.name}: {_cells(failed)} without points ended in an error")
    if not any(cell["metadata"].get("nbgrader") for cell in cells):
        left = sum(NOT_WRITTEN in cell["source"] for cell in code)
        if left:
            yield Trouble(0, f"{path.name}: raise {NOT_WRITTEN}() is still in {_cells(left)}")


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
