"""However a submission comes back, it earns what its answers earn, and the class goes on."""

import pytest

from .accidents import ACCIDENTS, BOOK, RIGHT, TESTS
from .course import SYSTEMS, Course
from .differences import DIFFERENCES


def grade_class(folder) -> dict:
    """{system: {"status": exit status, "points": {student: points of the tests}, "written": …}}"""
    return {system: _grade(Course(folder, system)) for system in SYSTEMS}


def _grade(course: Course) -> dict:
    release = course.publish({"lab": BOOK}, {})["lab"]
    for accident in ACCIDENTS:
        course.hand_in(accident.student, accident.hand_in(release))
    status = course.autograde().status
    points, waiting = {}, {}
    for accident in ACCIDENTS:
        grades = course.grades(accident.student, "lab")
        points[accident.student] = [grades[test].auto if grades else None for test in TESTS]
        waiting[accident.student] = [key for key, grade in grades.items() if grade.needs_manual]
    return {"status": status, "points": points, "waiting": waiting}


@pytest.fixture(scope="module")
def graded(once) -> dict:
    return once("accidents", grade_class)


@pytest.mark.parametrize("accident", [pytest.param(each, id=each.student) for each in ACCIDENTS])
def test_an_accident_costs_only_the_answers_it_destroyed(graded, accident):
    assert tuple(graded["here"]["points"][accident.student]) == accident.here
    assert tuple(graded["stock"]["points"][accident.student]) == accident.stock
    assert bool(accident.difference) == (accident.stock != accident.here)
    assert not accident.difference or accident.difference in {row.name for row in DIFFERENCES}


def test_the_class_goes_on(graded):
    assert graded["here"]["status"] == 0
    assert graded["stock"]["status"] != 0


def test_written_answers_wait_for_a_grader_whatever_happened_to_the_notebook(graded):
    written = sorted(name for name in RIGHT if name.endswith("-answer"))
    for accident in ACCIDENTS:
        expected = [] if not any(accident.here) else written
        assert sorted(graded["here"]["waiting"][accident.student]) == expected, accident.student
