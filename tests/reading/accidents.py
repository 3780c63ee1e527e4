"""The cases: how uploads arrive."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from reading.cases import case
from reading.lab import filled, save


def into_zip(folder: Path, archive: Path, inside: str = "") -> None:
    """Move everything in ``folder`` into a zip, below a folder of that name."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in files:
            opened.write(path, Path(inside) / path.relative_to(folder))
    empty(folder, but=archive)


def empty(folder: Path, but: Path) -> None:
    for path in folder.iterdir():
        if path != but:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def into_folder(folder: Path, name: str) -> None:
    """Move everything in ``folder`` below a folder of that name in it."""
    files = list(folder.iterdir())
    (folder / name).mkdir(parents=True)
    for path in files:
        path.rename(folder / name / path.name)


@case(silent=True)
def right(folder: Path) -> None:
    """A submission without an accident."""


@case(silent=True)
def only_the_zip(folder: Path) -> None:
    """The zip that the last cell has written, alone in the folder."""
    into_zip(folder, folder / "hw4.zip")


@case(silent=True)
def a_zip_with_a_folder_in_it(folder: Path) -> None:
    """A zip as Windows and macOS make it of a folder."""
    into_zip(folder, folder / "Homework.zip", inside="Homework")


@case(silent=True)
def two_folders_deeper(folder: Path) -> None:
    """Everything two folders deeper."""
    into_folder(folder, "submission/hw4")


# One way in: zips and folders


@case(silent=True)
def a_zip_in_a_zip(folder: Path) -> None:
    """The zip, zipped again by the system."""
    into_zip(folder, folder / "hw4.zip")
    into_zip(folder, folder / "submission_12.zip", inside="upload")


@case()
def a_zip_that_was_numbered(folder: Path) -> None:
    """The zip, downloaded twice."""
    into_zip(folder, folder / "hw4.zip (1)")


@case(silent=True)
def a_zip_without_an_ending(folder: Path) -> None:
    """A system that takes the ending away."""
    into_zip(folder, folder / "submission")


@case(silent=True)
def a_zip_with_backslashes(folder: Path) -> None:
    """Names as some programs on Windows write them."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    with zipfile.ZipFile(folder / "hw4.zip", "w") as archive:
        for path in files:
            archive.writestr("hw4\\" + str(path.relative_to(folder)).replace("/", "\\"), path.read_bytes())
    empty(folder, but=folder / "hw4.zip")


@case("runs.zip was read")
def every_part_zipped_by_itself(folder: Path) -> None:
    """A zip of each notebook, of the file, and of what is in the folder."""
    into_zip(folder / "runs", folder / "doejane_12345_67890_runs.zip")
    (folder / "runs").rmdir()
    for name in ("lab.ipynb", "essay.ipynb", "weights.json"):
        with zipfile.ZipFile(folder / f"{name}.zip", "w") as archive:
            archive.write(folder / name, name)
        (folder / name).unlink()


@case(silent=True)
def the_zip_beside_its_contents(folder: Path) -> None:
    """Everything, and the zip of it too."""
    shutil.make_archive(str(folder.parent / "hw4"), "zip", folder)
    (folder.parent / "hw4.zip").rename(folder / "hw4.zip")


@case(silent=True)
def files_in_the_folder_above(folder: Path) -> None:
    """Notebooks in a folder of their own, and the files that belong to them above it."""
    (folder / "notebooks").mkdir()
    for name in ("lab", "essay"):
        (folder / f"{name}.ipynb").rename(folder / "notebooks" / f"{name}.ipynb")


@case(silent=True)
def each_notebook_in_a_folder_of_its_own(folder: Path) -> None:
    """One folder per notebook, with the files in the last one."""
    names = [path.name for path in folder.iterdir()]
    for name in names:
        place = folder / ("1 lab" if name == "lab.ipynb" else "2 essay")
        place.mkdir(exist_ok=True)
        (folder / name).rename(place / name)


@case(silent=True)
def two_versions_in_two_folders(folder: Path) -> None:
    """A folder with an older copy of everything: the files beside the notebook that is read are its own."""
    into_folder(folder, "final")
    shutil.copytree(folder / "final", folder / "final" / "backup")
    (folder / "final" / "backup" / "weights.json").write_text(json.dumps({"w": 7}))


@case(silent=True)
def folders_of_moodle(folder: Path) -> None:
    """Moodle's folder around each upload."""
    into_folder(folder, "Jane Doe_12345_assignsubmission_file_")


# Files under other names


def renamed(folder: Path, weights: str = "weights.json", runs: str = "runs") -> None:
    (folder / "weights.json").rename(folder / weights)
    (folder / "runs").rename(folder / runs)


@case("weights (1).json was read", "runs (1) was read")
def files_numbered_by_a_browser(folder: Path) -> None:
    """A second download is numbered."""
    renamed(folder, "weights (1).json", "runs (1)")


