"""What a student displays lands in the graded notebook as far as a notebook can hold it."""

import json
import sys
from dataclasses import replace

import nbformat
import pytest
from exam_notebook import LIMITS, text
from nbformat.v4 import new_code_cell, new_notebook

from proctor.exam.shell.outputs import Recorder, to_notebook
from proctor.exam.shown import brought_up_to_date
from proctor.exam.wire.messages import Display, Error, Output, Reader, Report, Result, Stream, encode
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
    read, read_output = Reader(Report), Reader(Output)
    start = b"\x83\xa4type\xa3ran\xa6number\x01\xa7outputs\xdd"
    with pytest.raises(WireError):
        read(start + (10_000_000).to_bytes(4, "big") + b"\x80" * 10_000_000)
    for output in (Display({str(i): "" for i in range(200)}, ""), Error("E", "", [""] * 5000)):
        with pytest.raises(WireError):
            read_output(encode(output))


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


SHOW = "from IPython.display import display\n"


@pytest.fixture
def narrow(room, monkeypatch):
    """A notebook may show little."""
    monkeypatch.setattr(room, "limits", replace(LIMITS, notebook_output_bytes=400_000, notebook_outputs=400))


def written(results) -> int:
    """Bytes of all outputs in a file."""
    return len(json.dumps([result.outputs for result in results], ensure_ascii=False).encode())


def test_cells_that_fill_the_notebook_leave_the_others_their_share(run, narrow):
    *many, last = run(*["print('first', 'x' * 90_000, 'last')"] * 20, "print('y' * 5000)")
    assert written(many) < 400_000 and "y" * 5000 in text(last)
    assert all(text(result).startswith("first") and text(result).endswith("last\n") for result in many)
    assert "left out" in text(many[-1]) and "left out" not in text(many[0])


@pytest.mark.parametrize("piece", ["chr(1)", "chr(10)", "chr(0x1F600)", "'x' * 9000 + chr(0x1F600)"])
def test_what_counts_is_what_text_takes_in_memory_and_in_a_file(run, narrow, piece):
    results = run(*[f"for _ in range(50): print({piece} * (90_000 // len({piece}) // 50))"] * 10)
    assert written(results) < 400_000
    assert sum(sys.getsizeof(output["text"]) for result in results for output in result.outputs) < 400_000


def test_a_notebook_holds_so_many_outputs_and_no_more(run, narrow):
    results = run(SHOW + "for i in range(2000): display(i)", "for i in range(2000): display(i)", "display('end')")
    shown = [text(result) for result in results]
    assert sum(len(result.outputs) for result in results) <= 400 + len(results)
    assert shown[0].startswith("0\n1\n") and shown[0].endswith("1999") and "left out" in shown[0]
    assert shown[2] == "'end'"


def test_a_display_that_is_updated_thousands_of_times_shows_its_last_state(run, narrow):
    first, second = run(
        SHOW + "a = display('a', display_id='a')\nfor i in range(20_000): a.update('x' * 50 + str(i))",
        "b = display('b', display_id='a')\na.update('end')",
    )
    assert text(first) == text(second) == "'end'"
    assert first.outputs[0]["data"] is not second.outputs[0]["data"]


def test_one_update_of_many_displays_counts_for_each_of_them(run, narrow):
    results = run(
        SHOW + "for _ in range(100): handle = display('', display_id='a')",
        "handle.update({'text/plain': 'x' * 20_000, 'application/json': list(range(100))}, raw=True)",
    )
    assert 20_000 < written(results) < 400_000


def test_an_update_is_for_the_displays_before_it():
    def display(text, **update):
        return Display({"text/plain": text}, "{}", "a", **update)

    recorder = Recorder(100_000)
    outputs = [display("1"), display("2", update=True), display("3", update=True), display("4")]
    for output in outputs:
        recorder.add(output)
    assert recorder.outputs() == [outputs[0], *outputs[2:]]
    (shown,) = brought_up_to_date([recorder.outputs()])
    assert [output.data["text/plain"] for output, _ in shown if isinstance(output, Display)] == ["3", "4"]


def test_a_students_update_changes_no_display_of_a_test(notebook):
    notebook.test_cell("from IPython.display import display\ndisplay('ours', display_id='a')", id="test")
    notebook.student_cell(SHOW + "display('mine', display_id='a').update('forged')", id="mine")
    results = notebook.sit()
    assert "ours" in text(results["test"]) and "forged" not in text(results["test"])
    assert text(results["mine"]) == "'forged'"


@pytest.mark.parametrize(
    "output",
    [
        Error("E" * 20_000, "", []),
        Error("E", "", [""] * 1000),
        Display({"k" * 20_000: ""}, "{}"),
        Display({"text/plain": ""}, "{}", "d" * 20_000),
        Display({"text/plain": ""}, "{}", "d" * 20_000, update=True),
        Result({"application/json": "[" + "{}," * 50 + "{}]"}, "{}"),
        Result({}, '{"m": "' + "m" * 20_000 + '"}'),
    ],
)
def test_every_part_of_an_output_counts(output):
    recorder = Recorder(20_000)
    recorder.add(output)
    assert [type(kept) for kept in recorder.outputs()] == [Stream]


FLOOD = """
import msgspec
from proctor.exam.candidate import candidate
from proctor.exam.wire.messages import Display, Ran
honest = candidate.encode
kinds = {f"{i:x}": "" for i in range(30)}
first, second = honest(Ran(1, [Display(kinds, "{}") for _ in range(7000)])).split(b"\\xa6number\\x01", 1)
def flood(message):
    if type(message) is not Ran: return honest(message)
    return first + b"\\xa6number" + msgspec.msgpack.encode(message.number) + second
candidate.encode = flood
"""


def test_what_takes_the_proctor_long_to_read_is_the_candidates_time(run, room, monkeypatch):
    monkeypatch.setattr(room, "limits", replace(LIMITS, notebook_seconds=4))
    results = run(FLOOD, *["1"] * 20)
    assert results[1].outcome.value == "ok" and results[-1].outcome.value == "not run"
