"""The examiner: runs read-only cells and test cells, and asks the candidate.

Threat model: the tests and the reference solution live here, and nothing of the
student's runs here. What arrives from the candidate is plain values, handles, or
exceptions (``session.py``, ``handles.py``, ``wire.py``). The process is confined all the same,
since a test parses what the student's code returns and the files it left.
"""

from __future__ import annotations

import os
from pathlib import Path

from proctor import checks
from proctor.exam.paper import Cell, Outcome
from proctor.exam.shell.randomness import seed_all
from proctor.exam.shell.shell import ExamShell, Executed, run_cell
from proctor.exam.wire.channel import Channel, ChannelError
from proctor.exam.wire.messages import Forget, Fork, Marked, Open, Past, Reader, Run, Stopped, encode
from proctor.exam.wire.values import Classes
from proctor.notebooks.hidden import hidden_lines
from proctor.notebooks.names import own_names

from .arrangement import Arrangement
from .causes import Causes
from .faults import AuthorError
from .helpers import let_helpers_cross
from .hooks import Hooks
from .impossible import looked_up
from .marking import explained, for_feedback, mark, marked_parts
from .namespace import Builtins, CandidateNames, Imports, ReferenceNames
from .session import Session
from .sitting import Sitting
from .solution import Solution
from .sources import Sources


def serve(channel: Channel, shell: ExamShell, fork: Fork) -> None:
    """Run cells until the proctor hangs up."""
    read = Reader(Open, Run, Forget, Past, Stopped)
    try:
        examiner = _Examiner(read(channel.receive()), channel, shell, fork)
        while True:
            message = read(channel.receive())
            if isinstance(message, Forget):
                examiner.forget(message.names)
            elif isinstance(message, Past):
                examiner.pass_over(message.cell)
            elif isinstance(message, Stopped):
                examiner.causes.stopped(message.words, message.names)
            else:
                channel.send(encode(examiner.run(message)))
    except ChannelError:
        os._exit(0)


class _Examiner:
    def __init__(self, opening: Open, channel: Channel, shell: ExamShell, fork: Fork):
        self._shell, self._limits = shell, fork.limits
        shell.ast_transformers.append(Hooks())
        shell.full_tracebacks = False  # students and staff get the words of ``marking``
        self._names = shell.user_module.__dict__
        self.causes = Causes(opening)
        solution = Solution(opening.reference, shell)
        sources = Sources(opening.cells, [cell.source for cell in opening.reference])
        imports = Imports(opening.imports, self._names)
        arrangement = Arrangement(self._names, opening.theirs | opening.asked, imports.names)
        shell.scripts = Path(fork.import_path[0])  # the assignment's own: the working folder is the student's
        classes = Classes(self._names, shell.scripts)
        self._session = Session(channel, fork.limits, self.causes, arrangement, sources, solution.named, classes)
        self._lookup = Builtins(self._names, imports, opening.modules, self._session)
        self._known = (*opening.known, *_modules_in(shell.scripts))  # what students have
        self._after_hidden = False
        self._names["candidate"] = CandidateNames(self._session, Path(opening.candidate_folder))
        self._names["reference"] = ReferenceNames(solution, self._session)
        self._names["__builtins__"] = self._lookup
        self._names["__getattr__"] = self._session.of_main  # for patch("__main__.random.randint")

    def forget(self, names: frozenset[str]) -> None:
        self._lookup.forget(names)

    def pass_over(self, cell: Cell) -> None:
        """A test cell that ran in another process: what it knew is gone, but its names are not the student's."""
        self._lookup.take(own_names(cell.source))
        self._after_hidden = self._after_hidden or bool(hidden_lines(cell.source))

    def run(self, run: Run) -> Marked:
        self._session.begin(run.execution_count, run.cell.role == "test", run.self_reports)
        self._lookup.begin(run)
        return self._share(run) if run.cell.role == "shared" else self._test(run)

    def _share(self, run: Run) -> Marked:
        """A read-only cell. The student sees the candidate's run of it."""
        done = run_cell(self._shell, run.cell.source, run.execution_count, self._limits.output_bytes)
        marked = mark(self._sitting(run, done, done.error))
        let_helpers_cross(self._names, self._session)
        self._session.belongings.keep_shared(own_names(run.cell.source), self._names)
        if isinstance(done.error, AuthorError):
            self._lookup.give_up(run)
        outcome = Outcome.OK if done.error is None else Outcome.AUTHOR
        return Marked(run.number, [], outcome.value, 0.0, "", marked.staff_message)

    def _test(self, run: Run) -> Marked:
        self._after_hidden = self._after_hidden or bool(hidden_lines(run.cell.source))
        assert run.seed is not None, "a test cell has one"
        checks.begin(run.seed, in_exam=True, explain=lambda error: explained(error, self.causes))
        seed_all(run.seed)
        self._lookup.leave(self._session.lend_names(run.cell.source))
        self._lookup.lend_figures(run.cell.source)
        done = run_cell(self._shell, run.cell.source, run.execution_count, self._limits.output_bytes)
        self._lookup.take_figures_back()
        self._session.clean_up()
        sitting = self._sitting(run, done, self._impossible(run, done) or done.error)
        marked = mark(sitting)
        doubts = self._lookup.doubts(run) if marked.outcome is Outcome.FAILED else []
        return Marked(
            run.number,
            for_feedback(done.outputs, sitting, marked),
            marked.outcome.value,
            marked.points,
            marked.message,
            "\n".join([marked.staff_message, *doubts, *self._on_their_word()]),
            sitting.records,
            marked_parts(sitting, marked),
            sitting.stopped_at,
            tuple(self._session.reports),
        )

    def _on_their_word(self) -> list[str]:
        """For staff: what this result rests on."""
        reports = self._session.reports
        return [f"this result rests on the student's word: {', '.join(reports)}"] if reports else []

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
                f"{', '.join(sorted(unknown))}: IPython's namespace here holds no names of the student's. Just use the name, "
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
            "\n".join([*self._known, *self.causes.said]),
            self._after_hidden,
            self.causes,
            checks.parts(),
            checks.details(),
            checks.records(),
        )


def _modules_in(folder: Path) -> list[str]:
    """The assignment's own modules, which are released with it: checks that they make speak their author's words."""
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(folder.rglob("*.py"))]
