"""One notebook's exam, cell by cell, from paper to results.

What the candidate prints while a test asks it goes nowhere. But a candidate that
has been asked hidden questions can remember them, and print them in a later cell
whose outputs the student will see. So the outputs of the student's cells are taken
from another candidate, the *scribe*, which runs the same cells, is never asked
anything, and has ended before the first question: two that live at the same time
could talk, be it by what they lock or how busy they are, also two of different exams
(``turns.py``). So are the words that say why a cell of the student's stopped. Without
hidden tests there is no scribe, and the candidate's own words are as good.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

from proctor.exam import stops
from proctor.exam.processes.view import View
from proctor.exam.shell.outputs import Recorder, Sized, to_notebook
from proctor.exam.wire.messages import Display, Envelope, Error, Lost, Open, Output, Query, Ran, Result, Run, Stopped
from proctor.notebooks.declared_parts import with_unreached
from proctor.notebooks.definitions import defined_names
from proctor.notebooks.hidden import hidden_lines, visible
from proctor.parts import Part, in_lines

from .desks import CandidateDesk, CandidateLost, ExaminerDesk
from .limits import Limits
from .paper import Cell, CellResult, Outcome, Paper
from .shown import Allowance, brought_up_to_date, weighed

Given = Mapping[str, Sequence[Output]]

_WORDS = {outcome: f"This cell {words}." for outcome, words in stops.ENDINGS.items()}
#: In the metadata of the output that lists a test's parts, as they stand in its result.
PARTS = {"proctor": "parts"}
_NOT_REACHED = "not reached, since the test had stopped before"
_EXAMINER_WORDS = "The test did not finish; your instructor has been told."


def cell_seed(seed: int, cell_id: str) -> int:
    """The seed of one cell in a run: a number below 2**63 that gives nothing away about others."""
    digest = hashlib.blake2b(f"{seed}:{cell_id}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


@dataclass
class _Entry:
    """What is known about a cell so far."""

    cell: Cell
    count: int
    outputs: list[Output] = field(default_factory=list)
    outcome: Outcome = Outcome.NOT_RUN
    points: float = 0.0
    message: str = ""
    staff_message: str = ""
    seconds: float = 0.0
    seed: int | None = None
    records: dict[str, float] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    line: int = 0
    self_reports: tuple[str, ...] = ()
    stop: stops.Stop | None = None


@dataclass(frozen=True)
class Told:
    """What became of a cell in a candidate that has been asked nothing. ``message`` is empty if its process lives on."""

    outputs: list[Output]
    outcome: Outcome
    message: str
    stop: stops.Stop | None = None


class Exam:
    """``transcribe`` if it ``asks_hidden``, then ``run``, each once.

    ``opening`` is for the examiner's desk. ``given`` are outputs, by the cell's id, of cells that are ``only_shown``
    and need not run, since what they show is known.
    """

    def __init__(self, paper: Paper, seed: int, limits: Limits, given: Given = MappingProxyType({})):
        self._seed, self._limits, self._given = seed, limits, given
        self._borrowed = paper.borrowed
        self._entries = [_Entry(cell, count) for count, cell in enumerate(paper.cells, 1)]
        self._allowance = Allowance(limits, len(self._entries))
        self._transcript: dict[int, Told] | None = None
        self.asks_hidden = any(cell.role == "test" and hidden_lines(cell.source) for cell in paper.cells)
        self.opening = _opening(paper)

    def transcribe(self, scribe: CandidateDesk) -> None:
        """Note what becomes of all cells but tests in a candidate that is never asked anything."""
        try:
            self._borrow(scribe)
            told = [entry for entry in self._entries if entry.cell.role != "test"]
            self._transcript = {entry.count: self._tell(scribe, entry, self._allowance) for entry in told}
        finally:
            scribe.close()

    @property
    def transcript(self) -> dict[str, Told]:
        """What the scribe told, by the cell's id."""
        return {self._entries[count - 1].cell.id: told for count, told in (self._transcript or {}).items()}

    def run(self, candidate: CandidateDesk, examiner: ExaminerDesk, view: View) -> tuple[CellResult, ...]:
        """The results. ``view`` is what the examiner finds of the files that the candidate writes."""
        self._candidate, self._examiner, self._view = candidate, examiner, view
        try:
            self._borrow(candidate)
            for entry in self._entries:
                self._sit(entry)
        finally:
            self._candidate.close()
            self._examiner.close()
        if self._transcript is not None:
            for entry in self._entries:
                if entry.cell.role != "test" and not entry.message:
                    entry.outputs = self._transcript[entry.count].outputs
        return _results(self._entries, self._limits)

    def _borrow(self, desk: CandidateDesk) -> None:
        if self._borrowed:
            with suppress(CandidateLost):
                desk.run(Run(0, Cell("", self._borrowed, "student"), 0, in_outline=True), Recorder(0))

    def _sit(self, entry: _Entry) -> None:
        started = time.monotonic()
        if self._candidate.has_time:
            self._run(entry)
        else:
            entry.message = _WORDS[Outcome.NOT_RUN]
            entry.parts = with_unreached(entry.cell.source, (), "") if entry.cell.role == "test" else ()
        entry.seconds = time.monotonic() - started

    def _run(self, entry: _Entry) -> None:
        if entry.cell.role == "test":
            self._test(entry)
            return
        self._answer(entry)
        if entry.cell.role == "shared":
            self._share(entry)

    def _answer(self, entry: _Entry) -> None:
        """Run a cell in the candidate; the scribe's run is enough for what is only shown."""
        if self._transcript is not None and entry.cell.only_shown:
            told = self._transcript[entry.count]
        else:
            told = self._tell(self._candidate, entry, None if self._transcript is not None else self._allowance)
        entry.outputs, entry.outcome, entry.message = told.outputs, told.outcome, told.message
        entry.stop = self._why_it_stopped(entry, told)
        if entry.stop is not None:
            self._examiner.tell(Stopped(entry.stop.words, entry.stop.names))
        if entry.cell.defines:
            self._examiner.forget(entry.cell.defines)

    def _tell(self, desk: CandidateDesk, entry: _Entry, allowance: Allowance | None) -> Told:
        given = self._given.get(entry.cell.id)
        if given is None or allowance is None:
            return _run_in(desk, entry, allowance)
        return Told(allowance.within(weighed(list(given))), Outcome.OK, "")

    def _why_it_stopped(self, entry: _Entry, told: Told) -> stops.Stop | None:
        """In words that nobody chose who has been asked hidden questions."""
        if self._transcript is None or told.message:
            return told.stop
        return self._transcript[entry.count].stop

    def _share(self, entry: _Entry) -> None:
        """Run a read-only cell in the examiner too."""
        marked = self._examiner.run(Run(entry.count, entry.cell, entry.count), self._relay(entry))
        if isinstance(marked, Outcome):
            entry.staff_message = f"in the examiner: {marked.value}"
        elif marked.outcome != Outcome.OK.value:
            entry.staff_message = f"in the examiner:\n{marked.staff_message}"

    def _test(self, entry: _Entry) -> None:
        entry.seed = cell_seed(self._seed, entry.cell.id)
        run = Run(entry.count, entry.cell, entry.count, entry.seed)
        run.self_reports = entry.cell.self_reports or self._limits.self_reports
        marked = self._examiner.run(run, self._relay(entry))
        if isinstance(marked, Outcome):
            entry.outcome, entry.message = marked, _EXAMINER_WORDS
            entry.parts = with_unreached(entry.cell.source, (), _NOT_REACHED)
            entry.staff_message = f"the examiner did not finish: {marked.value}"
            return
        entry.outputs, entry.outcome, entry.points = marked.outputs, Outcome(marked.outcome), marked.points
        entry.message, entry.staff_message = marked.message, marked.staff_message
        entry.records, entry.line = marked.records, marked.line
        entry.self_reports = marked.self_reports
        entry.parts = with_unreached(entry.cell.source, marked.parts, _NOT_REACHED) if marked.message else marked.parts

    def _relay(self, entry: _Entry) -> Callable[[Query], Envelope | Lost]:
        """Questions of one cell to the candidate, which has ``cell_seconds`` for all of them together."""
        left = self._limits.cell_seconds
        self._view.begin()

        def relay(query: Query) -> Envelope | Lost:
            nonlocal left
            if left <= 0:
                return Lost(query.number, Outcome.TIMEOUT)
            starts = self._candidate.starts
            answer, seconds = self._candidate.ask(query, left)
            left -= seconds
            if self._candidate.starts != starts:  # cells have run again, which is not the question's doing
                self._view.settle()
            self._view.look()
            return answer

        return relay


