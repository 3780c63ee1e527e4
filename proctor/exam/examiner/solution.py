"""The instructor's solution, run in the examiner when somebody first asks for it."""

from __future__ import annotations

import builtins
import os
import shutil
import sys
import tempfile
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from proctor.exam.paper import Cell
from proctor.exam.shell.outputs import Recorder
from proctor.exam.shell.shell import ExamShell

from .verdict import REFERENCE, Broken, NoSolution

_MOST_COPIED = 256 << 20  # bytes


class Solution:
    """The instructor's notebook, run here when somebody first asks for it."""

    def __init__(self, cells: tuple[Cell, ...], shell: ExamShell):
        self._cells, self._shell = cells, shell
        self._names: dict[str, Any] | None = None
        self._was_stopped = self._writes = False
        self._broken = Broken("the instructor's notebook takes too long")

    def named(self, name: str) -> Any:
        """What the instructor calls so, for a comparison, which has little time. Raises NoSolution, Broken."""
        if not self._cells:
            raise NoSolution
        if self._names is None and self._was_stopped:
            raise self._broken
        self._was_stopped = True
        try:
            names = self.names()
        except Broken as broken:
            self._broken = broken
            raise
        if name not in names:
            raise Broken(f"the instructor's notebook defines no {name!r}")
        return names[name]

    def names(self) -> dict[str, Any]:
        """Raises Broken."""
        if self._names is None:
            self._names = self._build()
        return self._names

    def _build(self) -> dict[str, Any]:
        module = sys.modules[REFERENCE] = types.ModuleType(REFERENCE)  # dataclasses look their module up
        names = vars(module)
        names["__builtins__"] = vars(builtins)
        recorder, self._shell.recorder = self._shell.recorder, Recorder(0)  # nobody sees its outputs
        not_run = self._shell.not_run  # what a test left out is told its author, what this leaves out is not
        try:
            for cell in self._cells:
                source = self._shell.transform_cell(cell.source)
                exec(compile(source, f"<reference {cell.id}>", "exec", dont_inherit=True), names)
            self._shell.events.trigger("post_execute")  # its figures, before anybody can see them
        except PermissionError as error:
            if self._writes:
                raise _broken(cell, error) from error
            self._writes = True
            with _in_a_copy():
                return self._build()
        except Exception as error:
            raise _broken(cell, error) from error
        finally:
            self._shell.recorder, self._shell.not_run = recorder, not_run
        return names


def _broken(cell: Cell, error: Exception) -> Broken:
    return Broken(f"cell {cell.id!r} of the instructor's notebook raised {error!r}")


@contextmanager
def _in_a_copy() -> Iterator[None]:
    """Work in a copy of the folder, which may be written to."""
    here = os.getcwd()
    if sum(path.stat().st_size for path in Path(here).rglob("*") if path.is_file()) > _MOST_COPIED:
        raise Broken("the instructor's notebook writes files, beside more data than can be copied")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(here, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(here)
