"""A run in Gradescope's container: whatever is uploaded and happens, valid results with what was earned."""

import functools
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
import zlib

import nbformat
import pytest
from attacks.surroundings import peak_memory
from gradescope.autograder_folder import CONFIG, filled
from nbformat.v4 import new_code_cell
from small_assignment import ANSWERS, cell, notebook

from proctor.exam.room import Room
from proctor.gradescope.autograder import run as module
from proctor.gradescope.autograder.results import NOT_REACHED
from proctor.gradescope.autograder.run import FAILED, run

SECOND = (
    cell("code", "solution", "cube", "def cube(x):\n    ### BEGIN SOLUTION\n    return x**3\n    ### END SOLUTION"),
    cell("code", "test", "test-cube", "assert cube(2) == 8", 4),
)
LOOP = "while True:\n    pass"


@pytest.fixture
def light(monkeypatch) -> None:
    """Rooms that have imported nothing beforehand, which open in a second."""
    monkeypatch.setattr(module, "Room", functools.partial(Room, preload=()))


def add_second(autograder, answer: str | None = None) -> None:
    """A second notebook, ``other``, in the assignment, and with an answer in the submission."""
    nbformat.write(notebook(*SECOND), autograder.root / "source/source/hw/other.ipynb")
    if answer is not None:
        book = notebook(*SECOND)
        book.cells[0].source = answer
        autograder.put("other.ipynb", nbformat.writes(book))


def configure(autograder, *lines: str) -> None:
    (autograder.root / "source/nbgrader_config.py").write_text(CONFIG + "\n".join(lines) + "\n")


def start(autograder) -> subprocess.Popen:
    command = [sys.executable, "-m", "proctor.gradescope.autograder.run", "--root", str(autograder.root)]
    folder = autograder.root / "source"
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def zip_of_zeros(mebibytes: int) -> bytes:
    """A zip whose one file unpacks to so many MiB, and says of itself that it is small."""
    packer = zlib.compressobj(wbits=-15)
    packed = (packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)) * mebibytes + packer.flush()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr("zeros.bin", packed)
    raw = bytearray(file.getvalue())
    raw[8] = raw[raw.rindex(b"PK\1\2") + 10] = zipfile.ZIP_DEFLATED
    return bytes(raw)


def points(results: dict) -> dict[str, float]:
    return {test["extra_data"]["cell"]: test["score"] for test in results["tests"] if "score" in test}


def test_a_submission_is_graded_and_everything_of_it_is_closed_to_other_users(autograder):
    autograder.upload()
    process = start(autograder)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    results = autograder.results()
    assert results["score"] == 6 and points(results) == {"test-area": 2, "test-twice": 3, "test-volume": 1}
    assert "Student code:" in printed and "Seed:" in printed
    for name in ("source", "submission", "results", "submission_metadata.json"):
        assert (autograder.root / name).stat().st_mode & 0o007 == 0, name
    assert os.listdir(autograder.root / "results") == ["results.json"]


