"""Who sits at the same time: those whose words students read, or those who know what hidden tests ask.

Two processes on one machine can talk, whatever lies between them: by how many descriptors
they have open, by numbers that the kernel gives out in turn, by how busy they are. So nobody
who knows something ever sits while somebody can pass it on.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum


class Turn(Enum):
    """``TELLING``: what the candidate prints may be shown, and nobody has asked it anything hidden.

    ``ASKED``: it is asked, and nothing that it prints is shown.
    """

    TELLING = "telling"
    ASKED = "asked"


class Turns:
    """Gives out ``seats`` to any number of threads, at any moment all of them for the same turn.

    A turn goes on while anybody waits for it. So nobody waits for ever, provided that each thread
    takes the two in alternation; and the more threads there are than seats, the fewer seats stay empty.
    """

    def __init__(self, seats: int):
        self._seats = seats
        self._free = list(range(seats))
        self._turn = Turn.TELLING
        self._waiting = dict.fromkeys(Turn, 0)
        self._changed = threading.Condition()

    @contextmanager
    def take(self, turn: Turn) -> Iterator[int]:
        """A seat, as soon as it may be taken."""
        with self._changed:
            self._waiting[turn] += 1
            try:
                self._changed.wait_for(lambda: self._may_sit(turn))
            finally:
                self._waiting[turn] -= 1
                self._changed.notify_all()
            self._turn = turn
            seat = self._free.pop()
        try:
            yield seat
        finally:
            with self._changed:
                self._free.append(seat)
                self._changed.notify_all()

    def _may_sit(self, turn: Turn) -> bool:
        if turn is self._turn:
            return bool(self._free)
        return len(self._free) == self._seats and not self._waiting[self._turn]
