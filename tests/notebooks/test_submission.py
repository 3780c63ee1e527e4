"""A submission is read whatever it holds: what can be read counts, the rest is said in words."""

import json
import os
import random
import socket
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from small_assignment import ANSWERS, FULL_MARKS, PRISTINE, cell, earned, notebook, source_of

from proctor.notebooks.assignment import Assignment, assignment_notebook
from proctor.notebooks.intake import IntakeLimits
from proctor.notebooks.submission import ReadingLimits, StudentNotebook, Submission, load_submission
from proctor.notebooks.transplant import transplant

OTHER = assignment_notebook(
    "other-lab",
    notebook(
        cell("markdown", "plain", "start", "Another notebook."),
        cell("code", "solution", "cube", "def cube(x):\n    ### BEGIN SOLUTION\n    return x**3\n    ### END SOLUTION"),
        cell("code", "test", "test-cube", "assert cube(2) == 8", 1),
    ),
)
ASSIGNMENT = Assignment("hw", Path("hw"), (PRISTINE, OTHER), ())
LAB = Assignment("hw", Path("hw"), (PRISTINE,), ())
CUBE = {"cube": "def cube(x):\n    return x * x * x"}


def filled(pristine=PRISTINE, answers=ANSWERS):
    """A student's notebook as JupyterLab saves it."""
    nb = nbformat.from_dict(json.loads(json.dumps(pristine.release)))
    for node in nb.cells:
        node.source = answers.get(node.id, node.source)
        if node.cell_type == "code":
            node.execution_count = 1
            node.outputs = [nbformat.v4.new_output("stream", text="hello")]
    return nb


def save(path, nb):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nb if isinstance(nb, str) else json.dumps(nb))
    return path


def codes(submission, name="lab"):
    found = submission.notebook(name)
    return {p.code for p in (*submission.problems, *(found.problems if found else ()))}


def points(folder, assignment=LAB):
    return earned(transplant(PRISTINE, load_submission(folder, assignment).notebook("lab")))


def found(submission: Submission, name: str = "lab") -> StudentNotebook:
    notebook = submission.notebook(name)
    assert notebook is not None, submission.problems
    return notebook


def test_a_notebook_is_read_as_plain_cells(tmp_path):
    save(tmp_path / "lab.ipynb", filled())
    submission = load_submission(tmp_path, LAB)
    lab = found(submission)
    assert submission.problems == lab.problems == ()
    assert [c.source for c in lab.cells if c.grade_id == "area"] == [ANSWERS["area"]]
    assert [c.index for c in lab.cells] == list(range(len(PRISTINE.cells)))
    assert str(lab.path) == "lab.ipynb"


# Names


@pytest.mark.parametrize(
    "name",
    [
        "Lab.ipynb", "LAB.IPYNB", "lab(1).ipynb", "lab (2).ipynb", "lab-Copy1.ipynb", "lab - Copy.ipynb",
        "lab - Copy (3).ipynb", "Copy of lab.ipynb", "Copy of Lab (1).ipynb", "lab.ipynb.txt", "lab.ipynb.json",
        "hw/lab.ipynb", "a/b/c/lab.ipynb", "Homework final FINAL.ipynb", "smith_1234_lab.ipynb", "other.json",
    ],
)  # fmt: skip
def test_a_renamed_or_nested_file_with_the_right_content_keeps_its_points(tmp_path, name):
    save(tmp_path / name, filled())
    assert points(tmp_path) == FULL_MARKS
    assert "renamed" in codes(load_submission(tmp_path, LAB)) or name.endswith("/lab.ipynb")


def test_a_renamed_notebook_without_metadata_is_known_by_what_it_defines(tmp_path):
    nb = new_notebook(cells=[new_code_cell(ANSWERS[name]) for name in ("area", "twice", "volume")])
    save(tmp_path / "untitled.ipynb", nb)
    assert points(tmp_path, ASSIGNMENT) == FULL_MARKS


def test_swapped_names_are_told_apart_by_content(tmp_path):
    save(tmp_path / "lab.ipynb", filled(OTHER, CUBE))
    save(tmp_path / "other-lab.ipynb", filled())
    submission = load_submission(tmp_path, ASSIGNMENT)
    assert str(found(submission).path) == "other-lab.ipynb"
    assert str(found(submission, "other-lab").path) == "lab.ipynb"


