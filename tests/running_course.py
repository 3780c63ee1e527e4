"""A course in a folder of its own with nbgrader's commands in it, and a formgrader that runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from bs4 import BeautifulSoup
from nbgrader.api import Gradebook

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
NOTEBOOK = "backpropagation"  # the one that is graded
TOKEN = "only-on-loopback"


@dataclass(frozen=True)
class Course:
    """A course folder with the repository's configuration, and nbgrader's commands in it."""

    folder: Path
    students: tuple[str, ...]

    def nbgrader(self, *arguments: str, cwd: Path | None = None) -> str:
        """What ``nbgrader ARGUMENTS`` prints on stdout. A failing command fails the test."""
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *arguments],
            cwd=cwd or self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"nbgrader {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def environment(self) -> dict[str, str]:
        """No settings of the person who runs the tests; nbgrader calls alembic by name."""
        settings = {name: str(self.folder.parent / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR")}
        return os.environ | settings | {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}

    def points(self, student: str) -> tuple[float, float]:
        """A student's points in the graded notebook, by tests and by hand."""
        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as gradebook:
            graded = gradebook.find_submission_notebook(NOTEBOOK, "hw4", student)
            return graded.code_score, graded.written_score


@dataclass(frozen=True)
class Formgrader:
    """What a grader's browser would ask the server for."""

    url: str

    def page(self, path: str) -> BeautifulSoup:
        return BeautifulSoup(self._ask("GET", path), "html.parser")

    def get(self, path: str) -> list | dict:
        return json.loads(self._ask("GET", f"/api{path}"))

    def put(self, path: str, value: dict) -> dict:
        return json.loads(self._ask("PUT", f"/api{path}", json.dumps(value).encode()))

    def _ask(self, method: str, path: str, body: bytes | None = None) -> str:
        headers = {"Authorization": f"token {TOKEN}"}
        with urlopen(Request(self.url + path, body, headers, method=method), timeout=30) as answer:
            return answer.read().decode()


@contextmanager
def running_formgrader(course: Course) -> Iterator[Formgrader]:
    """A Jupyter server in the course's folder, with nbgrader's extension."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = course.folder.parent / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "server", "--ip=127.0.0.1", f"--port={port}", "--no-browser"]
            + ["--ServerApp.port_retries=0", "--allow-root", f"--IdentityProvider.token={TOKEN}"],
            cwd=course.folder,
            env=course.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    formgrader = Formgrader(f"http://127.0.0.1:{port}/formgrader")
    try:
        wait_for(formgrader, server, log)
        yield formgrader
    finally:
        server.terminate()
        server.wait(30)


def wait_for(formgrader: Formgrader, server: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            formgrader.get("/status")
            return
        except OSError:
            assert server.poll() is None and time.monotonic() < deadline, f"no formgrader:\n{log.read_text()}"
            time.sleep(0.2)
