"""A whole notebook with an architecture of the student's own, through the exam."""

import shutil
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
import torch
from fashion_files import rewrite

from proctor import Room, grade, load_assignment, load_submission
from proctor.config import nbgrader_config

ROOT = Path(__file__).parents[2]

#: A student's own cell with modules, and a network of them: two branches, each with half of the filters, added.
HELPERS = """
class Branch(nn.Module):
    def __init__(self, filters, after):
        super().__init__()
        self.convolution, self.after = nn.Conv2d(16, filters, 5, padding=2), after

    def forward(self, maps):
        maps = self.convolution(maps)
        return F.max_pool2d(self.after(maps), 2)
"""
NETWORK = """
class FashionCNN(Baseline):
    def __init__(self, branches=0, **settings):
        super().__init__(**settings)
        if branches:
            del self.conv2, self.fc
            self.branches = nn.ModuleList(
                [nn.ModuleDict({"maps": Branch(32 // branches, nn.ReLU()), "answer": nn.Linear(1568 // branches, 10)})
                 for _ in range(branches)]
            )

    def forward(self, images):
        if not hasattr(self, "branches"):
            return super().forward(images)
        maps = self.pool(F.relu(self.conv1(images)))
        logits = 0
        for branch in self.branches:
            logits = logits + branch["answer"](self.drop(branch["maps"](maps).permute(0, 2, 3, 1).flatten(1)))
        return logits
"""


def in_two_branches(state: dict) -> dict:
    """The numbers of the sample student "report" for the network above: the same answers, written otherwise."""
    new = {f"conv1.{kind}": state[f"conv1.{kind}"] for kind in ("weight", "bias")}
    dense = state["fc.weight"].view(10, 32, 7, 7).permute(0, 2, 3, 1)
    for number, half in enumerate((slice(16), slice(16, 32))):
        branch = f"branches.{number}"
        new[f"{branch}.maps.convolution.weight"] = state["conv2.weight"][half].clone()
        new[f"{branch}.maps.convolution.bias"] = state["conv2.bias"][half].clone()
        new[f"{branch}.answer.weight"] = dense[..., half].flatten(1).contiguous()
        new[f"{branch}.answer.bias"] = state["fc.bias"] if number else torch.zeros(10)
    return new


@pytest.mark.slow
def test_an_architecture_with_modules_in_helper_cells_earns_all_points_at_once(tmp_path):
    folder = tmp_path / "hw4"
    shutil.copytree(ROOT / "examples" / "report" / "hw4", folder)
    rewrite(folder, in_two_branches)
    path = folder / "fashion_mnist.ipynb"
    notebook = nbformat.read(path, 4)
    places = {cell.id: number for number, cell in enumerate(notebook.cells)}
    network = notebook.cells[places["fashion-cnn"]]
    network.source = network.source.replace("class FashionCNN(", "class Baseline(") + NETWORK
    notebook.cells[places["settings"]].source = "settings, epochs = dict(branches=2), 6"
    notebook.cells.insert(places["imports"] + 1, nbformat.v4.new_code_cell(HELPERS))
    nbformat.write(notebook, path)

    assignment = load_assignment(ROOT / "source" / "hw4", nbgrader_config())
    only = tuple(notebook for notebook in assignment.notebooks if notebook.name == "fashion_mnist")
    with Room() as room:
        submission = load_submission(folder, assignment)
        (graded,) = grade(replace(assignment, notebooks=only), submission, room, data=(ROOT / "data",)).notebooks
    points = {test.id: test.points for test in graded.tests}
    assert points["test-checkpoint"] == 11 and points["hidden-fashion-cnn"] == 6
    (cell,) = (cell for cell in graded.notebook.cells if cell.id == "test-checkpoint")
    assert cell.metadata.proctor.records["test accuracy"] == pytest.approx(0.9028, abs=2e-4)
    assert cell.metadata.proctor.records["parameters"] == 28_938 + 10