def test_one_file_with_the_answers_to_two_notebooks_serves_both(tmp_path):
    nb = filled()
    nb.cells += filled(OTHER, CUBE).cells
    save(tmp_path / "everything.ipynb", nb)
    submission = load_submission(tmp_path, ASSIGNMENT)
    assert {n.name for n in submission.notebooks} == {"lab", "other-lab"}


def test_a_missing_notebook_is_not_replaced_by_another_of_the_assignment(tmp_path):
    twin = replace(PRISTINE, name="twin")
    save(tmp_path / "lab.ipynb", filled())
    submission = load_submission(tmp_path, Assignment("hw", Path("hw"), (PRISTINE, twin, OTHER), ()))
    assert [n.name for n in submission.notebooks] == ["lab"]
    assert [p.notebook for p in submission.problems if p.code == "missing"] == ["twin", "other-lab"]


def test_of_two_versions_the_one_with_the_right_name_counts_and_the_other_is_named(tmp_path):
    save(tmp_path / "lab.ipynb", filled(answers={"area": ANSWERS["area"]}))
    save(tmp_path / "lab-Copy1.ipynb", filled(answers={"twice": ANSWERS["twice"]}))
    submission = load_submission(tmp_path, LAB)
    assert str(found(submission).path) == "lab.ipynb"
    problem = next(p for p in found(submission).problems if p.code == "several-versions")
    assert "Not graded: lab-Copy1.ipynb." in problem.message


def test_a_version_with_all_answers_of_the_other_and_more_counts(tmp_path):
    save(tmp_path / "lab.ipynb", filled(answers={"area": ANSWERS["area"]}))
    save(tmp_path / "lab-Copy1.ipynb", filled())
    assert points(tmp_path) == FULL_MARKS


def test_an_untouched_notebook_gives_way_to_a_copy_that_was_worked_on(tmp_path):
    save(tmp_path / "lab.ipynb", filled(answers={}))
    for name in ("lab-Copy1.ipynb", "solutions.ipynb"):
        path = save(tmp_path / name, filled())
        assert points(tmp_path) == FULL_MARKS
        path.unlink()


def test_of_two_copies_the_one_with_more_answers_counts(tmp_path):
    save(tmp_path / "lab(1).ipynb", filled(answers={"area": ANSWERS["area"]}))
    save(tmp_path / "lab(2).ipynb", filled())
    assert points(tmp_path) == FULL_MARKS


def test_checkpoints_and_hidden_folders_are_no_submissions(tmp_path):
    for folder in (".ipynb_checkpoints", "__MACOSX", ".git"):
        save(tmp_path / folder / "lab.ipynb", filled())
    assert load_submission(tmp_path, LAB).notebooks == ()


def test_someone_elses_notebook_is_not_taken_for_this_one(tmp_path):
    save(tmp_path / "holiday.ipynb", new_notebook(cells=[new_code_cell("x = 1"), new_markdown_cell("Hello")]))
    submission = load_submission(tmp_path, LAB)
    assert submission.notebooks == ()
    assert codes(submission) == {"missing"}


# Formats


def as_v3(nb):
    cells = []
    for node in nb.cells:
        kept = {"cell_type": node.cell_type, "metadata": node.metadata}
        if node.cell_type == "code":
            cells.append({**kept, "input": node.source.splitlines(True), "language": "python", "outputs": []})
        else:
            cells.append({**kept, "source": node.source})
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]}


def lines(nb):
    for node in nb["cells"]:
        node["source"] = node["source"].splitlines(True)
    return nb


def lacking(*fields):
    nb = json.loads(json.dumps(filled()))
    for field in fields:
        nb.pop(field, None)
        for node in nb.get("cells", []):
            node.pop(field, None)
    return nb


