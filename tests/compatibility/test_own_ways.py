"""nbgrader's own ways: settings, assignments without points, tasks, notebooks that are not handed in, other kernels."""

import json
import sys

import nbformat
import pytest
from compatibility.course import SYSTEMS, Course
from compatibility.questions import Question, answered, assignment, file
from running_course import Course as RunningCourse
from running_course import running_formgrader
from small_assignment import ANSWERS, CELLS, cell, notebook

pytestmark = pytest.mark.slow

FEEDBACK = """
c.GenerateFeedback.exporter_class = "proctor.feedback.FeedbackExporter"
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "proctor.feedback.StudentView",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
c.HTMLExporter.preprocessors = ["proctor.pages.harmless.Harmless"]
"""
HALF = Question("half", "def half(x):\n    return x / 2", "assert half(4) == 2", wrong="half = None", points=4)
SLOW = Question(
    "slow",
    "def slow(n):\n    while n:\n        n -= 1\n    return 1",
    "assert slow(3) == 1\nassert slow({times}) == 1",
    wrong="slow = None",
)


def auto(course: Course, student: str, book: str = "lab") -> dict:
    return {name: grade.auto for name, grade in course.grades(student, book).items()}


# settings


@pytest.mark.parametrize(("seconds", "points"), [(1, 0), (60, 2)])
def test_the_timeout_of_nbgraders_execute_is_that_of_each_cell(tmp_path, seconds, points):
    """Each system takes it in its own way; the exam's own limit is not set here."""
    course = Course(tmp_path, "here", f"del c.Exam.cell_seconds\nc.Execute.timeout = {seconds}")
    test = SLOW.test.format(times=200_000_000)
    lab = assignment(Question("slow", SLOW.right, test, SLOW.wrong))
    release = course.publish({"lab": lab}, {})["lab"]
    course.hand_in("right", {"lab.ipynb": file(answered(release, {"slow": SLOW.right}))})
    run = course.autograde()
    assert run.status == 0, run.log
    assert auto(course, "right") == {"test-slow": points}


@pytest.mark.parametrize(
    ("settings", "flags", "words"),
    [
        ("", ["--no-execute"], "--no-execute (c.Execute.enabled = False) cannot be followed"),
        ("c.Execute.kernel_name = 'mine'", [], "c.Execute.kernel_name cannot be followed"),
    ],
)
def test_what_cannot_be_followed_grades_nobody_and_says_so(tmp_path, settings, flags, words):
    course = Course(tmp_path, "here", settings)
    release = course.publish({"lab": assignment(HALF)}, {})["lab"]
    course.hand_in("right", {"lab.ipynb": file(answered(release, {"half": HALF.right}))})
    for run in (course.autograde(*flags), course.proctor("autograde", "lab", *flags)):
        assert run.status == 1 and words in " ".join(run.log.split()), run.log
    assert course.grades("right", "lab") == {}


def test_settings_without_a_meaning_here_are_named(tmp_path):
    course = Course(tmp_path, "here", "c.Execute.iopub_timeout = 10\nc.LimitOutput.max_lines = 5")
    release = course.publish({"lab": assignment(HALF)}, {})["lab"]
    course.hand_in("right", {"lab.ipynb": file(answered(release, {"half": HALF.right}))})
    run = course.autograde()
    assert run.status == 0 and auto(course, "right") == {"test-half": 4}
    assert "c.Execute.iopub_timeout changes nothing here" in run.log
    assert "c.LimitOutput.max_lines changes nothing here: c.Exam.output_bytes limits outputs" in run.log


