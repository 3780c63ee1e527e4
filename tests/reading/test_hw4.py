"""The real assignment's third notebook: its tests read the checkpoint and the event files as they were handed in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from reading.accidents import into_folder, into_zip

from proctor import Room, load_assignment, load_submission
from proctor.config import nbgrader_config
from proctor.grading import grade_notebook

ROOT = Path(__file__).parents[2]
ALL = 44


@pytest.fixture(scope="module")
def grade():
    """Points of the tests in fashion_mnist.ipynb, and what was said of the files."""
    assignment = load_assignment(ROOT / "source" / "hw4", nbgrader_config())
    with Room() as room:

        def grade(upload: Path) -> tuple[float, str]:
            with load_submission(upload, assignment) as submission:
                graded = grade_notebook(assignment, "fashion_mnist", submission, room, 520, (ROOT / "data",))
            points = sum(test.points for test in graded.tests)
            lost = [f"{test.id}: {test.message}" for test in graded.tests if test.points < test.max_points]
            return points, "\n".join([*(problem.message for problem in graded.problems), *lost])

        yield grade


@pytest.fixture
def upload(tmp_path):
    return Path(shutil.copytree(ROOT / "examples" / "reference" / "hw4", tmp_path / "hw4"))


def with_cell(upload: Path, source: str, before: str) -> None:
    """Put a cell of the student's own into the notebook."""
    path = upload / "fashion_mnist.ipynb"
    book = json.loads(path.read_text())
    place = next(index for index, cell in enumerate(book["cells"]) if cell["id"] == before)
    cell = {"cell_type": "code", "id": "own", "metadata": {}, "outputs": [], "execution_count": 1, "source": source}
    book["cells"].insert(place, cell)
    path.write_text(json.dumps(book))


@pytest.mark.slow
def test_the_zip_that_the_last_cell_writes_keeps_every_point(grade, upload):
    into_zip(upload, upload / "hw4.zip")
    assert grade(upload) == (ALL, "")
    assert grade(upload / "hw4.zip") == (ALL, "")


@pytest.mark.slow
def test_files_two_folders_deeper_and_renamed_keep_every_point(grade, upload):
    (upload / "fashion_cnn.safetensors").rename(upload / "Fashion_CNN (1).safetensors")
    (upload / "runs").rename(upload / "runs 2")
    into_folder(upload, "submission/hw4")
    points, words = grade(upload)
    assert points == ALL
    assert "Fashion_CNN (1).safetensors was read" in words and "runs 2 was read" in words


ACCIDENTS = {
    "a trial checkpoint": "save_checkpoint(FashionCNN(), 'fashion_cnn.safetensors')",
    "an old checkpoint in its place": "import os\nopen('old', 'wb').close()\nos.replace('old', 'fashion_cnn.safetensors')",
    "curves removed": "import shutil\nshutil.rmtree('runs')",
    "training without its guard": (
        "import shutil\nimport torch\nfrom torch.utils.data import DataLoader, TensorDataset\nshutil.rmtree('runs', ignore_errors=True)\n"
        "small = DataLoader(TensorDataset(torch.randn(20, 1, 28, 28), torch.arange(20) % 10), 10)\n"
        "model = FashionCNN()\nhistory = fit(model, small, small, 1, 'runs')\n"
        "save_checkpoint(model, 'fashion_cnn.safetensors')"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("accident", ACCIDENTS)
def test_the_files_that_were_handed_in_are_graded_whatever_a_cell_does_to_them(grade, upload, accident):
    with_cell(upload, ACCIDENTS[accident], before="test-events")
    assert grade(upload) == (ALL, "")


@pytest.mark.slow
def test_an_untouched_notebook_gives_way_to_a_finished_one(grade, upload):
    (upload / "fashion_mnist.ipynb").rename(upload / "fashion_mnist (1).ipynb")
    shutil.copy(ROOT / "release" / "hw4" / "fashion_mnist.ipynb", upload)
    points, words = grade(upload)
    assert points == ALL
    assert "Not graded: fashion_mnist.ipynb (nothing is answered in it)" in words


@pytest.mark.slow
def test_videos_and_an_environment_beside_it_cost_nothing(grade, upload):
    for number in range(3):
        with open(upload / f"{number}.mp4", "wb") as file:
            file.truncate(300 << 20)
    packages = upload / "venv" / "lib"
    packages.mkdir(parents=True)
    (upload / "venv" / "pyvenv.cfg").touch()
    for number in range(12_000):
        (packages / f"{number}.py").touch()
    assert grade(upload) == (ALL, "")