@case("weights-1.json was read", "runs 2 was read")
def files_numbered_by_systems(folder: Path) -> None:
    """Canvas and macOS number them otherwise."""
    renamed(folder, "weights-1.json", "runs 2")


@case("weights-Copy1.json was read", "Runs was read")
def files_copied_and_respelt(folder: Path) -> None:
    """JupyterLab's Duplicate, and a name with a capital letter."""
    renamed(folder, "weights-Copy1.json", "Runs")


@case("Weights.JSON was read", "Copy of runs was read")
def files_in_capital_letters(folder: Path) -> None:
    """Capital letters, and a copy as Google Drive calls it."""
    renamed(folder, "Weights.JSON", "Copy of runs")


@case("doejane_123456_7654321_weights-1.json was read")
def files_named_by_canvas(folder: Path) -> None:
    """Canvas puts the student's name and numbers before every file, and a zip's contents stay."""
    into_zip(folder / "runs", folder / "doejane_123456_7654320_runs.zip", inside="runs")
    shutil.rmtree(folder / "runs")
    for number, name in enumerate(["lab.ipynb", "essay.ipynb", "weights.json", "tools.py"], 7654321):
        path = folder / name
        path.rename(
            folder / f"doejane_123456_{7654321 if name == 'weights.json' else number + 1}_{path.stem}-1{path.suffix}"
        )


@case("hw_jdoe_attempt_2026-01-31-23-59-59_weights.json was read")
def files_named_by_blackboard(folder: Path) -> None:
    """Blackboard puts the assignment, the student and the time before every file."""
    for name in ("lab.ipynb", "essay.ipynb", "weights.json"):
        (folder / name).rename(folder / f"hw_jdoe_attempt_2026-01-31-23-59-59_{name}")


@case("weights (1).json was read. Not read: weights.json")
def an_empty_file_and_its_second_download(folder: Path) -> None:
    """Of two candidates the one that arrived whole."""
    shutil.copy(folder / "weights.json", folder / "weights (1).json")
    (folder / "weights.json").write_text("")


@case("weights.json was read. Not read: weights (1).json")
def an_old_copy_beside_the_right_file(folder: Path) -> None:
    """Of two candidates the one with the right name."""
    (folder / "weights (1).json").write_text(json.dumps({"w": 7, "of": "an older training"}))


@case("lab (1).ipynb", "weights (1).json was read. Not read: weights.json")
def copies_that_belong_together(folder: Path) -> None:
    """The second copy of the notebook was saved with the second copy of the file."""
    (folder / "lab.ipynb").rename(folder / "lab (1).ipynb")
    save(folder / "lab.ipynb", filled(answers={}))
    (folder / "weights.json").rename(folder / "weights (1).json")
    (folder / "weights.json").write_text(json.dumps({"w": 7}))


@case(silent=True)
def a_folder_unpacked_into_itself(folder: Path) -> None:
    """runs/runs, as some programs unpack."""
    into_folder(folder / "runs", "runs")


# Two versions of a notebook


def beside_an_untouched_one(folder: Path, name: str) -> None:
    (folder / "lab.ipynb").rename(folder / name)
    save(folder / "lab.ipynb", filled(answers={}))


@case("lab (1).ipynb: There is more than one version of lab.ipynb; this one was graded. Not graded: lab.ipynb (nothing")
def an_untouched_notebook_beside_a_finished_download(folder: Path) -> None:
    """The one with answers is graded, and the student learns which was."""
    beside_an_untouched_one(folder, "lab (1).ipynb")


@case("lab-Copy1.ipynb: There is more than one version", "Not graded: lab.ipynb (nothing is answered in it)")
def an_untouched_notebook_beside_a_finished_copy(folder: Path) -> None:
    """The same with JupyterLab's Duplicate."""
    beside_an_untouched_one(folder, "lab-Copy1.ipynb")


@case("Not graded: lab.ipynb (nothing is answered in it)")
def an_untouched_notebook_that_was_run(folder: Path) -> None:
    """Outputs, and a cell without an answer in it, are no answers."""
    beside_an_untouched_one(folder, "lab (1).ipynb")
    book = nbformat.read(folder / "lab.ipynb", 4)
    book.cells.append(new_code_cell("%pwd"))
    for node in book.cells:
        if node.cell_type == "code":
            node.execution_count = 1
            node.outputs = [nbformat.v4.new_output("stream", text="hello")]
    save(folder / "lab.ipynb", book)


@case("lab (1).ipynb: There is more than one version", "Not graded: lab.ipynb")
def a_half_done_notebook_beside_a_finished_one(folder: Path) -> None:
    """The one that has all answers of the other, and more."""
    (folder / "lab.ipynb").rename(folder / "lab (1).ipynb")
    save(folder / "lab.ipynb", filled(answers={"twice": "def twice(x):\n    return 2 * x"}))


