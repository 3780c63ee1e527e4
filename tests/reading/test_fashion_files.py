"""The files of the Fashion-MNIST notebook as students hand them in: other forms of the same keep all points."""

import shutil
from dataclasses import replace
from pathlib import Path

import build
import nbformat
import pytest
import torch
from fashion_files import (
    CHECKPOINT,
    SAME_NETWORK,
    a_later_shorter_training,
    a_training_that_was_resumed,
    replace_curves,
    rewrite,
)

from proctor import Room, grade, load_assignment, load_submission
from proctor.config import nbgrader_config

ROOT = Path(__file__).parents[2]
NOTEBOOK = "fashion_mnist"


@pytest.fixture(scope="module")
def assignment():
    whole = load_assignment(ROOT / "source" / "hw4", nbgrader_config())
    return replace(whole, notebooks=tuple(book for book in whole.notebooks if book.name == NOTEBOOK))


@pytest.fixture(scope="module")
def room():
    with Room(seats=1) as room:
        yield room


@pytest.fixture
def folder(tmp_path):
    """What the reference hands in, to be changed."""
    return Path(shutil.copytree(ROOT / "examples" / "reference" / "hw4", tmp_path / "hw4"))


@pytest.fixture
def results(assignment, room, folder):
    """``results()``: of the folder's test cells, by name, after grading."""

    def results():
        graded = grade(assignment, load_submission(folder, assignment), room, data=(ROOT / "data",))
        return {test.id: test for test in graded.notebooks[0].tests}

    return results


FORMS = ["float16", "bfloat16", "float64", "torch.compile around DataParallel, in float16", "beside an optimizer"]


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_checkpoint_in_another_form_keeps_all_points(form, folder, results):
    rewrite(folder, SAME_NETWORK[form])
    assert sum(test.points for test in results().values()) == 44


@pytest.mark.slow
@pytest.mark.parametrize(
    "make", [a_later_shorter_training, a_training_that_was_resumed], ids=lambda make: make.__name__
)
def test_the_curves_of_several_trainings_keep_all_points(make, folder, results):
    replace_curves(folder, make)
    assert sum(test.points for test in results().values()) == 44


def answer(folder: Path, source: str) -> None:
    """Put this into the cell of section 7 that says ``settings`` and ``epochs``."""
    notebook = nbformat.read(folder / f"{NOTEBOOK}.ipynb", 4)
    next(cell for cell in notebook.cells if cell.id == "settings").source = source
    nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")


@pytest.mark.slow
def test_settings_that_a_training_computes_are_refused_in_words(folder, results):
    answer(folder, "if training_wanted():\n    settings = best['settings']\n    epochs = len(best['history'])")
    tests = results()
    assert sum(test.points for test in tests.values()) == 44 - 11 - 2
    assert "Nothing is trained while this is graded" in tests["test-checkpoint"].message
    assert "plain values in section 7" in tests["test-checkpoint"].message
    said = "".join(str(output) for output in tests["test-events"].outputs)
    assert "nothing is trained while this is graded" in said


@pytest.mark.slow
def test_a_file_of_torch_save_is_refused_in_words(folder, results):
    torch.save({"conv.weight": torch.zeros(2)}, folder / CHECKPOINT)
    said = results()["test-checkpoint"].message
    assert said.startswith(f"{CHECKPOINT} was written by torch.save") and "Run save_checkpoint(model" in said


@pytest.mark.slow
def test_a_missing_checkpoint_is_said_in_one_sentence_that_helps(folder, results):
    (folder / CHECKPOINT).rename(folder / "fashion_cnn.pt")
    said = results()["test-checkpoint"].message
    assert said.startswith(f"There is no {CHECKPOINT} beside the notebook, only fashion_cnn.pt.")


@pytest.mark.slow
def test_wrong_networks_are_told_in_words_without_holes(folder, results):
    source = build.solutions(f"{NOTEBOOK}.ipynb")["fashion-cnn"]
    notebook = nbformat.read(folder / f"{NOTEBOOK}.ipynb", 4)
    wrong = source.replace("nn.BatchNorm2d(filters) if batch_norm else ", "").replace(
        "(32 * size * size, 10)", "(32 * size * size, 11)"
    )
    next(cell for cell in notebook.cells if cell.id == "fashion-cnn").source = wrong
    nbformat.write(notebook, folder / f"{NOTEBOOK}.ipynb")
    tests = results()
    said = "".join(str(output) for output in tests["hidden-fashion-cnn"].outputs)
    assert "the layers have other sizes than" in said and "[…]" not in said
    assert "does not fit FashionCNN(**settings)" in tests["test-checkpoint"].message