FORMATS = {
    "nbformat 3": as_v3(filled()),
    "a newer minor version": {**filled(), "nbformat_minor": 99},
    "a newer major version": {**filled(), "nbformat": 7},
    "source as lines": lines(filled()),
    "no outputs": lacking("outputs", "execution_count"),
    "no ids": lacking("id"),
    "no metadata": lacking("metadata"),
    "no metadata, no ids, no outputs, no version": lacking("metadata", "id", "outputs", "nbformat", "nbformat_minor"),
    "another kernel": {**filled(), "metadata": {"kernelspec": {"name": "julia", "language": "julia"}}},
    "metadata of the wrong type": {**filled(), "metadata": [1, 2]},
}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_keeps_its_points(tmp_path, form):
    save(tmp_path / "lab.ipynb", FORMATS[form])
    assert points(tmp_path) == FULL_MARKS


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda t: b"\xef\xbb\xbf" + t.encode(), id="byte order mark"),
        pytest.param(lambda t: t.encode("utf-16"), id="utf-16"),
        pytest.param(lambda t: t.encode() + b"\n\n}}] trailing", id="trailing garbage"),
        pytest.param(lambda t: t.encode() + b"\0" * 5000, id="trailing zeros"),
        pytest.param(lambda t: t.replace("hello", "\udcff").encode("utf-8", "surrogateescape"), id="invalid utf-8"),
        pytest.param(lambda t: t.replace("\\n", "\\r\\n").encode(), id="windows lines"),
        pytest.param(lambda t: t.replace('"execution_count": 1', '"execution_count": NaN').encode(), id="NaN"),
    ],
)
def test_damage_around_the_answers_costs_nothing(tmp_path, encode):
    (tmp_path / "lab.ipynb").write_bytes(encode(json.dumps(filled())))
    assert points(tmp_path) == FULL_MARKS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        ("\n \0", "empty"),
        ("<!DOCTYPE html><html></html>", "web-page"),
        ("import numpy as np", "invalid-json"),
        ("version https://git-lfs.github.com/spec/v1", "git-lfs"),
        ("[" * 100_000, "invalid-json"),
        ("9" * 10_000, "invalid-json"),
        ("[]", "not-a-notebook"),
        ("null", "not-a-notebook"),
        ('{"cells": 3}', "not-a-notebook"),
        ('{"worksheets": [null, {"cells": 5}]}', "not-a-notebook"),
        (json.dumps({"cells": [{}] * 2_000}), "too-many-cells"),
        (json.dumps({"cells": [{"cell_type": "code", "source": "x = 1\n" * 10_000}] * 40}), "too-large"),
        ('{"cells": [' + "[]," * 1_500_000 + "[]]}", "too-large"),
    ],
    ids=range(14),
)
def test_what_is_no_notebook_is_named_and_the_rest_is_read(tmp_path, content, code):
    save(tmp_path / "lab.ipynb", content)
    save(tmp_path / "other-lab.ipynb", filled(OTHER, CUBE))
    submission = load_submission(tmp_path, ASSIGNMENT)
    assert submission.notebook("lab") is None
    assert [(p.code, p.notebook) for p in submission.problems] == [(code, "lab")]
    assert "lab.ipynb" in submission.problems[0].message
    assert source_of(transplant(OTHER, submission.notebook("other-lab")), "cube") == CUBE["cube"]


def test_a_broken_file_gives_way_to_a_copy_that_can_be_read(tmp_path):
    save(tmp_path / "lab.ipynb", "{")
    save(tmp_path / "lab-Copy1.ipynb", filled())
    assert points(tmp_path) == FULL_MARKS
    assert "invalid-json" in codes(load_submission(tmp_path, LAB))


ODD = [None, 3, "x", [], [1, None], {}, {"nbgrader": 4}, {"nbgrader": {"grade_id": ["area"]}}, True, 1e300, "\ud800"]


@given(st.lists(st.dictionaries(
    st.sampled_from(["cell_type", "source", "input", "metadata", "id", "attachments", "outputs"]),
    st.sampled_from(ODD),
), max_size=6))  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_odd_cells_never_stop_the_reading(tmp_path_factory, cells):
    folder = tmp_path_factory.mktemp("odd")
    nb = json.loads(json.dumps(filled()))
    nb["cells"] = [*cells, None, 7, *nb["cells"]]
    save(folder / "lab.ipynb", nb)
    result = transplant(PRISTINE, load_submission(folder, LAB).notebook("lab"))
    assert earned(result) == FULL_MARKS
    nbformat.writes(result.notebook).encode()


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_a_problem_and_nothing_worse(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "lab.ipynb").write_bytes(content)
    submission = load_submission(folder, LAB)
    assert submission.notebook("lab") is None
    assert len(submission.problems) == 1


def test_a_notebook_damaged_anywhere_is_read_or_named(tmp_path):
    text = json.dumps(filled()).encode()
    draws = random.Random(4)
    for _ in range(100):
        damaged = bytearray(text)
        for _ in range(draws.randint(1, 4)):
            damaged[draws.randrange(len(damaged))] = draws.randrange(256)
        (tmp_path / "lab.ipynb").write_bytes(damaged)
        submission = load_submission(tmp_path, LAB)
        assert submission.notebook("lab") or submission.problems
        nbformat.validate(transplant(PRISTINE, submission.notebook("lab")).notebook)


