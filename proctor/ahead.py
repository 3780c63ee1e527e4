"""Results of long work, begun before they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from multiprocessing.pool import AsyncResult, ThreadPool
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class Ahead(Generic[Key, Result]):
    """Calls ``work(key)`` for the keys of ``order``, ``workers`` at a time, somewhat before they are asked for.

    At most two calls for each worker are done or under way without having been asked for.
    """

    def __init__(self, work: Callable[[Key], Result], order: Sequence[Key], workers: int):
        self._work, self._workers = work, workers
        self._order = {key: place for place, key in enumerate(dict.fromkeys(order))}
        self._coming = list(self._order)
        self._begun: dict[Key, AsyncResult] = {}
        self._threads = ThreadPool(workers)

    def get(self, key: Key) -> Result:
        """The result for ``key``, wherever it stands in the order; raises what ``work`` raised for it.

        Keys before it that were not asked for are taken for skipped.
        """
        self._begin(key)
        place = self._order.get(key, -1)
        self._coming = [later for later in self._coming if self._order[later] > place]
        for skipped in [begun for begun in self._begun if self._order.get(begun, place) < place]:
            del self._begun[skipped]
        while self._coming and len(self._begun) < 2 * self._workers:
            self._begin(self._coming.pop(0))
        return self._begun.pop(key).get()

    def close(self) -> None:
        """Begin nothing more."""
        self._threads.terminate()

    def _begin(self, key: Key) -> None:
        if key not in self._begun:
            self._begun[key] = self._threads.apply_async(self._work, (key,))
