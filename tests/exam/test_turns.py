"""Who may sit at the same time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from proctor.exam.turns import Turn, Turns

SECONDS = 20  # until a test that waits for ever fails


def test_nobody_who_is_asked_sits_beside_somebody_who_tells():
    turns, sitting, lock = Turns(3), [], threading.Lock()
    mixed = []

    def sit(turn, seconds):
        with turns.take(turn) as seat:
            with lock:
                sitting.append((turn, seat))
                mixed.extend([list(sitting)] if len({turn for turn, _ in sitting}) > 1 else [])
            time.sleep(seconds)
            with lock:
                sitting.remove((turn, seat))

    def exam(number):
        sit(Turn.TELLING, number % 5 / 200)
        sit(Turn.ASKED, number % 7 / 200)

    with ThreadPoolExecutor(9) as threads:
        list(threads.map(exam, range(60)))
    assert not mixed and not sitting


@pytest.mark.parametrize("turn", Turn)
def test_every_seat_is_taken_by_one_at_a_time(turn):
    turns, together = Turns(3), threading.Barrier(3)

    def sit(_):
        with turns.take(turn) as seat:
            together.wait(SECONDS)  # three sit at once
            return seat

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(sit, range(6))) == [0, 0, 1, 1, 2, 2]


def test_a_turn_goes_on_while_somebody_waits_for_it():
    turns, order, go = Turns(1), [], threading.Event()

    def sit(turn):
        with turns.take(turn):
            order.append(turn)
            go.wait(SECONDS)

    with ThreadPoolExecutor(3) as threads:
        threads.submit(sit, Turn.TELLING)
        wait_until(lambda: order)
        for turn in (Turn.ASKED, Turn.TELLING):
            threads.submit(sit, turn)
        wait_until(lambda: all(turns._waiting.values()))
        go.set()
    assert order == [Turn.TELLING, Turn.TELLING, Turn.ASKED]


def test_whoever_fails_gives_the_seat_back():
    turns = Turns(1)
    for turn in (Turn.TELLING, Turn.ASKED, Turn.TELLING):
        with pytest.raises(KeyError), turns.take(turn):
            raise KeyError


def wait_until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)
