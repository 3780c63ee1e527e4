"""However a submission comes back, it earns what its answers earn, and the class goes on."""

import pytest
from compatibility.accidents import ACCIDENTS, BOOK, TESTS, Accident
from compatibility.course import SYSTEMS, Course

pytestmark = pytest.mark.slow


def grade_class(folder) -> dict:
    """By system: how the whole class's run ended, points of the tests, and what waits for a grader, by student."""
    return {system: _grade(Course(folder, system), _groups(system)) for system in SYSTEMS}


def _groups(system: str) -> list[tuple[str, list[Accident]]]:
    """Which students to grade in one run, as nbgrader's pattern; one run for all, where none of them stops it."""
    if system == "here":
        return [("*", list(ACCIDENTS))]
    stops = [accident.student for accident in ACCIDENTS if accident.stops_stock]
    groups = [(f"{name}*", [each for each in ACCIDENTS if each.student.startswith(name)]) for name in stops]
    return [("*", [each for each in ACCIDENTS if not any(map(each.student.startswith, stops))]), *groups]


def _grade(course: Course, groups: list[tuple[str, list[Accident]]]) -> dict:
    release = course.publish({"lab": BOOK}, {})["lab"]
    statuses, points, waiting = [], {}, {}
    for pattern, accidents in groups:
        for accident in accidents:
            course.hand_in(accident.student, accident.hand_in(release))
        statuses.append(course.autograde("--student", pattern).status)
    for accident in ACCIDENTS:
        grades = course.grades(accident.student, "lab")
        points[accident.student] = [grades[test].auto if grades else None for test in TESTS]
        waiting[accident.student] = [key for key, grade in grades.items() if grade.needs_manual]
    return {"statuses": statuses, "points": points, "waiting": waiting}


@pytest.fixture(scope="module")
def graded(once) -> dict:
    return once("accidents", grade_class)


def known_bugs() -> list:
    return [
        pytest.param(each, id=each.student, marks=[pytest.mark.xfail(strict=True, reason=each.bug)] if each.bug else [])
        for each in ACCIDENTS
    ]


@pytest.mark.parametrize("accident", known_bugs())
def test_an_accident_costs_only_the_answers_it_destroyed(graded, accident):
    assert tuple(graded["here"]["points"][accident.student]) == accident.here
    assert tuple(graded["stock"]["points"][accident.student]) == accident.stock
    assert bool(accident.difference) == (accident.stock != accident.here)


def test_no_submission_makes_the_run_fail(graded):
    assert graded["here"]["statuses"] == [0]


def test_stock_nbgrader_ends_at_some_of_them(graded):
    assert 0 not in graded["stock"]["statuses"]


def test_written_answers_wait_for_a_grader_whatever_happened_to_the_notebook(graded):
    for accident in ACCIDENTS:
        if not accident.bug:
            expected = {"how-answer", "why-answer"} if any(accident.here) else set()
            assert set(graded["here"]["waiting"][accident.student]) - {"explore"} == expected, accident.student


def test_tasks_wait_for_a_grader_whatever_happened_to_the_notebook(graded):
    for accident in ACCIDENTS:
        assert ("explore" in graded["here"]["waiting"][accident.student]) == any(accident.here), accident.student
