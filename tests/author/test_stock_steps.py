"""What a course tells nbgrader's own steps is followed, refused or named; nothing is ignored."""

import pytest
from traitlets.config import Config

from proctor.author.stock_steps import refused, without_meaning
from proctor.exam.limits import Limits
from proctor.settings import Exam


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"Execute": {"enabled": False}}, "--no-execute"),
        ({"Execute": {"kernel_name": "mine"}}, "c.Execute.kernel_name"),
        ({"NotebookClient": {"extra_arguments": ["--x"]}}, "c.Execute.extra_arguments"),
    ],
)
def test_what_would_change_grades_is_refused(settings, words):
    assert words in refused(Config(settings)) and "c.Exam.stock" in refused(Config(settings))


def test_what_is_followed_is_passed_over():
    settings = Config({"Execute": {"timeout": 9, "enabled": True}, "ClearSolutions": {"code_stub": {"python": "x"}}})
    assert refused(settings) == "" and list(without_meaning(settings)) == []
    assert refused(Config()) == "" and list(without_meaning(Config())) == []


def test_what_changes_nothing_is_named():
    said = list(
        without_meaning(Config({"ExecutePreprocessor": {"startup_timeout": 9}, "IgnorePattern": {"pattern": "x"}}))
    )
    assert [line.split(" here: ")[0] for line in said] == [
        "c.Execute.startup_timeout changes nothing",
        "c.IgnorePattern.pattern changes nothing",
    ]


@pytest.mark.parametrize(
    ("settings", "limits"),
    [
        ({}, Limits()),
        ({"Execute": {"timeout": 5}}, Limits(cell_seconds=5, call_seconds=5, test_seconds=5)),
        (
            {"ExecutePreprocessor": {"timeout": 200}},
            Limits(cell_seconds=200, call_seconds=200, test_seconds=200, notebook_seconds=2000),
        ),
        (
            {"Execute": {"timeout": -1}},
            Limits(cell_seconds=3600, call_seconds=3600, test_seconds=3600, notebook_seconds=3600),
        ),
        (
            {"Execute": {"timeout": 5}, "Exam": {"cell_seconds": 7}},
            Limits(cell_seconds=7, call_seconds=5, test_seconds=5),
        ),
    ],
)
def test_the_timeout_of_nbgraders_execute_is_that_of_cells_calls_and_tests(settings, limits):
    assert Exam(config=Config(settings)).limits == limits
