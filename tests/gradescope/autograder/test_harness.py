"""The zip as built, in a container like Gradescope's: set up once, then one submission after another.

``setup.sh`` really runs, on a fresh Debian, and fetches what it needs. The image is kept in
build/gradescope-root and made anew when the zip has changed. The stand-in for Gradescope's
harness is ``harness.py``, the container ``chroot.py``.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import jsonschema
import nbformat
import pytest
from attacks import attack as collection
from attacks import surroundings
from gradescope import chroot

from proctor.config import nbgrader_config
from proctor.gradescope.autograder.bundle import bundle

ROOT = Path(__file__).parents[3]
BUILD = ROOT / "build" / "gradescope-root"
SETUP_LOG = BUILD / "setup.log"
EXAMPLES = ROOT / "examples"

pytestmark = pytest.mark.slow

#: Three kinds of submission_metadata.json: as documented (in time), with the student's own dates (late), an old one.
IN_TIME, LATE, OLD = (
    {
        "id": 123456,
        "created_at": "2018-07-01T14:22:32.365935-07:00",
        "assignment": {
            "due_date": "2018-07-31T23:00:00.000000-07:00",
            "group_size": 4,
            "group_submission": True,
            "id": 25828,
            "course_id": 1234,
            "late_due_date": None,
            "release_date": "2018-07-02T00:00:00.000000-07:00",
            "title": "Programming Assignment 1",
            "total_points": "20.0",
        },
        "submission_method": "upload",
        "users": [{"email": "student@example.com", "id": 1234, "name": "Student User"}],
        "previous_submissions": [
            {
                "submission_time": "2017-04-06T14:24:48.087023-07:00",
                "score": 0.0,
                "autograder_error": False,
                "results": {},
            }
        ],
    },
    {
        "id": 4289806,
        "created_at": "2023-11-24T06:49:00.162727-08:00",
        "users": [
            {
                "id": 179281,
                "email": "student1@example.edu",
                "name": "Student One",
                "sid": "100000001",
                "assignment": {"due_date": "2023-11-23T20:59:00-08:00", "late_due_date": "2023-11-25T09:00:00-08:00"},
            }
        ],
        "assignment": {"title": "Assignment 4", "due_date": "2023-11-22T20:59:00-08:00", "total_points": "100.0"},
        "previous_submissions": [],
    },
    {
        "created_at": "2020-01-01T01:01:01.000-0700",
        "previous_submissions": [],
        "users": [{"email": "student@univ.edu"}],
    },
)


@dataclass(frozen=True)
class Upload:
    """What Gradescope got from one run. ``results`` is None, and ``error`` says why, when it failed.

    ``changes`` are the container's files afterwards, as far as they are not the image's.
    """

    results: dict | None
    error: str | None
    stdout: str
    changes: Path


class Image:
    """Layers of a container's root folder, and submissions run on top of them, each in its own container."""

    def __init__(self, *layers: Path) -> None:
        self.layers = layers

    def submit(
        self, submission: Path, changes: Path, metadata: dict = IN_TIME, seconds: float = 600, landlock: bool = True
    ) -> Upload:
        """Run the autograder as Gradescope would; what lies in ``changes`` already is in the container, too."""
        folder = changes / "harness"
        shutil.copytree(submission, folder / "submission", symlinks=True)
        (folder / "metadata.json").write_text(json.dumps(metadata))
        shutil.copy(Path(__file__).with_name("harness.py"), folder)
        command = ["python3", "/harness/harness.py", "/harness", str(seconds)]
        done = chroot.run(self.layers, changes, command, landlock, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return Upload(**json.loads((folder / "upload.json").read_text()), changes=changes)


@pytest.fixture(scope="session")
def base():
    """A fresh Debian, before any setup."""
    reason = chroot.obstacle()
    if reason:
        pytest.skip(reason)
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one test run on this machine at a time
        yield kept("base", chroot.make_root, Path(chroot.__file__))


@pytest.fixture(scope="session")
def image(base, tmp_path_factory):
    """The image that Gradescope would build from the zip; what ``setup.sh`` said is in SETUP_LOG."""
    archive = tmp_path_factory.mktemp("dist") / "hw4-gradescope.zip"
    bundle("hw4", nbgrader_config(), archive)

    def set_up(layer: Path) -> None:
        unzip(archive, layer / "autograder" / "source")
        shutil.copy(layer / "autograder" / "source" / "run_autograder", layer / "autograder")
        with SETUP_LOG.open("w") as log:
            done = chroot.run([base], layer, ["bash", "/autograder/source/setup.sh"], stdout=log, stderr=log)
        assert done.returncode == 0, SETUP_LOG.read_text()[-4000:]

    return Image(base, kept("image", set_up, archive, Path(chroot.__file__)))


def kept(name: str, make: Callable[[Path], None], *made_from: Path) -> Path:
    """A folder that ``make`` has made, in this test run or in an earlier one from the same files."""
    folder, stamp = BUILD / name, BUILD / f"{name}.sha256"
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in made_from)).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        make(folder)
        stamp.write_text(digest)
    return folder


