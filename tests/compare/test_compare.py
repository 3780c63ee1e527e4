"""`proctor compare` as it is typed: both ways of grading, each cell that differs, and a course that stays as it was."""

import hashlib
from pathlib import Path

import nbformat
import pytest
from compatibility.course import Course
from compatibility.questions import Question, answered, assignment, file

from proctor.compare.differences import compare, in_words
from proctor.compare.marks import Cell, Mark

SAME = Question("double", "def double(x):\n    return 2 * x", "assert double(2) == 4", wrong="double = None")
OTHER = Question(
    "same",
    "def same(thing):\n    return thing",
    "thing = object()\nassert same(thing) is thing",
    wrong="same = None",
)


def state(folder: Path) -> dict[str, str]:
    """All that is in a folder, but logs and caches of Python."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.suffix != ".log"}


@pytest.mark.slow
def test_the_authors_own_work_stands_in_for_a_class_and_each_difference_says_why(tmp_path):
    course = Course(tmp_path, "stock")
    course.publish({"lab": assignment(SAME, OTHER)}, {})
    before = state(course.root)
    run = course.proctor("compare", "lab")
    assert run.status == 1, run.log
    assert "Nobody has handed in lab" in run.log and "unprotected" in run.log
    assert "lab.ipynb, cell test-same: 2 with stock nbgrader, 0 here (solution)" in run.log
    assert "here:" in run.log
    assert "4 test cells: 3 score the same, 1 differ." in run.log
    assert "2 have all points with stock nbgrader; 1 of these here (50.0 %)." in run.log
    assert state(course.root) == before


@pytest.mark.slow
def test_a_class_is_compared_without_touching_its_gradebook_and_agreement_is_exit_code_0(tmp_path):
    """The course has plugged the exam in: the other side is stock nbgrader all the same."""
    course = Course(tmp_path, "here")
    release = course.publish({"lab": assignment(SAME)}, {})["lab"]
    for student in ("right", "wrong"):
        course.hand_in(student, {"lab.ipynb": file(answered(release, {"double": getattr(SAME, student)}))})
    course.hand_in("broken", {"notes.txt": "no notebook"})
    course.autograde("--student", "right")
    before = state(course.root)
    run = course.proctor("compare", "lab")
    assert run.status == 1 and "Grading lab both ways: 3 submissions." in run.log, run.log
    assert "cell test-double: no grade with stock nbgrader, 0 here (broken)" in run.log, (
        "what is not read there is 0 here"
    )
    assert state(course.root) == before
    (course.root / "submitted/broken/lab/notes.txt").unlink()
    course.hand_in("broken", {"lab.ipynb": file(release)})
    run = course.proctor("compare", "lab")
    assert run.status == 0 and "3 test cells: 3 score the same, 0 differ." in run.log, run.log


@pytest.mark.slow
def test_what_cannot_be_compared_is_exit_code_2(tmp_path):
    course = Course(tmp_path, "stock")
    assert course.proctor("compare", "lab").status == 2
    book = assignment(SAME)
    book.metadata.kernelspec = {"name": "ir", "display_name": "R", "language": "R"}
    (course.root / "source/lab").mkdir(parents=True)
    nbformat.write(book, course.root / "source/lab/lab.ipynb")
    run = course.proctor("compare", "lab")
    assert run.status == 2 and "proctor:" in run.log and "Traceback" not in run.log, run.log


def test_students_with_the_same_marks_share_a_line_and_losses_come_first():
    stock = {Cell(name, "lab", "a"): Mark(2.0) for name in "uvwxyz"} | {Cell("u", "lab", "b"): Mark(0.0, "ValueError")}
    here = {cell: Mark(0.0, "no values") if cell.grade_id == "a" else Mark(1.0) for cell in stock}
    found = compare(stock, here, {("lab", "a"): 2.0, ("lab", "b"): 1.0})
    assert [(each.grade_id, each.is_loss, len(each.students)) for each in found.differences] == [
        ("a", True, 6),
        ("b", False, 1),
    ]
    said = "\n".join(in_words(found))
    assert "2 with stock nbgrader, 0 here (u, v, w, x, y and 1 more)" in said
    assert "    stock: ValueError" in said and "7 test cells: 0 score the same, 7 differ." in said


def test_what_neither_side_has_graded_is_the_same():
    cell = Cell("u", "lab", "a")
    assert compare({cell: Mark(None)}, {cell: Mark(None)}, {}).differences == ()
    assert len(compare({cell: Mark(None)}, {cell: Mark(0.0)}, {}).differences) == 1
