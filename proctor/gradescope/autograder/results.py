"""Gradescope's ``results.json``: what a graded submission looks like to the student.

Written from Gradescope's autograder documentation; ``results.schema.json`` says the same to
a machine. Per test cell there is one entry with its points. Where a cell has visible checks
and hidden tests, an entry without points says at once how the visible ones went, and the
points come with the hidden ones. Nothing here is new to students: messages and outputs are
those that nbgrader's feedback shows them (docs/how-it-works.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from proctor.exam.paper import CellResult, Outcome
from proctor.gradescope.numbering import Place, places
from proctor.gradescope.settings import Gradescope
from proctor.grading import GradedNotebook, GradedSubmission
from proctor.notebooks.assignment import Assignment, AssignmentCell
from proctor.notebooks.hidden import hidden_lines
from proctor.parts import in_words
from proctor.settings import Late

from .markdown import cut, escape
from .metadata import Metadata, PreviousSubmission
from .visible_checks import VisibleChecks, has_visible_checks, visible_checks

FAILED = (
    "Not graded: something went wrong that is not your fault. Your instructors can see what it was, "
    "and grade your submission again."
)
NOT_REACHED = (
    "Not graded: the time or the memory for grading ended before this notebook was done. "
    "Submit again; if it happens again, tell your instructors."
)
ALL_WELL = "All checks that stand in your notebook pass."
_LONGEST_OUTPUT = 6_000  # characters, of Gradescope's 100,000
_LONGEST_TOGETHER = 80_000
_LONGEST_NAME = 200
_MOST_CHANGES = 15
_MOST_POINTS = 1e9  # of an earlier result; what says more is none


@dataclass(frozen=True)
class _Entry:
    """One entry of the list of tests. ``identity`` finds it again in a later submission."""

    place: Place
    kind: str
    identity: tuple[str, str, str]
    visibility: str
    output: str
    passed: bool | None = None
    points: float | None = None
    max_points: float | None = None


def results(
    assignment: Assignment,
    graded: GradedSubmission,
    metadata: Metadata,
    settings: Gradescope,
    *,
    late: Late | None = None,
    penalty: float | None = None,
    seconds: float = 0.0,
    reasons: Mapping[str, str] = {},
) -> dict:
    """The object that ``results.json`` holds.

    ``graded`` has the notebooks that were graded so far. The others get 0, with the reason that
    ``reasons`` has by name, in Markdown, or else NOT_REACHED. ``late`` says what counts as late,
    ``penalty`` is in points, None if none is due; the total never falls below 0.
    """
    last = metadata.previous[-1] if metadata.previous else None
    earlier = _by_identity(last)
    by_name = {notebook.name: notebook for notebook in graded.notebooks}
    entries: list[_Entry] = []
    for position, pristine in enumerate(assignment.notebooks, 1):
        notebook = by_name.get(pristine.name)
        reason = "" if notebook else reasons.get(pristine.name, NOT_REACHED)
        for cell_id, place in places(position, pristine).items():
            cell = next(cell for cell in pristine.cells if cell.id == cell_id)
            entries += _entries(pristine.name, cell, place, notebook, reason, settings)
    changes = _changes(entries, earlier, last)
    points = sum(entry.points or 0.0 for entry in entries)
    tests = [_as_json(entry, earlier.get(entry.identity)) for entry in entries]
    if penalty is not None:
        tests.append(_penalty_entry(penalty, points, settings))
    output = "\n\n".join([*_problems(graded), *_lateness(metadata, late or Late()), *changes, *_closing(entries)])
    return {
        "score": _number(max(0.0, points - (penalty or 0.0))),
        "execution_time": _number(seconds),
        "output": cut(output, _LONGEST_OUTPUT),
        "output_format": "md",
        "test_output_format": "md",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": _within_limits(tests),
        "leaderboard": [
            *_leaderboard(graded, settings),
            {"name": "Grading seconds", "value": _number(seconds, 1), "order": "asc"},
        ],
    }


# Entries


def _entries(
    name: str, cell: AssignmentCell, place: Place, notebook: GradedNotebook | None, reason: str, settings: Gradescope
) -> Iterator[_Entry]:
    """One entry per graded cell; two for a test cell with visible checks and hidden tests."""
    identity = (name, cell.grade_id or cell.id)
    if cell.role != "test":
        words = f"Graded by hand, {cell.points:g} points."
        yield _Entry(place, "written answer", (*identity, "written"), "visible", words)
        return
    result, points, words = None, 0.0, reason
    if notebook is not None:
        result = next(result for result in notebook.tests if result.id == cell.id)
        points, words = result.points, _words(result, _printed(notebook.notebook, cell.id))
    has_hidden = bool(hidden_lines(cell.source))
    if has_hidden and has_visible_checks(cell.source):
        identity_of_seen = (*identity, "visible")
        yield from _visible_entry(cell.source, result, reason, place, identity_of_seen, settings.visible_visibility)
    yield _Entry(
        place,
        "hidden tests" if has_hidden else "",
        (*identity, "points"),
        settings.visibility_of(name, cell.grade_id or cell.id, has_hidden),
        words,
        points >= cell.points,
        points,
        cell.points,
    )


def _visible_entry(
    source: str, result: CellResult | None, reason: str, place: Place, identity: tuple[str, str, str], visibility: str
) -> Iterator[_Entry]:
    """How the checks went that the student has, without points; nothing if nobody can tell."""
    passed, words = False, reason
    if result is not None:
        seen = visible_checks(source, result)
        if seen is None:
            return
        passed, words = seen.passed, _words_of_seen(seen)
    yield _Entry(place, "visible checks", identity, visibility, words, passed)


def _words_of_seen(seen: VisibleChecks) -> str:
    if not seen.passed:
        return _with_list(seen.message, [in_words(part) for part in seen.parts])
    return ALL_WELL if seen.are_all else "All checks in this cell that come before the hidden tests pass."


def _words(result: CellResult, printed: str) -> str:
    """What the test says: its message, line by line what it printed, and its parts."""
    parts = result.parts if result.outcome is not Outcome.NOT_RUN else ()
    return _with_list(result.message, [*printed.splitlines(), *map(in_words, parts)])


def _with_list(message: str, lines: list[str]) -> str:
    said = [f"- {escape(line)}" for line in lines if line.strip()]
    return "\n\n".join(filter(None, (escape(message), "\n".join(said))))


def _printed(notebook: NotebookNode, cell_id: str) -> str:
    """What a test printed, as the graded notebook shows it to the student."""
    cell = next(cell for cell in notebook.cells if cell.id == cell_id)
    text = "".join(output.text for output in cell.outputs if output.output_type == "stream")
    return text[:_LONGEST_OUTPUT]


def _as_json(entry: _Entry, earlier: dict | None) -> dict:
    notebook, grade_id, part = entry.identity
    name = ": ".join(filter(None, (entry.place.title, entry.kind)))
    output = entry.output
    if earlier is not None and (entry.points is not None) and _standing(earlier) != (entry.passed, entry.points):
        output = "\n\n".join(filter(None, (output, f"Last submission: {_points(_standing(earlier)[1])}.")))
    test: dict[str, object] = {
        "name": name[:_LONGEST_NAME],
        "name_format": "text",
        "number": entry.place.number,
        "output": output,
        "output_format": "md",
        "visibility": entry.visibility,
        "extra_data": {"notebook": notebook, "cell": grade_id, "part": part},
    }
    if entry.points is not None and entry.max_points is not None:
        test |= {"score": _number(entry.points), "max_score": _number(entry.max_points)}
    if entry.passed is not None:
        test["status"] = "passed" if entry.passed else "failed"
    return test


def _penalty_entry(penalty: float, points: float, settings: Gradescope) -> dict:
    """Says what the top-level score has lost. The amount may give the points away, so it is shown with them."""
    return {
        "name": "Late submission",
        "name_format": "text",
        "status": "failed" if penalty > 0 else "passed",
        "output": f"{_points(penalty)} of {points:g} are taken off because the submission is late.",
        "output_format": "md",
        "visibility": settings.hidden_visibility,
        "extra_data": {"part": "late", "penalty": _number(penalty)},
    }


# The lines above the tests


def _problems(graded: GradedSubmission) -> Iterator[str]:
    """What was wrong with the files, each thing once."""
    said = dict.fromkeys(escape(problem.message) for problem in graded.all_problems if problem.message)
    if said:
        yield "\n".join(f"- {words}" for words in said)


def _lateness(metadata: Metadata, late: Late) -> Iterator[str]:
    seconds = metadata.seconds_late
    if seconds > 0:
        hours, minutes = divmod(math.ceil(seconds / 60), 60)
        days, hours = divmod(hours, 24)
        given = ((days, "d"), (hours, "h"), (minutes, "min"))
        words = " ".join(f"{amount} {unit}" for amount, unit in given if amount)
        in_time = ", which counts as in time" if late.is_in_time(seconds) else ""
        yield f"This submission came {words} after your due date{in_time}."


def _changes(entries: list[_Entry], earlier: Mapping, last: PreviousSubmission | None) -> Iterator[str]:
    """What changed since the last submission, of what students see at once; the rest stands in its own entries."""
    if last is None:
        return
    seen = [entry for entry in entries if entry.visibility == "visible" and entry.passed is not None]
    known = [entry for entry in seen if entry.identity in earlier]
    if not known:
        yield "The last submission cannot be compared with this one."
        return
    better: list[_Entry] = []
    worse: list[_Entry] = []
    for entry in known:
        passed, points = _standing(earlier[entry.identity])
        if entry.passed != passed:
            (better if entry.passed else worse).append(entry)
        elif entry.points is not None and points is not None and entry.points != points:
            (better if entry.points > points else worse).append(entry)
    if not better and not worse:
        yield "Since your last submission, the result of no visible check has changed."
    for words, changed in (("Better", better), ("Worse", worse)):
        if changed:
            names = [f"{entry.place.number} {escape(entry.place.title)}" for entry in changed[:_MOST_CHANGES]]
            more = [f"{len(changed) - _MOST_CHANGES} more"] if len(changed) > _MOST_CHANGES else []
            yield f"{words} than in your last submission: {'; '.join((*names, *more))}."


def _closing(entries: list[_Entry]) -> Iterator[str]:
    if any(entry.kind == "written answer" for entry in entries):
        yield "Written answers are graded by hand."
    later = {entry.visibility for entry in entries if entry.points is not None}
    if "after_due_date" in later:
        yield "Some points are shown after the due date."
    if "after_published" in later:
        yield "The points of hidden tests are shown when grades are published."


# Earlier results


def _by_identity(last: PreviousSubmission | None) -> dict[tuple[str, str, str], dict]:
    """The entries of the last submission that this autograder wrote."""
    found = {}
    for test in last.tests if last else ():
        match test.get("extra_data"):
            case {"notebook": str(notebook), "cell": str(cell), "part": str(part)}:
                found[notebook, cell, part] = test
    return found


def _standing(test: dict) -> tuple[bool, float | None]:
    """Whether an earlier entry passed, and its points."""
    score = test.get("score")
    if not isinstance(score, int | float) or isinstance(score, bool) or not abs(score) < _MOST_POINTS:
        score = None
    return test.get("status") == "passed", None if score is None else float(score)


# Numbers and sizes


def _points(points: float | None) -> str:
    return "no points" if points is None else f"{points:g} point{'' if points == 1 else 's'}"


def _number(value: float, digits: int = 6) -> float:
    """A number that JSON has: not a number and infinity count as 0."""
    return round(float(value), digits) if math.isfinite(value) else 0.0


def _within_limits(tests: list[dict]) -> list[dict]:
    """The same with outputs cut: none too long, and not all of them together."""
    most = _LONGEST_OUTPUT
    while most > 100 and sum(min(len(test["output"]), most) for test in tests) > _LONGEST_TOGETHER:
        most //= 2
    return [test | {"output": cut(test["output"], most)} for test in tests]


def _leaderboard(graded: GradedSubmission, settings: Gradescope) -> Iterator[dict]:
    """What test cells have recorded, see proctor.checks.record."""
    for notebook in graded.notebooks:
        for result in notebook.tests:
            for name, value in result.records.items():
                order = "asc" if name in settings.smallest_first else "desc"
                yield {"name": name[:1].upper() + name[1:], "value": _number(value), "order": order}
