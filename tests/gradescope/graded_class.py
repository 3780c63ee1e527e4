"""A class collected from Gradescope and graded by ``nbgrader autograde``, late work and written answers included."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from compatibility.course import Course
from compatibility.questions import answered, assignment, file
from nbgrader.api import Gradebook
from small_assignment import ANSWERS, CELLS
from traitlets.config import Config

from proctor.gradescope.collect.collect import collect

DUE = "2026-03-01 12:00:00 UTC"
COMMENT = "Say which numbers: biases too?\n\t<b>Nearly</b> =1+1"
WRITTEN = ("why-answer", "how-answer", "explore")
STUDENTS = {
    "ann": {"first_name": "Ann", "last_name": "Abel", "email": "Ann@example.edu"},
    "1002": {"first_name": 'Bo, "the late"', "last_name": "Bär", "email": "bo@example.edu"},
    "cy": {"first_name": "=HYPERLINK(1)", "last_name": "-Cy", "email": "cy@example.edu"},
    "dee": {"first_name": "Dee", "last_name": "Dunn"},
}
TIMES = {"ann": "2026-03-01 10:00:00.250000 Z", "1002": "2026-03-03 00:30:05 Z", "cy": "2026-02-28 00:00:00 Z"}
#: Bo forgot what a circle is.
MISTAKES = {"1002": {"area": "def area(radius):\n    return 0"}}


@dataclass(frozen=True)
class GradedClass:
    """The course's folder and a gradebook: Ann and Bo are graded, Cy's written answers wait, Dee is missing."""

    root: Path
    database: str

    @property
    def config(self) -> Config:
        return Config({"CourseDirectory": {"root": str(self.root), "db_url": self.database}})

    def changed(self, folder: Path, change: Callable[[Gradebook], None]) -> GradedClass:
        """The same class with another gradebook; this one stays as it is."""
        copy = folder / "gradebook.db"
        shutil.copy(self.root / "gradebook.db", copy)
        database = f"sqlite:///{copy}"
        with Gradebook(database, "") as gradebook:
            change(gradebook)
            gradebook.db.commit()
        return GradedClass(self.root, database)


def grade_class(folder: Path) -> GradedClass:
    """Write the assignment, hand in, autograde, and grade by hand."""
    course = Course(folder, "here")
    release = course.publish({"lab": assignment(*CELLS)}, {})["lab"]
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("lab", duedate=DUE)
        for student, about in STUDENTS.items():
            gradebook.add_student(student, **about)
    notebooks = {
        student: file(answered(release, ANSWERS | {"explore": "…"} | MISTAKES.get(student, {}))) for student in TIMES
    }
    collect(_export(folder, notebooks), "lab", Config({"CourseDirectory": {"root": str(course.root)}}))
    run = course.autograde()
    assert run.status == 0, run.log
    with course.gradebook() as gradebook:
        for student in ("ann", "1002"):
            for name, points in zip(WRITTEN, (3.5, 4, 5), strict=True):
                grade_by_hand(gradebook, student, name, points)
        gradebook.find_grade("explore", "lab", "lab", "ann").extra_credit = 1
        gradebook.find_comment("why-answer", "lab", "lab", "ann").manual_comment = COMMENT
        gradebook.find_comment("twice", "lab", "lab", "ann").manual_comment = "Elegant."
        gradebook.db.commit()
    return GradedClass(course.root, f"sqlite:///{course.root / 'gradebook.db'}")


def _export(folder: Path, notebooks: dict[str, str]) -> Path:
    """What Gradescope would export."""
    export = folder / "submissions.zip"
    metadata = "".join(
        f"submission_{number}:\n  :submitters:\n  - :email: {STUDENTS[student]['email']}\n"
        f"  :created_at: {TIMES[student]}\n"
        for number, student in enumerate(notebooks)
    )
    with zipfile.ZipFile(export, "w") as opened:
        opened.writestr("assignment_1_export/submission_metadata.yml", metadata)
        for number, text in enumerate(notebooks.values()):
            opened.writestr(f"assignment_1_export/submission_{number}/my lab/lab.ipynb", text)
    return export


def grade_by_hand(gradebook: Gradebook, student: str, question: str, points: float) -> None:
    """As formgrader does."""
    grade = gradebook.find_grade(question, "lab", "lab", student)
    grade.manual_score, grade.needs_manual_grade = points, False