@pytest.mark.parametrize("system", SYSTEMS)
def test_files_that_students_change_count_as_they_were_handed_in(tmp_path, system):
    """nbgrader's exclude_overwriting; a file that is not in it is the assignment's, whatever is handed in."""
    course = Course(tmp_path, system, 'c.Autograde.exclude_overwriting = {"lab": ["theirs.py"]}')
    lab = notebook(
        cell("code", "plain", "use", "import theirs, ours\nanswer = theirs.answer()\nfixed = ours.fixed()"),
        cell("code", "test", "test-answer", "import theirs\nassert answer == theirs.answer() == 42", 1),
        cell("code", "test", "test-fixed", "assert fixed == 1", 1),
    )
    files = {"theirs.py": "def answer():\n    pass\n", "ours.py": "def fixed():\n    return 1\n"}
    release = course.publish({"lab": lab}, files)["lab"]
    changed = {"theirs.py": "def answer():\n    return 42\n", "ours.py": "def fixed():\n    return 2\n"}
    course.hand_in("right", {"lab.ipynb": file(release), **changed})
    course.hand_in("released", {"lab.ipynb": file(release), **files})
    run = course.autograde()
    assert run.status == 0, run.log
    assert auto(course, "right") == {"test-answer": 1, "test-fixed": 1}
    assert auto(course, "released") == {"test-answer": 0, "test-fixed": 1}
    graded = course.root / "autograded/right/lab"
    assert (graded / "theirs.py").read_text() == changed["theirs.py"]
    assert (graded / "ours.py").read_text() == files["ours.py"]


@pytest.mark.parametrize("system", SYSTEMS)
def test_cells_of_a_header_are_the_assignments(tmp_path, system):
    course = Course(tmp_path, system, 'c.IncludeHeaderFooter.header = "source/header.ipynb"')
    (course.root / "source").mkdir()
    head = notebook(cell("code", "readonly", "head", "import math\nTWO = 2"), cell("markdown", "plain", "h", "# Head"))
    nbformat.write(head, course.root / "source/header.ipynb")
    lab = assignment(
        Question("double", "def double(x):\n    return TWO * x", "assert double(math.e) == TWO * math.e", "")
    )
    release = course.publish({"lab": lab}, {})["lab"]
    assert release.cells[0].metadata.nbgrader.grade_id == "head"
    right = answered(release, {"double": "def double(x):\n    return x + x"})
    cheat = answered(release, {"double": "TWO = 0\ndouble = lambda x: 0"})
    course.hand_in("right", {"lab.ipynb": file(right)})
    course.hand_in("wrong", {"lab.ipynb": file(cheat)})
    run = course.autograde()
    assert run.status == 0, run.log
    assert auto(course, "right") == {"test-double": 2}
    assert auto(course, "wrong") == {"test-double": 2 if system == "stock" else 0}


# what is graded


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_assignment_without_a_graded_cell_is_graded_with_0_of_0(tmp_path, system):
    course = Course(tmp_path, system, FEEDBACK if system == "here" else "")
    lab = notebook(cell("code", "plain", "one", "print(6 * 7)"), cell("code", "solution", "two", "x = 1"))
    release = course.publish({"lab": lab}, {})["lab"]
    course.hand_in("somebody", {"lab.ipynb": file(answered(release, {"two": "x = 2\nprint(x)"}))})
    for command in ("autograde", "generate_feedback"):
        run = course.nbgrader(command, "lab")
        assert run.status == 0, run.log
    with course.gradebook() as gradebook:
        submission = gradebook.find_submission("lab", "somebody")
        assert (submission.score, submission.max_score, submission.needs_manual_grade) == (0, 0, False)
    graded = nbformat.read(course.root / "autograded/somebody/lab/lab.ipynb", 4)
    assert graded.cells[0].outputs[0].text == "42\n"
    assert (course.root / "feedback/somebody/lab/lab.html").is_file()
    if system == "here":
        run = course.proctor("check", "lab")
        assert run.status == 0 and "No cell is graded." in run.log
        assert course.proctor("autograde", "lab", "--force").status == 0


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_task_goes_from_the_author_to_the_students_feedback(tmp_path, system):
    course = Course(tmp_path, system, FEEDBACK if system == "here" else "")
    release = course.publish({"lab": notebook(*CELLS)}, {})["lab"]
    assert "One point each" not in nbformat.writes(release)
    theirs = answered(release, ANSWERS)
    theirs.cells.append(nbformat.v4.new_code_cell("print('explored', 3 * 7)"))
    course.hand_in("explorer", {"lab.ipynb": file(theirs)})
    run = course.autograde()
    assert run.status == 0, run.log
    task = course.grades("explorer", "lab")["explore"]
    assert (task.auto, task.needs_manual) == (None, True)
    graded = nbformat.read(course.root / "autograded/explorer/lab/lab.ipynb", 4)
    assert any("One point each" in each.source for each in graded.cells), "graders see the marking scheme"
    with course.gradebook() as gradebook:
        gradebook.find_grade("explore", "lab", "lab", "explorer").manual_score = 4
        gradebook.find_comment("explore", "lab", "lab", "explorer").manual_comment = "a fine journey"
        gradebook.db.commit()
    run = course.nbgrader("generate_feedback", "lab")
    assert run.status == 0, run.log
    page = (course.root / "feedback/explorer/lab/lab.html").read_text()
    score = "Score: 4.0 / 5.0" if system == "stock" else "4 / 5"
    assert score in page and "a fine journey" in page and "explored 21" in page
    assert ("One point each" in page) == (system == "stock")
    assert course.grades("explorer", "lab")["explore"].score == 4


