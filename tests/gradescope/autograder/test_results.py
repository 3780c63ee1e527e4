"""What students see on Gradescope: each test once, at the right time, in words that do nothing but read."""

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType

import pytest
from gradescope.autograder_folder import strict
from jsonschema import ValidationError
from nbformat.v4 import new_output
from small_assignment import cell, handed_in, notebook, student
from traitlets.config import Config

from proctor.exam.paper import CellResult, Outcome
from proctor.gradescope.autograder.metadata import Metadata, PreviousSubmission, Student
from proctor.gradescope.autograder.results import ALL_WELL, NOT_REACHED, results
from proctor.gradescope.settings import Gradescope
from proctor.grading import GradedNotebook, GradedSubmission
from proctor.notebooks.assignment import Assignment, assignment_notebook, load_assignment
from proctor.notebooks.submission import Problem
from proctor.notebooks.transplant import transplant
from proctor.parts import Part
from proctor.settings import Late

ROOT = Path(__file__).parents[3]
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
PARTS = "from proctor.checks import part, score\nwith part(1, 'one'):\n    assert f(1)\nscore()"

LAB = assignment_notebook(
    "lab",
    notebook(
        cell("markdown", "plain", "top", "# A lab\n## 1 · Warm up (4 points)"),
        cell("code", "solution", "f", "### BEGIN SOLUTION\nf = abs\n### END SOLUTION"),
        cell("code", "test", "test-f", "assert f(-1) == 1, 'f(-1) is 1'\n" + HIDDEN.format(PARTS), 4),
        cell("markdown", "plain", "second", "## 2 · The rest\n### `g` (3 points)"),
        cell("code", "test", "test-g", "# 3 points\n" + HIDDEN.format("assert f(2) == 2"), 3),
        cell("markdown", "plain", "third", "### h"),
        cell("code", "test", "test-h", "assert f(-3) == 3", 2),
        cell("markdown", "plain", "fourth", "## 3 · In words"),
        cell("markdown", "manual", "why", "Because.", 5),
    ),
)
ASSIGNMENT = Assignment("hw", Path("hw"), (LAB,), ())
FULL = {"test-f": 4.0, "test-g": 3.0, "test-h": 2.0}
DUE = datetime(2024, 5, 1, tzinfo=timezone.utc)
NONE: Mapping = MappingProxyType({})


def graded(
    points=FULL, messages=NONE, printed=NONE, outcomes=NONE, records=NONE, problems=(), parts=NONE, lines=NONE
) -> GradedSubmission:
    """A graded lab, as the exam would give it back; a test with a message has stopped in its first line."""
    transplanted = transplant(LAB, student(handed_in({}, LAB)))
    found = []
    for node in transplanted.notebook.cells:
        name = node.id
        if name not in FULL:
            continue
        node.outputs = [new_output("stream", text=printed[name])] if name in printed else []
        message = messages.get(name, "")
        outcome = outcomes.get(name, Outcome.FAILED if message else Outcome.OK)
        score = points.get(name, 0.0)
        found.append(
            CellResult(
                name,
                (),
                1,
                outcome,
                score,
                FULL[name],
                message,
                "for staff only",
                0.1,
                7,
                records.get(name, {}),
                parts.get(name, ()),
                lines.get(name, int(bool(message))),
            )
        )
    lab = GradedNotebook("lab", transplanted.notebook, tuple(found), (), (), 7)
    return GradedSubmission((lab,), tuple(problems))


def shown(given=None, metadata=Metadata(), assignment=ASSIGNMENT, settings=NONE, **more) -> dict:
    """The results as they are read from the file."""
    given = graded() if given is None else given
    return strict(json.dumps(results(assignment, given, metadata, Gradescope(**settings), **more), allow_nan=False))


def entries(value: dict) -> dict[tuple[str, str], dict]:
    """The entries by cell and part."""
    return {(test["extra_data"].get("cell"), test["extra_data"]["part"]): test for test in value["tests"]}


def again(value: dict) -> Metadata:
    """Metadata of a submission that comes after one with these results."""
    return Metadata(DUE, (), (PreviousSubmission(DUE - timedelta(hours=1), None, tuple(value["tests"])),))


# Entries


