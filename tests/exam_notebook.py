"""Put a notebook together cell by cell, and let it sit an exam."""

import textwrap
from pathlib import Path

from proctor.exam.limits import Limits
from proctor.exam.paper import Cell, CellResult, Paper, Role
from proctor.exam.room import Room

LIMITS = Limits(
    cell_seconds=30,
    call_seconds=30,
    test_seconds=30,
    notebook_seconds=120,
    memory_bytes=1 << 30,
    file_bytes=8 << 20,
    folder_bytes=24 << 20,
    folder_files=300,
    threads=16,
    output_bytes=100_000,
    frame_bytes=32 << 20,
    nodes=200_000,
    restarts=4,
)


#: A cell that needs that many seconds of a processor.
BUSY = "import time; end = time.process_time() + {}\nwhile time.process_time() < end: pass"


class Notebook:
    """A notebook's code cells, and the folders around it."""

    def __init__(self, room: Room, folder: Path):
        self.room = room
        self.student, self.shared = folder / "submitted", folder / "hw"
        self.student.mkdir()
        self.shared.mkdir()
        self.cells: list[Cell] = []
        self.data: tuple[Path, ...] = ()
        self.imports: tuple[str, ...] = ()  # the instructor's, in cells that students may change

    def add(self, role: Role, source: str, points: float = 0.0, id: str = "") -> str:
        id = id or f"cell-{len(self.cells) + 1}"
        self.cells.append(Cell(id, textwrap.dedent(source).strip("\n"), role, points))
        return id

    def student_cell(self, source: str, id: str = "") -> str:
        return self.add("student", source, id=id)

    def shared_cell(self, source: str, id: str = "") -> str:
        return self.add("shared", source, id=id)

    def test_cell(self, source: str, points: float = 1.0, id: str = "") -> str:
        return self.add("test", source, points, id)

    def sit(self, seed: int = 1, reference: str = "") -> dict[str, CellResult]:
        solution = (Cell("solution", textwrap.dedent(reference), "student"),) if reference else ()
        files = files_in(self.student)
        paper = Paper("notebook", tuple(self.cells), solution, files, self.shared, self.data, imports=self.imports)
        return {result.id: result for result in self.room.sit(paper, seed)}


def files_in(folder: Path) -> dict[str, Path]:
    """What lies in a folder, by name, links and devices included."""
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if not path.is_dir()}


def text(result: CellResult) -> str:
    """Everything printed, displayed as text or raised in a cell."""
    parts = []
    for output in result.outputs:
        if output["output_type"] == "stream":
            parts.append(output["text"])
        elif output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}")
        else:
            parts.append(str(output["data"].get("text/plain", "")))
    return "\n".join(parts)
