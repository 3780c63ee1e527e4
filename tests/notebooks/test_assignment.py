"""An assignment is read as nbgrader would read it, and refused in words when it cannot be graded."""

import json

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums
from nbgrader.utils import compute_checksum
from small_assignment import CELLS, PRISTINE, STUB, cell, notebook
from traitlets.config import Config

from proctor.notebooks.assignment import (
    DuplicateGradeId,
    InvalidCell,
    NoNotebooks,
    NoPoints,
    NoTests,
    UnreadableNotebook,
    assignment_notebook,
    is_unanswered,
    load_assignment,
)


def write(folder, *cells, name="lab"):
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook(*cells), folder / f"{name}.ipynb")
    return folder


def by_name(pristine):
    return {c.id: c for c in pristine.cells}


def test_cells_have_the_roles_that_nbgrader_gave_them():
    roles = {c.id: c.role for c in PRISTINE.cells}
    assert roles["intro"] == "ordinary"
    assert roles["imports"] == "shared"
    assert roles["area"] == "answer"
    assert roles["test-area"] == "test"
    assert roles["why-answer"] == "manual"
    assert roles["explore"] == "task"
    assert by_name(PRISTINE)["test-twice"].points == 3


def test_the_release_holds_no_solution_no_hidden_test_and_no_marking_scheme():
    text = json.dumps(PRISTINE.release)
    for secret in ("math.pi", "area(0) == 0", "HIDDEN", "One point each", "Fewer parameters"):
        assert secret not in text
    cells = by_name(PRISTINE)
    assert cells["area"].release_source == "def area(radius):\n    " + STUB.replace("\n", "\n    ")
    assert cells["volume"].release_source == STUB
    assert cells["why-answer"].release_source == "YOUR ANSWER HERE"
    assert "area(0) == 0" in cells["test-area"].source, "the assignment itself keeps its hidden tests"


def test_the_course_configuration_decides_delimiters_and_stubs():
    config = Config()
    config.ClearSolutions.begin_solution_delimeter = "ANSWER>"
    config.ClearSolutions.end_solution_delimeter = "<ANSWER"
    config.ClearSolutions.code_stub = {"python": "..."}
    config.ClearHiddenTests.begin_test_delimeter = "SECRET>"
    config.ClearHiddenTests.end_test_delimeter = "<SECRET"
    made = assignment_notebook(
        "lab",
        notebook(
            cell("code", "solution", "f", "def f():\n    # ANSWER>\n    return 1\n    # <ANSWER"),
            cell("code", "test", "t", "f()\n# SECRET>\nassert f() == 1\n# <SECRET", 1),
        ),
        config,
    )
    assert [c.release_source for c in made.cells] == ["def f():\n    ...", "f()"]


def test_checksums_are_those_that_nbgrader_keeps_in_its_gradebook():
    cells = by_name(PRISTINE)
    stored = ComputeChecksums().preprocess(ClearSolutions().preprocess(notebook(*CELLS), {})[0], {})[0]
    for node in stored.cells:
        if "checksum" in node.metadata.get("nbgrader", {}):
            assert cells[node.id].checksum == node.metadata.nbgrader.checksum
    answer = next(node for node in PRISTINE.release.cells if node.id == "why-answer")
    assert cells["why-answer"].checksum == compute_checksum(answer)


def test_an_answer_is_known_by_the_names_that_only_its_solution_defines():
    cells = by_name(PRISTINE)
    assert cells["area"].asks == {"area"}
    assert cells["volume"].asks == {"output_volume"}
    twins = assignment_notebook(
        "lab",
        notebook(
            cell("code", "solution", "a", "import os\nresult = 1"),
            cell("code", "solution", "b", "import os\nresult = 2\nspecial = 3"),
        ),
    )
    assert [c.asks for c in twins.cells] == [frozenset(), {"special"}]