def test_each_test_cell_has_one_entry_with_its_points_and_they_add_up():
    value = shown(graded({"test-f": 1.0, "test-g": 3.0}))
    with_points = [test for test in value["tests"] if "score" in test]
    assert [(test["score"], test["max_score"], test["status"]) for test in with_points] == [
        (1, 4, "failed"), (3, 3, "passed"), (0, 2, "failed"),
    ]  # fmt: skip
    assert value["score"] == 4


def test_numbers_and_names_are_those_of_the_notebooks_sections():
    names = [(test["number"], test["name"]) for test in shown()["tests"]]
    assert names == [
        ("1.1", "Warm up: visible checks"),
        ("1.1", "Warm up: hidden tests"),
        ("1.2.1", "g: hidden tests"),
        ("1.2.2", "h"),
        ("1.3", "In words: written answer"),
    ]


def test_without_numbered_sections_the_tests_are_counted():
    cells = [cell("code", "test", f"test-{n}", "assert True", 1) for n in range(2)]
    plain = Assignment("hw", Path("hw"), (assignment_notebook("lab", notebook(*cells)),), ())
    assert [(t["number"], t["name"]) for t in shown(GradedSubmission((), ()), assignment=plain)["tests"]] == [
        ("1.1", "0"), ("1.2", "1"),
    ]  # fmt: skip


def test_hw4s_numbers_are_those_of_its_headings_and_its_names_differ():
    hw4 = load_assignment(ROOT / "source" / "hw4", Config({"ClearMarkScheme": {"enforce_metadata": False}}))
    value = shown(GradedSubmission((), ()), assignment=hw4)
    found = entries(value)
    assert found["test-forward", "points"]["number"] == "1.4"
    assert found["test-checkpoint", "points"]["number"] == "3.7.2"
    labels = [(test["number"], test["name"]) for test in value["tests"]]
    assert len(set(labels)) == len(labels)
    assert sum(test.get("max_score", 0) for test in value["tests"]) == 82 and value["score"] == 0


def test_visible_checks_show_at_once_and_hidden_tests_with_the_grades():
    found = entries(shown())
    assert found["test-f", "visible"]["visibility"] == found["test-h", "points"]["visibility"] == "visible"
    assert found["test-f", "points"]["visibility"] == found["test-g", "points"]["visibility"] == "after_published"
    assert "score" not in found["test-f", "visible"] and ("test-g", "visible") not in found


def test_instructors_decide_when_each_shows():
    found = entries(shown(settings={"visible_visibility": "after_due_date", "hidden_visibility": "hidden"}))
    assert found["test-f", "visible"]["visibility"] == "after_due_date"
    assert found["test-f", "points"]["visibility"] == "hidden"


def test_instructors_decide_for_single_tests():
    chosen = {"test-g": "visible", "other/*": "hidden", "lab/test-[fh]": "after_due_date"}
    found = entries(shown(settings={"visibility": chosen}))
    points = {name: found[name, "points"]["visibility"] for name in FULL}
    assert points == {"test-f": "after_due_date", "test-g": "visible", "test-h": "after_due_date"}
    assert found["test-f", "visible"]["visibility"] == "visible"


def test_written_answers_are_listed_without_points():
    written = entries(shown())["why", "written"]
    assert written["output"] == "Graded by hand, 5 points." and not {"score", "max_score", "status"} & written.keys()


def test_a_failed_visible_check_says_what_is_wrong_at_once():
    failed = graded({}, messages={"test-f": "f(-1) is 1"})
    found = entries(shown(failed))
    assert found["test-f", "visible"]["status"] == "failed" and "f(-1) is 1" in found["test-f", "visible"]["output"]


def test_a_failed_hidden_part_says_nothing_before_the_grades_are_published():
    lines = "✗ 0/1  one: differs first at [2]\n"
    found = entries(shown(graded({"test-f": 0.0}, printed={"test-f": lines})))
    visible = found["test-f", "visible"]
    assert visible["status"] == "passed" and "differs" not in visible["output"]
    assert "✗ 0/1 one: differs first at \\[2\\]" in found["test-f", "points"]["output"]


RIGHT, WRONG = Part("one", 1.0, 1.0, "ok"), Part("two", 0.0, 1.0, "failed", "mind the *sign*")
UNREACHED = Part("three", 0.0, 1.0, "not run", "not reached")


def test_parts_are_listed_with_what_became_of_each_though_nothing_was_printed():
    output = entries(shown(graded({"test-f": 1.0}, parts={"test-f": (RIGHT, WRONG, UNREACHED)})))["test-f", "points"][
        "output"
    ]
    assert "- ✓ 1/1 one\n- ✗ 0/1 two: mind the \\*sign\\*\n" in output and "three: not reached" in output


