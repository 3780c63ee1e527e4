"""A first notebook for a new assignment."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

_FILES = Path(__file__).parent / "first_notebook"


class AlreadyThere(Exception):
    """The assignment cannot be begun under this name; the message says why."""


def new_assignment(name: str, config: Config) -> tuple[Path, ...]:
    """Write a small assignment into ``source/NAME`` and a mutant into ``mutants/NAME``; the files' paths.

    Raises AlreadyThere, before anything is written, if one of the folders exists or the name will not do.
    """
    if not re.fullmatch(r"[A-Za-z0-9][\w-]*", name, re.ASCII):
        raise AlreadyThere(f"{name!r} is no name for an assignment: take letters, digits, - and _, such as hw5.")
    course = CourseDirectory(config=config)
    source = Path(course.format_path(course.source_directory, ".", name))
    mutants = Path(course.root) / "mutants" / name
    there = [str(folder) for folder in (source, mutants) if folder.exists()]
    if there:
        raise AlreadyThere(f"Already there: {', '.join(there)}. Choose another name, or move it away.")
    written = []
    for folder, file in ((source, "softmax.ipynb"), (mutants, "softmax.toml")):
        folder.mkdir(parents=True)
        written.append(Path(shutil.copyfile(_FILES / file, folder / file)))
    return tuple(written)
