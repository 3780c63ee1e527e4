"""The room: two zygotes that wait, and a folder for whoever sits an exam."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import msgspec

from proctor.exam.processes.folders import Folders, check_size, lay_out, remove
from proctor.exam.processes.nursery import Child, Nursery, Zygote, ZygoteError
from proctor.exam.processes.premises import premises
from proctor.exam.processes.view import View
from proctor.exam.sandbox.sandbox import MOST_ROOMS, MOST_SEATS, seat_uid
from proctor.exam.wire.messages import Open
from proctor.notebooks.companions import asked_for

from .desks import CandidateDesk, ExaminerDesk
from .exam import Exam, Given, Told, cell_seed
from .limits import Limits
from .paper import CellResult, Paper
from .turns import Turn, Turns

PRELOAD = (
    "numpy",
    "torch",
    "torch.nn.functional",
    "torch.utils.data",
    "torch.utils.tensorboard",
    "torch._dynamo",  # optimizers import it at their first step, which costs more than a second
    "torchvision.datasets",
    "torchvision.transforms",
    "matplotlib.pyplot",
    "IPython.display",
    "tensorboard.backend.event_processing.event_accumulator",
    "safetensors.torch",
    "tqdm.auto",
    "tqdm.notebook",
)
Held = TypeVar("Held")
_asked_for = lru_cache(maxsize=64)(asked_for)  # by the assignment's own cells, which the whole class has
_PAPERS = 4  # for each seat: while one is sat there, others wait for the other turn, so that it is long
_GENERATION = 1 << 32  # numbers of objects in one candidate; later ones start above


class Room:
    """Owns the zygotes; start it once for a whole class.

    ``seats`` candidates sit at the same time, never one who has been asked hidden questions beside
    one whose words are read (``turns.py``). Hand in ``papers`` at the same time, each from a thread of
    its own, so that no seat stays empty. ``folder`` is the room's own, and goes with it.
    ``limits`` may be exchanged; exams that begin later go by the new ones.
    ``preload`` are modules that every exam finds imported, missing ones are left
    out; ``import_path`` are folders of trusted modules. Raises SandboxUnavailable
    when this machine cannot confine student code, ZygoteError when Python does not
    start there.
    """

    def __init__(
        self,
        limits: Limits = Limits(),
        preload: Sequence[str] = PRELOAD,
        import_path: Sequence[Path] = (),
        seats: int = 1,
    ):
        self.seats = min(seats, MOST_SEATS)
        self.papers = 1 if self.seats == 1 else _PAPERS * self.seats
        self._turns = Turns(self.seats)
        self._lock = threading.RLock()  # whoever holds it may find itself closing the room: exporters end anywhere
        self.limits, self._preload, self._import_path = limits, preload, tuple(Path(path) for path in import_path)
        self._held = ExitStack()
        try:
            self.folder = self._held.enter_context(premises())
            self._slot = self._held.enter_context(_slot())
            self._open()
        except BaseException:
            self.close()
            raise

    def sit(self, paper: Paper, seed: int, given: Given = MappingProxyType({})) -> tuple[CellResult, ...]:
        """Run one notebook's exam: a result per cell, in order, whatever the candidate does.

        The same paper and seed give the same draws, so the same marks. ``given`` are outputs of cells that need
        not run, see ``Exam``. Should a zygote be gone, ended by the kernel for want of memory perhaps, the room is
        opened again and the exam held anew; ZygoteError if that does not help.
        """
        return self._with_zygotes(lambda nursery: self._sit(paper, seed, given, nursery))

    def rehearse(self, paper: Paper, seed: int) -> dict[str, Told]:
        """Run the cells of a paper that has no tests, and no student's: what became of each, by its id.

        Raises ZygoteError as ``sit`` does.
        """
        return self._with_zygotes(
            lambda nursery: self._transcribed(Exam(paper, seed, self.limits), paper, seed, nursery)
        )

    def close(self) -> None:
        """End the zygotes and whatever they started, and remove the room's folder."""
        with self._lock:
            self._is_closed = True
            if hasattr(self, "_nursery"):
                self._nursery.close()
        self._held.close()

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    _nursery: Nursery  # there once the room has been opened
    _is_closed = False

    def _instead_of(self, nursery: Nursery) -> Nursery:
        """The nursery that takes the place of one that is gone."""
        with self._lock:
            if self._nursery is nursery:
                nursery.close()
                self._open()
            return self._nursery

    def _open(self) -> None:
        home = self.folder / "zygotes"
        home.mkdir(mode=0o700, exist_ok=True)
        self._nursery = Nursery(self._preload, self._import_path, self._slot, home)
        ready = self._nursery.wait_until_ready()
        self._uids = [message.uid for message in ready]
        self.protection = ready[0].description

    def _with_zygotes(self, hold: Callable[[Nursery], Held]) -> Held:
        nursery = self._nursery
        try:
            return hold(nursery)
        except ZygoteError:
            if not nursery.is_gone or self._is_closed:
                raise
            return hold(self._instead_of(nursery))

    def _transcribed(self, exam: Exam, paper: Paper, seed: int, nursery: Nursery) -> dict[str, Told]:
        with self._at_a_desk(Turn.TELLING, paper, examined=False) as (seat, folders):
            exam.transcribe(self._candidate_desk(partial(seat.fork, nursery.candidates), folders, seed))
        _check(nursery)
        return exam.transcript

    def _sit(self, paper: Paper, seed: int, given: Given, nursery: Nursery) -> tuple[CellResult, ...]:
        exam = Exam(paper, seed, self.limits, given)
        if exam.asks_hidden:
            self._transcribed(exam, paper, seed, nursery)
        named = _asked_for(tuple(cell.source for cell in paper.cells if cell.role != "student"))
        asked = [name for name in named if not (paper.shared_files / name).exists()]  # these are the author's
        turn = Turn.ASKED if exam.asks_hidden else Turn.TELLING
        with self._at_a_desk(turn, paper) as (seat, folders):
            results = exam.run(
                self._candidate_desk(partial(seat.fork, nursery.candidates), folders, seed),
                self._examiner_desk(partial(seat.fork, nursery.examiners), folders, seed, exam.opening),
                View(folders.work, folders.handed_in, asked, self.limits.folder_files),
            )
        _check(nursery)
        return results

    @contextmanager
    def _at_a_desk(self, turn: Turn, paper: Paper, examined: bool = True) -> Iterator[tuple[_Seat, Folders]]:
        """A seat and folders for one turn. The seat is free again when all who have sat there have ended."""
        with self._turns.take(turn) as number:
            seat = _Seat(number, self.seats)
            candidate, examiner = (seat_uid(uid, number) for uid in self._uids)
            with self._lock:  # data that is copied for the candidates' sake is copied once
                name = f"exam-{secrets.token_hex(8)}"  # no other seat can look it up
                folders = lay_out(self.folder / name, paper, candidate, examiner, examined)
            try:
                yield seat, folders
            finally:
                seat.clear()
                remove(folders)

    def _candidate_desk(self, fork: Callable[..., Child], folders: Folders, seed: int) -> CandidateDesk:
        def sit_down(generation: int) -> Child:
            return fork(
                folder=str(folders.work),
                home=str(folders.candidate_home),
                read=[str(path) for path in (folders.shared, *folders.data, *folders.linked)],
                write=[str(folders.work), str(folders.candidate_home)],
                import_path=[""],  # the notebook's folder, as in a kernel
                limits=self.limits,
                seed=cell_seed(seed, "candidate"),
                first_reference=generation * _GENERATION,
            )

        return CandidateDesk(sit_down, partial(check_size, folders, limits=self.limits), self.limits)

    def _examiner_desk(self, fork: Callable[..., Child], folders: Folders, seed: int, opening: Open) -> ExaminerDesk:
        opening = msgspec.structs.replace(opening, candidate_folder=str(folders.work))
        places = (folders.handed_in, folders.work, folders.shared, *folders.data, *folders.linked)

        def sit_down() -> Child:
            return fork(
                folder=str(folders.handed_in),
                home=str(folders.examiner_home),
                read=[str(path) for path in places],
                write=[str(folders.examiner_home)],
                import_path=[str(folders.shared)],  # never the student's modules
                limits=self.limits,
                seed=cell_seed(seed, "examiner"),
            )

        return ExaminerDesk(sit_down, opening, self.limits)


class _Seat:
    """A place for a candidate and its examiner, for as long as its turn lasts."""

    def __init__(self, number: int, seats: int):
        self.number, self._seats = number, seats
        self._children: list[Child] = []

    def fork(self, zygote: Zygote, **fork) -> Child:
        """A new process here, see ``Zygote.fork``."""
        child = zygote.fork(seat=self.number, seats=self._seats, **fork)
        self._children.append(child)
        return child

    def clear(self) -> None:
        """End all that is left."""
        for child in self._children:
            child.see_out()


def _check(nursery: Nursery) -> None:
    if nursery.is_gone:  # a candidate that went with it has not failed
        raise ZygoteError("a zygote ended during an exam")


@contextmanager
def _slot() -> Iterator[int]:
    """A number that no other room on this machine has at the same time."""
    for slot in range(MOST_ROOMS):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as claim:
            try:
                claim.bind(f"\0proctor-room-{slot}")
            except OSError:
                continue
            yield slot
            return
    raise RuntimeError(f"more than {MOST_ROOMS} rooms at once on this machine")