F_AT_ONCE, F_LATER = ("test-f", "visible"), ("test-f", "points")


def stopped(line: int, parts=(), outcome=Outcome.FAILED) -> GradedSubmission:
    """A lab whose test of f stopped in that line, of which the second begins the hidden tests; 0: nobody knows where."""
    f = {"test-f": "stopped"}
    return graded({}, f, parts={"test-f": parts}, lines={"test-f": line}, outcomes={"test-f": outcome})


def test_the_line_that_failed_decides_whether_the_visible_checks_passed():
    assert entries(shown(stopped(1)))[F_AT_ONCE]["status"] == "failed"
    for line in (2, 3, 7):
        seen = entries(shown(stopped(line)))[F_AT_ONCE]
        assert (seen["status"], seen["output"]) == ("passed", ALL_WELL)


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.TIMEOUT, Outcome.DIED, Outcome.AUTHOR])
def test_what_students_see_at_once_is_the_same_whatever_becomes_of_hidden_tests(outcome):
    def at_once(given):
        value = shown(given)
        return [test for test in value["tests"] if test["visibility"] == "visible"], value["output"]

    assert at_once(stopped(3, outcome=outcome)) == at_once(graded({"test-f": 4.0}))


def test_where_no_line_is_known_the_parts_decide_or_nothing_is_said():
    for parts in ((RIGHT, UNREACHED), (WRONG,)):
        assert entries(shown(stopped(0, parts)))[F_AT_ONCE]["status"] == "passed"
    for unreached in ((UNREACHED,), ()):
        assert F_AT_ONCE not in entries(shown(stopped(0, unreached)))


def test_a_part_that_was_printed_in_its_like_only_counts_for_nothing():
    found = entries(shown(graded({}, {"test-f": "stopped"}, {"test-f": "✓ 1/1  one\n"})))
    assert found[F_AT_ONCE]["status"] == "failed"


def of_one_cell(source: str, given: GradedSubmission) -> dict[tuple[str, str], dict]:
    lab = assignment_notebook("lab", notebook(cell("code", "test", "test-f", source, 4)))
    return entries(shown(given, assignment=Assignment("hw", Path("hw"), (lab,), ())))


def test_a_cell_without_parts_shows_its_visible_checks_also_when_the_hidden_ones_fail():
    source = "assert f(1)\n" + HIDDEN.format("assert f(2), 'hidden words'")
    failed = graded({}, messages={"test-f": "hidden words"}, lines={"test-f": 3})
    found = of_one_cell(source, failed)
    assert found[F_AT_ONCE] == of_one_cell(source, graded())[F_AT_ONCE]
    assert found[F_LATER]["visibility"] == "after_published" and "hidden words" in found[F_LATER]["output"]


def test_a_visible_part_counts_among_the_visible_checks():
    source = "with part(1, 'one'):\n    assert f(1)\n" + HIDDEN.format(PARTS.partition("\n")[2])
    for given, status in ((RIGHT, "passed"), (WRONG, "failed")):
        seen = of_one_cell(source, graded({"test-f": 1.0}, parts={"test-f": (given, RIGHT)}))[F_AT_ONCE]
        assert seen["status"] == status and ("mind the" in seen["output"]) == (status == "failed")
        assert "one" not in seen["output"], "the hidden part"


@pytest.mark.parametrize(
    "source",
    [
        "for x in (1, 2):\n    with part(1, f'{x}'):\n        assert f(x)\n" + HIDDEN.format("score()"),
        "%%time\nassert f(1)\n" + HIDDEN.format("assert f(2)"),
        "# look\n\n" + HIDDEN.format("assert f(2)"),
    ],
    ids=["parts in a loop", "a magic", "only a comment"],
)
def test_where_reading_does_not_tell_which_checks_are_visible_none_is_ever_shown(source):
    for given in (graded(), graded({}, {"test-f": "stopped"}), stopped(3), stopped(0, (RIGHT,))):
        assert F_AT_ONCE not in of_one_cell(source, given)


