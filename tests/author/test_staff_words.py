"""What staff are told, in a sentence instead of a traceback."""

from proctor.author.staff_words import StaffWords, staff_words
from proctor.exam.paper import CellResult, Outcome


def told(message: str) -> StaffWords:
    return staff_words(CellResult("test", (), 7, Outcome.AUTHOR, 0.0, 2.0, "", message, 0.1, None))


def test_of_a_traceback_the_exception_and_the_line_of_the_cell_are_told():
    trace = (
        "Traceback (most recent call last):\n"
        '  File "<ipython-input-7-abc>", line 3, in <module>\n    area(Dog())\n'
        '  File "<ipython-input-2-abc>", line 9, in area\n    helper()\n'
        "proctor.exam.examiner.faults.CannotCross: a Dog cannot cross:\npass plain values"
    )
    assert told(trace) == StaffWords("a Dog cannot cross: pass plain values", 3)


def test_of_two_tracebacks_each_exception_is_told_once():
    trace = "Traceback (most recent call last):\n  File x\n{}"
    between = "The above exception was the direct cause of the following exception:"
    message = "\n\n".join(
        ["x: 3 instead of 4", trace.format("ValueError: no"), between, trace.format("ValueError: no")]
    )
    assert told(message) == StaffWords("x: 3 instead of 4; ValueError: no", 0)


def test_nothing_told_is_no_words():
    assert told("") == StaffWords("", 0)