def unzip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        for member in opened.infolist():
            Path(opened.extract(member, folder)).chmod(member.external_attr >> 16 & 0o777)


@pytest.fixture
def changes(tmp_path):
    return tmp_path / "container"


@pytest.fixture
def reconfigured(changes):
    """Add lines to the container's nbgrader_config.py."""

    def reconfigured(lines: str) -> None:
        path = changes / "autograder" / "source" / "nbgrader_config.py"
        path.parent.mkdir(parents=True)
        path.write_text((ROOT / "nbgrader_config.py").read_text() + lines)

    return reconfigured


def points(upload: Upload) -> float:
    """The score, after all that must be true of every upload."""
    assert upload.error is None and upload.results is not None, f"{upload.error}{upload.stdout}"
    schema = json.loads((ROOT / "proctor" / "gradescope" / "autograder" / "results.schema.json").read_text())
    jsonschema.validate(upload.results, schema)
    return upload.results["score"]


# The stand-in itself


@pytest.fixture
def with_autograder(base, changes, tmp_path):
    """Submit to an autograder that is only a shell script."""

    def with_autograder(script: str, **options) -> Upload:
        (changes / "autograder").mkdir(parents=True)
        program = changes / "autograder" / "run_autograder"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        (tmp_path / "nothing").mkdir()
        return Image(base).submit(tmp_path / "nothing", changes, **options)

    return with_autograder


def test_a_time_out_puts_0_in_place_of_what_was_written_and_ends_only_the_autograder(with_autograder):
    script = """
        echo '{"score": 5}' > results/results.json
        (sleep 3; touch /tmp/outlived) &
        sleep 60
    """
    upload = with_autograder(script, seconds=1)
    assert upload.results["score"] == 0 and "timed out" in upload.results["output"]
    assert not (upload.changes / "tmp" / "outlived").exists(), "the container's end is the end of the rest"


def test_both_outputs_and_the_working_folder_are_as_documented(with_autograder):
    upload = with_autograder('pwd; ls >&2; ls submission results; echo \'{"output": "x"}\' > results/results.json')
    assert upload.stdout.split() == (
        ["/autograder", "results", "run_autograder", "submission", "submission_metadata.json"]
        + ["results:", "stdout", "submission:"]
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ('{"score": NaN}', "NaN"),
        ("[1]", "no object"),
        (r'{"output": "a\u0000b"}', "NUL"),
        ("{", "no strict JSON"),
        (None, "no results.json"),
    ],
)
def test_what_gradescope_does_not_take_is_an_error(text, error, with_autograder):
    upload = with_autograder(f"printf '%s' '{text}' > results/results.json" if text else "true")
    assert upload.results is None and error in upload.error


def test_long_outputs_are_cut(with_autograder):
    upload = with_autograder("printf '{\"output\": \"%0200000d\"}' 0 > results/results.json; printf '%0200000d' 0")
    assert len(upload.results["output"]) == len(upload.stdout) == 100_000


# The image


def test_setup_leaves_the_systems_python_as_it_was(image):
    _, layer = image.layers
    assert not list((layer / "usr" / "local").rglob("*.py"))
    assert not list((layer / "usr" / "lib" / "python3").rglob("torch*"))
    command = ["python3", "-c", "import sys; print(sys.prefix); import numpy"]
    done = chroot.run(image.layers, layer.with_name("probe"), command, capture_output=True, text=True)
    assert done.stdout == "/usr\n" and "No module named 'numpy'" in done.stderr
    shutil.rmtree(layer.with_name("probe"))


def test_setup_says_what_it_did_and_that_student_code_is_confined(image):
    log = SETUP_LOG.read_text()
    assert "Fashion-MNIST is ready" in log
    assert "Student code: own user id" in log
    assert log.endswith("The autograder is ready.\n")