@pytest.mark.usefixtures("light")
class TestUploads:
    def test_nothing(self, autograder):
        run(autograder.root)
        results = autograder.results()
        assert results["score"] == 0 and "Nothing was submitted." in results["output"]
        assert "was not found in your submission" in results["tests"][0]["output"]

    def test_one_notebook_of_two(self, autograder):
        add_second(autograder)
        autograder.upload()
        run(autograder.root)
        results = autograder.results()
        assert points(results) == {"test-area": 2, "test-twice": 3, "test-volume": 1, "test-cube": 0}
        cube = next(test for test in results["tests"] if test["extra_data"]["cell"] == "test-cube")
        assert "other.ipynb was not found in your submission." in cube["output"].replace("\\", "")

    def test_a_zip_in_a_zip_with_what_macos_adds(self, autograder):
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as opened:
            opened.writestr("hw4/lab.ipynb", filled())
            opened.writestr("__MACOSX/hw4/._lab.ipynb", "x")
        autograder.put("submission.zip", inner.getvalue())
        run(autograder.root)
        assert autograder.results()["score"] == 6

    @pytest.mark.slow
    def test_ten_thousand_files_and_five_gigabytes_of_zeros(self, autograder):
        autograder.upload()
        folder = autograder.root / "submission"
        for number in range(10_000):
            path = folder / f"many{number // 1000}" / f"{number}.txt"
            path.parent.mkdir(exist_ok=True)
            path.touch()
        with open(folder / "zeros.bin", "wb") as file:
            file.truncate(5 << 30)
        autograder.put("zeros.zip", zip_of_zeros(5 << 10))
        before = peak_memory(forget=True)
        run(autograder.root)
        grown = peak_memory() - before
        results = autograder.results()
        assert results["score"] == 6
        assert (
            "not everything in the zip was taken: zeros.zip" in results["output"].lower()
            and "too many files" in results["output"]
        )
        assert grown < 200 << 20

    def test_a_pdf_and_a_notebook_that_is_none(self, autograder):
        autograder.put("lab.ipynb", "%PDF-1.7")
        autograder.put("lab.pdf", "%PDF-1.7")
        run(autograder.root)
        results = autograder.results()
        assert results["score"] == 0 and "is a PDF, not a notebook" in results["output"]

    def test_wrong_and_crashing_answers(self, autograder):
        autograder.upload(**ANSWERS | {"twice": "import os; os._exit(1)", "volume": "1 / 0"})
        run(autograder.root)
        results = autograder.results()
        assert points(results) == {"test-area": 2, "test-twice": 0, "test-volume": 0}


@pytest.mark.usefixtures("light")
class TestVisibleChecks:
    """The cell test-area has a visible and a hidden check, and no parts."""

    HIDDEN_FAILS = "def area(radius):\n    return math.pi * radius**2 if radius else 1"
    HIDDEN_CRASHES = "def area(radius):\n    return math.pi * radius / (1 / radius)"

    def graded(self, autograder, area: str) -> tuple[list, str, float]:
        """What students see at once of a submission with this answer: entries, output; and the points."""
        autograder.upload(**ANSWERS | {"area": area})
        run(autograder.root)
        results = autograder.results()
        return [t for t in results["tests"] if t["visibility"] == "visible"], results["output"], results["score"]

    @pytest.mark.parametrize("wrong", [HIDDEN_FAILS, HIDDEN_CRASHES])
    def test_a_student_sees_the_same_at_once_whether_hidden_tests_pass_or_not(self, autograder, wrong):
        right, output, points = self.graded(autograder, ANSWERS["area"])
        seen = self.graded(autograder, wrong)
        assert seen == (right, output, points - 2) and right[0]["status"] == "passed"

    def test_a_visible_check_that_fails_is_shown_at_once(self, autograder):
        (first, *_), _, points = self.graded(autograder, "def area(radius):\n    return 0")
        assert first["status"] == "failed" and "This check failed: assert abs(area(1)" in first["output"].replace(
            "\\", ""
        )
        assert points == 4


@pytest.mark.usefixtures("light")
class TestSecrets:
    PEEK = """
import os
def reads(path):
    try:
        return bool(os.listdir(path) if os.path.isdir(path) else open(path, "rb").read())
    except OSError:
        return False
def twice(x):
    return 2 * x if any(map(reads, {paths!r})) else None
"""

    @pytest.mark.parametrize(
        "name",
        ["source", "source/source/hw/lab.ipynb", "submission", "submission_metadata.json", "results/results.json"],
    )
    def test_student_code_reads_nothing_of_the_autograders(self, autograder, name):
        autograder.upload(twice=self.PEEK.format(paths=[str(autograder.root / name)]))
        run(autograder.root)
        assert points(autograder.results())["test-twice"] == 0

    def test_and_the_way_it_tries_works_where_it_may(self, autograder):
        autograder.upload(twice=self.PEEK.format(paths=["lab.ipynb"]))
        run(autograder.root)
        assert points(autograder.results())["test-twice"] == 3

    def test_what_a_student_prints_is_in_no_result(self, autograder):
        autograder.upload(**ANSWERS | {"area": ANSWERS["area"] + "\nprint('printed by me')"})
        run(autograder.root)
        assert "printed by me" not in json.dumps(autograder.results())


