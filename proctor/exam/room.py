"""The room: two zygotes that wait, and a folder for whoever sits an exam."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import msgspec

from proctor.exam.processes.folders import Folders, check_size, lay_out, remove
from proctor.exam.processes.nursery import Child, Nursery, ZygoteError
from proctor.exam.processes.premises import premises
from proctor.exam.processes.view import View
from proctor.exam.sandbox.sandbox import MOST_ROOMS, MOST_SEATS, seat_uid
from proctor.exam.wire.messages import Open
from proctor.notebooks.companions import asked_for

from .desks import CandidateDesk, ExaminerDesk
from .exam import Exam, cell_seed
from .limits import Limits
from .paper import CellResult, Paper

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
_GENERATION = 1 << 32  # numbers of objects in one candidate; later ones start above


class Room:
    """Owns the zygotes; start it once for a whole class.

    ``seats`` papers can be sat at the same time, each from a thread of its own. ``folder`` is
    the room's own, and goes with it.
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
        self._free: SimpleQueue[int] = SimpleQueue()
        for seat in range(self.seats):
            self._free.put(seat)
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

    def sit(self, paper: Paper, seed: int) -> tuple[CellResult, ...]:
        """Run one notebook's exam: a result per cell, in order, whatever the candidate does.

        The same paper and seed give the same draws, so the same marks. Should a zygote be gone,
        ended by the kernel for want of memory perhaps, the room is opened again and the exam held
        anew; ZygoteError if that does not help.
        """
        seat = self._free.get()
        try:
            nursery = self._nursery
            try:
                return self._sit(paper, seed, seat, nursery)
            except ZygoteError:
                if not nursery.is_gone or self._is_closed:
                    raise
                return self._sit(paper, seed, seat, self._instead_of(nursery))
        finally:
            self._free.put(seat)

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

    def _sit(self, paper: Paper, seed: int, seat: int, nursery: Nursery) -> tuple[CellResult, ...]:
        candidates, examiners = (
            partial(zygote.fork, seat=seat, seats=self.seats) for zygote in (nursery.candidates, nursery.examiners)
        )
        with ExitStack() as stack:

            def candidate(folders: Folders) -> CandidateDesk:
                watch = partial(check_size, folders, limits=self.limits)
                sit_down = partial(self._new_candidate, candidates, folders, seed)
                return CandidateDesk(sit_down, watch, self.limits)

            folders = stack.enter_context(self._folders(paper, seat))
            named = asked_for(cell.source for cell in paper.cells if cell.role != "student")
            asked = [name for name in named if not (paper.shared_files / name).exists()]  # these are the author's
            exam = Exam(
                paper,
                seed,
                self.limits,
                candidate=lambda: candidate(folders),
                scribe=lambda: candidate(stack.enter_context(self._folders(paper, seat, examined=False))),
                examiner=lambda opening: self._examiner_desk(examiners, folders, seed, opening),
                view=View(folders.work, folders.handed_in, asked, self.limits.folder_files),
            )
            results = exam.run()
        if nursery.is_gone:  # a candidate that went with it has not failed
            raise ZygoteError("a zygote ended during an exam")
        return results

    @contextmanager
    def _folders(self, paper: Paper, seat: int, examined: bool = True) -> Iterator[Folders]:
        candidate, examiner = (seat_uid(uid, seat) for uid in self._uids)
        with self._lock:  # data that is copied for the candidates' sake is copied once
            name = f"exam-{secrets.token_hex(8)}"  # no other seat can look it up
            folders = lay_out(self.folder / name, paper, candidate, examiner, examined)
        try:
            yield folders
        finally:
            remove(folders)

    def _new_candidate(self, fork: Callable[..., Child], folders: Folders, seed: int, generation: int) -> Child:
        return fork(
            folder=str(folders.work),
            home=str(folders.candidate_home),
            read=[str(path) for path in (*folders.data, *folders.linked)],
            write=[str(folders.work), str(folders.candidate_home)],
            import_path=[""],  # the notebook's folder, as in a kernel
            limits=self.limits,
            seed=cell_seed(seed, "candidate"),
            first_reference=generation * _GENERATION,
        )

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
