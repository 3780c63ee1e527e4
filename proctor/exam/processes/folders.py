"""The folders of one exam: made from a submission, watched while it runs, removed.

Threat model: the submission's files are hostile (links out of the folder, pipes
that block whoever opens them, devices, sizes, names), and what the notebook
writes later is too. Only regular files are taken, opened without following
links. The student's code works on a copy: what was handed in lies a second time
where only the examiner reads it (``view.py``). Large files are read where they
lie, if whoever sits the exam may read them there, and else copied once for all;
no rule of the sandbox allows writing to them. Compiled Python that was handed in is left
behind: it could pass for the assignment's own modules.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path, PurePosixPath

from proctor.exam.limits import MIB, Excess, Limits
from proctor.exam.paper import Paper

from .handout import SKIPPED, handout, lay_in

_BLOCK = 1 << 20
_COPIED_ALONE, _COPIED_TOGETHER = 32 * MIB, 128 * MIB  # handed-in files that each process gets a copy of
_LARGE_TOGETHER = 1024 * MIB  # copies of larger ones, made once
_MOST_LINKED, _LINKED_CHARS = 64, 20_000  # larger ones, and their paths together: a rule of the sandbox for each


@dataclass(frozen=True)
class Folders:
    """``work`` is where the notebook runs; ``shared`` the assignment's own files, which nobody may write.

    ``handed_in`` is where the examiner runs, if there is one: the submission's files as they came. ``linked`` are large files of the submission outside of these folders. ``before`` is what
    lies in ``work`` from the start, (bytes, files): no debt of the student's code.
    """

    root: Path
    work: Path
    handed_in: Path
    shared: Path
    candidate_home: Path
    examiner_home: Path
    data: tuple[Path, ...]
    linked: tuple[Path, ...] = ()
    before: tuple[int, int] = (0, 0)


def lay_out(root: Path, paper: Paper, candidate: int | None, examiner: int | None, examined: bool = True) -> Folders:
    """Make the folders, owned by the given user ids where processes change theirs.

    Data that such a user could not read is copied beside ``root``, once. Not ``examined``: nobody asks
    about this candidate's work.
    """
    given = [path for path in paper.data if path.exists()]  # else whoever opens it learns that it is not there
    data = [path.resolve() for path in given]
    if candidate is not None:
        data = [path if _is_public(path) else _public_copy(path, root.parent) for path in data]
    name = paper.shared_files.name or "assignment"
    folders = Folders(
        root,
        root / name,
        root / ".handed-in" / name,
        handout(paper.shared_files, root.parent),
        root / ".candidate",
        root / ".examiner",
        tuple(data),
    )
    for folder in (root, folders.handed_in.parent) if examined else (root,):
        folder.mkdir()
        folder.chmod(0o711)  # passed, not listed, whatever the umask
        for path, place in zip(given, data, strict=True):
            if not (folder / path.name).exists():
                (folder / path.name).symlink_to(place)
    for folder in (folders.work, folders.candidate_home, folders.examiner_home):
        folder.mkdir()
    linked: tuple[Path, ...] = ()
    others = {PurePosixPath(name).parts[0] for name in paper.student_files if _is_taken(name)}
    for folder in (folders.work, folders.handed_in) if examined else (folders.work,):
        folder.mkdir(exist_ok=True)
        lay_in(folders.shared, folder, others)  # first: a submission's files only take names that are free
        linked = _lay_in(paper, folder, root / ".large", candidate is not None)
    if candidate is not None and examiner is not None:
        for folder, owner in ((folders.work, candidate), (folders.candidate_home, candidate)):
            _give(folder, owner, examiner)  # the examiner reads what the notebook wrote
        for folder in (folders.examiner_home, folders.handed_in):
            _give(folder, examiner, examiner)
    sizes = list(_used(folders))
    return replace(folders, linked=linked, before=(sum(sizes), len(sizes)))


def remove(folders: Folders) -> None:
    """Remove the exam's folders, however deep and whatever their permissions."""
    for command in (["rm", "-rf", "--"], ["chmod", "-R", "u+rwx", "--"], ["rm", "-rf", "--"]):
        if folders.root.exists():
            subprocess.run([*command, str(folders.root)], stderr=subprocess.DEVNULL, check=False)


def check_size(folders: Folders, pid: int, limits: Limits) -> None:
    """Raise Excess when the process has written too much, deleted files it holds open included."""
    bytes_before, files_before = folders.before
    most_bytes, most_files = bytes_before + limits.folder_bytes, files_before + limits.folder_files
    count = together = 0
    for size in chain(_used(folders), _deleted(pid)):
        count, together = count + 1, together + size
        if together > most_bytes or count > most_files:
            raise Excess("too many files, or too large")