def _run_in(desk: CandidateDesk, entry: _Entry, allowance: Allowance | None) -> Told:
    """What becomes of a cell; without an allowance nobody will look at its outputs."""
    recorder = Recorder(0) if allowance is None else allowance.recorder()
    try:
        ran = desk.run(Run(entry.count, entry.cell, entry.count, in_outline=allowance is None), recorder)
    except CandidateLost as lost:
        return Told([], lost.outcome, _WORDS[lost.outcome], stops.lost(entry.cell, lost.outcome))
    outputs = [] if allowance is None else allowance.within(weighed(ran.outputs))
    return Told(outputs, _outcome_of(ran), "", stops.raised(entry.cell, ran) if ran.error else None)


def _known(paper: Paper) -> tuple[str, ...]:
    """All code that the student wrote or was shown, by cell."""
    return tuple(visible(cell.source) if cell.role == "test" else cell.source for cell in paper.cells)


def _opening(paper: Paper) -> Open:
    theirs, ours = ([cell for cell in paper.cells if cell.role == role] for role in ("student", "shared"))
    return Open(
        paper.reference,
        paper.imports,
        _known(paper),
        modules=paper.modules,
        theirs=_defined(theirs),
        ours=_defined(ours),
        asked=_defined(paper.reference),
        cells=tuple(
            (number, cell.source, cell.role == "shared" or cell.as_released)
            for number, cell in enumerate(paper.cells, 1)
            if cell.role != "test"
        ),
    )


