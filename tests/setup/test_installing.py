"""Packages come through uv where it works, else through pip, from where pip is configured to look.

Installed is a project that needs no network: its build backend is a file of its own. uv and
pip are those of the environment that runs the tests, unless a test says that they are broken.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HERE = Path(sys.prefix)
UV = HERE / "bin" / "uv"
needs_uv = pytest.mark.skipif(not UV.exists(), reason="this environment was made without uv")

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "pebble"
version = "1.0"
dependencies = []

[project.optional-dependencies]
proctor = []
written = []
test = []
lint = []
"""
BACKEND = """
import zipfile
from pathlib import Path

NEEDS = []


def build_editable(folder, settings=None, metadata=None):
    named = [f"Provides-Extra: {name}" for name in ("proctor", "written", "test", "lint")]
    lines = ["Metadata-Version: 2.1", "Name: pebble", "Version: 1.0", *named]
    lines += [f"Requires-Dist: {name}" for name in NEEDS]
    with zipfile.ZipFile(Path(folder) / "pebble-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("pebble.py", "")
        wheel.writestr("pebble-1.0.dist-info/METADATA", "\\n".join(lines) + "\\n")
        wheel.writestr("pebble-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("pebble-1.0.dist-info/RECORD", "")
    return "pebble-1.0-py3-none-any.whl"
"""


class Course:
    """A copy of what ``make`` needs, with a small project, and an environment with pip in it."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.venv = folder / ".venv"
        self.env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_", "MAKE"))},
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "UV_CACHE_DIR": str(folder / "cache"),
        }
        folder.mkdir()
        shutil.copytree(ROOT / "setup", folder / "setup")
        shutil.copy(ROOT / "Makefile", folder)
        (folder / "pyproject.toml").write_text(PROJECT)
        (folder / "backend.py").write_text(BACKEND)
        venv.create(self.venv, symlinks=True)
        self.lend("pip")

    @property
    def packages(self) -> Path:
        return next(self.venv.glob("lib/python*/site-packages"))

    def lend(self, name: str) -> None:
        """Put a package of the environment that runs the tests into this one."""
        there = Path(str(metadata.distribution(name).locate_file("")))
        for part in (name, f"{name}-{metadata.version(name)}.dist-info"):
            (self.packages / part).symlink_to(there / part)

    def lend_uv(self) -> None:
        self.lend("uv")
        (self.venv / "bin" / "uv").symlink_to(UV)

    def command(self) -> list[str]:
        return [str(self.venv / "bin" / "python"), "setup/packages.py", "proctor,written,test,lint"]

    def install(self, **env: str) -> subprocess.CompletedProcess:
        return self.run(self.command(), **env)

    def run(self, command: list[str], **env: str) -> subprocess.CompletedProcess:
        env = {**self.env, **env}
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, timeout=120)

    def installer(self, name: str = "pebble") -> str:
        return (self.packages / f"{name}-1.0.dist-info" / "INSTALLER").read_text().strip()


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path / "course")


@needs_uv
def test_uv_installs_where_it_can_be_had(course):
    course.lend_uv()
    done = course.install()
    assert done.returncode == 0, done.stderr
    assert course.installer() == "uv"
    assert "going on with pip" not in done.stdout


def test_where_uv_cannot_be_had_pip_installs(course):
    done = course.install()
    assert done.returncode == 0, done.stderr
    assert "uv cannot be installed here: going on with pip.\n" in done.stdout
    assert course.installer() == "pip"


@needs_uv
def test_where_uv_fails_pip_installs(course):
    course.lend("uv")
    (course.venv / "bin" / "uv").write_text("#!/bin/sh\necho uv is unwell >&2; exit 2\n")
    (course.venv / "bin" / "uv").chmod(0o755)
    done = course.install()
    assert done.returncode == 0, done.stderr
    assert "(uv is unwell)" in done.stdout
    assert "uv could not install the packages: going on with pip.\n" in done.stdout
    assert course.installer() == "pip"


@needs_uv
def test_uv_looks_where_pip_is_configured_to_look(course, tmp_path):
    """Two folders of wheels, and a version that a constraint forbids."""
    for version in ("1.0", "2.0"):
        shelf = tmp_path / f"shelf-{version}"
        shelf.mkdir()
        with zipfile.ZipFile(shelf / f"gravel-{version}-py3-none-any.whl", "w") as wheel:
            info = f"gravel-{version}.dist-info"
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: gravel\nVersion: {version}\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    (tmp_path / "constraints.txt").write_text("gravel<2\n")
    (tmp_path / "pip.conf").write_text(
        f"[global]\nno-index = true\nfind-links = {tmp_path}/nowhere\n"
        f"[install]\nfind-links = {tmp_path}/shelf-1.0 {tmp_path}/shelf-2.0\nconstraint = {tmp_path}/constraints.txt\n"
    )
    pyproject, backend = course.folder / "pyproject.toml", course.folder / "backend.py"
    pyproject.write_text(PROJECT.replace("dependencies = []", 'dependencies = ["gravel"]', 1))
    backend.write_text(BACKEND.replace("NEEDS = []", 'NEEDS = ["gravel"]'))
    course.lend_uv()
    del course.env["PIP_NO_INDEX"]
    done = course.install(PIP_CONFIG_FILE=str(tmp_path / "pip.conf"))
    assert done.returncode == 0, done.stderr
    assert course.installer("gravel") == course.installer("pebble") == "uv"


@pytest.mark.slow
@needs_uv
def test_a_firewall_that_swallows_questions_costs_seconds(course):
    """Where PyTorch's index does not answer at all, the ordinary wheels are asked for soon."""
    pyproject = course.folder / "pyproject.toml"
    pyproject.write_text(PROJECT.replace("dependencies = []", 'dependencies = ["torch"]', 1))
    course.lend_uv()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        ask = "import os, packages; print(packages.missing_wheels('cpu', dict(os.environ)))"
        done = course.run(
            [str(course.venv / "bin" / "python"), "-c", ask],
            PYTHONPATH="setup",
            HTTPS_PROXY=f"http://127.0.0.1:{silent.getsockname()[1]}",
            NO_PROXY="",
        )
    assert done.stdout.strip(), "PyTorch was found behind a proxy that says nothing"
    assert time.monotonic() - began < 25


