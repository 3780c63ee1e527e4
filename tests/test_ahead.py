"""Work that is begun ahead: in order, not too far, and with everybody's own result."""

import threading

import pytest

from proctor.ahead import Ahead


def test_results_belong_to_their_keys_whatever_the_order_of_asking():
    ahead = Ahead(lambda key: key * 10, range(6), workers=2)
    assert [ahead.get(key) for key in (0, 1, 2, 3, 4, 5)] == [0, 10, 20, 30, 40, 50]
    assert Ahead(lambda key: -key, range(3), workers=1).get(2) == -2


def test_a_key_outside_the_order_is_worked_on_when_asked_for():
    assert Ahead(str, [1, 2], workers=1).get(7) == "7"


def test_as_many_work_at_the_same_time_as_there_are_workers():
    together = threading.Barrier(3)
    ahead = Ahead(lambda key: together.wait(10), range(3), workers=3)
    assert sorted(ahead.get(key) for key in range(3)) == [0, 1, 2]


def test_no_more_is_begun_than_two_for_each_worker():
    begun: list[int] = []
    ahead = Ahead(begun.append, range(100), workers=2)
    ahead.get(0)
    ahead.close()
    assert set(begun) <= {0, 1, 2, 3}


def test_an_error_comes_out_where_its_result_would_and_stops_nobody_else():
    def work(key):
        if key == 1:
            raise ValueError("one")
        return key

    ahead = Ahead(work, range(3), workers=2)
    assert ahead.get(0) == 0
    with pytest.raises(ValueError, match="one"):
        ahead.get(1)
    assert ahead.get(2) == 2


def test_what_was_skipped_is_not_worked_on_later():
    begun: list[int] = []
    ahead = Ahead(begun.append, range(10), workers=1)
    ahead.get(5)
    ahead.get(6)
    ahead.close()
    assert not {1, 2, 3, 4} & set(begun)


def test_what_was_skipped_after_it_had_begun_takes_no_place_from_what_comes():
    """A student whose first notebook fails is never asked for again."""
    begun = {key: threading.Event() for key in range(10)}
    ahead = Ahead(lambda key: begun[key].set(), range(10), workers=2)
    ahead.get(0)  # 1, 2 and 3 are begun
    ahead.get(4)
    for key in (5, 6, 7):
        assert begun[key].wait(10)
