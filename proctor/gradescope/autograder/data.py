"""The data folders of a course (``c.Exam.data``): in the zip, or fetched when Gradescope builds the autograder.

``setup.sh`` reads LIST, puts each folder where student code may read it, and a link where nbgrader_config.py
says that it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from proctor.notebooks.assignment import Assignment

#: One line for each folder: its path, relative to the course, a tab, and the script that fetches it if there is one.
LIST = "data.txt"
#: Bytes of all data in the zip. Gradescope says no number; much more takes long to upload.
MOST_BYTES = 100_000_000


class DataMissing(Exception):
    """Data would not be there on Gradescope, or show what is hidden; the message says what to do about it."""


def data_in_zip(
    course: Path, folders: list[Path], fetch: Mapping[str, str], assignment: Assignment
) -> dict[str, bytes]:
    """What the zip holds of them, by name. ``folders`` and the keys and values of ``fetch`` are relative to the course.

    Raises DataMissing.
    """
    scripts = {Path(folder): Path(script) for folder, script in fetch.items()}
    for folder in scripts.keys() - set(folders):
        raise DataMissing(f"c.Gradescope.fetch names {folder}, which is not among the folders of c.Exam.data.")
    lines, files = [], []
    for folder in folders:
        _keep_apart(course / folder, folder, assignment)
        script = scripts.get(folder)
        lines.append(f"{folder.as_posix()}\t{script.as_posix() if script else ''}\n")
        if script is None:
            files += _files(course / folder)
        elif (course / script).is_file():
            files.append(course / script)
        else:
            raise DataMissing(f"Not here: {script}, which fetches {folder} (c.Gradescope.fetch).")
    if sum(path.stat().st_size for path in files) > MOST_BYTES:
        raise DataMissing(
            f"The data folders have more than {MOST_BYTES / 1e6:g} MB, too much for a zip. Write a script that fetches "
            "what is large, and name it in c.Gradescope.fetch (docs/gradescope.md)."
        )
    contents = {path.relative_to(course).as_posix(): path.read_bytes() for path in files}
    return contents | {LIST: "".join(lines).encode()}


def _keep_apart(there: Path, folder: Path, assignment: Assignment) -> None:
    """Student code reads data folders: they must not hold the assignment, nor lie in it."""
    source, resolved = assignment.folder.resolve(), there.resolve()
    if resolved in (source, *source.parents) or source in resolved.parents:
        raise DataMissing(
            f"The data folder {folder} (c.Exam.data) and the assignment's own share files: student code can read "
            "the hidden tests there. Keep data in a folder of their own."
        )


def _files(path: Path) -> list[Path]:
    """A folder's files, or the one file that it is."""
    if not path.exists():
        raise DataMissing(
            f"There is no {path} here, which c.Exam.data names: put the data there, or name the script that fetches "
            "them in c.Gradescope.fetch."
        )
    return [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
