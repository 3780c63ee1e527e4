"""Stand-ins for what a notebook may ask for and an exam cannot give.

A student's notebook installs packages, starts TensorBoard, loads data with four
workers or asks for input. None of that can work in a process without children,
network or keyboard, and none of it should cost the cell its other lines: each
says in one line that it did nothing, except ``input``, which fails at once as
it does in a kernel without a keyboard. For programs see ``programs.py``, for
processes ``threads.py``.
"""

from __future__ import annotations

import builtins
import functools
import getpass
import os
import sys
import weakref
from collections.abc import Callable
from typing import Any

from IPython.core.error import StdinNotImplementedError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from .programs import say

_MAGICS_THAT_START_A_PROCESS = "script perl ruby pypy javascript_ python python2 python3 cmd"


def install(shell) -> None:
    """Put the stand-ins into the shell and, for ``input``, into the process."""
    shell.register_magics(_MagicStandIns(shell))
    for name in _MAGICS_THAT_START_A_PROCESS.split():
        for kind in ("line", "cell"):
            if name in shell.magics_manager.magics[kind]:
                shell.register_magic_function(_no_process(name), kind, name)
    builtins.input = _no_input
    getpass.getpass = _no_input
    sys.breakpointhook = _no_debugger


def miss_what_is_missing() -> None:
    """Changing a file's times or permissions does nothing here, but for a file that is not there it must fail:
    ``Path.touch`` creates what it cannot change."""
    for name in ("utime", "chmod"):
        setattr(os, name, _for_what_exists(getattr(os, name)))


def replace_loader_workers() -> None:
    """``DataLoader(num_workers=4)`` loads in the same process. Torch is loaded already."""
    from torch.utils.data import DataLoader, dataloader

    told: weakref.WeakSet[DataLoader] = weakref.WeakSet()

    def in_this_process(loader: DataLoader):
        if loader.num_workers and loader not in told:
            told.add(loader)
            say(f"DataLoader works without its num_workers={loader.num_workers} while a notebook is graded.")
        plain = object.__new__(type(loader))
        vars(plain).update(vars(loader) | {"num_workers": 0, "timeout": 0})
        return dataloader._SingleProcessDataLoaderIter(plain)

    DataLoader._get_iterator = in_this_process  # type: ignore[assignment, method-assign]  # for all who have it already


def _say_that_nothing_is_installed() -> None:
    say("packages are not installed while a notebook is graded.")


@magics_class
class _MagicStandIns(Magics):
    shell: Any  # given when they are registered

    @line_magic
    def pip(self, line):
        """Install a package."""
        _say_that_nothing_is_installed()

    @line_magic
    def conda(self, line):
        """Install a package."""
        _say_that_nothing_is_installed()

    @cell_magic
    def bash(self, line, cell):
        """Run a shell script."""
        self.shell.system(cell)

    @cell_magic
    def sh(self, line, cell):
        """Run a shell script."""
        self.shell.system(cell)

    @line_magic
    def run(self, line):
        """Run a script or a notebook, and leave the names of this one as they are looked up."""
        names, here = self.shell.user_ns, os.getcwd()
        lookup = names.get("__builtins__", builtins)
        try:
            if self.shell.scripts is not None:
                os.chdir(self.shell.scripts)
            return self.shell.magics_manager.registry["ExecutionMagics"].run(line)
        finally:
            names["__builtins__"] = lookup
            if self.shell.scripts is not None:
                os.chdir(here)

    @line_magic
    def rehashx(self, line):
        """Make every program a magic: there are none."""

    @line_magic
    def tensorboard(self, line):
        """Show TensorBoard."""
        say("TensorBoard is not shown while a notebook is graded.")

    @line_magic
    def load_ext(self, line):
        """Load an IPython extension."""
        if line.strip() != "tensorboard":
            self.shell.extension_manager.load_extension(line.strip())

    @line_magic
    def matplotlib(self, line):
        """Set up matplotlib: figures appear inline, whatever was asked for."""
        self.shell.enable_matplotlib("inline")


def _no_process(name: str):
    def stand_in(line, cell=None):
        say(f"%{name} does not run while a notebook is graded.")

    return stand_in


def _for_what_exists(change: Callable) -> Callable:
    @functools.wraps(change)
    def changed(path, *args, **kwargs):
        os.stat(path, **{name: kwargs[name] for name in ("dir_fd", "follow_symlinks") if name in kwargs})
        return change(path, *args, **kwargs)

    return changed


def _no_debugger(*args, **kwargs):
    """``breakpoint()`` goes on, as in a kernel that no debugger is attached to."""


def _no_input(prompt="", *args, **kwargs):
    raise StdinNotImplementedError("input() was called, but nobody is there to answer while a notebook is graded.")
