"""The room: two zygotes that wait, and a folder for whoever sits an exam."""

from __future__ import annotations

import itertools
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from .desks import CandidateDesk, ExaminerDesk
from .exam import Exam, cell_seed
from .folders import Folders, check_size, lay_out, remove
from .limits import Limits
from .messages import Open
from .nursery import Child, Zygote
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
_MOST_SLOTS = 500
_GENERATION = 1 << 32  # numbers of objects in one candidate; later ones start above


class Room:
    """Owns the zygotes; start it once for a whole class, and sit papers one at a time.

    ``preload`` are modules that every exam finds imported, missing ones are left
    out; ``import_path`` are folders of trusted modules. Raises SandboxUnavailable
    when this machine cannot confine student code, ZygoteError when Python does not
    start there.
    """

    def __init__(self, limits: Limits = Limits(), preload: Sequence[str] = PRELOAD, import_path: Sequence[Path] = ()):
        self._limits, self._import_path = limits, tuple(Path(path) for path in import_path)
        self._numbers = itertools.count(1)
        self._base = Path(tempfile.mkdtemp(prefix="proctor-"))
        self._base.chmod(0o711)
        self._slot, slot = _claim_slot()
        self._zygotes: list[Zygote] = []
        try:
            for role, modules in (("candidate", preload), ("examiner", (*preload, "proctor.checks"))):
                home = self._base / role
                home.mkdir(mode=0o700)
                self._zygotes.append(Zygote(role, modules, self._import_path, slot, home))
            self._candidates, self._examiners = self._zygotes
            ready = [zygote.wait_until_ready() for zygote in self._zygotes]
            self._uids = [message.uid for message in ready]
            self.protection = ready[0].description
        except BaseException:
            self.close()
            raise

    def sit(self, paper: Paper, seed: int) -> tuple[CellResult, ...]:
        """Run one notebook's exam: a result per cell, in order, whatever the candidate does.

        The same paper and seed give the same draws, so the same marks.
        """
        with ExitStack() as stack:

            def candidate(folders: Folders) -> CandidateDesk:
                watch = partial(check_size, folders, limits=self._limits)
                deadline = time.monotonic() + self._limits.notebook_seconds
                return CandidateDesk(partial(self._new_candidate, folders, seed), watch, self._limits, deadline)

            folders = stack.enter_context(self._folders(paper))
            exam = Exam(
                paper,
                seed,
                self._limits,
                candidate=lambda: candidate(folders),
                scribe=lambda: candidate(stack.enter_context(self._folders(paper))),
                examiner=lambda opening: self._examiner_desk(folders, seed, opening),
            )
            return exam.run()

    def close(self) -> None:
        """End the zygotes and whatever they started, and remove the room's folder."""
        for zygote in self._zygotes:
            zygote.close()
        self._slot.close()
        subprocess.run(["rm", "-rf", "--", str(self._base)], check=False)

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *exception) -> None:
        self.close()

    @contextmanager
    def _folders(self, paper: Paper) -> Iterator[Folders]:
        folders = lay_out(self._base / f"exam-{next(self._numbers)}", paper, self._limits, *self._uids)
        try:
            yield folders
        finally:
            remove(folders)

    def _new_candidate(self, folders: Folders, seed: int, generation: int) -> Child:
        return self._candidates.fork(
            folder=str(folders.work),
            home=str(folders.candidate_home),
            read=[str(path) for path in folders.data],
            write=[str(folders.work), str(folders.candidate_home)],
            import_path=[""],  # the notebook's folder, as in a kernel
            limits=self._limits,
            seed=cell_seed(seed, "candidate"),
            first_reference=generation * _GENERATION,
        )

    def _examiner_desk(self, folders: Folders, seed: int, opening: Open) -> ExaminerDesk:
        def sit_down() -> Child:
            return self._examiners.fork(
                folder=str(folders.work),
                home=str(folders.examiner_home),
                read=[str(path) for path in (folders.work, folders.shared, *folders.data)],
                write=[str(folders.examiner_home)],
                import_path=[str(folders.shared)],  # never the student's modules
                limits=self._limits,
                seed=cell_seed(seed, "examiner"),
            )

        return ExaminerDesk(sit_down, opening, self._limits)


def _claim_slot() -> tuple[socket.socket, int]:
    """A number no other room on this machine has; it is free again when the socket closes."""
    for slot in range(_MOST_SLOTS):
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0proctor-room-{slot}")
            return claim, slot
        except OSError:
            claim.close()
    raise RuntimeError(f"more than {_MOST_SLOTS} rooms at once on this machine")
