"""What students of hw4 read when something went wrong: which of their cells, where, and why; nobody is blamed for others."""

import json
import re
import shutil
from pathlib import Path

import build  # examples/build.py
import nbformat
import pytest
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from proctor.exam.room import Room
from proctor.feedback import StudentView
from proctor.gradescope.autograder.metadata import Metadata
from proctor.gradescope.autograder.results import results
from proctor.gradescope.settings import Gradescope
from proctor.grading import GradedNotebook, GradedSubmission, grade_notebook
from proctor.notebooks.assignment import load_assignment
from proctor.notebooks.submission import load_submission

ROOT = Path(__file__).parents[1]
AUTHOR = "instructor has been told"


@pytest.fixture(scope="module")
def assignment():
    return load_assignment(ROOT / "source" / "hw4", Config({"ClearMarkScheme": {"enforce_metadata": False}}))


@pytest.fixture(scope="module")
def room():
    with Room() as room:
        yield room


@pytest.fixture
def graded(assignment, room, tmp_path):
    """Grade a notebook of the reference student's with some answers replaced; ``{}`` in one is the right answer."""

    def graded(name: str, answers: dict[str, str], own: str = "") -> GradedNotebook:
        notebook = build.submission("reference")[f"{name}.ipynb"]
        for cell in notebook.cells:
            if cell.id in answers:
                cell.source = answers[cell.id].replace("{}", cell.source)
        notebook.cells = [cell for cell in notebook.cells if "demo" not in cell.metadata.get("tags", ())]
        if own:
            notebook.cells.insert(2, new_code_cell(own))
        folder = tmp_path / "hw4"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        nbformat.write(notebook, folder / f"{name}.ipynb")
        return grade_notebook(assignment, name, load_submission(folder, assignment), room, 520, (ROOT / "data",))

    return graded


def by_id(graded: GradedNotebook) -> dict:
    return {test.id: test for test in graded.tests}


def on_gradescope(assignment, graded: GradedNotebook) -> dict:
    return results(assignment, GradedSubmission((graded,), ()), Metadata(), Gradescope())


def feedback(graded: GradedNotebook) -> nbformat.NotebookNode:
    return StudentView().preprocess(nbformat.from_dict(graded.notebook), {})[0]


def plain(markdown: str) -> str:
    return re.sub(r"\\(.)", r"\1", markdown)


def test_a_package_that_is_missing_is_said_wherever_points_were_lost_and_once_at_the_top(graded, assignment):
    notebook = graded("backpropagation", {"sigmoid": "import seaborn_pro as sns\n{}"})
    words = "Your cell `sigmoid` stopped at line 1: No module named 'seaborn_pro' (not installed where this is graded)"
    found = by_id(notebook)
    assert found["test-sigmoid"].message == f"`sigmoid` is not defined. {words}."
    for cell in ("test-forward", "test-backward"):
        assert f"raised NameError: `sigmoid` is not defined. {words}" in found[cell].message
        assert "line 10 of your cell, in `forward`" in found[cell].message
    assert all(part.message.endswith(words) for part in found["hidden-backward"].parts)
    assert [problem.staff_message for problem in notebook.problems] == [f"{words}."]

    seen = feedback(notebook)
    assert words in seen.cells[0].source.replace("&#x27;", "'")
    assert nbformat.writes(seen).count("seaborn_pro as sns") >= 1
    value = on_gradescope(assignment, notebook)
    assert plain(value["output"]).count(words) == 1
    said = {test["extra_data"]["cell"]: plain(test["output"]) for test in value["tests"] if "score" in test}
    assert words in said["test-sigmoid"] and words in said["hidden-backward"] and words not in said["test-dl-dp"]


def test_a_cell_of_the_students_own_is_named_by_its_first_line(graded):
    notebook = graded("backpropagation", {}, own="# my data\nrows = open('data/Points.csv').read()\nprint(rows)")
    (problem,) = notebook.problems
    assert problem.message == (
        "Your cell `rows = open('data/Points.csv').read()` stopped at line 2: "
        "there is no 'data/Points.csv' among the files that were handed in."
    )
    assert sum(test.points for test in notebook.tests) == 22


