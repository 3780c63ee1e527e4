"""Texts of students are scrubbed in a time that grows with their length, and no faster."""

import pytest

from proctor.exam.examiner.causes import Causes
from proctor.exam.examiner.scrubbing import scrub
from proctor.exam.examiner.sitting import Sitting
from proctor.exam.wire.messages import Open


@pytest.mark.parametrize("text", ["[" * 200_000, "]" * 200_000, "[(" * 100_000 + ")", "1, " * 60_000 + "["])
def test_a_long_text_of_brackets_ends_like_any_other(text):
    """It would take half an hour, if each bracket were the beginning of a list that is looked for."""
    scrub(text, Sitting("f()", 1.0, None, None, (), frozenset(), "f = 1", True, Causes(Open((), (), ()))))
