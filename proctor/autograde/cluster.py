"""A crew on other machines: submissions go to the workers of a running Dask cluster, and come back graded.

Nothing is shared but the connection: submissions, the assignment and its data are sent as values,
the last two once to each worker. A worker that ends costs a retry (Dask gives its work to
another); one that cannot confine student code gets no work.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from . import bench
from .crew import CannotGrade
from .parcels import TooLarge, pack
from .work import Failed, Graded, Setup, Work

_CONNECTS = 20  # seconds
_LOOKS = 2.0  # seconds between two looks at who is there
_TRIES = 4
_NOBODY = 60.0  # seconds without any worker that can grade


@dataclass(frozen=True)
class _Sent:
    """A submission that a worker has; ``to`` are the workers that may have it."""

    work: Work
    to: frozenset[str]


class Cluster:
    """Grades submissions on the workers of the scheduler at ``address``. Use it as a context manager.

    ``seats`` is None where each worker seats as many as it has processors. ``say`` is told of workers
    that get no work, and why. Raises CannotGrade.
    """

    def __init__(self, address: str, setup: Setup, run: str, seats: int | None, say):
        try:
            from distributed import Client
        except ImportError as error:
            raise CannotGrade(
                'Grading on a cluster needs Dask: pip install "cis520-hw4[dask]", here and on the workers.'
            ) from error
        try:
            self._client = Client(address, timeout=_CONNECTS)
        except (OSError, ValueError, RuntimeError) as error:
            raise CannotGrade(f"There is no Dask scheduler at {address} ({error}).") from error
        self._run, self._say = run, say
        self._known: dict[str, str] = {}  # why a worker is unfit, "" if it is not
        self._waits_until = time.monotonic() + _CONNECTS  # for a worker that can grade
        try:
            common = bench.Common(run, pack(setup.source, everything=True), setup.config, setup.limits, seats)
            data = [pack(folder, everything=True) for folder in setup.data]
        except TooLarge as error:
            self._client.close()
            raise CannotGrade(f"{error}.") from error
        self._values = [common, *data]
        self._there: list = []  # the same, as the workers have them

    def results(self, works: Iterable[Work]) -> Iterator[Graded | Failed]:
        """One result for each, as they come. Raises CannotGrade."""
        from distributed import CancelledError, Future, TimeoutError, wait

        waiting, lost = deque(works), Counter[str]()
        sent: dict[Future, _Sent] = {}
        looked = 0.0
        while waiting or sent:
            if time.monotonic() - looked > _LOOKS:
                fit, looked = self._fit(), time.monotonic()
                for future in self._give_to(fit, sent):
                    waiting.append(sent.pop(future).work)
                    future.cancel()
            while waiting and fit and len(sent) < 2 * sum(fit.values()):
                work = waiting.popleft()
                if lost[work.student] >= _TRIES:
                    yield Failed(work, f"the workers that graded it have ended {_TRIES} times")
                    continue
                try:
                    sent[self._send(work, frozenset(fit))] = _Sent(work, frozenset(fit))
                except (TooLarge, OSError) as error:
                    yield Failed(work, str(error))
            if not sent:
                time.sleep(0.2)
                continue
            with contextlib.suppress(TimeoutError, CancelledError):
                wait(list(sent), timeout=_LOOKS, return_when="FIRST_COMPLETED")
            for future in [future for future in sent if future.done()]:
                it = sent.pop(future)
                if future.status in ("cancelled", "lost"):  # with the worker that had what all submissions need
                    looked = 0.0
                    lost[it.work.student] += 1
                    waiting.append(it.work)
                    continue
                answer = _answer(future, it.work)
                if isinstance(answer, bench.Unfit):
                    looked = 0.0
                    self._known.update(dict.fromkeys(self._who_has(future) & it.to, answer.reason))
                    self._say(f"A worker does not grade: {answer.reason}")
                    waiting.append(it.work)
                else:
                    yield answer

    def close(self) -> None:
        """Take back what is not done, and end the rooms of this run."""
        with contextlib.suppress(Exception):  # the scheduler may be gone, and the grades are recorded
            self._client.cancel(self._there)
            self._client.run(bench.close, self._run, on_error="ignore")
        with contextlib.suppress(Exception):
            self._client.close()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _send(self, work: Work, to: frozenset[str]):
        return self._client.submit(
            bench.grade,
            self._there[0],
            self._there[1:],
            work,
            pack(work.upload),
            key=f"proctor-{self._run}-{work.student}-{time.monotonic_ns()}",
            workers=sorted(to),
            pure=False,
        )

    def _give_to(self, fit: dict[str, int], sent: dict) -> list:
        """See to it that some worker has what all submissions need. Returns those sent that cannot be graded any more."""
        lost = not self._there or any(future.status != "finished" for future in self._there)
        if fit and lost:  # those who had it have gone
            self._there = self._client.scatter(self._values, workers=sorted(fit), broadcast=True, hash=False)
            return list(sent)
        return [future for future, it in sent.items() if not it.to & fit.keys()]

    def _fit(self) -> dict[str, int]:
        """Threads by worker, of those that can grade. Raises CannotGrade when there has been none for long."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        new = [address for address in workers if address not in self._known]
        if new:
            told = self._client.run(partial(bench.fitness, bench.version()), workers=new, on_error="return")
            for address, why in told.items():
                self._known[address] = why if isinstance(why, str) else f"{type(why).__name__}: {why}"
                if self._known[address]:
                    self._say(f"The worker {address} gets no work: {self._known[address]}.".replace("..", "."))
        fit = {address: about["nthreads"] for address, about in workers.items() if self._known.get(address) == ""}
        if fit:
            self._waits_until = time.monotonic() + _NOBODY
        elif not new and time.monotonic() > self._waits_until:
            raise CannotGrade(
                f"None of the {len(workers)} workers of the cluster can grade. What is graded is recorded; "
                "the same command goes on from here."
            )
        return fit

    def _who_has(self, future) -> frozenset[str]:
        return frozenset(address for places in self._client.who_has([future]).values() for address in places)


def _answer(future, work: Work) -> Graded | Failed | bench.Unfit:
    """What came back; whatever went wrong on the way there, as a value."""
    try:
        return future.result()
    except Exception as error:
        return Failed(work, f"{type(error).__name__} on the cluster: {error}", repr(error))