def test_checks_below_the_hidden_tests_are_shown_with_these():
    source = "assert f(1)\n" + HIDDEN.format("assert f(2)") + "\nassert f(3), 'three'"
    failed_below = of_one_cell(source, graded({}, {"test-f": "three"}, lines={"test-f": 5}))
    assert failed_below[F_AT_ONCE] == of_one_cell(source, stopped(3))[F_AT_ONCE]
    assert "before the hidden tests" in failed_below[F_AT_ONCE]["output"] and "three" in failed_below[F_LATER]["output"]


def test_a_test_that_is_broken_itself_blames_no_visible_check():
    for line in (0, 1):
        assert F_AT_ONCE not in entries(shown(stopped(line, outcome=Outcome.AUTHOR)))


def test_what_is_for_staff_stays_with_staff():
    assert "for staff only" not in json.dumps(shown(graded({}, messages={"test-f": "no"})))


# What was not graded


def test_before_anything_is_graded_everything_is_zero_with_a_reason():
    value = shown(GradedSubmission((), ()))
    assert value["score"] == 0
    for test in value["tests"]:
        if "score" in test:
            assert (test["score"], test["status"], test["output"]) == (0, "failed", NOT_REACHED)


def test_a_notebook_that_failed_to_be_graded_says_why():
    value = shown(GradedSubmission((), ()), reasons={"lab": "Something went wrong."})
    assert entries(value)["test-h", "points"]["output"] == "Something went wrong."


def test_problems_of_the_upload_are_said_once():
    problem = Problem("renamed", "lab (1).ipynb: Read as lab.ipynb.", "staff words")
    given = graded(problems=[problem])
    given = replace(given, notebooks=(replace(given.notebooks[0], problems=(problem,)),))
    output = shown(given)["output"]
    assert output.count("Read as lab.ipynb") == 1 and "staff words" not in output


# Late work


def late(hours: float) -> Metadata:
    return Metadata(DUE + timedelta(hours=hours), (Student("a@b.edu", "A", "1", DUE),))


def test_late_work_is_named_at_once_and_what_it_costs_with_the_grades():
    value = shown(metadata=late(26.5), penalty=2.5)
    assert "1 d 2 h 30 min after your due date" in value["output"] and "2.5" not in value["output"]
    entry = next(test for test in value["tests"] if test["name"] == "Late submission")
    assert value["score"] == 6.5
    assert "2.5 points of 9 are taken off" in entry["output"] and entry["visibility"] == "after_published"


def test_work_within_the_grace_period_counts_as_in_time_and_says_so():
    words = [shown(metadata=late(hours), late=Late(grace_minutes=15))["output"] for hours in (0.25, 0.3)]
    assert "15 min after your due date, which counts as in time." in words[0]
    assert "18 min after your due date." in words[1]


def test_a_penalty_takes_no_more_than_there_is():
    assert shown(penalty=20.0)["score"] == 0


def test_work_in_time_has_no_word_about_lateness():
    value = shown(metadata=late(-1))
    assert "due date" not in value["output"] and "Late" not in json.dumps(value["tests"])


# Resubmissions


def test_a_resubmission_says_what_changed_among_what_students_see():
    before = shown(graded({"test-h": 0.0, "test-g": 0.0}, messages={"test-f": "f(-1) is 1", "test-h": "no"}))
    output = shown(graded(), again(before))["output"]
    assert "Better than in your last submission: 1.1 Warm up; 1.2.2 h." in output and "Worse" not in output
    assert "1.2.1" not in output, "hidden tests stay hidden"
    assert (
        "Worse than in your last submission: 1.1 Warm up; 1.2.2 h."
        in shown(graded({}, messages={"test-f": "f(-1) is 1", "test-h": "no"}), again(shown()))["output"]
    )


def test_a_hidden_test_says_its_last_points_beside_its_new_ones():
    found = entries(shown(graded(), again(shown(graded({"test-f": 4.0, "test-g": 1.0, "test-h": 2.0})))))
    assert "Last submission: 1 point." in found["test-g", "points"]["output"]
    assert "Last submission" not in found["test-f", "points"]["output"]


def test_a_resubmission_with_the_same_results_says_so():
    output = shown(graded(), again(shown()))["output"]
    assert "the result of no visible check has changed" in output