# What is large, or nobody's work


@case(silent=True)
def a_virtual_environment(folder: Path) -> None:
    """An environment of thousands of files beside the notebooks, whatever it is called."""
    library = folder / "my env" / "lib" / "python3.11" / "site-packages" / "package"
    library.mkdir(parents=True)
    (folder / "my env" / "pyvenv.cfg").write_text("home = /usr")
    for number in range(3000):
        (library / f"{number}.py").touch()


@case(silent=True)
def caches_and_repositories(folder: Path) -> None:
    """What tools leave beside the notebooks."""
    for name in (".git/objects/ab", "node_modules/left-pad", "__pycache__", ".ipynb_checkpoints", ".venv/lib"):
        (folder / name).mkdir(parents=True)
        (folder / name / "file.py").write_text("x = 1")
    save(folder / ".ipynb_checkpoints" / "lab-checkpoint.ipynb", filled(answers={}))


@case(silent=True)
def videos(folder: Path) -> None:
    """Videos of more bytes than an exam may write."""
    for number in range(3):
        with open(folder / f"talk {number}.mp4", "wb") as file:
            file.truncate(300 << 20)


@case(silent=True)
def a_large_file_that_the_notebook_reads(folder: Path) -> None:
    """It is there under its name."""
    with open(folder / "weights.json", "a") as file:
        file.write(" " * (60 << 20))
    with open(folder / "points.bin", "wb") as file:
        file.truncate(200 << 20)
    book = filled()
    book.cells[2].source = "import os\nassert os.path.getsize('points.bin') == 200 << 20\n" + book.cells[2].source
    save(folder / "lab.ipynb", book)


@case(
    "Archives other than zip are not unpacked",
    "lab.ipynb was not found",
    points=dict.fromkeys(("test-twice", "test-weights", "test-runs", "test-cube"), 0.0),
)
def another_archive(folder: Path) -> None:
    """What cannot be opened is called by its name."""
    shutil.make_archive(str(folder.parent / "hw4"), "gztar", folder)
    empty(folder, but=folder)
    (folder.parent / "hw4.tar.gz").rename(folder / "hw4.tar.gz")


# Handed in stays handed in


def answered(folder: Path, cell: str, source: str) -> None:
    book = nbformat.read(folder / "lab.ipynb", 4)
    node = next(node for node in book.cells if node.id == cell)
    node.source = source
    save(folder / "lab.ipynb", book)


@case(silent=True)
def a_trial_that_saves_over_the_file(folder: Path) -> None:
    """A cell that saves something else under the name, as it did before the last training."""
    book = nbformat.read(folder / "lab.ipynb", 4)
    book.cells.insert(2, new_code_cell("with open('weights.json', 'w') as file:\n    json.dump({'w': 99}, file)"))
    save(folder / "lab.ipynb", book)


@case(silent=True)
def an_old_file_moved_over_it(folder: Path) -> None:
    """A cell that puts an older file in its place."""
    (folder / "old.json").write_text(json.dumps({"w": 99}))
    book = nbformat.read(folder / "lab.ipynb", 4)
    book.cells.append(new_code_cell("1"))
    book.cells.insert(2, new_code_cell("import os\nos.replace('old.json', 'weights.json')"))
    save(folder / "lab.ipynb", book)


@case(silent=True)
def a_folder_that_is_removed_first(folder: Path) -> None:
    """A cell that begins its training by removing the curves of the last one."""
    book = nbformat.read(folder / "lab.ipynb", 4)
    book.cells.insert(2, new_code_cell("import shutil\nshutil.rmtree('runs')"))
    save(folder / "lab.ipynb", book)


@case(silent=True)
def an_answer_that_saves_whenever_it_is_asked(folder: Path) -> None:
    """A function that writes the file each time a test calls it."""
    answered(
        folder,
        "twice",
        "def twice(x):\n    with open('weights.json', 'w') as file:\n        json.dump({'w': x}, file)\n    return 2 * x",
    )


@case(
    "lab.ipynb was not found in your submission. There is hw3.ipynb",
    points=dict.fromkeys(("test-twice", "test-weights", "test-runs"), 0.0),
)
def the_notebook_of_another_assignment(folder: Path) -> None:
    """What there is instead is named."""
    (folder / "lab.ipynb").unlink()
    save(folder / "hw3.ipynb", nbformat.v4.new_notebook(cells=[new_code_cell("x = 3"), new_code_cell("print(x)")]))


@case("lab.json: Read as lab.ipynb")
def a_notebook_saved_as_json(folder: Path) -> None:
    """It is a notebook all the same, and nobody says that there is none."""
    (folder / "lab.ipynb").rename(folder / "lab.json")
    (folder / "essay.ipynb").rename(folder / "essay.json")
