"""The examiner: runs read-only cells and test cells, and asks the candidate.

Threat model: the tests and the reference solution live here, and nothing of the
student's runs here. What arrives from the candidate is plain values, handles, or
exceptions (``session.py``, ``handles.py``, ``wire.py``). The process is confined all the same,
since a test parses what the student's code returns and the files it left.

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
import os
import re
import sys
import types
from contextlib import suppress
from typing import Any

from proctor import checks

from .channel import Channel, ChannelError
from .faults import AuthorError
from .handles import CandidateNames
from .helpers import let_helpers_cross
from .hidden import hidden_lines
from .impossible import doubts, looked_up
from .marking import Sitting, for_feedback, mark, scrub
from .messages import Forget, Fork, Marked, Open, Past, Reader, Run, encode
from .names import own_names
from .outputs import Recorder
from .paper import Cell, Outcome
from .randomness import seed_all
from .session import Session
from .shell import Executed, ExamShell, run_cell

_CELL_FILE = re.compile(r"<ipython-input-(\d+)-")  # how IPython names the code of a cell


def serve(channel: Channel, shell: ExamShell, fork: Fork) -> None:
    """Run cells until the proctor hangs up."""
    read = Reader(Open, Run, Forget, Past)
    try:
        examiner = _Examiner(read(channel.receive()), channel, shell, fork)
        while True:
            message = read(channel.receive())
            if isinstance(message, Forget):
                examiner.forget(message.names)
            elif isinstance(message, Past):
                examiner.pass_over(message.cell)
            else:
                channel.send(encode(examiner.run(message)))
    except ChannelError:
        os._exit(0)


class _Examiner:
    def __init__(self, opening: Open, channel: Channel, shell: ExamShell, fork: Fork):
        self._shell, self._limits, self._known = shell, fork.limits, "\n".join(opening.known)
        shell.full_tracebacks = False  # students and staff get the words of ``marking``
        self._names = shell.user_module.__dict__
        self._session = Session(channel, fork.limits, opening.known)
        self._lookup = _Builtins(self._names, _Imports(opening.imports, self._names), self._session)
        self._after_hidden = False
        self._names["candidate"] = CandidateNames(self._session)
        self._names["reference"] = _ReferenceNames(opening.reference, self._session, shell)
        self._names["__builtins__"] = self._lookup

    def forget(self, names: frozenset[str]) -> None:
        self._lookup.forget(names)

    def pass_over(self, cell: Cell) -> None:
        """A test cell that ran in another process: what it knew is gone, but its names are not the student's."""
        self._lookup.take(own_names(cell.source))
        self._after_hidden = self._after_hidden or bool(hidden_lines(cell.source))

    def run(self, run: Run) -> Marked:
        self._session.begin()
        self._lookup.begin(run)
        return self._share(run) if run.cell.role == "shared" else self._test(run)

    def _share(self, run: Run) -> Marked:
        """A read-only cell. The student sees the candidate's run of it."""
        done = run_cell(self._shell, run.cell.source, run.execution_count, self._limits.output_bytes)
        marked = mark(self._sitting(run, done, done.error))
        let_helpers_cross(self._names, self._session)
        if isinstance(done.error, AuthorError):
            self._lookup.give_up(run)
        outcome = Outcome.OK if done.error is None else Outcome.AUTHOR
        return Marked(run.number, [], outcome.value, 0.0, "", marked.staff_message)

    def _test(self, run: Run) -> Marked:
        self._after_hidden = self._after_hidden or bool(hidden_lines(run.cell.source))
        checks.begin(run.seed, in_exam=True)
        seed_all(run.seed)
        done = run_cell(self._shell, run.cell.source, run.execution_count, self._limits.output_bytes)
        self._session.clean_up()
        sitting = self._sitting(run, done, self._impossible(run, done) or done.error)
        marked = mark(sitting)
        doubts = self._lookup.doubts(run) if marked.outcome is Outcome.FAILED else []
        return Marked(
            run.number,
            for_feedback(done.outputs, sitting, marked),
            marked.outcome.value,
            marked.points,
            scrub(marked.message, sitting),
            "\n".join([marked.staff_message, *doubts]),
            sitting.records,
        )

    def _impossible(self, run: Run, done: Executed) -> AuthorError | None:
        """What the cell has asked for in vain."""
        if done.not_run:
            magic = f"%%{done.not_run[0]}"
            return self._session.author_error(
                f"{magic} does not run its cell as a test: write the test in Python without it"
            )
        unknown = looked_up(run.cell.source) - self._names.keys() - own_names(run.cell.source)
        if unknown:
            return self._session.author_error(
                f"{', '.join(sorted(unknown))}: a test's namespace holds no names of the student's. Just use the name, "
                "or candidate.NAME: it raises NameError if it is missing"
            )
        return None

    def _sitting(self, run: Run, done: Executed, error: BaseException | None) -> Sitting:
        return Sitting(
            run.cell.source,
            run.cell.max_points,
            done.value,
            error,
            tuple(self._session.faults),
            frozenset(self._session.strings),
            self._known,
            self._after_hidden,
            checks.has_parts(),
            checks.details(),
            checks.records(),
        )


