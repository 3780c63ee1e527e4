"""Write the notebooks of the sample class: the release, with each student's answers put in.

    python examples/build.py [STUDENT …]        (default: everyone)

Answers stand in examples/STUDENT/answers/NOTEBOOK.py, one "# %% CELL-ID" line before
each; "# %% *" answers every solution cell that has no answer of its own, and lines of
written answers begin with "# ". The student "reference" answers with the solutions in
source/. Checkpoints and event files are not made here but trained: examples/train.py.
"""

import re
import sys
from pathlib import Path

import nbformat

HERE = Path(__file__).parent
RELEASE = HERE.parent / "release" / "hw4"
SOURCE = HERE.parent / "source" / "hw4"


def main(argv: list[str]) -> int:
    students = argv or sorted(folder.parent.name for folder in HERE.glob("*/answers"))
    for student in students:
        folder = HERE / student / "hw4"
        folder.mkdir(parents=True, exist_ok=True)
        for name, notebook in submission(student).items():
            nbformat.write(notebook, folder / name)
        print(f"examples/{student}/hw4")
    return 0


def submission(student: str) -> dict[str, nbformat.NotebookNode]:
    """One student's notebooks by file name. KeyError: an answer to a cell that is not there."""
    notebooks = {}
    for path in sorted(RELEASE.glob("*.ipynb")):
        notebook = nbformat.read(path, 4)
        answers = solutions(path.name) if student == "reference" else written(student, path.stem)
        default = answers.pop("*", None)
        for cell in notebook.cells:
            info = cell.metadata.get("nbgrader", {})
            if info.get("solution"):
                fallback = default if cell.cell_type == "code" and default else cell.source
                cell.source = answers.pop(cell.id, fallback)
        if answers:
            raise KeyError(f"{student}: {path.name} has no solution cells {sorted(answers)}")
        notebooks[path.name] = notebook
    return notebooks


def solutions(name: str) -> dict[str, str]:
    """The instructor's answers by cell id, without the lines that only mark them."""
    markers = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.M)
    scheme = re.compile(r"### BEGIN MARK SCHEME.*?### END MARK SCHEME\n?", re.S)
    return {
        cell.id: markers.sub("", scheme.sub("", cell.source)).strip("\n")
        for cell in nbformat.read(SOURCE / name, 4).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }


def written(student: str, notebook: str) -> dict[str, str]:
    """Answers by cell id from examples/STUDENT/answers/NOTEBOOK.py; {} when there is no file."""
    path = HERE / student / "answers" / f"{notebook}.py"
    if not path.exists():
        return {}
    pieces = re.split(r"^# %% (\S+)( \[markdown\])?\n", path.read_text(), flags=re.M)[1:]
    answers = {}
    for cell_id, markdown, source in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        text = re.sub(r"^# ?", "", source, flags=re.M) if markdown else source
        answers[cell_id] = text.strip("\n")
    return answers


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
