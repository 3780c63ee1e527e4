"""The zip to hand in."""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePath
from urllib.parse import unquote

from hw4_helpers.saved import read_cells
from hw4_helpers.trained import CHECKPOINT

from .notebooks import Notebook

ZIP = "hw4.zip"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can say
_PICTURE = re.compile(r"!\[[^\]]*\]\(<?([^)>\s]+)|<img [^>]*src=[\"']([^\"']+)")


def to_hand_in(folder: Path, notebooks: Sequence[Notebook]) -> dict[str, Path]:
    """The files that are there, by their names in the zip, sorted.

    Notebooks, checkpoint, curves and report; beside them what a notebook may need: other
    Python files in the folder, and pictures that its text shows.
    """
    files = {f"{notebook.name}.ipynb": notebook.path for notebook in notebooks if notebook.path}
    others = [folder / name for name in (CHECKPOINT, "report.html", "report.pdf")]
    others += [*(folder / "runs").glob("*/*tfevents*"), *(p for p in folder.glob("*.py") if p.name != "hw4.py")]
    for path in files.values():
        others += _pictures(folder, path)
    files |= {name_in_zip(path.relative_to(folder)): path for path in others if path.is_file()}
    return dict(sorted(files.items()))


def name_in_zip(relative: PurePath) -> str:
    """Folders with forward slashes, on Windows too."""
    return relative.as_posix()


def write_zip(path: Path, files: dict[str, Path]) -> None:
    """The same files give the same bytes, whenever and wherever they are packed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, file in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # as on Unix
            archive.writestr(entry, file.read_bytes())
    path.write_bytes(packed.getvalue())


def _pictures(folder: Path, notebook: Path) -> list[Path]:
    """Pictures below the folder that the text of a notebook shows."""
    try:
        texts = [cell["source"] for cell in read_cells(notebook) if cell["cell_type"] == "markdown"]
    except (OSError, ValueError):
        return []
    names = {unquote(found[1] or found[2]) for text in texts for found in _PICTURE.finditer(text)}
    paths = [folder / name for name in sorted(names) if ":" not in name]
    return [path for path in paths if path.is_file() and folder.resolve() in path.resolve().parents]
