"""Which files of a submission come into ``autograded/`` beside the graded notebooks: what a person wants to see."""

from __future__ import annotations

import mimetypes
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from proctor.notebooks.intake import left_out

_LARGE = 20 << 20  # bytes
_TOGETHER = 32 << 20  # bytes


def not_to_copy(folder: Path) -> Iterator[str]:
    """Names of files and folders that get no copy.

    Links and devices, since copying would follow them or wait for ever; what nobody needs: environments, caches,
    large files, and of many files the largest; and what a browser would run, since formgrader serves the copies.
    Names are all that nbgrader can be told.
    """
    sizes: list[tuple[int, str]] = []
    for here, folders, files in os.walk(folder):
        out = left_out({*folders, *files})
        yield from out
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        yield from links
        folders[:] = [name for name in folders if name not in out and name not in links]
        for name in files:
            about = os.lstat(os.path.join(here, name))
            if not stat.S_ISREG(about.st_mode) or about.st_size > _LARGE or _runs_in_a_browser(name):
                yield name
            elif not name.endswith(".ipynb"):
                sizes.append((about.st_size, name))
    together = 0
    for size, name in sorted(sizes):
        together += size
        if together > _TOGETHER:
            yield name


def _runs_in_a_browser(name: str) -> bool:
    kind = mimetypes.guess_type(name)[0] or ""
    return "html" in kind or "xml" in kind or kind.endswith(("/rdf", "/javascript"))
