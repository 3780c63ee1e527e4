"""The assignment's own files in an exam: one copy for all, which nobody may write, its modules compiled beforehand.

Making a file costs more than reading one, so packages, and folders that hold nothing but modules, are linked
into the folders of an exam; what a student's code may write beside is copied. A compiled module holds a
checksum of its source: whoever changes the source of a copy runs what they wrote.
"""

from __future__ import annotations

import compileall
import hashlib
import os
import py_compile
import shutil
import tempfile
from collections.abc import Set
from pathlib import Path

SKIPPED = ("__pycache__", ".ipynb_checkpoints", ".git")
_IN_A_PACKAGE = (".py", ".pyc")


def handout(files: Path, place: Path) -> Path:
    """A folder in ``place`` that every user may read, with the regular files of ``files`` as they are now; made once."""
    listed = repr((str(files), _listed(files)))
    copy = place / f"handout-{hashlib.blake2b(listed.encode(), digest_size=8).hexdigest()}"
    if not copy.exists():
        with tempfile.TemporaryDirectory(dir=place) as unfinished:
            made = Path(unfinished, "handout")
            shutil.copytree(files, made, symlinks=True, copy_function=shutil.copyfile, ignore=_not_taken)
            compileall.compile_dir(made, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
            for here, _, names in os.walk(made):
                os.chmod(here, 0o755)  # noqa: S103  (students have these files)
                for name in names:
                    os.chmod(os.path.join(here, name), 0o644)
            made.rename(copy)
    return copy


def lay_in(given: Path, folder: Path, others: Set[str]) -> None:
    """Put a handout into an empty ``folder``. ``others``: names beside it there, so no link may stand for a folder of them."""
    with os.scandir(given) as entries:
        for entry in entries:
            target = folder / entry.name
            if not entry.is_dir():
                shutil.copyfile(entry.path, target)
            elif entry.name not in others and entry.name not in SKIPPED and _holds_modules(entry.path):
                target.symlink_to(entry.path)
            else:
                shutil.copytree(entry.path, target, copy_function=shutil.copyfile)


def _listed(files: Path) -> list[tuple[str, int, int]]:
    """(name, bytes, time of change) of each file."""
    found = []
    for here, folders, names in os.walk(files):
        folders[:] = sorted(set(folders) - set(SKIPPED))
        for name in sorted(names):
            status = os.lstat(os.path.join(here, name))
            found.append((os.path.relpath(os.path.join(here, name), files), status.st_size, status.st_mtime_ns))
    return found


def _not_taken(here: str, names: list[str]) -> set[str]:
    """Links, pipes and devices, and what running Python leaves behind."""
    paths = {name: os.path.join(here, name) for name in names}
    regular = {n for n, p in paths.items() if not os.path.islink(p) and (os.path.isdir(p) or os.path.isfile(p))}
    return (set(names) - regular) | set(SKIPPED)


def _holds_modules(folder: str) -> bool:
    """Whether it is a package, with what that reads (a style sheet, a table), or holds modules alone."""
    return os.path.isfile(os.path.join(folder, "__init__.py")) or all(
        name.endswith(_IN_A_PACKAGE) for _, _, names in os.walk(folder) for name in names
    )
