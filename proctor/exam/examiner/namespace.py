"""What a name means in a cell that runs in the examiner: whose it is.

In a cell that runs here, a name that neither this process nor Python defines is
the student's. Python looks names up in the cell's globals, then in the builtins;
the builtins of these cells go on to ask the candidate. That holds for names in
functions too, whenever they run. Read-only helpers may go to the other side as a
whole, see ``helpers.py``. A library that the notebook imports in a cell which the
student may change is imported here instead: a student's ``np`` may call anything close.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
import types
from contextlib import suppress
from pathlib import Path
from typing import Any

from proctor.exam.wire.messages import Run
from proctor.notebooks.names import own_names

from .figures import Matplotlib, pyplots_of_theirs
from .hooks import hooks
from .impossible import doubts
from .session import Session
from .solution import Solution
from .verdict import Broken
from .views import Listed, Names

_CELL_FILE = re.compile(r"<ipython-input-(\d+)-")  # how IPython names the code of a cell


class Builtins(dict):
    """Python's builtins, and behind them the student's names, but for what is the instructor's.

    That is what the instructor imports, and names that a read-only or test cell binds: until
    it has, and if it fails before it has, they are unknown, whatever the student calls so.
    """

    def __init__(self, names: dict[str, Any], imports: Imports, modules: frozenset[str], session: Session):
        super().__init__(vars(builtins))
        self._names, self._imports, self._session = names, imports, session
        self._modules = modules
        self["__import__"] = self._import
        self |= hooks(session)
        self._running = 0  # number of the cell that runs
        self._own: frozenset[str] = frozenset()  # its names
        self._taken: set[str] = set()  # names of earlier cells
        self._answered: set[str] = set()  # names of answers
        self |= dict.fromkeys(("locals", "vars"), self._locals) | {"globals": self._globals, "dir": self._dir}
        self._matplotlib: Matplotlib | None = None  # while pyplot is the student's
        self._impossible: dict[str, str] = {}  # names of read-only cells that cannot run here, and their ids

    def begin(self, run: Run) -> None:
        self._taken |= self._own
        self._running, self._own = run.execution_count, own_names(run.cell.source)

    def leave(self, names: frozenset[str]) -> None:
        """The running cell only changes these, for a time: they are the student's."""
        self._own -= names

    def lend_figures(self, source: str) -> None:
        """If the running cell looks at the student's figures, pyplot is theirs until it has ended."""
        for name in self._imports.names:
            with suppress(KeyError):
                self._imports.own(name) if name in ("plt", "pyplot") else None
        names = pyplots_of_theirs(source, self._names)
        pyplot = self._session.pyplot() if names else None
        if pyplot is not None:
            self._matplotlib = Matplotlib(pyplot)
            self._names |= {name: pyplot for name in names if name in self._names}

    def take_figures_back(self) -> None:
        if self._matplotlib is None:
            return
        theirs, own = (self._matplotlib, self._matplotlib.pyplot), builtins.__import__("matplotlib.pyplot")
        for name, value in list(self._names.items()):
            if any(value is each for each in theirs):
                self._names[name] = own if value is self._matplotlib else own.pyplot
        self._matplotlib = None

    def take(self, names: frozenset[str]) -> None:
        self._taken |= names

    def give_up(self, run: Run) -> None:
        """This read-only cell asks for the impossible."""
        self._impossible |= dict.fromkeys(self._own, run.cell.id)

    def doubts(self, run: Run) -> list[str]:
        theirs = bool(pyplots_of_theirs(run.cell.source, self._names))
        return doubts(run.cell.source, frozenset(self._answered), theirs)

    def forget(self, names: frozenset[str]) -> None:
        """These are the student's from now on."""
        self._answered |= names
        self._taken = (self._taken | self._own) - names
        self._own = frozenset()
        for name in names:
            self._names.pop(name, None)
            self._impossible.pop(name, None)

    def __missing__(self, name: str) -> Any:
        if name in vars(builtins):  # IPython adds some while a cell runs
            return vars(builtins)[name]
        if name.startswith("__"):
            raise KeyError(name)
        if name in self._taken or (name in self._own and self._is_running(sys._getframe(1))):
            return self._instructors(name)
        theirs = self._session.name(name)
        try:
            return self._imports.own(name)
        except KeyError:  # a module that the student hands in, or no module at all
            return theirs

    def _import(self, name: str, globals=None, locals=None, fromlist=(), level: int = 0) -> Any:
        """Modules that are answers are the student's; all others are imported here."""
        if name in self._modules and level == 0:
            return self._session.module(name)
        if self._matplotlib is not None and name in ("matplotlib", "matplotlib.pyplot") and level == 0:
            return self._matplotlib.pyplot if fromlist and name != "matplotlib" else self._matplotlib
        return builtins.__import__(name, globals, locals, fromlist, level)

    def _globals(self) -> dict[str, Any]:
        return Names(self._names, self)

    def _locals(self, *about: Any) -> Any:
        """``locals`` and ``vars``, whose caller's names are meant."""
        if about:
            return vars(*about)
        inside = sys._getframe(1).f_locals
        return self._globals() if inside is self._names else inside

    def _dir(self, *about: Any) -> list[str]:
        if about:
            return dir(*about)
        inside = sys._getframe(1).f_locals
        return Listed(sorted(inside), self._globals() if inside is self._names else inside)

    def _instructors(self, name: str) -> Any:
        if name in self._impossible:
            raise self._session.author_error(
                f"{name!r} is made by the read-only cell {self._impossible[name]!r}, which cannot run in the test's "
                "process: put it into a function that returns plain values, and call candidate.FUNCTION(...)"
            )
        return self._imports.own(name)

    def _is_running(self, frame: types.FrameType) -> bool:
        """Whether it is the running cell that looks a name up, not a helper that an earlier cell has defined."""
        cell = _CELL_FILE.match(frame.f_code.co_filename)
        return cell is None or int(cell[1]) == self._running


