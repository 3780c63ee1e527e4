"""Stand-ins for what a notebook may ask for and an exam cannot give.

A student's notebook installs packages, starts TensorBoard, loads data with four
workers or asks for input. None of that can work in a process without children,
network or keyboard, and none of it should cost the cell its other lines: each
says in one line that it did nothing, except ``input``, which fails at once as
it does in a kernel without a keyboard.
"""

from __future__ import annotations

import builtins
import functools
import getpass
from typing import Any

from IPython.core import page
from IPython.core.error import StdinNotImplementedError
from IPython.core.magic import Magics, line_magic, magics_class

_MAGICS_THAT_START_A_PROCESS = "bash sh script system sx ! perl ruby pypy javascript_ python python2 python3 cmd"


def install(shell) -> None:
    """Put the stand-ins into the shell and, for ``input``, into the process."""
    shell.register_magics(_MagicStandIns(shell))
    for name in _MAGICS_THAT_START_A_PROCESS.split():
        for kind in ("line", "cell"):
            if name in shell.magics_manager.magics[kind]:
                shell.register_magic_function(_no_process(name), kind, name)
    shell.set_hook("show_in_pager", page.as_hook(page.display_page), 0)
    builtins.input = _no_input
    getpass.getpass = _no_input


def replace_loader_workers() -> None:
    """``DataLoader(num_workers=4)`` loads in the same process. Torch is loaded already."""
    from torch.utils.data import DataLoader

    original = DataLoader.__init__

    @functools.wraps(original)
    def without_workers(self, *args, **kwargs):
        if kwargs.get("num_workers"):
            say(f"DataLoader works without its num_workers={kwargs['num_workers']} while a notebook is graded.")
            for name in ("num_workers", "prefetch_factor", "persistent_workers", "multiprocessing_context"):
                kwargs.pop(name, None)
        original(self, *args, **kwargs)

    DataLoader.__init__ = without_workers  # type: ignore[method-assign]  # for everybody who has it already


def say(line: str) -> None:
    print(f"[exam] {line}")


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


def _no_input(prompt="", *args, **kwargs):
    raise StdinNotImplementedError("input() was called, but nobody is there to answer while a notebook is graded.")
