"""The folders of one exam: made from a submission, watched while it runs, removed.

Threat model: the submission's files are hostile (links out of the folder, pipes
that block whoever opens them, devices, sizes, names), and what the notebook
writes later is too. Only regular files are copied, opened without following
links and read up to a limit. Compiled Python is left behind: it could pass for
the assignment's own modules.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proctor.exam.limits import Excess, Limits
from proctor.exam.paper import Paper

_BLOCK = 1 << 20
_SKIPPED = ("__pycache__", ".ipynb_checkpoints", ".git")


@dataclass(frozen=True)
class Folders:
    """``work`` is where the notebook runs; ``shared`` the assignment's own modules, out of its reach."""

    root: Path
    work: Path
    shared: Path
    candidate_home: Path
    examiner_home: Path
    data: tuple[Path, ...]


def lay_out(root: Path, paper: Paper, limits: Limits, candidate: int | None, examiner: int | None) -> Folders:
    """Make the folders, owned by the given user ids where processes change theirs.

    Data that such a user could not read is copied beside ``root``, once.
    """
    data = [path.resolve() for path in paper.data]
    if candidate is not None:
        data = [path if _is_public(path) else _public_copy(path, root.parent) for path in data]
    folders = Folders(
        root,
        root / (paper.shared_files.name or "assignment"),
        root / ".shared",
        root / ".candidate",
        root / ".examiner",
        tuple(data),
    )
    root.mkdir()
    root.chmod(0o711)  # passed, not listed, whatever the umask
    for folder in (folders.work, folders.shared, folders.candidate_home, folders.examiner_home):
        folder.mkdir()
    budget = _Budget(limits)
    _copy(paper.student_files, folders.work, budget)
    for destination in (folders.work, folders.shared):
        _copy(paper.shared_files, destination, _Budget(limits), replace=True)
    for path, place in zip(paper.data, folders.data, strict=True):
        if not (root / path.name).exists():
            (root / path.name).symlink_to(place)
    if candidate is not None and examiner is not None:
        for folder, owner in ((folders.work, candidate), (folders.candidate_home, candidate)):
            _give(folder, owner, examiner)  # the examiner reads what the notebook wrote
        for folder in (folders.shared, folders.examiner_home):
            _give(folder, examiner, examiner)
    return folders


def remove(folders: Folders) -> None:
    """Remove the exam's folders, however deep and whatever their permissions."""
    for command in (["rm", "-rf", "--"], ["chmod", "-R", "u+rwx", "--"], ["rm", "-rf", "--"]):
        if folders.root.exists():
            subprocess.run([*command, str(folders.root)], stderr=subprocess.DEVNULL, check=False)


def check_size(folders: Folders, pid: int, limits: Limits) -> None:
    """Raise Excess when the process has written too much, deleted files it holds open included."""
    budget = _Budget(limits)
    waiting = [folders.work, folders.candidate_home]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    budget.spend(status.st_blocks * 512)
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(Path(entry.path))
        except (FileNotFoundError, PermissionError, NotADirectoryError):
            continue  # gone meanwhile, or closed by its owner
        except OSError as error:
            raise Excess("folders nested too deep to look into") from error
    for status in _open_files(pid):
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
            budget.spend(status.st_blocks * 512)


class _Budget:
    def __init__(self, limits: Limits):
        self._limits, self._bytes, self._files = limits, 0, 0

    def spend(self, count: int) -> None:
        """One more file of that many bytes."""
        self._bytes += count
        self._files += 1
        if self._bytes > self._limits.folder_bytes or self._files > self._limits.folder_files:
            raise Excess("too many files, or too large")

    def allows(self, size: int) -> bool:
        return size <= self._limits.file_bytes


def _copy(source: Path, destination: Path, budget: _Budget, replace: bool = False) -> None:
    """Copy regular files, as many as the budget allows; with ``replace``, over what is there."""
    waiting = [(str(source), str(destination))]
    while waiting:
        here, there = waiting.pop()
        for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
            target = os.path.join(there, entry.name)
            if entry.name in _SKIPPED:
                continue
            if entry.is_dir(follow_symlinks=False):
                if replace and not os.path.isdir(target):
                    _remove_file(target)
                os.makedirs(target, 0o755, exist_ok=True)
                waiting.append((entry.path, target))
            elif entry.is_file(follow_symlinks=False) and budget.allows(entry.stat(follow_symlinks=False).st_size):
                if replace and os.path.isdir(target):
                    shutil.rmtree(target)
                try:
                    budget.spend(_copy_file(entry.path, target))
                except Excess:
                    return


def _copy_file(source: str, target: str) -> int:
    """Copy one file's bytes, never through a link; the number of bytes."""
    opened = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(opened, "rb") as reader, open(target, "wb") as writer:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            return 0
        shutil.copyfileobj(reader, writer, _BLOCK)
        return writer.tell()


def _is_public(path: Path) -> bool:
    """Whether every user may read it, and pass the folders above it."""
    needed = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
    return path.stat().st_mode & needed == needed and all(
        folder.stat().st_mode & stat.S_IXOTH for folder in path.parents
    )


def _public_copy(path: Path, folder: Path) -> Path:
    copy = folder / f"data-{hashlib.blake2b(os.fsencode(path), digest_size=8).hexdigest()}" / path.name
    if not copy.exists():
        copy.parent.mkdir(mode=0o755)
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, copy)
        subprocess.run(["chmod", "-R", "a+rX", "--", str(copy.parent)], check=True)
    return copy


def _remove_file(path: str) -> None:
    if os.path.lexists(path):
        os.unlink(path)


def _give(folder: Path, owner: int, group: int) -> None:
    for here, _, files in os.walk(folder):
        for path, mode in ((here, 0o750), *((os.path.join(here, name), 0o640) for name in files)):
            os.chown(path, owner, group)
            os.chmod(path, mode)


def _open_files(pid: int) -> Iterator[os.stat_result]:
    try:
        for name in os.listdir(f"/proc/{pid}/fd"):
            try:
                yield os.stat(f"/proc/{pid}/fd/{name}")
            except OSError:
                continue
    except OSError:
        return