class Imports:
    """The instructor's import statements, run when a test first asks for one of their names."""

    def __init__(self, statements: tuple[str, ...], names: dict[str, Any]):
        self._names = names
        self._statements: dict[str, list[str]] = {}
        for statement in statements:
            imported = ast.parse(statement).body[0]
            assert isinstance(imported, ast.Import | ast.ImportFrom), "what the proctor takes for an import"
            for alias in imported.names:
                self._statements.setdefault(alias.asname or alias.name.split(".")[0], []).append(statement)
        for statement in self._statements.pop("*", []):
            self._run(statement)
        self.names = frozenset(self._statements)

    def own(self, name: str) -> Any:
        """The examiner's own import. Raises KeyError if there is none."""
        for statement in self._statements.pop(name, []):
            self._run(statement)
        return self._names[name]

    def _run(self, statement: str) -> None:
        with suppress(ImportError):
            exec(compile(statement, "<imports>", "exec"), self._names)


class ReferenceNames:
    """``reference``: the instructor's solution."""

    def __init__(self, solution: Solution, session: Session):
        self.__solution, self.__session = solution, session

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            names = self.__solution.names()
        except Broken as broken:
            raise self.__session.author_error(str(broken)) from broken.__cause__
        if name not in names:
            raise self.__session.author_error(f"the instructor's notebook defines no {name!r}")
        return names[name]


class CandidateNames:
    """``candidate``: the student's names, also where the examiner has the same name itself.

    ``folder`` is where the student's code runs: the files there are what that code made of them.
    ``candidate.NAME = value`` and ``del candidate.NAME`` hold until the cell ends.
    """

    folder: Path

    def __init__(self, session: Session, folder: Path):
        object.__setattr__(self, "_CandidateNames__session", session)
        object.__setattr__(self, "folder", folder)

    def __setattr__(self, name: str, value: Any) -> None:
        self.__session.arrangement.say(name, value)

    def __delattr__(self, name: str) -> None:
        """What was set here is as it was again; what was not is gone."""
        self.__session.arrangement.say_gone(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.__session.name(name)
        except KeyError:
            raise NameError(f"name {name!r} is not defined", name=name) from None

    def output(self):
        """``with candidate.output() as printed:`` collects what the student's code prints."""
        return self.__session.listen()
