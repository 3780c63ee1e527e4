"""What an instructor gets who grades a class with ``proctor autograde``."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from small_assignment import ANSWERS

HALF = {**ANSWERS, "twice": "def twice(x):\n    return x", "how-answer": ""}
#: As formgrader's server grades, one submission after the other; what is then left of rooms and open gradebooks.
SERVER = """
import gc, os, subprocess
from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
server = NbGrader()
server.load_config_file()
api = NbGraderAPI(CourseDirectory(parent=server), config=server.config)
for student in ("alice", "bob"):
    result = api.autograde("hw4", student)
    assert result["success"], result
gc.collect()
files = [os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
left = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "args="], capture_output=True, text=True).stdout
print(sum("proctor" in line for line in left.splitlines()), sum(file.endswith("gradebook.db") for file in files))
"""


def test_the_gradebook_is_the_one_that_nbgrader_autograde_makes(new_course):
    ours, theirs = new_course(), new_course()
    for course in (ours, theirs):
        course.hand_in("alice")
        (course.hand_in("bob", HALF) / "timestamp.txt").write_text("2021-03-01 10:00:00 UTC")
        broken = course.hand_in("carol") / "lab.ipynb"
        broken.write_text(broken.read_text()[:300])
    ours.autograde()
    theirs.nbgrader("autograde", "hw4")
    for student in ("alice", "bob", "carol"):
        assert ours.grades(student) == theirs.grades(student)
        assert ours.grades(student), student
        cells = [nbformat.read(course.graded(student), 4).cells for course in (ours, theirs)]
        assert [cell.source for cell in cells[0]] == [cell.source for cell in cells[1]]
    assert comments(ours) == comments(theirs)
    assert times(ours) == times(theirs)


@pytest.mark.slow
def test_a_server_that_grades_keeps_neither_rooms_nor_gradebooks(course):
    for student in ("alice", "bob"):
        course.hand_in(student)
    done = subprocess.run(
        [sys.executable, "-c", SERVER], cwd=course.folder, env=course.environment(), capture_output=True, text=True
    )
    assert done.stdout.split()[-2:] == ["0", "0"], done.stdout + done.stderr


def test_each_student_is_a_line_and_the_class_a_summary(course):
    course.hand_in("alice")
    course.hand_in("bob", HALF)
    printed = course.autograde()
    assert "✓ alice: 6 of 6 points" in printed
    assert "✓ bob: 3 of 6 points" in printed
    assert "Graded: 2 submissions of 2" in printed
    assert "written answers" in printed
    assert "Warning" not in printed
    assert "alice" in (course.folder / "autograde.log").read_text()


@pytest.mark.slow
def test_what_has_not_changed_is_not_graded_again(course):
    course.hand_in("alice")
    course.hand_in("bob", HALF)
    course.autograde()
    before = course.graded("alice").stat().st_mtime_ns
    course.hand_in("bob")
    printed = course.autograde()
    assert "alice" not in printed
    assert "✓ bob: 6 of 6 points" in printed
    assert "1 unchanged" in printed
    assert course.graded("alice").stat().st_mtime_ns == before


@pytest.mark.slow
def test_a_changed_test_makes_all_due_and_work_done_by_hand_stays(course):
    course.hand_in("alice")
    course.autograde()
    with course.gradebook() as gradebook:
        gradebook.find_grade("why-answer", "lab", "hw4", "alice").manual_score = 3
        gradebook.find_grade("why-answer", "lab", "hw4", "alice").needs_manual_grade = False
        gradebook.db.commit()
    change_test(course, "assert twice(4) == 8", "assert twice(5) == 11")
    printed = course.autograde()
    assert "tests have changed: 1 submission" in printed
    grades = course.grades("alice")
    assert grades["test-twice"] == (0, None, False)
    assert grades["why-answer"] == (None, 3, False), "the answer is the one that a person has seen"
    assert grades["how-answer"] == (None, None, True)


@pytest.mark.slow
def test_another_answer_is_shown_to_a_person_again(course):
    course.hand_in("alice")
    course.autograde()
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("why-answer", "lab", "hw4", "alice")
        grade.manual_score, grade.needs_manual_grade = 3, False
        gradebook.db.commit()
    course.hand_in("alice", {**ANSWERS, "why-answer": "Because."})
    course.autograde()
    assert course.grades("alice")["why-answer"] == (None, 3, True)


@pytest.mark.slow
def test_a_name_with_brackets_is_that_student(course):
    course.hand_in("a[b]")
    course.hand_in("ab")
    printed = course.autograde("--student=a[b]")
    assert "✓ a[b]: 6 of 6 points" in printed
    assert not course.grades("ab")


@pytest.mark.slow
def test_a_program_reads_the_result_as_json(course):
    course.hand_in("alice")
    process = course.begin("--json")
    said = json.loads(process.communicate()[0])
    assert process.returncode == 0
    assert said["complete"] is True
    assert [(g["student"], g["points"], g["possible"]) for g in said["graded"]] == [("alice", 6, 6)]


@pytest.mark.slow
def test_videos_stay_where_they_were_handed_in(course):
    folder = course.hand_in("alice")
    (folder / "video.mp4").write_bytes(bytes(30 << 20))
    (folder / "notes.txt").write_text("seen")
    course.autograde()
    assert (course.graded("alice").parent / "notes.txt").read_text() == "seen"
    assert not (course.graded("alice").parent / "video.mp4").exists()


def test_nobody_is_told_that_something_was_graded_where_there_is_nothing(course):
    printed = course.autograde(code=1)
    assert "There is no submission in" in printed


@pytest.mark.slow
def test_a_fresh_clone_is_graded(course):
    course.hand_in("alice")
    (course.folder / "gradebook.db").unlink()
    assert "✓ alice: 6 of 6 points" in course.autograde()
    assert course.grades("alice")


def test_a_gradebook_with_other_points_is_one_line_before_anybody_is_graded(course):
    course.hand_in("alice")
    path = course.folder / "source" / "hw4" / "lab.ipynb"
    path.write_text(path.read_text().replace('"points": 3', '"points": 4'))
    printed = course.autograde(code=1)
    assert "nbgrader generate_assignment hw4 --force" in printed
    assert "Traceback" not in printed
    assert not course.grades("alice")


@pytest.mark.slow
def test_notebooks_that_were_deleted_are_graded_again(course):
    course.hand_in("alice")
    course.autograde()
    shutil.rmtree(course.folder / "autograded")
    assert "✓ alice" in course.autograde()
    assert course.graded("alice").is_file()


def change_test(course, old: str, new: str) -> None:
    path = course.folder / "source" / "hw4" / "lab.ipynb"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    course.nbgrader("generate_assignment", "hw4", "--force")


def comments(course) -> dict:
    with course.gradebook() as gradebook:
        return {
            (submission.student.id, comment.name): comment.auto_comment
            for submission in gradebook.assignment_submissions("hw4")
            for book in submission.notebooks
            for comment in book.comments
        }


def times(course) -> dict:
    with course.gradebook() as gradebook:
        return {s.student.id: s.timestamp for s in gradebook.assignment_submissions("hw4")}
