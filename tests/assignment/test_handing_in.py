"""What the last cell and ``python hw4.py check`` say, and the zip that they write."""

import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path, PureWindowsPath

import nbformat
import pytest
import torch
from fashion_files import CHECKPOINT, rewrite
from hw4_cells import SOURCE
from packaging.requirements import Requirement

from proctor import Room, grade, load_assignment, load_submission
from proctor.config import nbgrader_config

sys.path.insert(0, str(SOURCE))
import hw4
from hw4_helpers.handing_in.archive import name_in_zip
from hw4_helpers.handing_in.folder import NOTEBOOKS
from hw4_helpers.handing_in.unsaved import since_saving

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / "release" / "hw4"
REFERENCE = ROOT / "examples" / "reference" / "hw4"


@pytest.fixture(autouse=True)
def real_images(monkeypatch):
    monkeypatch.setenv("FASHION_MNIST_DIR", str(ROOT / "data"))


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The reference's notebooks as they are after all cells have run; no checkpoint and no curves, for speed."""
    monkeypatch.chdir(tmp_path)
    for name in NOTEBOOKS:
        notebook = nbformat.read(REFERENCE / f"{name}.ipynb", 4)
        for count, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), 1):
            cell.execution_count = count
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    return tmp_path


def said(capsys) -> str:
    capsys.readouterr()
    assert hw4.hand_in()
    return capsys.readouterr().out


def change(path: Path, **changes: Callable[[nbformat.NotebookNode], None]) -> None:
    """Change cells of a saved notebook; their ids with _ for -."""
    notebook = nbformat.read(path, 4)
    by_id = {cell.id.replace("-", "_"): cell for cell in notebook.cells}
    for name, how in changes.items():
        how(by_id[name])
    nbformat.write(notebook, path)