def test_setup_stops_loudly_where_it_cannot_go_on(base, changes, tmp_path):
    archive = tmp_path / "hw4-gradescope.zip"
    bundle("hw4", nbgrader_config(), archive)
    unzip(archive, changes / "autograder" / "source")
    command = ["bash", "/autograder/source/setup.sh"]
    (changes / "etc" / "apt" / "apt.conf.d").mkdir(parents=True)
    (changes / "etc" / "apt" / "apt.conf.d" / "impatient").write_text('Acquire::Retries "0";\n')
    (changes / "etc" / "resolv.conf").write_text("")  # no network
    done = chroot.run([base], changes, command, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Is the network there" in done.stderr and 'at the step "System packages"' in done.stderr
    assert "ready.\n" not in done.stdout


# Submissions


@pytest.mark.parametrize(
    ("student", "score", "metadata"),
    [
        ("reference", 82, IN_TIME),
        ("report", 82, LATE),
        ("half-done", 41, OLD),
        ("typical", 22, IN_TIME),
        ("blank", 0, LATE),
        ("broken", 0, OLD),
    ],
)
def test_the_sample_class_gets_its_grades(student, score, metadata, image, changes):
    upload = image.submit(EXAMPLES / student / "hw4", changes, metadata)
    assert points(upload) == score


def test_a_submission_that_never_ends_keeps_what_was_graded(image, changes, reconfigured, tmp_path):
    reconfigured("c.Gradescope.seconds = 40\n")
    submission = tmp_path / "hw4"
    submission.mkdir()
    shutil.copy(EXAMPLES / "half-done" / "hw4" / "convolution.ipynb", submission)
    endless = never_ending(EXAMPLES / "half-done" / "hw4" / "fashion_mnist.ipynb")
    (submission / "fashion_mnist.ipynb").write_text(endless)
    upload = image.submit(submission, changes, seconds=150)  # a busy machine takes its time to start and to end
    assert points(upload) == 6, "those of convolution.ipynb"
    assert upload.results["execution_time"] < 150


def never_ending(path: Path) -> str:
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = "while True:\n    pass"
    return nbformat.writes(notebook)


#: What a student's cell tries to get hold of; what it finds it leaves where every user may write.
SPY = """
import json, os, pathlib, socket
found = []
for attempt in (
    lambda: os.listdir("/autograder/source"),
    lambda: open("/autograder/source/source/hw4/convolution.ipynb").read(),
    lambda: open("/autograder/submission_metadata.json").read(),
    lambda: os.listdir("/autograder/submission"),
    lambda: open("/autograder/results/results.json", "w"),
    lambda: open("/autograder/run_autograder", "a"),
    lambda: open("/proc/1/environ").read(),
    lambda: os.listdir("/root"),
    lambda: socket.socket(),
):
    try:
        found.append(str(attempt()))
    except OSError:
        found.append("")
try:
    pathlib.Path("/tmp/found").write_text(json.dumps(found))
except OSError:
    pass
"""


@pytest.mark.parametrize("landlock", [True, False], ids=["with Landlock", "without Landlock"])
def test_student_code_sees_neither_tests_nor_metadata_nor_results(landlock, image, changes, tmp_path):
    notebook = collection.without_attack("convolution", "half-done")
    notebook["cells"].insert(1, dict(notebook["cells"][0], cell_type="code", id="spy", source=SPY, metadata={}))
    notebook["cells"][1] |= {"outputs": [], "execution_count": None}
    (tmp_path / "hw4").mkdir()
    (tmp_path / "hw4" / "convolution.ipynb").write_text(json.dumps(notebook))
    upload = image.submit(tmp_path / "hw4", changes, landlock=landlock)
    assert points(upload) == 6
    report = changes / "tmp" / "found"
    assert report.exists() == (not landlock), "Landlock closes /tmp, and nothing else does"
    assert landlock or not any(json.loads(report.read_text()))


TOGETHER = {
    "readers": (
        "read_source_folder",
        "read_the_graders_environment",
        "answer_from_the_source_folder",
        "links_to_the_source",
        "walk_modules_for_the_reference",
        "read_running_test_from_In",
    ),
    "forgers": (
        "forge_results_of_tests",
        "display_hook_full_points",
        "modules_that_shadow_libraries",
        "configuration_in_the_submission",
        "detached_process",
    ),
}


@pytest.mark.parametrize("group", TOGETHER)
def test_attacks_pay_nothing_and_show_nothing(group, image, changes, tmp_path):
    attacks = {attack.name: attack for attack in collection.attacks()}
    parts = [part for name in TOGETHER[group] for part in attacks[name].parts]
    attack = replace(attacks[TOGETHER[group][0]], parts=tuple(parts))
    collection.hand_in(attack, tmp_path / "hw4", Path("/autograder/source"))
    upload = image.submit(tmp_path / "hw4", changes, landlock=False)
    assert points(upload) <= 6, "half-done's own"
    course = surroundings.Course()
    shown = json.dumps(upload.results, ensure_ascii=False) + upload.stdout
    as_shown = {json.dumps(secret, ensure_ascii=False)[1:-1]: what for secret, what in course.secrets().items()}
    learned = [what for secret, what in as_shown.items() if secret in shown]
    course.close()
    assert not learned
    assert "LOOT" not in json.dumps(upload.results)
    assert not list((changes / "tmp").glob("*attack-was-here*"))