def test_white_space_is_no_answer():
    answer = by_name(PRISTINE)["area"]
    assert is_unanswered(answer, "def area(radius):\n\n\n    # YOUR CODE HERE\n    raise NotImplementedError( )\n")
    assert is_unanswered(answer, " \n")
    assert not is_unanswered(answer, "def area(radius):\n    return 3")


def test_files_beside_the_notebooks_belong_to_the_assignment(tmp_path):
    folder = write(tmp_path / "hw", *CELLS)
    (folder / "hw.py").write_text("x = 1")
    (folder / "figures").mkdir()
    (folder / "figures" / "net.png").write_bytes(b"")
    for ignored in (".ipynb_checkpoints", "__pycache__"):
        (folder / ignored).mkdir()
        (folder / ignored / "old.ipynb").write_text("{}")
    assignment = load_assignment(folder)
    assert assignment.name == "hw"
    assert [str(path) for path in assignment.files] == ["figures/net.png", "hw.py"]
    assert [nb.name for nb in assignment.notebooks] == ["lab"]


def test_reading_the_same_folder_twice_gives_the_same_cells_even_without_ids(tmp_path):
    old = notebook(*CELLS, new_code_cell("1 + 1"))
    for node in old.cells:
        del node["id"]
    old.nbformat_minor = 4
    (tmp_path / "lab.ipynb").write_text(json.dumps(old))
    first, second = (load_assignment(tmp_path).notebooks[0].cells for _ in range(2))
    assert first == second
    assert len({c.id for c in first}) == len(first)
    assert first[3].id == "area"


def test_a_notebook_in_memory_is_left_as_it_was():
    given = notebook(*CELLS)
    before = json.dumps(given)
    assignment_notebook("lab", given)
    assert json.dumps(given) == before


@pytest.mark.parametrize(
    ("cells", "error", "words"),
    [
        ([cell("code", "test", "t", "1", 1), cell("code", "test", "t", "2", 1)], DuplicateGradeId, "'t'"),
        ([cell("code", "test", "t", "1")], NoPoints, "needs points"),
        ([cell("code", "test", "t", "1", float("nan"))], NoPoints, "needs points"),
        (
            [cell("code", "solution", "s", "### BEGIN SOLUTION\n1"), cell("code", "test", "t", "1", 1)],
            InvalidCell,
            "ClearSolutions",
        ),
        (
            [
                cell("code", "plain", "p", "### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS"),
                cell("code", "test", "t", "1", 1),
            ],
            InvalidCell,
            "ClearHiddenTests",
        ),
        ([cell("markdown", "test", "t", "text", 1)], InvalidCell, "not marked as a solution"),
        ([cell("code", "test", "t", "### AUTOTEST f(1)", 1)], NoTests, "source_with_tests"),
    ],
)
def test_a_contradictory_assignment_is_refused_in_words(tmp_path, cells, error, words):
    cells = [NotebookNode(node, id=f"cell{index}") for index, node in enumerate(cells)]
    with pytest.raises(error, match=words) as raised:
        load_assignment(write(tmp_path / "hw", *cells))
    assert str(tmp_path / "hw") in str(raised.value) or "lab.ipynb" in str(raised.value)


def test_old_metadata_are_refused_with_the_command_that_updates_them(tmp_path):
    old = cell("code", "test", "t", "1", 1)
    old.metadata.nbgrader["schema_version"] = 1
    with pytest.raises(InvalidCell, match="nbgrader update"):
        load_assignment(write(tmp_path / "hw", old))


def test_an_empty_folder_and_a_broken_file_are_refused(tmp_path):
    with pytest.raises(NoNotebooks, match="source folder"):
        load_assignment(tmp_path)
    for broken in ("{", "[]", '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"a": 1}]}'):
        (tmp_path / "lab.ipynb").write_text(broken)
        with pytest.raises(UnreadableNotebook, match=r"lab\.ipynb is not a valid notebook"):
            load_assignment(tmp_path)
