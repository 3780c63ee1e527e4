"""What a student displays lands in the graded notebook as far as a notebook can hold it."""

from dataclasses import replace

import nbformat
import pytest
from exam_notebook import text
from nbformat.v4 import new_code_cell, new_notebook

from proctor.exam.shell.outputs import Recorder, to_notebook
from proctor.exam.wire.messages import Display, Error, Ran, Reader, Stream, encode
from proctor.exam.wire.values import WireError
from proctor.grading import _valid

ODD = """
from IPython.display import display
deep = {}
for _ in range(400):
    deep = {"d": deep}
display({"text/plain": 5, "image/png": {"a": 1}, "": [None], "application/json": deep, 7: "x", "no": "x"}, raw=True)
display({"text/html": ["a", 1]}, metadata={"x": deep}, raw=True)
display({"text/plain": float("nan"), "application/json": float("nan")}, raw=True)
display({"text/plain": ["two ", "parts"], "application/json": {"n": [1, None]}, "application/x.y+json": "s"}, raw=True)
display({"text/plain": "with metadata"}, metadata={"width": 3}, raw=True)
"""


def test_displays_that_no_notebook_can_hold_are_left_out(run):
    (result,) = run(ODD)
    nbformat.validate(
        new_notebook(cells=[new_code_cell(id="c", outputs=[nbformat.from_dict(o) for o in result.outputs])])
    )
    *_, whole, described = result.outputs
    assert whole["data"] == {
        "text/plain": "two parts",
        "application/json": {"n": [1, None]},
        "application/x.y+json": "s",
    }
    assert described["metadata"] == {"width": 3}


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "display_data", "data": {"text/plain": 5}, "metadata": {}},
        {"output_type": "display_data", "data": {"text/plain": "x"}},
        {"output_type": "stream", "name": "stdout", "text": None},
        {"output_type": "error", "ename": "E", "evalue": 1, "traceback": []},
    ],
)
def test_an_output_that_is_invalid_all_the_same_becomes_a_line(output):
    assert "left out" in _valid(output)["text"]


def test_any_json_that_is_a_burden_is_left_out():
    for burden in ("[" + "{}," * 200_000 + "{}]", "[" * 5000 + "]" * 5000, "[" * 150 + "]" * 150, "{", "nan", ""):
        shown = to_notebook(Display({"application/json": burden, "text/plain": "x"}, burden), 1)
        assert shown["data"] == {"application/json": None, "text/plain": "x"} and shown["metadata"] == {}


def test_outputs_without_number_are_refused_before_they_are_read():
    read = Reader(Ran)
    start = b"\x83\xa4type\xa3ran\xa6number\x01\xa7outputs\xdd"
    with pytest.raises(WireError):
        read(start + (10_000_000).to_bytes(4, "big") + b"\x80" * 10_000_000)
    for output in (Display({str(i): "" for i in range(200)}, ""), Error("E", "", [""] * 5000)):
        with pytest.raises(WireError):
            read(encode(Ran(1, [output])))


def test_small_outputs_count_with_what_they_take():
    recorder = Recorder(10_000)
    for number in range(10_000):
        recorder.write(("stdout", "stderr")[number % 2], ".")
    assert len(recorder.outputs()) < 500
    recorder = Recorder(10_000)
    for _ in range(4000):
        recorder.write("stdout", ".")
    assert recorder.outputs() == [Stream("stdout", "." * 4000)]


def test_a_cell_that_displays_without_end_keeps_its_run(run):
    (result,) = run(
        "import sys\nfor i in range(20_000):\n    print('a')\n    print('b', file=sys.stderr)\nprint('end')"
    )
    assert result.outcome.name == "OK" and "end" in text(result)


def test_a_demonstration_runs_once_for_its_outputs_and_not_where_tests_ask(notebook):
    notebook.student_cell("def f(x): return 'shown' in globals()")
    notebook.test_cell("### BEGIN HIDDEN TESTS\nassert not f(1)\n### END HIDDEN TESTS", id="before")
    notebook.student_cell("shown = 1\nprint('here it is')\nshown", id="demo")
    notebook.cells[-1] = replace(notebook.cells[-1], only_shown=True)
    notebook.test_cell("### BEGIN HIDDEN TESTS\nassert not f(1)\n### END HIDDEN TESTS", id="after")
    results = notebook.sit()
    assert text(results["demo"]) == "here it is\n\n1" and results["demo"].outcome.value == "ok"
    assert [results[id].points for id in ("before", "after")] == [1.0, 1.0]


def test_a_demonstration_that_fails_says_so(notebook):
    notebook.test_cell("### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS")
    for id, source in (("raises", "1 / 0"), ("dies", "import os\nos._exit(1)"), ("goes-on", "print(1)")):
        notebook.student_cell(source, id=id)
        notebook.cells[-1] = replace(notebook.cells[-1], only_shown=True)
    results = notebook.sit()
    assert [results[id].outcome.value for id in ("raises", "dies", "goes-on")] == ["error", "died", "ok"]
    assert "ZeroDivisionError" in text(results["raises"]) and "ended its own process" in text(results["dies"])