def _used(folders: Folders) -> Iterator[int]:
    """Bytes of each file and folder where the student's code may write. Raises Excess."""
    waiting = [folders.work, folders.candidate_home]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    yield status.st_blocks * 512
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(Path(entry.path))
        except (FileNotFoundError, PermissionError, NotADirectoryError):
            continue  # gone meanwhile, or closed by its owner
        except OSError as error:
            raise Excess("folders nested too deep to look into") from error


def _deleted(pid: int) -> Iterator[int]:
    """Bytes of each file that the process has deleted and holds open."""
    for status in _open_files(pid):
        if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
            yield status.st_blocks * 512


def _lay_in(paper: Paper, folder: Path, large: Path, changes_users: bool) -> tuple[Path, ...]:
    """Put a submission's files into ``folder``, the smallest first; those that were only linked."""
    sizes = sorted((_size(path), name, path) for name, path in paper.student_files.items() if _is_taken(name))
    linked: list[Path] = []
    together = 0
    for size, name, path in sizes:
        target = folder / name
        with _names_that_cannot_be():
            target.parent.mkdir(parents=True, exist_ok=True)
            if size <= _COPIED_ALONE and together + size <= _COPIED_TOGETHER:
                together += _copy_file(str(path), str(target))
            elif size > 0 and len(linked) < _MOST_LINKED and sum(len(str(p)) for p in linked) < _LINKED_CHARS:
                place = _place_to_read(path, size, large, changes_users)
                if place is not None:
                    target.symlink_to(place)
                    linked.append(place)
    return tuple(linked)


@contextmanager
def _names_that_cannot_be() -> Iterator[None]:
    """Leaves a file out whose name, or one above it, is taken or too long here."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL):
            raise


def _is_taken(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and ".." not in parts and not name.startswith("/") and not set(parts) & set(SKIPPED)


def _size(path: Path) -> int:
    """Bytes of a regular file, 0 for anything else."""
    try:
        status = path.lstat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) and status.st_nlink == 1 else 0


def _place_to_read(path: Path, size: int, large: Path, changes_users: bool) -> Path | None:
    """Where a large file can be read by those who sit the exam: where it lies, or in a copy if there is room."""
    path = path.parent.resolve() / path.name
    if _is_readable(path, None if changes_users else os.geteuid()):
        return path
    copy = large / hashlib.blake2b(os.fsencode(path), digest_size=8).hexdigest()
    if not copy.exists():
        large.mkdir(exist_ok=True)
        large.chmod(0o711)
        if size + sum(other.stat().st_size for other in large.iterdir()) > _LARGE_TOGETHER:
            return None
        _copy_file(str(path), str(copy))
        copy.chmod(0o644)  # as the folders above let nobody else pass
    return copy


def _copy_file(source: str, target: str) -> int:
    """Copy one file's bytes to a new place, never through a link; the number of bytes."""
    try:
        opened = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return 0  # a link, or gone meanwhile
    with open(opened, "rb") as reader:
        status = os.fstat(opened)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            return 0
        with open(target, "xb") as writer:
            shutil.copyfileobj(reader, writer, _BLOCK)
            return writer.tell()


def _is_public(path: Path) -> bool:
    """Whether every user may read it, and pass the folders above it."""
    return _is_readable(path, None)


def _is_readable(path: Path, uid: int | None) -> bool:
    """Whether this user, or every user, may read it and pass the folders above it, without any privilege."""

    def grants(of: Path, read: bool, enter: bool) -> bool:
        status = of.stat()
        needed = 4 * read + enter
        return (status.st_mode >> (6 if status.st_uid == uid else 0)) & needed == needed

    return grants(path, read=True, enter=path.is_dir()) and all(
        grants(folder, read=False, enter=True) for folder in path.parents
    )


def _public_copy(path: Path, folder: Path) -> Path:
    state = repr((str(path), sorted(_states(path))))  # whoever changes the data has them copied anew
    copy = folder / f"data-{hashlib.blake2b(os.fsencode(state), digest_size=8).hexdigest()}" / path.name
    if not copy.exists():
        copy.parent.mkdir(mode=0o755)
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, copy)
        subprocess.run(["chmod", "-R", "a+rX", "--", str(copy.parent)], check=True)
    return copy


def _states(path: Path) -> Iterator[tuple[str, int, int]]:
    for file in [path] if path.is_file() else path.rglob("*"):
        with suppress(OSError):  # a link to nothing, or gone meanwhile
            status = file.stat()
            yield str(file), status.st_size, status.st_mtime_ns


def _give(folder: Path, owner: int, group: int) -> None:
    for here, _, files in os.walk(folder):
        for path, mode in ((here, 0o750), *((os.path.join(here, name), 0o640) for name in files)):
            if not os.path.islink(path):  # what it leads to is not this exam's
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