@needs_uv
def test_stopped_by_ctrl_c_it_goes_on_the_next_time(course):
    course.lend_uv()
    backend, started = course.folder / "backend.py", course.folder / "started"
    backend.write_text(f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep(60)\n")
    running = subprocess.Popen(
        course.command(), cwd=course.folder, env=course.env, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not started.exists():
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGINT)
    error = running.communicate(timeout=30)[1]
    assert running.returncode == 130
    assert "goes on from here" in error and "packages.py" not in error, error
    assert not list(course.packages.glob("pebble*"))

    backend.write_text(BACKEND)
    assert course.install().returncode == 0
    assert course.installer() == "uv"


def test_what_went_wrong_is_said_last(course):
    (course.folder / "backend.py").write_text("raise SystemExit('no bricks')")
    done = course.install()
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("see above, mend it, and run the same again.")


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
def test_make_goes_on_with_an_environment_that_was_left_without_pip(course):
    for part in course.packages.glob("pip*"):
        part.unlink()
    done = course.run(["make", ".venv/.ready"])
    assert done.returncode == 0, done.stderr
    assert course.installer() in ("uv", "pip")
    assert course.run(["make", ".venv/.ready"]).stdout.endswith("is up to date.\n")


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
def test_make_help_names_every_target():
    (targets,) = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    assert re.findall(r"^make ([\w-]+)", named, re.MULTILINE) == [name for name in targets.split() if name != "help"]