def _defined(cells: Iterable[Cell]) -> frozenset[str]:
    return frozenset().union(*(defined_names(cell.source) for cell in cells))


def _outcome_of(ran: Ran) -> Outcome:
    if not ran.error:
        return Outcome.OK
    return Outcome.MEMORY if ran.error == "MemoryError" else Outcome.ERROR


def _results(entries: list[_Entry], limits: Limits) -> tuple[CellResult, ...]:
    allowance = Allowance(limits, len(entries))
    shown: list[list[dict]] = []
    for entry, current in zip(entries, _current(entries), strict=True):
        outputs = allowance.within(current)
        if entry.parts and entry.outcome is not Outcome.NOT_RUN:
            outputs = _with_parts(outputs, entry.parts)
        if not outputs and entry.message:
            outputs = [Error(entry.outcome.name, entry.message, [f"{entry.outcome.name}: {entry.message}"])]
        shown.append([to_notebook(output, entry.count) for output in outputs])
    return tuple(
        CellResult(
            id=entry.cell.id,
            outputs=tuple(outputs),
            execution_count=None if entry.outcome is Outcome.NOT_RUN else entry.count,
            outcome=entry.outcome,
            points=entry.points,
            max_points=entry.cell.max_points,
            message=entry.message,
            staff_message=entry.staff_message,
            seconds=entry.seconds,
            seed=entry.seed,
            records=entry.records,
            parts=entry.parts,
            line=entry.line,
            self_reports=entry.self_reports,
            stopped="" if entry.stop is None or entry.cell.as_released else f"{entry.stop.words}.",
        )
        for entry, outputs in zip(entries, shown, strict=True)
    )


def _current(entries: list[_Entry]) -> list[list[Sized]]:
    """The outputs by cell once all has run. A student's update changes no display of a test, nor the reverse."""
    current: list[list[Sized]] = [[] for _ in entries]
    for is_test in (True, False):
        places = [place for place, entry in enumerate(entries) if (entry.cell.role == "test") is is_test]
        found = brought_up_to_date([entries[place].outputs for place in places])
        for place, outputs in zip(places, found, strict=True):
            current[place] = outputs
    return current


def _with_parts(outputs: list[Output], parts: tuple[Part, ...]) -> list[Output]:
    """The outputs of a test with a list of its parts, before its points or its error."""
    listed = Display({"text/plain": in_lines(parts)}, json.dumps(PARTS))
    printed = [output for output in outputs if not isinstance(output, (Error, Result))]
    return [*printed, listed, *(output for output in outputs if isinstance(output, (Error, Result)))]