@pytest.mark.usefixtures("light")
class TestWhatGoesWrong:
    def test_a_notebook_that_runs_for_ever_costs_no_other_its_points(self, autograder):
        configure(autograder, "c.Gradescope.seconds = 20")
        book = nbformat.reads(filled(), 4)
        book.cells.insert(0, new_code_cell(LOOP))
        autograder.put("lab.ipynb", nbformat.writes(book))
        add_second(autograder, "def cube(x):\n    return x * x * x")
        run(autograder.root)
        assert points(autograder.results())["test-cube"] == 4

    def test_when_time_is_up_the_results_so_far_count(self, autograder, monkeypatch, capsys):
        configure(autograder, "c.Gradescope.seconds = 6")
        add_second(autograder, "cube = abs")
        autograder.upload()
        grade = module.grade_notebook
        monkeypatch.setattr(
            module, "grade_notebook", lambda *given: time.sleep(60) if given[1] == "other" else grade(*given)
        )
        run(autograder.root)
        results = autograder.results()
        assert results["score"] == 6 and points(results)["test-cube"] == 0
        assert results["tests"][-1]["output"] == NOT_REACHED
        assert "Stopped after 6 seconds" in capsys.readouterr().out

    def test_an_accident_with_one_notebook_costs_only_that(self, autograder, monkeypatch, capsys):
        add_second(autograder, "def cube(x):\n    return x**3")
        autograder.upload()
        grade = module.grade_notebook

        def fails_once(*given):
            if given[1] == "lab":
                raise RuntimeError("the disk is on fire")
            return grade(*given)

        monkeypatch.setattr(module, "grade_notebook", fails_once)
        run(autograder.root)
        results = autograder.results()
        assert points(results) == {"test-area": 0, "test-twice": 0, "test-volume": 0, "test-cube": 4}
        assert results["tests"][0]["output"] == FAILED and "on fire" not in json.dumps(results)
        assert "the disk is on fire" in capsys.readouterr().out

    def test_where_student_code_cannot_be_confined_nothing_is_graded(self, autograder, monkeypatch, capsys):
        def refuse(*_):
            raise RuntimeError("no protection here")

        monkeypatch.setattr(module, "Room", refuse)
        autograder.upload()
        run(autograder.root)
        assert autograder.results()["score"] == 0 and FAILED in json.dumps(autograder.results())
        assert "no protection here" in capsys.readouterr().out

    def test_a_bundle_without_an_assignment_says_so_to_instructors(self, autograder, capsys):
        (autograder.root / "source/source/hw/lab.ipynb").unlink()
        run(autograder.root)
        assert autograder.results() | {"output": FAILED, "score": 0} == autograder.results()
        assert "should hold one folder with notebooks, not 0" in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("there", "said"), [("6.0", False), ("19", False), (100, True), ("no number", False), (None, False)]
    )
    def test_staff_are_told_where_gradescope_has_other_points(self, autograder, capsys, there, said):
        (autograder.root / "submission_metadata.json").write_text(json.dumps({"assignment": {"total_points": there}}))
        run(autograder.root)
        words = (
            "! Gradescope has 100 points for this assignment; its tests have 6, 19 together with the written answers."
        )
        assert (words in capsys.readouterr().out) == said
        assert "Gradescope has" not in json.dumps(autograder.results()), "students do not read it"

    def test_without_metadata_it_is_graded_all_the_same(self, autograder, capsys):
        (autograder.root / "submission_metadata.json").unlink()
        autograder.upload()
        run(autograder.root)
        assert autograder.results()["score"] == 6
        assert "nothing is known of due dates" in capsys.readouterr().out


