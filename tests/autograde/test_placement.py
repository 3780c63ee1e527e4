"""Graded notebooks and their grades appear together, or not at all."""

import os

import nbformat
import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from small_assignment import PRISTINE
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError
from traitlets.config import Config

from proctor.autograde.placement import Places
from proctor.autograde.work import Graded, GradedBook, Work
from proctor.course.records import CellGrade, NotebookGrades, Records
from proctor.course.results import Kept

PERMISSIONS = 0o444


@pytest.fixture
def places(course) -> Places:
    return Places(CourseDirectory(root=str(course.folder), assignment_id="hw4"), course.folder / "source" / "hw4", ())


@pytest.fixture
def records(course):
    with Records(f"sqlite:///{course.folder}/gradebook.db", "default_course") as records:
        yield records


def test_what_was_graded_is_in_the_gradebook_and_in_its_place(course, places, records):
    write(course, places, records, points=2, run="first")
    assert course.grades("alice")["test-area"][0] == 2
    assert run_in_place(course) == "first"


def test_grades_that_cannot_be_recorded_leave_all_as_it_was(course, places, records):
    write(course, places, records, points=1, run="first")
    with refusing(course), pytest.raises(IntegrityError):
        write(course, places, records, points=2, run="second")
    assert course.grades("alice")["test-area"][0] == 1
    assert run_in_place(course) == "first"


def test_grades_that_could_never_be_recorded_leave_nothing(course, places, records):
    with refusing(course), pytest.raises(IntegrityError):
        write(course, places, records, points=2, run="first")
    assert not course.graded("alice").exists()
    assert not course.grades("alice")


def test_notebooks_that_cannot_be_put_in_place_leave_no_grades(course, places, records):
    (course.folder / "autograded").mkdir()
    (course.folder / "autograded" / "alice").write_text("a file where a folder should be")
    with pytest.raises(OSError, match="alice"):
        write(course, places, records, points=2, run="first")
    assert not course.grades("alice")


def test_a_commit_that_fails_takes_the_notebooks_back(course, places, records):
    write(course, places, records, points=1, run="first")
    staged = places.stage(submission(course, 2, "second"), PERMISSIONS)
    with pytest.raises(OSError, match="full"), places.in_place("alice", staged):
        raise OSError("the disk is full")
    assert run_in_place(course) == "first"


@pytest.mark.parametrize("recorded", ["first", "second"])
def test_a_run_that_was_killed_counts_if_and_only_if_its_grades_were_recorded(course, places, records, recorded):
    write(course, places, records, points=1, run="first")
    child = os.fork()
    if child == 0:
        with places.in_place("alice", places.stage(submission(course, 2, "second"), PERMISSIONS)):
            os._exit(9)
    os.waitpid(child, 0)
    places.tidy(lambda student: {recorded})
    assert run_in_place(course) == recorded
    assert [path.name for path in (course.folder / "autograded").iterdir()] == ["alice"], "nothing else is left"


@pytest.mark.parametrize(("grace_minutes", "penalty"), [(0, 2), (2039, 2), (2040, None)])
def test_a_late_penalty_is_never_more_than_the_points_and_none_within_the_grace_period(
    course, places, grace_minutes, penalty
):
    config = Config({"Late": {"grace_minutes": grace_minutes}})
    config.AssignLatePenalties.plugin_class = "autograde.late.TwentyPoints"
    with Records(
        f"sqlite:///{course.folder}/gradebook.db", "default_course", AssignLatePenalties(config=config)
    ) as records:
        with course.gradebook() as gradebook:
            gradebook.update_or_create_assignment("hw4", duedate="2021-03-01")
        write(course, places, records, points=2, run="first", timestamp="2021-03-02 10:00:00")
    with course.gradebook() as gradebook:
        (book,) = gradebook.find_submission("hw4", "alice").notebooks
        assert (book.score, book.late_submission_penalty) == (2, penalty)


def write(course, places, records, points: float, run: str, timestamp=None) -> None:
    graded = submission(course, points, run)
    staged = places.stage(graded, PERMISSIONS)
    grades = [book.grades for book in graded.books]
    records.write("hw4", "alice", grades, "digest", run, timestamp, lambda: places.in_place("alice", staged))


def submission(course, points: float, run: str) -> Graded:
    notebook = nbformat.from_dict(PRISTINE.notebook)
    notebook.metadata["proctor"] = {"run": run}
    grades = NotebookGrades("lab", (CellGrade("test-area", points, "digest"),), {"area": None}, "digest", 1, Kept(True))
    book = GradedBook("lab", nbformat.writes(notebook), grades, points, 2, (), (), 0)
    work = Work("alice", course.hand_in("alice"), ("lab",), "digest", run, {})
    return Graded(work, (book,), 1.0)


def run_in_place(course) -> str:
    return nbformat.read(course.graded("alice"), 4).metadata.proctor.run


class refusing:  # noqa: N801  (it reads as a verb)
    """A gradebook that refuses the last row of a submission."""

    def __init__(self, course):
        self._engine = create_engine(f"sqlite:///{course.folder}/gradebook.db")

    def __enter__(self):
        with self._engine.begin() as connection:
            connection.execute(
                text("CREATE TRIGGER no BEFORE INSERT ON proctor_notebooks BEGIN SELECT RAISE(ABORT, 'no'); END")
            )

    def __exit__(self, *exception):
        with self._engine.begin() as connection:
            connection.execute(text("DROP TRIGGER no"))
