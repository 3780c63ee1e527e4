"""Things of the test's by number, for who has no more of them than that."""

from __future__ import annotations

import itertools
import secrets
from typing import Any


class Lender:
    """They are kept, so a number means the same thing for ever."""

    def __init__(self) -> None:
        self._fresh = itertools.count(secrets.randbits(48))  # no number of an examiner that was here before
        self._lent: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by id()

    def lend(self, thing: Any) -> int:
        if id(thing) not in self._numbers:
            number = self._numbers[id(thing)] = next(self._fresh)
            self._lent[number] = thing
        return self._numbers[id(thing)]

    def find(self, number: int) -> Any:
        return self._lent.get(number)
