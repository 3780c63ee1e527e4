"""The examiner: runs read-only cells and test cells, and asks the candidate.

Threat model: the tests and the reference solution live here, and nothing of the
student's runs here. What arrives from the candidate is plain values, handles, or
exceptions (``handles.py``, ``wire.py``). The process is confined all the same,
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
from contextlib import suppress
from typing import Any

from proctor import checks

from .channel import Channel, ChannelError
from .handles import CandidateNames, Session
from .helpers import let_helpers_cross
from .marking import Sitting, for_feedback, mark, scrub
from .messages import Forget, Fork, Marked, Open, Reader, Run, encode
from .outputs import Recorder
from .paper import Cell, Outcome
from .randomness import seed_all
from .shell import ExamShell, run_cell


def serve(channel: Channel, shell: ExamShell, fork: Fork) -> None:
    """Run cells until the proctor hangs up."""
    read = Reader(Open, Run, Forget)
    try:
        opening = read(channel.receive())
        session = Session(channel, fork.limits, opening.known)
        known = "\n".join(opening.known)
        names = shell.user_module.__dict__
        names["candidate"] = CandidateNames(session)
        names["reference"] = _ReferenceNames(opening.reference, session, shell)
        names["__builtins__"] = _Builtins(_Imports(opening.imports, names), session)
        while True:
            message = read(channel.receive())
            if isinstance(message, Forget):
                for name in message.names:
                    names.pop(name, None)
                continue
            session.begin()
            channel.send(encode(_run(message, session, known, shell, fork)))
    except ChannelError:
        os._exit(0)


def _run(run: Run, session: Session, known: str, shell: ExamShell, fork: Fork) -> Marked:
    if run.seed is not None:
        checks.begin(run.seed, in_exam=True)
        seed_all(run.seed)
    done = run_cell(shell, run.cell.source, run.execution_count, fork.limits.output_bytes)
    error = done.error
    if done.not_run and run.cell.role == "test":
        magic = f"%%{done.not_run[0]}"
        error = session.author_error(f"{magic} does not run its cell as a test: write the test in Python without it")
    sitting = Sitting(
        run.cell.source,
        run.cell.max_points,
        done.value,
        error,
        tuple(session.faults),
        frozenset(session.strings),
        known,
        checks.has_parts(),
        checks.details(),
    )
    marked = mark(sitting)
    if run.cell.role == "shared":  # the student sees the candidate's run of it
        let_helpers_cross(shell.user_module.__dict__, session)
        outcome = Outcome.OK if error is None else Outcome.AUTHOR
        return Marked(run.number, [], outcome.value, 0.0, "", marked.staff_message)
    return Marked(
        run.number,
        for_feedback(done.outputs, sitting, marked),
        marked.outcome.value,
        marked.points,
        scrub(marked.message, sitting),
        marked.staff_message,
    )


class _Builtins(dict):
    """Python's builtins, and behind them the student's names, but for what the instructor imports."""

    def __init__(self, imports: _Imports, session: Session):
        super().__init__(vars(builtins))
        self._imports, self._session = imports, session

    def __missing__(self, name: str) -> Any:
        if name in vars(builtins):  # IPython adds some while a cell runs
            return vars(builtins)[name]
        if name.startswith("__"):
            raise KeyError(name)
        theirs = self._session.name(name)
        return self._imports.own(name, theirs)


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

    def own(self, name: str, theirs: Any) -> Any:
        """The examiner's own import; ``theirs`` if there is none, as for a module that the student hands in."""
        for statement in self._statements.pop(name, []):
            self._run(statement)
        return self._names.get(name, theirs)

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
