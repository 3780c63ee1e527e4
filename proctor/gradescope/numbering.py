"""Where a graded cell stands in its assignment: a number and a title, as its notebook has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from proctor.notebooks.assignment import AssignmentNotebook
from proctor.notebooks.headings import headings


@dataclass(frozen=True)
class Place:
    """``number`` is that of the notebook and of the section, as ``1.2``, and of the cell if there are several."""

    number: str
    title: str


@dataclass(frozen=True)
class _Graded:
    """A graded cell, the number of its section ("" if it has none) and the text of its heading."""

    id: str
    name: str
    section: str
    heading: str


def places(position: int, notebook: AssignmentNotebook) -> dict[str, Place]:
    """The place of each graded cell by its id; ``position`` is the notebook's, from 1.

    Sections are numbered as their headings are (``## 3 · One epoch``). Without numbered
    headings, cells are numbered in their order.
    """
    cells = list(_graded_cells(notebook))
    in_section, under_heading = Counter(cell.section for cell in cells), Counter(cell.heading for cell in cells)
    has_sections = any(in_section.keys() - {""})
    count: Counter[str] = Counter()
    found = {}
    for cell in cells:
        count[cell.section] += 1
        number = [str(position)]
        if has_sections:
            number.append(cell.section or "0")
        if not has_sections or in_section[cell.section] > 1:
            number.append(str(count[cell.section]))
        is_alone = cell.heading and under_heading[cell.heading] == 1
        title = cell.heading if is_alone else " · ".join(filter(None, (cell.heading, cell.name)))
        found[cell.id] = Place(".".join(number), title)
    return found


def _graded_cells(notebook: AssignmentNotebook) -> Iterator[_Graded]:
    section, heading = "", ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for number, title in headings(cell.release_source):
                section, heading = number or section, title
        if cell.role in ("test", "manual", "task"):
            yield _Graded(cell.id, (cell.grade_id or "").removeprefix("test-"), section, heading)