def test_of_the_untouched_release_everything_is_missing_in_order_of_points(tmp_path, monkeypatch, capsys):
    for path in RELEASE.glob("*.ipynb"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    text = said(capsys)
    table, troubles = text.split("To look at, most points first")
    questions = re.findall(
        r"^ *(\d+)  (missing|answered|visible checks pass|check fails|check not run)", table, re.MULTILINE
    )
    assert {state for _, state in questions} == {"missing"}
    assert sum(int(points) for points, _ in questions) == 100
    at_stake = [int(points) for points in re.findall(r"^ *(\d+) points  ", troubles, re.MULTILINE)]
    assert at_stake == sorted(at_stake, reverse=True)
    assert at_stake[:2] == [14, 11]
    assert troubles.index("There is no fashion_cnn.safetensors") < troubles.index("FashionCNN: missing")
    assert set(zipfile.ZipFile("hw4.zip").namelist()) == {f"{name}.ipynb" for name in NOTEBOOKS}


def test_the_reference_is_ready(folder, capsys):
    shutil.copy(REFERENCE / CHECKPOINT, folder)
    shutil.copytree(REFERENCE / "runs", folder / "runs")
    Path("report.html").write_text(f'<meta name="checkpoint" content="{sha256(folder / CHECKPOINT)}">')
    text = said(capsys)
    assert "Nothing is missing." in text
    for name, points in NOTEBOOKS.items():
        assert f"{name}.ipynb: {points} of {points} points are answered" in text
    assert "Test accuracy of fashion_cnn.safetensors: 91.53%" in text
    assert "Curves and checkpoint belong together" in text
    assert re.search(r"119.3 kB  fashion_cnn.safetensors$", text, re.MULTILINE)


def sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def unanswered(cell):
    cell.source = "YOUR ANSWER HERE"


def unwritten(cell):
    cell.source += "\n    raise NotImplementedError()"


def failed(cell):
    error = nbformat.v4.new_output("error", ename="AssertionError", evalue="transpose W2\nmore", traceback=[])
    cell.outputs = [error]


def not_run(cell):
    cell.execution_count = None


def run_later(cell):
    cell.execution_count += 100


@pytest.mark.parametrize(
    ("notebook", "changes", "points", "words"),
    [
        ("backpropagation", {"derivation": unanswered}, 8, "2 · The derivation: missing"),
        ("backpropagation", {"backward": unwritten, "test_backward": not_run}, 8, "raise NotImplementedError() is still there"),
        ("backpropagation", {"test_backward": failed}, 8, "backward: check fails (transpose W2)"),
        ("convolution", {"convolve2d": failed}, 5, "the answer ends in an error: transpose W2"),
        ("convolution", {"test_convolve_flip": not_run}, 5, "convolve2d: check not run"),
        ("fashion_mnist", {"fit": run_later}, 4, "fit: check not run (the answer was run again after its check"),
        ("fashion_mnist", {"counts": not_run, "gallery": not_run}, 0, "fashion_mnist.ipynb: 2 cells not run"),
        ("fashion_mnist", {"counts": failed}, 0, "fashion_mnist.ipynb: 1 cell without points ended in an error"),
    ],
)  # fmt: skip
def test_each_kind_of_unfinished_cell_is_named_with_its_points(folder, capsys, notebook, changes, points, words):
    before = said(capsys)
    assert words not in before
    change(folder / f"{notebook}.ipynb", **changes)
    (line,) = [line for line in said(capsys).splitlines() if words in line]
    assert line.startswith(f"{points:4g} points  " if points else "          –  ")


def test_a_notebook_that_is_not_there_costs_all_of_its_points(folder, capsys):
    (folder / "convolution.ipynb").unlink()
    text = said(capsys)
    assert "  20 points  convolution.ipynb is missing" in text
    assert "convolution.ipynb" not in zipfile.ZipFile("hw4.zip").namelist()


def test_a_renamed_notebook_is_found_and_packed_under_its_name(folder, capsys):
    (folder / "fashion_mnist.ipynb").rename("Fashion_MNIST (1).ipynb")
    text = said(capsys)
    assert "Fashion_MNIST (1).ipynb goes into the zip as fashion_mnist.ipynb: rename it" in text
    assert "50 of 50 points" in text
    assert "fashion_mnist.ipynb" in zipfile.ZipFile("hw4.zip").namelist()


def test_of_two_versions_it_is_said_which_goes_in(folder, capsys):
    shutil.copy("convolution.ipynb", "convolution-Copy1.ipynb")
    assert "convolution-Copy1.ipynb stays out of the zip, only convolution.ipynb goes in" in said(capsys)


def test_damaged_notebooks_and_those_without_marks_or_cells_are_named(folder, capsys):
    Path("convolution.ipynb").write_text("[]")
    notebook = nbformat.read("fashion_mnist.ipynb", 4)
    notebook.cells = [
        cell for cell in notebook.cells if cell.id not in ("fashion-cnn", "test-fashion-cnn", "hidden-fashion-cnn")
    ]
    nbformat.write(notebook, "fashion_mnist.ipynb")
    notebook = nbformat.read("backpropagation.ipynb", 4)
    for cell in notebook.cells:
        cell.metadata = {}
    nbformat.write(notebook, "backpropagation.ipynb")
    text = said(capsys)
    assert "  20 points  convolution.ipynb cannot be read as a notebook" in text
    assert "   8 points  fashion_mnist.ipynb: cells with 8 points are gone" in text
    assert "–  backpropagation.ipynb: an editor has removed nbgrader's marks" in text


def test_checkpoints_and_curves_that_cost_points_are_named(folder, capsys):
    torch.save({}, CHECKPOINT)
    text = said(capsys)
    assert f"  11 points  {CHECKPOINT} was written by torch.save" in text
    assert "   3 points  There are no event files in runs/train" in text

    shutil.copy(REFERENCE / CHECKPOINT, folder)
    shutil.copytree(REFERENCE / "runs", folder / "runs")
    rewrite(
        folder,
        lambda state: {name: value + 1 if value.shape == (16, 1, 5, 5) else value for name, value in state.items()},
    )
    Path("report.html").write_text('<meta name="checkpoint" content="0123">')
    text = said(capsys)
    assert re.search(r"   9 points  .* on the test set, and 85.0% and 88.0% and 89.5% are not reached", text)
    assert "report.html was made from another fashion_cnn.safetensors" in text


def test_curves_of_another_training_are_told_from_those_of_the_checkpoint(folder, capsys):
    shutil.copy(REFERENCE / CHECKPOINT, folder)
    shutil.copytree(ROOT / "examples" / "half-done" / "hw4" / "runs", folder / "runs")
    assert re.search(
        r"   3 points  Curves and checkpoint do not belong together: .* 92.1% on the validation set", said(capsys)
    )


def test_the_same_files_make_the_same_zip(folder, capsys):
    Path("mine.py").write_text("x = 1\n")
    Path("sketch.png").write_bytes(b"\x89PNG")
    change(folder / "backpropagation.ipynb", derivation=lambda cell: setattr(cell, "source", "see ![it](sketch.png)"))
    said(capsys)
    first = Path("hw4.zip").read_bytes()
    for path in folder.glob("*.ipynb"):
        os.utime(path, (time.time() - 9999, time.time() - 9999))
    said(capsys)
    assert Path("hw4.zip").read_bytes() == first
    names = zipfile.ZipFile("hw4.zip").namelist()
    assert names == sorted(names)
    assert {"mine.py", "sketch.png"} <= set(names), "modules and pictures of their own that notebooks use"


def test_names_in_the_zip_have_forward_slashes_on_windows():
    assert name_in_zip(PureWindowsPath(r"runs\train\events.out.tfevents.1")) == "runs/train/events.out.tfevents.1"


def test_what_ran_since_the_notebook_was_saved_is_counted():
    def cell(count, source):
        return {"cell_type": "code", "execution_count": count, "source": source}

    inputs = ["", "import hw4", "x = 1", "x = 2", "hand_in()"]
    assert since_saving([cell(1, "import hw4"), cell(2, "x = 1"), cell(3, "x = 2\n")], inputs) == 0
    assert since_saving([cell(1, "import hw4"), cell(2, "x = 1")], inputs) == 1
    assert since_saving([cell(1, "import hw4"), cell(2, "x = 1"), cell(3, "x = 3")], inputs) == 1, "edited and run"
    assert since_saving([cell(40, "import hw4"), cell(41, "x = 2")], inputs) == 3, "saved in an earlier kernel"
    assert since_saving([cell(1, "import hw4"), cell(3, "x = 2")], [*inputs, "hand_in()"]) == 0, "run twice"


def test_in_a_kernel_unsaved_changes_are_seen(folder):
    from jupyter_client.manager import start_new_kernel

    def run(code: str) -> str:
        texts: list[str] = []
        client.execute_interactive(code, timeout=120, output_hook=lambda m: texts.append(m["content"].get("text", "")))
        return "".join(texts)

    manager, client = start_new_kernel(kernel_name="python3", cwd=str(folder))
    try:
        sources = [f"import sys; sys.path.insert(0, {str(SOURCE)!r}); import hw4", "answer = 42"]
        for source in sources:
            run(source)
        last = "hw4.hand_in()"
        assert "that you have run is not in the saved file as it ran. Save (Ctrl-S)" in run(last)
        notebook = nbformat.read("fashion_mnist.ipynb", 4)
        notebook.cells += [nbformat.v4.new_code_cell(s, execution_count=n) for n, s in enumerate(sources, 1)]
        for saved in notebook.cells[:-2]:
            if saved.cell_type == "code":
                saved.execution_count += 100
        nbformat.write(notebook, "fashion_mnist.ipynb")
        assert "that you have run" not in run(last)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_from_the_command_line_a_notebook_older_than_its_training_is_named(folder, capsys):
    shutil.copy(REFERENCE / CHECKPOINT, folder)
    torch.save({}, CHECKPOINT)  # damaged, so that nothing is measured: quicker
    os.utime("fashion_mnist.ipynb", (time.time() - 3600,) * 2)
    assert f"  11 points  fashion_mnist.ipynb is older than {CHECKPOINT}: save it" in said(capsys)


def command(folder: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess:
    """``python hw4.py …`` of a folder."""
    python = [sys.executable, *([arguments[0]] if arguments[0] == "-S" else []), str(folder / "hw4.py")]
    rest = [argument for argument in arguments if argument != "-S"]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([*python, *rest], cwd=cwd, env=env, capture_output=True, text=True, timeout=300)


def test_from_another_folder_it_finds_the_homework_or_says_that_there_is_none(folder, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.copy(SOURCE / "hw4.py", folder)
    shutil.copytree(SOURCE / "hw4_helpers", folder / "hw4_helpers")
    done = command(folder, "check", cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    assert f"Homework 4 in {folder}" in done.stdout
    assert (folder / "hw4.zip").is_file()

    for path in [*folder.glob("*.ipynb"), folder / "hw4.zip"]:
        path.unlink()
    done = command(folder, "check", cwd=elsewhere)
    assert done.returncode == 1
    assert done.stdout.startswith(f"There is no notebook of homework 4 in {elsewhere} nor in {folder}.")
    assert not list(elsewhere.iterdir())
    assert not (folder / "hw4.zip").exists()


def test_help_teaches(tmp_path):
    done = command(SOURCE, "--help", cwd=tmp_path)
    for words in ("check", "report --name", "hw4.zip", "requirements.txt", "as they were saved"):
        assert words in done.stdout


def test_missing_packages_are_named_in_three_lines_with_what_to_run(tmp_path):
    done = command(SOURCE, "-S", "check", cwd=tmp_path)  # -S: without any package that was installed
    assert "Packages are missing: numpy, matplotlib, torch" in done.stderr
    assert '%pip install "numpy>=1.26,<3" "matplotlib>=3.8,<4"' in done.stderr
    sys.path.insert(0, str(SOURCE))
    from hw4_helpers.packages import PackagesMissing

    assert PackagesMissing("in three lines")._render_traceback_() == ["in three lines"]


def test_requirements_name_the_packages_of_the_project():
    project = (ROOT / "pyproject.toml").read_text()
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.MULTILINE | re.DOTALL)
    assert listed
    wanted = {r.name: r.specifier for r in map(Requirement, re.findall(r'"([^"]+)"', listed[1])) if r.name != "pytest"}
    lines = [line for line in (SOURCE / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    required = {r.name: r.specifier for r in map(Requirement, lines)}
    assert required.keys() == wanted.keys()
    for name, bounds in wanted.items():
        pinned = [s.version for s in bounds if s.operator == "=="]
        assert all(version in required[name] for version in pinned) if pinned else required[name] == bounds, name


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(ROOT / "source" / "hw4", nbgrader_config())


@pytest.fixture
def handed_in(tmp_path, monkeypatch, capsys) -> Path:
    """The zip of the reference, with a report."""
    shutil.copytree(REFERENCE, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    Path("report.html").write_text("<p>a report</p>")
    Path("report.pdf").write_bytes(b"%PDF-1.7\n")
    said(capsys)
    return tmp_path / "hw4.zip"


def test_the_zip_is_taken_in_without_a_word(handed_in, assignment):
    names = zipfile.ZipFile(handed_in).namelist()
    assert {"report.html", "report.pdf", CHECKPOINT, "fashion_mnist.ipynb"} <= set(names)
    submission = load_submission(handed_in, assignment)
    assert not submission.problems
    assert all(not notebook.problems for notebook in submission.notebooks)


@pytest.mark.slow
def test_the_zip_gets_full_marks(handed_in, assignment):
    with Room() as room:
        graded = grade(assignment, load_submission(handed_in, assignment), room, data=(ROOT / "data",))
    assert graded.points == 82
