"""For authors: ``reference`` and ``candidate`` in an ordinary Jupyter kernel.

In an exam the two live in different processes. While an author writes a notebook they
are one: both are the notebook itself, so that it runs from top to bottom in JupyterLab.
Importing ``proctor.checks`` in a kernel loads this extension; by hand:
``%load_ext proctor.authoring``.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Define ``reference`` and ``candidate`` unless the notebook has such names."""
    for name in ("reference", "candidate"):
        shell.user_ns.setdefault(name, NotebookNames(shell.user_ns))


class NotebookNames:
    """The names of a running notebook as attributes. Raises NameError for others."""

    def __init__(self, names: dict[str, Any]):
        self.__names = names
        self.folder = Path.cwd()

    def __getattr__(self, name: str) -> Any:
        if name not in self.__names:
            raise NameError(f"name {name!r} is not defined")
        return self.__names[name]

    @contextmanager
    def output(self):
        """What is printed inside the block, as ``stdout`` and ``stderr`` of the value it gives."""
        with capture_output() as printed:
            yield printed