@pytest.mark.usefixtures("light")
class TestLateWork:
    PLUGIN = """
from nbgrader.plugins import BasePlugin
class Hourly(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        assert student_id == "17"
        return {penalty}
c.AssignLatePenalties.plugin_class = Hourly
"""

    def hand_in(self, autograder, hours: float) -> dict:
        """Results of a submission that comes that many hours after its student's own due date."""
        own = {"due_date": "2024-05-03T00:00:00+00:00"}
        metadata = {
            "created_at": f"2024-05-03T0{hours:g}:00:00Z",
            "users": [{"email": "a@b.edu", "sid": "17", "assignment": own}],
            "assignment": {"due_date": "2024-05-01T00:00:00Z"},
        }
        (autograder.root / "submission_metadata.json").write_text(json.dumps(metadata))
        autograder.upload()
        run(autograder.root)
        return autograder.results()

    def test_nbgraders_own_plugin_decides_what_it_costs(self, autograder):
        configure(autograder, "c.LateSubmissionPlugin.penalty_method = 'zero'")
        assert self.hand_in(autograder, 1)["score"] == 0
        assert self.hand_in(autograder, 0)["score"] == 6, "in time by the student's own date"

    def test_within_the_grace_period_nothing_is_asked_of_the_plugin(self, autograder):
        zero = "c.LateSubmissionPlugin.penalty_method = 'zero'"
        configure(autograder, zero, "c.Late.grace_minutes = 60")
        results = self.hand_in(autograder, 1)
        assert results["score"] == 6 and "1 h after your due date, which counts as in time" in results["output"]
        configure(autograder, zero, "c.Late.grace_minutes = 59.9")
        assert self.hand_in(autograder, 1)["score"] == 0

    def test_so_does_the_courses_own(self, autograder):
        configure(autograder, self.PLUGIN.format(penalty="total_seconds_late / 3600"))
        results = self.hand_in(autograder, 2)
        assert results["score"] == 4 and "2 h after your due date" in results["output"]

    @pytest.mark.parametrize(("penalty", "score"), [("100", 0), ("-5", 6), ("None", 6)])
    def test_a_penalty_takes_between_nothing_and_everything(self, autograder, penalty, score):
        configure(autograder, self.PLUGIN.format(penalty=penalty))
        assert self.hand_in(autograder, 2)["score"] == score

    @pytest.mark.parametrize(("penalty", "error"), [("1 / 0", "ZeroDivisionError"), ("float('nan')", "ValueError")])
    def test_a_plugin_that_fails_costs_no_points_and_is_told(self, autograder, capsys, penalty, error):
        configure(autograder, self.PLUGIN.format(penalty=penalty))
        results = self.hand_in(autograder, 2)
        assert results["score"] == 6 and "Your instructors will see to the penalty" in results["output"]
        assert error in capsys.readouterr().out


@pytest.mark.usefixtures("light")
def test_a_resubmission_says_what_changed(autograder):
    autograder.upload(**ANSWERS | {"volume": "output_volume = 1"})
    run(autograder.root)
    earlier = {"submission_time": "2024-04-30T00:00:00Z", "score": "5.0", "results": autograder.results()}
    metadata = {"created_at": "2024-05-01T00:00:00Z", "users": [], "previous_submissions": [earlier]}
    (autograder.root / "submission_metadata.json").write_text(json.dumps(metadata))
    autograder.upload()
    run(autograder.root)
    assert "Better than in your last submission: 1.3 A small lab · volume." in autograder.results()["output"]


@pytest.mark.slow
def test_killed_in_the_middle_it_leaves_what_it_has_graded(autograder):
    add_second(autograder, LOOP)
    autograder.upload()
    process = start(autograder)
    results = autograder.root / "results/results.json"
    deadline = time.monotonic() + 100
    while not (results.exists() and json.loads(results.read_text())["score"] == 6):
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()[0]
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert points(autograder.results())["test-cube"] == 0
    assert autograder.results()["tests"][-1]["output"] == NOT_REACHED