def test_a_notebook_that_was_not_handed_in_has_a_page_in_formgrader_and_feedback(tmp_path):
    course = Course(tmp_path, "here", FEEDBACK)
    release = course.publish({"lab": notebook(*CELLS), "half": assignment(HALF)}, {})
    course.hand_in("half-done", {"lab.ipynb": file(answered(release["lab"], ANSWERS))})
    for command in ("autograde", "generate_feedback"):
        run = course.nbgrader(command, "lab")
        assert run.status == 0, run.log
    assert auto(course, "half-done", "half") == {"test-half": 0}
    assert "was not found in your submission" in (course.root / "feedback/half-done/lab/half.html").read_text()
    with course.gradebook() as gradebook:
        book = gradebook.find_submission_notebook("half", "lab", "half-done").id
    with running_formgrader(RunningCourse(course.root, ("half-done",))) as formgrader:
        assert {each["name"] for each in formgrader.get("/notebooks/lab")} == {"lab", "half"}
        assert "YOUR CODE HERE" in str(formgrader.page(f"/submissions/{book}/"))


# other kernels

BASH = notebook(
    cell("code", "solution", "greet", "### BEGIN SOLUTION\ngreeting=hello\n### END SOLUTION"),
    cell("code", "test", "test-greet", '[ "$greeting" = hello ]', 2),
)
BASH.metadata.kernelspec = {"name": "bash", "display_name": "Bash", "language": "bash"}


@pytest.fixture
def bash(tmp_path, monkeypatch) -> None:
    """A kernel for bash, installed."""
    pytest.importorskip("bash_kernel")
    kernel = tmp_path / "jupyter/kernels/bash"
    kernel.mkdir(parents=True)
    argv = [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"]
    (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Bash", "language": "bash"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))


def in_bash(folder, settings: str = "") -> Course:
    course = Course(folder, "here", "c.ClearSolutions.code_stub = {'bash': 'false', 'python': ''}\n" + settings)
    release = course.publish({"lab": BASH}, {})["lab"]
    course.hand_in("right", {"lab.ipynb": file(answered(release, {"greet": "greeting=hello"}))})
    course.hand_in("wrong", {"lab.ipynb": file(answered(release, {"greet": "greeting=bye"}))})
    return course


def test_a_notebook_for_another_kernel_is_refused_in_a_line_before_anybody_gets_a_zero(tmp_path, bash):
    course = in_bash(tmp_path)
    for run in (course.autograde(), course.proctor("autograde", "lab"), course.proctor("check", "lab")):
        assert run.status == 1
        assert "lab.ipynb is written for bash (kernel bash), and only Python is graded here" in " ".join(
            run.log.split()
        )
        assert 'c.Exam.stock = ["lab"]' in " ".join(run.log.split())
    assert course.grades("right", "lab") == {}
    assert not (course.root / "autograded").exists()


def test_nbgraders_own_steps_grade_what_the_instructor_leaves_to_them(tmp_path, bash):
    course = in_bash(tmp_path, f'c.Exam.stock = ["lab"]\n{FEEDBACK}')
    run = course.autograde()
    assert run.status == 0, run.log
    assert "students' code runs unprotected" in run.log
    assert (auto(course, "right"), auto(course, "wrong")) == ({"test-greet": 2}, {"test-greet": 0})
    run = course.nbgrader("generate_feedback", "lab")
    assert run.status == 0, run.log
    run = course.proctor("autograde", "lab")
    assert run.status == 1 and "Use `nbgrader autograde lab`" in " ".join(run.log.split())
    run = course.proctor("check", "lab")
    assert run.status == 0 and "nbgrader's own steps grade this assignment" in " ".join(run.log.split())
