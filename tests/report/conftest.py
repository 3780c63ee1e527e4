"""A course whose class has been graded, and one of thousands."""

import pytest
from big_class import fill
from reported_course import HOSTILE, INDEPENDENT, RENAMED, RIGHT, ROUNDED, SUMS, ReportedCourse, new_course

from proctor.notebooks.assignment import load_assignment


@pytest.fixture(scope="session")
def graded(tmp_path_factory) -> ReportedCourse:
    """Six students, graded by `proctor autograde`; one has not been graded, and one has handed nothing in."""
    course = new_course(tmp_path_factory.mktemp("report") / "course")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment("hw4", duedate="2026-01-01 12:00:00")
        gradebook.add_student("alice", first_name="Alice", last_name="Wonderling")
        gradebook.add_student("bob", first_name="=1+1", last_name="Bobson")
        gradebook.add_student("carol", first_name=HOSTILE, last_name="Ng\u202e")
        gradebook.add_student("quennell", first_name="Quentin", last_name="Quietly")
    why = "Because Alice Wonderling said so: {}"
    course.hand_in("alice", RIGHT, why.format("it smooths what is noise"))
    folder = course.hand_in("bob", RENAMED, why.format("neighbours have much in common"))
    (folder / "timestamp.txt").write_text("2026-01-03 12:00:00 UTC")
    folder = course.hand_in("carol", INDEPENDENT)
    (folder / "timestamp.txt").write_text("2026-01-02 12:00:00 UTC")
    course.hand_in("dave", SUMS)
    course.hand_in("erin", ROUNDED)
    folder = course.hand_in("frank", ROUNDED.replace("[2]", "[2.0]"))
    (folder / "averages.ipynb").rename(folder / "Frank_Underhill_final (2).ipynb")
    course.proctor("autograde", "hw4")
    course.hand_in("grace", RIGHT)
    return course


@pytest.fixture(scope="session")
def thousands(tmp_path_factory) -> ReportedCourse:
    """A gradebook of 2,000 submissions, written as grading would have."""
    course = new_course(tmp_path_factory.mktemp("thousands") / "course")
    fill(f"sqlite:///{course.folder}/gradebook.db", load_assignment(course.folder / "source" / "hw4"), 2_000)
    return course