@pytest.mark.parametrize(
    "earlier",
    [
        {},
        {"name": "another autograder's"},
        {"extra_data": {"notebook": "lab", "cell": ["test-h"], "part": "points"}},
        {"extra_data": {"notebook": "lab", "cell": "test-h", "part": "points"}, "score": "NaN"},
        {"extra_data": {"notebook": "lab", "cell": "test-h", "part": "points"}, "score": math.nan},
        {"extra_data": {"notebook": "lab", "cell": "test-h", "part": "points"}, "score": 10**400},
    ],
)
def test_earlier_results_of_any_form_harm_nothing(earlier):
    value = shown(graded(), again({"tests": [earlier]}))
    assert value["score"] == 9


# Text


NASTY = (
    "<script>alert(1)</script> [link](javascript:x) ![](http://x) **bold** `code` $$x$$ ~~gone~~ | a | b |\n"
    "# heading\n- list\n```\n\x1b[31mred\x1b[0m nul\x00 \ud800 \u202e"
)


def test_text_of_any_origin_is_shown_as_it_is():
    problem = Problem("x", NASTY, "")
    value = shown(graded({}, {"test-h": NASTY}, {"test-g": NASTY}, problems=[problem]))
    found = entries(value)
    in_tests = [found[name, "points"]["output"] for name in ("test-h", "test-g")]
    for output in (value["output"].split("\n\n")[0], *in_tests):
        assert "<" not in output and "\\[link\\]" in output and "\\*\\*bold" in output and "\\`code" in output
        assert not {"\x1b", "\x00", "\u202e", "$"} & set(output) and "31m" not in output
        assert not any(line.startswith(("#", "```")) for line in output.splitlines())


@pytest.mark.parametrize("message", ["1. first", "- item", "+ item", "# heading", "=====", "12) twelve"])
def test_no_message_becomes_a_list_or_a_heading(message):
    output = entries(shown(graded({}, {"test-h": message})))["test-h", "points"]["output"]
    assert output == message.replace(message.lstrip("12")[0], "\\" + message.lstrip("12")[0], 1)


def test_an_output_without_end_is_cut_where_a_line_ends():
    lines = "".join(f"line {n}\n" for n in range(200_000))
    output = entries(shown(graded(printed={"test-g": lines})))["test-g", "points"]["output"]
    assert output.startswith("- line 0\n- line 1\n") and output.endswith("(The rest was left out: it is too long.)")
    assert len(output) < 10_000


def test_many_long_outputs_together_stay_below_the_limit():
    cells = [cell("code", "test", f"test-{n}", "assert True", 1) for n in range(300)]
    many = Assignment("hw", Path("hw"), (assignment_notebook("lab", notebook(*cells)),), ())
    shown(GradedSubmission((), ()), assignment=many, reasons={"lab": "word " * 2000})


def test_numbers_that_json_lacks_become_zero():
    value = shown(graded({"test-f": math.nan, "test-g": math.inf}), seconds=math.nan)
    assert [test["score"] for test in value["tests"] if "score" in test] == [0, 0, 0]
    assert value["score"] == 0


# Leaderboard


def test_the_leaderboard_has_what_tests_record_and_the_seconds():
    given = graded(records={"test-f": {"test accuracy": 0.926, "parameters": 28938.0}})
    value = shown(given, settings={"smallest_first": ["parameters"]}, seconds=12.34)
    assert value["leaderboard"] == [
        {"name": "Test accuracy", "value": 0.926, "order": "desc"},
        {"name": "Parameters", "value": 28938, "order": "asc"},
        {"name": "Grading seconds", "value": 12.3, "order": "asc"},
    ]


# The schema


def test_the_schema_takes_the_documented_examples_and_refuses_what_the_server_would():
    taken = [
        {"score": 44.0, "execution_time": 136, "stdout_visibility": "visible", "extra_data": {}, "tests": [
            {"score": 2.0, "max_score": 2.0, "number": "1.1", "tags": ["tag1"], "visibility": "visible"}],
         "leaderboard": [{"name": "Time", "value": 15.1, "order": "asc"}, {"name": "Stars", "value": "*****"}]},
        {"tests": [{"name": "Style", "status": "failed"},
                   {"name": "Test 3", "score": 5, "max_score": 10, "status": "passed"}]},
    ]  # fmt: skip
    for value in taken:
        strict(json.dumps(value))
    for text in ("[]", '{"score": NaN, "tests": []}', '{"score": 1, "output": "a\\u0000b", "tests": []}',
                 '{"tests": []}', '{"score": 1, "tests": [{"visibility": "never"}]}'):  # fmt: skip
        with pytest.raises((AssertionError, ValidationError)):
            strict(text)