def test_only_pictures_come_along_with_written_answers(tmp_path):
    nb = filled()
    answer = next(node for node in nb.cells if node.id == "why-answer")
    answer["attachments"] = {
        "a.png": {"image/png": "iVBORw0KGgo="},
        "b.png": {"image/png": "no base64!"},
        "c.html": {"text/html": "<script>"},
        "d": "nonsense",
    }
    save(tmp_path / "lab.ipynb", nb)
    lab = found(load_submission(tmp_path, LAB))
    assert [c.attachments for c in lab.cells if c.id == "why-answer"] == [(("a.png", "image/png", "iVBORw0KGgo="),)]


# Files that are traps


def test_links_to_other_files_are_not_followed(tmp_path):
    secret = save(tmp_path / "secret" / "lab.ipynb", filled())
    folder = tmp_path / "handed-in"
    folder.mkdir()
    (folder / "lab.ipynb").symlink_to(secret)
    (folder / "deeper").symlink_to(secret.parent)
    os.link(secret, folder / "other.ipynb")
    submission = load_submission(folder, LAB)
    assert submission.notebooks == ()
    assert {"skipped-files", "missing"} <= codes(submission)
    (problem,) = [problem for problem in submission.problems if problem.code == "skipped-files"]
    assert all(name in problem.message for name in ("lab.ipynb", "deeper", "other.ipynb"))


def test_a_folder_that_is_a_link_is_not_read(tmp_path):
    save(tmp_path / "real" / "lab.ipynb", filled())
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert points(tmp_path / "real" / "lab.ipynb") == FULL_MARKS, "one file is an upload too"
    for folder in (tmp_path / "link", tmp_path / "nowhere"):
        submission = load_submission(folder, LAB)
        assert submission.notebooks == ()
        assert "no-folder" in codes(submission)


def test_pipes_sockets_and_devices_are_not_opened(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # socket paths must be short
    os.mkfifo("lab.ipynb")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("lab-Copy1.ipynb")
        started = time.monotonic()
        submission = load_submission(tmp_path, LAB)
    assert submission.notebooks == ()
    assert codes(submission) == {"skipped-files", "nothing", "missing"}
    assert time.monotonic() - started < 60, "nothing waits for a pipe's other end"


def test_unreadable_bits_of_a_folder_are_named(tmp_path):
    save(tmp_path / "lab.ipynb", filled())
    (tmp_path / os.fsdecode(b"lab \xff(1).ipynb")).write_text("{")
    (tmp_path / "lab \x1b[31m.ipynb").write_text("{")
    submission = load_submission(tmp_path, LAB)
    assert submission.notebook("lab") is not None
    for problem in submission.problems:
        assert problem.message.isprintable()
        problem.staff_message.encode()


def test_heaps_of_files_deep_folders_and_huge_files_do_not_hide_the_notebook(tmp_path):
    limits, intake = ReadingLimits(notebooks=10, notebook_bytes=100_000), IntakeLimits(entries=200, depth=3)
    save(tmp_path / "lab.ipynb", filled())
    for i in range(30):
        save(tmp_path / "a" / f"{i}.ipynb", "{}")
    for i in range(300):
        save(tmp_path / "data" / f"{i}.txt", "")
    save(tmp_path / "a/b/c/d/e/lab.ipynb", filled())
    save(tmp_path / "huge.ipynb", " " * 200_000)
    submission = load_submission(tmp_path, LAB, limits, intake)
    assert str(found(submission).path) == "lab.ipynb"
    assert {"too-many-files", "too-many-notebooks", "too-large"} <= codes(submission)
    assert "skipped-files" in codes(load_submission(tmp_path, LAB, limits, IntakeLimits(depth=3)))


def test_many_large_notebooks_do_not_fill_the_memory(tmp_path):
    save(tmp_path / "lab.ipynb", filled())
    size = (tmp_path / "lab.ipynb").stat().st_size
    save(tmp_path / "zzz.ipynb", filled())
    submission = load_submission(tmp_path, LAB, ReadingLimits(bytes_together=size + 10))
    assert str(found(submission).path) == "lab.ipynb"
    assert codes(submission) == {"too-large"}


def test_reading_twice_gives_the_same(tmp_path):
    for name in ("lab(1).ipynb", "lab(2).ipynb", "LAB.ipynb", "x/lab-Copy2.ipynb"):
        save(tmp_path / name, filled())
    assert load_submission(tmp_path, LAB) == load_submission(tmp_path, LAB)