class _Builtins(dict):
    """Python's builtins, and behind them the student's names, but for what is the instructor's.

    That is what the instructor imports, and names that a read-only or test cell binds: until
    it has, and if it fails before it has, they are unknown, whatever the student calls so.
    """

    def __init__(self, names: dict[str, Any], imports: _Imports, session: Session):
        super().__init__(vars(builtins))
        self._names, self._imports, self._session = names, imports, session
        self._running, self._own = 0, frozenset()  # number and names of the cell that runs
        self._taken: set[str] = set()  # names of earlier cells
        self._answered: set[str] = set()  # names of answers
        self._impossible: dict[str, str] = {}  # names of read-only cells that cannot run here, and their ids

    def begin(self, run: Run) -> None:
        self._taken |= self._own
        self._running, self._own = run.execution_count, own_names(run.cell.source)

    def take(self, names: frozenset[str]) -> None:
        self._taken |= names

    def give_up(self, run: Run) -> None:
        """This read-only cell asks for the impossible."""
        self._impossible |= dict.fromkeys(self._own, run.cell.id)

    def doubts(self, run: Run) -> list[str]:
        return doubts(run.cell.source, frozenset(self._answered))

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
        if name in self._taken or name in self._own and self._is_running(sys._getframe(1)):
            return self._instructors(name)
        theirs = self._session.name(name)
        try:
            return self._imports.own(name)
        except KeyError:  # a module that the student hands in, or no module at all
            return theirs

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


class _Imports:
    """The instructor's import statements, run when a test first asks for one of their names."""

    def __init__(self, statements: tuple[str, ...], names: dict[str, Any]):
        self._names = names
        self._statements: dict[str, list[str]] = {}
        for statement in statements:
            for alias in ast.parse(statement).body[0].names:
                self._statements.setdefault(alias.asname or alias.name.split(".")[0], []).append(statement)
        for statement in self._statements.pop("*", []):
            self._run(statement)

    def own(self, name: str) -> Any:
        """The examiner's own import. Raises KeyError if there is none."""
        for statement in self._statements.pop(name, []):
            self._run(statement)
        return self._names[name]

    def _run(self, statement: str) -> None:
        with suppress(ImportError):
            exec(compile(statement, "<imports>", "exec"), self._names)


class _ReferenceNames:
    """``reference``: the instructor's solution, run here when a test first asks for it."""

    def __init__(self, cells: tuple[Cell, ...], session: Session, shell: ExamShell):
        self.__cells, self.__session, self.__shell = cells, session, shell
        self.__names: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if self.__names is None:
            self.__names = self.__build()
        if name not in self.__names:
            raise self.__session.author_error(f"the instructor's notebook defines no {name!r}")
        return self.__names[name]

    def __build(self) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "reference", "__builtins__": vars(builtins)}
        recorder, self.__shell.recorder = self.__shell.recorder, Recorder(0)  # nobody sees its outputs
        try:
            for cell in self.__cells:
                exec(compile(self.__shell.transform_cell(cell.source), f"<reference {cell.id}>", "exec"), names)
            self.__shell.events.trigger("post_execute")  # its figures, before anybody can see them
        except Exception as error:
            message = f"cell {cell.id!r} of the instructor's notebook raised {error!r}"
            raise self.__session.author_error(message) from error
        finally:
            self.__shell.recorder = recorder
        return names
