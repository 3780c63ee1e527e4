"""Imported before everything else: are Python and the packages there?"""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036  (students may have an older one)
    raise ImportError("Homework 4 needs Python 3.10 or later; this is " + sys.version.split()[0])

#: Packages that are imported under the name that they are installed by.
NEEDED = ("numpy", "matplotlib", "torch", "torchvision", "tensorboard", "safetensors", "tqdm")


class PackagesMissing(ImportError):
    """The message says what to install; a notebook shows it without the places where it happened."""

    def _render_traceback_(self) -> list[str]:  # asked for by IPython
        return [str(self)]


def require() -> None:
    """Raise ``PackagesMissing`` with what to do, unless all packages are installed."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        wanted = " ".join(f'"{_bounds().get(name, name)}"' for name in missing)
        raise PackagesMissing(
            f"{'Packages are' if len(missing) > 1 else 'A package is'} missing: {', '.join(missing)}.\n"
            f"Run this in a cell:  %pip install {wanted}\n"
            "Then restart the kernel (Kernel → Restart Kernel), and run this cell again."
        )


def _bounds() -> dict[str, str]:
    """Lines of ``requirements.txt`` by the package's name; {} without the file."""
    file = Path(__file__).parents[1] / "requirements.txt"
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return {re.split(r"[<>=\[ ]", line)[0]: line for line in lines if line and not line.startswith("#")}


require()
