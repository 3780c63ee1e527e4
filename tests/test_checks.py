"""Promises of proctor.checks: parts give points, differences get a name."""

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell

from proctor import checks
from proctor.checks import assert_close, diagnose, part, score
from proctor.parts import Part


def test_parts_that_finish_earn_their_points_and_others_none(capsys):
    with part(2, "first"):
        pass
    with part(3, "second"):
        raise AssertionError("the second is wrong")
    with part(1, "third"):
        raise ZeroDivisionError("by accident")
    assert score() == 2.0
    printed = capsys.readouterr().out
    assert "✓ 2/2  first" in printed
    assert "✗ 0/3  second: the second is wrong" in printed
    assert "✗ 0/1  third: raised ZeroDivisionError" in printed


def test_a_part_stops_neither_ctrl_c_nor_exit():
    for stop in (KeyboardInterrupt, SystemExit):
        with pytest.raises(stop), part(1, "stopped"):
            raise stop
    checks.begin(0)


def test_a_record_is_written_down_and_read_by_students(capsys):
    checks.begin(0)
    checks.record("test accuracy", np.float32(0.75))
    assert checks.records() == {"test accuracy": 0.75}
    assert capsys.readouterr().out == "test accuracy: 0.75\n"
    checks.begin(1)
    assert checks.records() == {}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "none"])
def test_a_record_needs_a_finite_number(value):
    with pytest.raises(ValueError, match=r"finite number|could not convert"):
        checks.record("test accuracy", value)


def test_score_without_parts_is_the_authors_mistake():
    with pytest.raises(RuntimeError, match="at least one part"):
        score()


@pytest.mark.parametrize("points", [0, -1, float("nan")])
def test_a_part_needs_points(points):
    with pytest.raises(ValueError, match="points above 0"), part(points, "empty"):
        pass


def test_parts_of_a_cell_that_died_do_not_count_for_the_next_cell():
    shell = InteractiveShell.instance()
    shell.run_cell("from proctor.checks import part, score", store_history=True)
    shell.run_cell("with part(5, 'lost'): pass\nraise ValueError('before score()')", store_history=True)
    result = shell.run_cell("with part(1, 'kept'): pass\nscore()", store_history=True)
    InteractiveShell.clear_instance()
    assert result.result == 1.0


def test_the_same_seed_draws_the_same_inputs():
    checks.begin(7)
    first = checks.rng.normal(size=5)
    checks.begin(7)
    assert np.array_equal(first, checks.rng.normal(size=5))
    checks.begin(8)
    assert not np.array_equal(first, checks.rng.normal(size=5))


WANT = np.array([[1.0, -2.0], [3.0, 4.5]])


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (-WANT, "sign flipped"),
        (WANT.T, "transposed"),
        (WANT / 4, "too small by a factor of 4: a mean instead of a sum"),
        (WANT * 8, "too large by a factor of 8: a sum instead of a mean"),
        (WANT * 1.5, "constant factor of 1.5"),
        (WANT[:1], r"shape \(1, 2\), but should have \(2, 2\)"),
        (WANT + [[0, 0], [0, 1]], r"differs first at \[1, 1\]: got 5.5, expected 4.5"),
        (WANT * [[1, np.nan], [1, 1]], r"nan or inf, first at \[0, 1\]"),
        ("a string", "should be numbers, but is a str"),
        (None, "should be numbers, but is a NoneType"),
        ({"a": 1}, "should be numbers, but is a dict"),
    ],
)
def test_a_difference_gets_its_name(got, words):
    with pytest.raises(AssertionError, match=words):
        assert_close(got, WANT, "dL/dW1")


def test_the_shape_of_a_transposed_row_is_named():
    with pytest.raises(AssertionError, match=r"is transposed: its shape is \(3, 1\)"):
        assert_close(np.ones((3, 1)), np.ones((1, 3)), "b1")


@pytest.mark.parametrize("kind", [list, np.asarray, torch.tensor])
def test_equal_numbers_pass_whatever_holds_them(kind):
    assert_close(kind(WANT.tolist()), WANT, "x")
    assert_close(2, 2.0, "a number")
    assert diagnose(np.array([]), np.array([])) == ""


def test_nan_equals_nothing_not_even_nan():
    with pytest.raises(AssertionError):
        assert_close(np.array([np.nan]), np.array([np.nan]), "x")


@pytest.fixture
def in_exam():
    checks.begin(0, in_exam=True)
    yield
    checks.begin(0)


@pytest.mark.parametrize(
    ("got", "words", "for_staff"),
    [
        (-WANT, "has its sign flipped", "has its sign flipped"),
        (WANT / 4, "is too small by a constant factor: a mean instead of a sum?", "a factor of 4"),
        (WANT * 8, "is too large by a constant factor: a sum instead of a mean?", "a factor of 8"),
        (WANT * 1.5, "is off by a constant factor", "factor of 1.5"),
        (WANT[:1], "has another shape than (2, 2), which it should have", "has shape (1, 2)"),
        (WANT + [[0, 0], [0, 1]], "differs first at [1, 1]", "got 5.5, expected 4.5"),
    ],
)
def test_in_an_exam_students_read_the_kind_of_a_difference_and_staff_the_values(in_exam, got, words, for_staff):
    with pytest.raises(AssertionError) as raised:
        assert_close(got, WANT, "dL/dW1")
    assert str(raised.value) == f"dL/dW1 {words}"
    assert len(checks.details()) == 1 and for_staff in checks.details()[0]


def test_in_an_exam_a_part_prints_no_words_but_the_authors(in_exam, capsys):
    with part(1, "a library's words"):
        np.testing.assert_allclose(WANT, WANT + 1)
    with part(1, "an accident"):
        int("1234 pieces")
    with part(1, "the author's words"):
        raise AssertionError("mind the sign")
    assert capsys.readouterr().out == "", "the proctor prints them"
    said = {part.label: part.message for part in checks.parts()}
    assert said["a library's words"] == "the check failed" and said["the author's words"] == "mind the sign"
    assert "(ValueError)" in said["an accident"]
    assert not any(value in message for message in said.values() for value in ("1234", "4.5"))
    told = "\n".join(checks.details())
    assert "an accident: raised ValueError" in told and "1234" in told and "4.5" in told


def test_each_test_cell_has_its_own_details(in_exam):
    with pytest.raises(AssertionError):
        assert_close(1, 2, "x")
    assert checks.details()
    checks.begin(1, in_exam=True)
    assert checks.details() == ()


@pytest.mark.parametrize(("got", "want"), [(13.65, 3.0), (np.array([[13.65]]), [[3.0]])])
def test_a_single_number_that_is_wrong_has_no_place(in_exam, got, want):
    with pytest.raises(AssertionError) as raised:
        assert_close(got, want, "the loss")
    assert str(raised.value) == "the loss differs from what it should be"
    assert checks.details() == ("the loss is 13.65, but should be 3",)
    assert diagnose(np.array(np.nan), np.array(1.0)) == "is nan or inf"


def test_in_an_exam_parts_are_kept_as_values(in_exam, capsys):
    with part(2, "right"):
        pass
    with part(1, "wrong"):
        raise AssertionError("mind the sign")
    assert score() == 2 and capsys.readouterr().out == ""
    assert checks.parts() == (Part("right", 2.0, 2.0, "ok"), Part("wrong", 0.0, 1.0, "failed", "mind the sign"))
    checks.begin(1, in_exam=True)
    assert checks.parts() == ()
