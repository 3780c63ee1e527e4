"""nbgrader's exchange, between an instructor and students who are three users of one machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from other_users import as_user, with_readable_interpreter
from running_course import ROOT
from small_assignment import ANSWERS, CELLS, notebook

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users"),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv (util-linux)"),
]
RIGHT, WRONG = ANSWERS, ANSWERS | {"twice": "def twice(x):\n    return x"}


@dataclass(frozen=True)
class Person:
    """A user of the machine, in a folder of their own."""

    account: pwd.struct_passwd
    home: Path

    def run(self, *command: str, fails: bool = False) -> str:
        """What a command says, started in the person's folder. It fails where it should, and nowhere else."""
        own = {"HOME": str(self.home), "USER": self.account.pw_name, "LOGNAME": self.account.pw_name}
        path = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            with_readable_interpreter(as_user(self.account.pw_uid, self.account.pw_gid, list(command))),
            cwd=self.home,
            env={**path, **own, "TMPDIR": "/tmp"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert bool(done.returncode) == fails, f"{self.account.pw_name}: {' '.join(command)}\n{done.stdout}"
        return done.stdout

    def nbgrader(self, *arguments: str) -> str:
        return self.run(sys.executable, "-m", "nbgrader", *arguments)


@dataclass(frozen=True)
class Exchange:
    instructor: Person
    students: dict[str, Person]
    folder: Path


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    """A course whose assignment was released, handed in by two students, collected, graded and given back."""
    with tempfile.TemporaryDirectory() as temporary:
        base = Path(temporary)
        base.chmod(0o755)
        folder = base / "exchange"
        folder.mkdir()
        folder.chmod(0o777)
        accounts = [account for account in pwd.getpwall() if account.pw_uid and account.pw_gid]
        if len(accounts) < 3:
            pytest.skip("there are not three ordinary users here")
        instructor, *students = (Person(account, base / account.pw_name) for account in accounts[:3])
        settings = f"c = get_config()\nc.Exchange.root = {str(folder)!r}\n"
        course = f"load_subconfig('nbgrader_config.py', path={str(ROOT)!r})\n{settings}"
        course += f"c.CourseDirectory.root = {str(instructor.home)!r}\n"
        move_in(instructor, course)
        for student in students:
            move_in(student, f"{settings}c.CourseDirectory.course_id = 'cis520'\n")
        source = instructor.home / "source" / "lab"
        source.mkdir(parents=True)
        nbformat.write(notebook(*CELLS), source / "lab.ipynb")
        give(instructor.home, instructor)
        instructor.nbgrader("generate_assignment", "lab")
        instructor.nbgrader("release_assignment", "lab")
        for student, answers in zip(students, (RIGHT, WRONG), strict=True):
            student.nbgrader("fetch_assignment", "lab")
            answer(student.home / "lab" / "lab.ipynb", answers)
            student.nbgrader("submit", "lab")
        instructor.nbgrader("collect", "lab")
        instructor.nbgrader("autograde", "lab")
        instructor.nbgrader("generate_feedback", "lab")
        instructor.nbgrader("release_feedback", "lab")
        for student in students:
            student.nbgrader("fetch_feedback", "lab")
        yield Exchange(instructor, {student.account.pw_name: student for student in students}, folder)


def test_everybody_gets_their_own_results(exchange):
    pages = [fetched(student) for student in exchange.students.values()]
    assert "<b>6</b> of 19 points" in pages[0]
    assert "<b>3</b> of 19 points" in pages[1]
    for name, page in zip(exchange.students, pages, strict=True):
        assert f"<p>{name}</p>" in page


def test_a_student_cannot_look_for_the_pages_of_others(exchange):
    (student, *_) = exchange.students.values()
    feedback = exchange.folder / "cis520" / "feedback"
    assert list(feedback.glob("*.html"))
    student.run("ls", str(feedback), fails=True)


def test_what_was_handed_in_is_collected_under_the_names_of_users(exchange):
    submitted = exchange.instructor.home / "submitted"
    assert {path.name for path in submitted.iterdir()} == set(exchange.students)
    for name in exchange.students:
        assert (submitted / name / "lab" / "timestamp.txt").exists()


def test_a_corrected_grade_reaches_the_student(exchange):
    name, student = list(exchange.students.items())[1]
    exchange.instructor.run(sys.executable, "-c", FULL_MARKS, name)
    exchange.instructor.run(sys.executable, "-c", PROCTOR, "autograde", "lab", "--force")  # the other command
    exchange.instructor.nbgrader("generate_feedback", "lab", "--force")
    exchange.instructor.nbgrader("release_feedback", "lab")
    student.nbgrader("fetch_feedback", "lab")
    assert "<b>6</b> of 19 points" in fetched(student)


PROCTOR = "from proctor.cli import main; raise SystemExit(main())"
FULL_MARKS = """
import sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as gradebook:
    gradebook.find_grade("test-twice", "lab", "lab", sys.argv[1]).manual_score = 3
    gradebook.db.commit()
"""


def move_in(person: Person, settings: str) -> None:
    person.home.mkdir()
    (person.home / "nbgrader_config.py").write_text(settings)
    give(person.home, person)


def give(folder: Path, person: Person) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, person.account.pw_uid, person.account.pw_gid)


def answer(path: Path, answers: dict[str, str]) -> None:
    book = nbformat.read(path, 4)
    for cell in book.cells:
        cell.source = answers.get(cell.id, cell.source)
    nbformat.write(book, path)


def fetched(student: Person) -> str:
    """The newest page that the student has fetched."""
    return max((student.home / "lab" / "feedback").glob("*/lab.html")).read_text()
