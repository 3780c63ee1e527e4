"""A class of thousands in a real gradebook, in seconds: what grading would have written, by chance.

python tests/big_class.py FOLDER [STUDENTS]     a course in FOLDER with source/hw4, for `proctor report hw4` by hand
"""

from __future__ import annotations

import re
import shutil
import sys
from datetime import datetime, timedelta
from logging import getLogger
from pathlib import Path
from uuid import uuid4

import numpy as np
from nbgrader import api
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, insert, select
from traitlets.config import Config

from proctor.author.course import register
from proctor.course.digests import notebook_digests
from proctor.course.own_tables import GRADES, NOTEBOOKS, OURS, RESULTS
from proctor.course.results import Kept, KeptTest, packed
from proctor.notebooks.assignment import Assignment, AssignmentCell, load_assignment
from proctor.notebooks.declared_parts import with_unreached
from proctor.parts import NOT_REACHED, PASSED, Part

ROOT = Path(__file__).parents[1]
_DUE = datetime(2026, 10, 1)
_MISTAKES = ("a mean, not a sum", "the sign is flipped", "your code raised ValueError in `f`, line {} of your cell")
_NAME = re.compile(r"\b[a-z]\w*\b")
_WORDS = "the of a network layer weight few many shares slides picture edge learns kernel so because than more".split()


def fill(db_url: str, assignment: Assignment, students: int, seed: int = 520) -> None:
    """Write ``students`` submissions of an assignment that the gradebook knows and nobody has handed in yet."""
    rng = np.random.default_rng(seed)
    engine = create_engine(db_url)
    digests = notebook_digests(assignment)
    rows: dict = {table: [] for table in (*_THEIRS, GRADES, NOTEBOOKS, RESULTS)}
    with engine.begin() as connection:
        OURS.create_all(connection)
        name = api.Assignment.__table__.c.name == assignment.name
        key = connection.execute(select(api.Assignment.__table__).where(name)).one().id
        mine = api.Notebook.__table__.c.assignment_id == key
        books = {row.name: row.id for row in connection.execute(select(api.Notebook.__table__).where(mine))}
        cells = {(row.notebook_id, row.name): row.id for row in connection.execute(select(api.BaseCell.__table__))}
        connection.execute(api.Assignment.__table__.update().where(name).values(duedate=_DUE))
        for number in range(students):
            student, submitted = f"student{number:05}", uuid4().hex
            late = timedelta(hours=float(rng.exponential(30))) if rng.random() < 0.1 else timedelta(hours=-5)
            rows[_STUDENT].append(dict(id=student, first_name=f"First{number}", last_name=f"Last{number}"))
            rows[_SUBMITTED].append(dict(id=submitted, assignment_id=key, student_id=student, timestamp=_DUE + late))
            ability = rng.normal()
            for book in assignment.notebooks:
                place = uuid4().hex
                rows[_BOOK].append(
                    dict(id=place, assignment_id=submitted, notebook_id=books[book.name], late_submission_penalty=0)
                )
                tests, answers = {}, {}
                for cell in book.cells:
                    if cell.role == "test":
                        tests[cell.grade_id or cell.id], points = _test(cell, ability, rng)
                    elif cell.role in ("answer", "manual"):
                        answers[cell.grade_id or cell.id], points = _answer(cell, rng), None
                    if cell.role in ("test", "manual"):
                        grade = uuid4().hex
                        waits = cell.role == "manual"
                        rows[_GRADE].append(
                            dict(id=grade, notebook_id=place, cell_id=cells[books[book.name], cell.grade_id])
                            | dict(auto_score=points, needs_manual_grade=waits)
                        )
                        rows[GRADES].append(
                            dict(id=grade, digest=digests[book.name].tests.get(cell.grade_id or cell.id, ""))
                        )
                whole = digests[book.name].whole
                rows[NOTEBOOKS].append(dict(id=place, submission="", assignment=whole, run="", seed=1))
                rows[RESULTS].append(dict(id=place, kept=packed(Kept(True, (), tests, answers))))
        for table, values in rows.items():
            connection.execute(insert(table), values)
    engine.dispose()


_THEIRS = _STUDENT, _SUBMITTED, _BOOK, _GRADE = [
    model.__table__ for model in (api.Student, api.SubmittedAssignment, api.SubmittedNotebook, api.Grade)
]


def _test(cell: AssignmentCell, ability: float, rng: np.random.Generator) -> tuple[KeptTest, float]:
    """A test that is the easier, the more able a student is."""
    mistake = str(rng.choice(_MISTAKES, p=[0.5, 0.3, 0.2])).format(rng.integers(2, 9))
    records = (
        {"accuracy": 0.8 + 0.1 * rng.random(), "size": float(rng.lognormal(11, 0.7))}
        if "record(" in cell.source
        else {}
    )
    declared = with_unreached(cell.source, (), "")
    if not declared:
        passed = bool(rng.random() < _chance(ability, cell.id))
        return KeptTest("ok" if passed else "failed", "" if passed else mistake, (), records), cell.points * passed
    parts = []
    for part in declared:
        passed = bool(rng.random() < _chance(ability, part.label))
        outcome = PASSED if passed else str(rng.choice(["failed", NOT_REACHED], p=[0.9, 0.1]))
        parts.append(Part(part.label, part.maximum * passed, part.maximum, outcome, "" if passed else mistake))
    return KeptTest("ok", "", tuple(parts), records), sum(part.points for part in parts)


def _chance(ability: float, what: str) -> float:
    hardness = (sum(map(ord, what)) % 30) / 10 - 2
    return float(1 / (1 + np.exp(hardness - 1.5 * ability)))


def _answer(cell: AssignmentCell, rng: np.random.Generator) -> str:
    """As long as the instructor's, with other names and some other statements; some have copied from each other."""
    if rng.random() < 0.02:
        rng = np.random.default_rng(rng.integers(8))
    if cell.cell_type == "markdown":
        return " ".join(rng.choice(_WORDS, 90))
    lines = [line for line in cell.source.split("\n") if "SOLUTION" not in line]
    for place in range(1, len(lines)):
        if rng.random() < 0.35:
            indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
            lines[place] = indent + _statement(rng)
    suffix = f"_{rng.integers(1000)}"
    return _NAME.sub(
        lambda found: found[0] + suffix if len(found[0]) < 3 and found[0] not in ("np", "in", "if") else found[0],
        "\n".join(lines),
    )


def _statement(rng: np.random.Generator) -> str:
    names = rng.choice(["W", "b", "x", "delta", "grad", "out", "scale", "np", "shape", "axis"], 5)
    operators = rng.choice(["+", "@", "*", "-", "/"], 3)
    return f"{names[0]} = {names[1]} {operators[0]} {names[2]}.T {operators[1]} {rng.integers(9)} {operators[2]} {names[3]}({names[4]})"


def _course(folder: Path, students: int) -> None:
    folder.mkdir(parents=True)
    shutil.copytree(ROOT / "source" / "hw4", folder / "source" / "hw4")
    shutil.copyfile(ROOT / "nbgrader_config.py", folder / "nbgrader_config.py")
    config = Config({"ClearMarkScheme": {"enforce_metadata": False}})
    course = CourseDirectory(root=str(folder), assignment_id="hw4", course_id="cis520")
    register(course, config, getLogger())
    fill(course.db_url, load_assignment(folder / "source" / "hw4", config), students)


if __name__ == "__main__":
    _course(Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else 2_000)