def test_what_waits_for_its_answer_is_no_accident(graded, assignment):
    notebook = graded("convolution", {"table": "raise NotImplementedError()", "items-1-3": "{}"})
    released = next(cell for cell in build.submission("blank")["convolution.ipynb"].cells if cell.id == "table").source
    notebook = graded("convolution", {"table": released})
    assert not notebook.problems
    assert by_id(notebook)["test-table-with-flip"].message == (
        "`table_with_flip` is not defined. Your cell `table` is not written yet."
    )


def test_a_function_with_another_name_is_recognised(graded):
    notebook = graded("fashion_mnist", {"train-epoch": "def train_Epoch(model, loader, optimizer):\n    pass"})
    found = by_id(notebook)
    words = "`train_epoch` is not defined: did you mean `train_Epoch`?"
    assert found["test-train-epoch"].message == words
    assert all(part.message.endswith(words) for part in found["hidden-train-epoch"].parts)
    assert f"raised NameError: {words}\n    line 17 of your cell, in `fit`" in found["test-fit"].message


RAISES = "def train_epoch(model, loader, optimizer):\n    for images, labels in loader:\n        F.crossentropy(model(images), labels)"


def test_an_exception_in_code_that_a_read_only_helper_calls_is_the_students(graded, assignment):
    notebook = graded("fashion_mnist", {"train-epoch": RAISES})
    where = "our code raised AttributeError in `train_epoch`, line 3 of your cell"
    for test in notebook.tests:
        if test.points < test.max_points:
            assert test.outcome.name != "AUTHOR" and AUTHOR not in str(test.outputs), test.id
    found = by_id(notebook)
    for cell in ("test-train-epoch", "test-fit"):
        assert "raised AttributeError\n" in found[cell].message
        assert found[cell].message.endswith(
            "line 3 of your cell, in `train_epoch`: F.crossentropy(model(images), labels)"
        )
    assert found["hidden-fit"].message == f"Y{where}."
    assert [(part.outcome, part.message) for part in found["hidden-train-epoch"].parts] == [("failed", f"y{where}")] * 3
    assert [part.outcome for part in found["hidden-fit"].parts] == ["not run"] * 3
    for place in (nbformat.writes(feedback(notebook)), json.dumps(on_gradescope(assignment, notebook))):
        assert AUTHOR not in place and "raised AttributeError" in place


def test_parts_stand_in_the_metadata_as_a_list(graded):
    notebook = graded(
        "backpropagation",
        {
            "backward": "{}\nright = backward\ndef backward(*batch):\n    return right(*batch) | {'db2': 3 * right(*batch)['db2']}"
        },
    )
    (cell,) = [cell for cell in notebook.notebook.cells if cell.id == "hidden-backward"]
    parts = cell.metadata.proctor.parts
    assert [part["label"].split()[0] for part in parts] == ["dz2", "dW2", "db2", "da1", "dz1", "dW1", "db1"]
    assert parts[2] == {
        "label": "db2 for any batch", "points": 0.0, "maximum": 1.0, "outcome": "failed",
        "message": "db2 differs from what it should be",
    }  # fmt: skip
    assert parts[0] == {"label": "dz2 for any batch", "points": 1.0, "maximum": 1.0, "outcome": "ok", "message": ""}
    nbformat.validate(notebook.notebook)


def test_no_words_that_mislead(graded):
    notebook = graded("fashion_mnist", {
        "evaluate": "def evaluate(model, loader):\n    model.eval()\n    return 0.1, 13.25 + 0.4",
        "fashion-cnn": "class FashionCNN(nn.Module):\n    def __init__(self, **settings):\n        super().__init__()\n        self.layer = nn.Linear(784, 10)\n    def forward(self, images):\n        return self.layer(images.flatten(1))",
    })  # fmt: skip
    said = nbformat.writes(feedback(notebook))
    for words in ("its only value", "13.65", "✓ […]", "✗ […]"):
        assert words not in said
    assert not re.search(r"(\w+Error): \1", said)
    labels = [part.label for part in by_id(notebook)["hidden-fashion-cnn"].parts]
    assert any("28,938" in label for label in labels)
