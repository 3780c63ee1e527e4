"""The questions of a saved notebook, and how far each is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

UNANSWERED = "YOUR ANSWER HERE"
NOT_WRITTEN = "NotImplementedError"

MISSING, FAILS, NOT_RUN, ANSWERED, READY = "missing", "check fails", "check not run", "answered", "ready"


@dataclass
class Question:
    """A question and its points; ``state`` is one of the five above, ``words`` say more.

    ``points_of`` has the points of each of its tests by the test's name.
    """

    title: str
    points: float = 0
    state: str = MISSING
    words: str = ""
    points_of: dict[str, float] = field(default_factory=dict)


def questions_of(cells: list[dict]) -> list[Question]:
    """In the order of the notebook; [] when the marks of nbgrader are gone."""
    return [_question(answer, tests, heading) for answer, tests, heading in _grouped(cells)]


def is_error(output: dict) -> bool:
    return output.get("output_type") == "error"


def runs(cell: dict) -> bool:
    """Whether there is anything to run in a cell of code."""
    return any(line.strip() and not line.strip().startswith("#") for line in cell["source"].splitlines())


def _grouped(cells: list[dict]) -> Iterator[tuple[dict, list[dict], str]]:
    """Each answer, the tests that follow it up to the next answer, and the heading above it."""
    heading = found = ""
    answer: dict | None = None
    tests: list[dict] = []
    for cell in cells:
        marks = cell["metadata"].get("nbgrader") or {}
        if marks.get("solution"):
            if answer:
                yield answer, tests, found
            answer, tests, found = cell, [], heading
        elif marks.get("grade") and answer:
            tests.append(cell)
        elif cell["cell_type"] == "markdown":
            headings = re.findall(r"^#+ +(.*?)(?: *\([^()]*points?\))? *$", cell["source"], re.MULTILINE)
            heading = headings[-1] if headings else heading
    if answer:
        yield answer, tests, found


def _question(answer: dict, tests: list[dict], heading: str) -> Question:
    points_of = {cell["metadata"]["nbgrader"]["grade_id"]: _points(cell) for cell in tests}
    defined = re.search(r"^(?:def|class) +(\w+)", answer["source"], re.MULTILINE)
    title = defined[1] if defined and answer["cell_type"] == "code" else heading.replace("`", "")
    question = Question(title, sum(points_of.values()) + _points(answer), points_of=points_of)
    source = answer["source"].strip()
    if answer["cell_type"] != "code":
        if source and source != UNANSWERED:
            question.state, question.words = ANSWERED, f"{len(source.split())} words"
        return question
    visible = [cell for cell in tests if runs(cell)]
    failed = [cell for cell in visible if any(map(is_error, cell["outputs"]))]
    passed = [cell for cell in visible if cell not in failed and cell["execution_count"]]
    if not source or (NOT_WRITTEN in source and len(passed) < len(visible)):
        question.words = f"raise {NOT_WRITTEN}() is still there" if source else "the cell is empty"
    elif any(map(is_error, answer["outputs"])):
        question.state, question.words = FAILS, f"the answer ends in an error: {_first_line(answer)}"
    elif failed:
        question.state, question.words = FAILS, _first_line(failed[0])
    elif len(passed) < len(visible):
        question.state, question.words = NOT_RUN, "run the answer and its checks, and save"
    elif any(cell["execution_count"] < (answer["execution_count"] or 0) for cell in passed):
        question.state, question.words = NOT_RUN, "the answer was run again after its check: run the check again"
    else:
        question.state = READY if visible else ANSWERED
    return question


def _points(cell: dict) -> float:
    marks = cell["metadata"].get("nbgrader") or {}
    return marks.get("points", 0) if marks.get("grade") else 0


def _first_line(cell: dict) -> str:
    """What an error in a saved cell says, on one line."""
    error = next(filter(is_error, cell["outputs"]))
    lines = str(error.get("evalue") or error.get("ename") or "").strip().splitlines()
    text = lines[0] if lines else "an error"
    return text if len(text) <= 110 else text[:107] + "…"
