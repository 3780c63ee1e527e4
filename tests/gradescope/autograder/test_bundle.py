"""The autograder's zip holds what grading needs, comes out the same every time, and warns before it leaks."""

import os
import shutil
import subprocess
import zipfile
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from proctor.cli import main
from proctor.config import nbgrader_config
from proctor.gradescope.autograder import bundle as module
from proctor.gradescope.autograder import packages
from proctor.gradescope.autograder.bundle import BundleError, bundle
from proctor.gradescope.autograder.packages import versions_here

ROOT = Path(__file__).parents[3]


@pytest.fixture
def course(tmp_path):
    """A course folder with hw4 in it."""
    course = tmp_path / "course"
    for name in ("nbgrader_config.py", "setup/data.py"):
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, course / name)
    shutil.copytree(ROOT / "source" / "hw4", course / "source" / "hw4")
    return course


@pytest.fixture
def config(course, monkeypatch):
    monkeypatch.chdir(course)
    return nbgrader_config()


@pytest.fixture
def make(config, tmp_path):
    def make(name="hw4-gradescope.zip"):
        return bundle("hw4", config, tmp_path / "dist" / name)

    return make


def members(made) -> dict[str, bytes]:
    with zipfile.ZipFile(made.path) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_the_command_writes_the_zip_and_says_what_to_do_with_it(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert main(["gradescope", "bundle", "hw4"]) == 0
    said = capsys.readouterr().out
    assert "dist/hw4-gradescope.zip" in said and "Configure Autograder" in said and "!" not in said
    assert "autograder points 82. With manual grading on: 18 more, 100 in all." in said
    assert (course / "dist" / "hw4-gradescope.zip").exists()


def test_what_gradescope_runs_is_at_the_root_and_executable(make):
    with zipfile.ZipFile(make().path) as opened:
        modes = {member.filename: member.external_attr >> 16 for member in opened.infolist()}
    assert {name for name, mode in modes.items() if mode & 0o111} == {"setup.sh", "run_autograder"}
    assert modes["setup.sh"] & 0o777 == 0o755


def test_scripts_checked_out_on_windows_get_line_ends_that_linux_reads(make, monkeypatch, tmp_path):
    package = tmp_path / "proctor"
    shutil.copytree(module.PACKAGE, package)
    for name in ("setup.sh", "run_autograder"):
        path = package / "gradescope" / "autograder" / "image" / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    monkeypatch.setattr(module, "PACKAGE", package)
    contents = members(make())
    assert b"\r" not in contents["setup.sh"] + contents["run_autograder"]


def test_the_assignment_goes_in_whole_and_without_what_running_it_left(course, make):
    (course / "source" / "hw4" / "runs" / "train").mkdir(parents=True)
    (course / "source" / "hw4" / "runs" / "train" / "events").write_text("x")
    (course / "source" / "hw4" / "fashion_cnn.safetensors").write_text("x")
    (course / "source" / "hw4" / "__pycache__").mkdir(exist_ok=True)
    (course / "source" / "hw4" / "__pycache__" / "hw4.pyc").write_text("x")
    contents = members(make())
    tracked = subprocess.check_output(["git", "ls-files", "source"], cwd=ROOT, text=True).split()
    assert {name for name in contents if name.startswith("source/")} == {
        t for t in tracked if not t.endswith(".gitkeep")
    }
    assert contents["source/hw4/hw4.py"] == (ROOT / "source" / "hw4" / "hw4.py").read_bytes()
    assert not [name for name in contents if "__pycache__" in name]


def test_the_grader_goes_in_as_it_is(make):
    contents = members(make())
    assert (
        contents["proctor/gradescope/autograder/run.py"]
        == (ROOT / "proctor" / "gradescope" / "autograder" / "run.py").read_bytes()
    )
    assert contents["setup/data.py"] == (ROOT / "setup" / "data.py").read_bytes()
    assert contents["nbgrader_config.py"] == (ROOT / "nbgrader_config.py").read_bytes()


def test_no_data_is_inside(make):
    assert make().path.stat().st_size < 1_000_000


def test_the_same_input_gives_the_same_bytes(course, make):
    first = make("first.zip").path.read_bytes()
    for path in (course / "source" / "hw4").rglob("*.*"):
        os.utime(path, (1, 1))
        path.chmod(0o600)
    assert make("second.zip").path.read_bytes() == first


def test_every_package_that_grading_needs_is_pinned_to_what_is_installed_here(make):
    contents = members(make())
    pins = dict(line.split("==") for line in contents["requirements.txt"].decode().split())
    for name in ("torch", "numpy", "nbgrader", "ipython", "msgspec", "nh3", "safetensors"):
        assert metadata.version(name).startswith(pins[name]), name
    assert list(pins) == sorted(pins)
    needed = [Requirement(line) for line in contents["requirements.in"].decode().splitlines()]
    assert {"torch", "nbgrader", "msgspec"} <= {canonicalize_name(need.name) for need in needed} <= set(pins)
    assert not any(need.marker for need in needed)


def test_packages_for_graphics_cards_are_left_out(make):
    pins = members(make())["requirements.txt"].decode()
    assert "torch==" in pins
    assert not [line for line in pins.split() if line.startswith(("nvidia", "cuda", "triton"))]


def test_the_label_of_a_build_is_no_part_of_a_version(monkeypatch):
    monkeypatch.setattr(packages.metadata, "version", lambda name: "2.14.1+cpu")
    assert set(versions_here([Requirement("safetensors[torch]")]).values()) == {"2.14.1"}


def test_a_package_that_is_missing_here_is_named(monkeypatch):
    monkeypatch.setattr(packages, "PROJECT", "no-such-project")
    with pytest.raises(BundleError, match=r"no-such-project is not installed here\. Run: pip install"):
        bundle("hw4", nbgrader_config(), Path("never.zip"))


def test_a_wrong_name_says_where_it_looked(config, tmp_path):
    with pytest.raises(BundleError, match="hw5"):
        bundle("hw5", config, tmp_path / "never.zip")


def test_a_file_that_is_missing_is_named(course, make):
    (course / "setup" / "data.py").unlink()
    with pytest.raises(BundleError, match=r"setup/data\.py"):
        make()


# What it refuses, and warnings


def test_hw4_itself_gives_no_warning(make):
    assert make().warnings == ()


def hand_out(course: Path, name: str, text: str) -> None:
    path = course / "source" / "hw4" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("mark", ["### BEGIN HIDDEN TESTS", "### BEGIN SOLUTION", "### BEGIN MARK SCHEME"])
def test_no_bundle_where_a_file_beside_the_notebooks_is_marked_as_secret(mark, course, make):
    hand_out(course, "old/helpers.py", f"{mark}\nx = 1\n")
    with pytest.raises(BundleError, match=rf"old/helpers\.py.*{mark.strip('# ')}.*proctor check hw4"):
        make()


def test_no_bundle_where_such_a_file_holds_the_text_of_a_hidden_test(course, make):
    notebook = nbformat.read(course / "source" / "hw4" / "convolution.ipynb", 4)
    hidden = next(cell.source for cell in notebook.cells if "BEGIN HIDDEN TESTS" in cell.source)
    line = max(hidden.partition("BEGIN HIDDEN TESTS")[2].splitlines(), key=len)
    hand_out(course, "checks.py", f"# copied\n{line}\n")
    with pytest.raises(BundleError, match=r"checks\.py.*hidden test"):
        make()


def test_no_bundle_where_a_notebook_in_a_subfolder_still_has_its_solutions(course, make):
    notebook = nbformat.read(course / "source" / "hw4" / "convolution.ipynb", 4)
    for cell in notebook.cells:
        cell.source = "\n".join(line for line in cell.source.splitlines() if "###" not in line)
    hand_out(course, "backup/convolution.ipynb", nbformat.writes(notebook))
    with pytest.raises(BundleError, match=r"backup/convolution\.ipynb"):
        make()


def test_a_warning_where_the_plugin_for_late_work_would_be_missing(tmp_path, monkeypatch, config, make):
    (tmp_path / "our_late_rules.py").write_text(
        "from nbgrader.plugins import BasePlugin\nclass Rules(BasePlugin):\n    pass\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    config.AssignLatePenalties.plugin_class = "our_late_rules.Rules"
    (warning,) = make().warnings
    assert "our_late_rules.py" in warning and "nbgrader_config.py" in warning


def test_setup_and_run_are_scripts_that_their_shells_can_read():
    image = ROOT / "proctor" / "gradescope" / "autograder" / "image"
    for name in ("setup.sh", "run_autograder"):
        shell = (image / name).read_text().splitlines()[0].split("/")[-1].split()[-1]
        subprocess.run([shell, "-n", image / name], check=True)


def test_nothing_in_the_scripts_names_an_index():
    image = ROOT / "proctor" / "gradescope" / "autograder" / "image"
    assert not [path for path in image.iterdir() if "://" in path.read_text()]
