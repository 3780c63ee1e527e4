"""The notebooks as students open them: a real JupyterLab in a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import nbformat
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from proctor.gradescope.written import chromium

ROOT = Path(__file__).parents[2]
BROWSER = next(filter(None, map(shutil.which, chromium.NAMES)), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
IDLE = "text=Python 3 (ipykernel) | Idle"
MINUTES = 8  # on a busy machine

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here (Debian: apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def homework(tmp_path) -> Path:
    """The release in a folder of its own, as a student has it."""
    folder = tmp_path / "hw4"
    shutil.copytree(ROOT / "release" / "hw4", folder, ignore=shutil.ignore_patterns("__pycache__", "runs", "*.zip"))
    return folder


def test_the_untouched_release_says_what_is_to_do(homework, browser):
    with opened(homework, "backpropagation", browser) as page:
        (error,) = errors(run_all(page, homework / "backpropagation.ipynb"))
        assert "`sigmoid` is not written yet" in "\n".join(error.traceback)
        assert page.get_by_role("button", name="Validate").count() == 1, "nbgrader's button"


def test_a_failing_check_shows_its_message_and_no_traceback_of_ours(homework, browser):
    answer(homework / "backpropagation.ipynb", "sigmoid", "def sigmoid(z):\n    return 1 / (1 + np.exp(z))")
    with opened(homework, "backpropagation", browser) as page:
        (error,) = errors(run_all(page, homework / "backpropagation.ipynb"))
        shown = "\n".join(error.traceback)
        assert "exp" in shown
        assert len(shown.splitlines()) <= 4, shown
        assert "Traceback" not in shown
        assert "hw4_helpers" not in shown


@pytest.mark.parametrize("name", ["backpropagation", "convolution"])
def test_the_reference_runs_from_top_to_bottom(name, homework, browser):
    shutil.copy(ROOT / "examples" / "reference" / "hw4" / f"{name}.ipynb", homework)
    with opened(homework, name, browser) as page:
        notebook = run_all(page, homework / f"{name}.ipynb")
        assert errors(notebook) == []
        shown = [output for cell in notebook.cells for output in cell.get("outputs", ()) if "data" in output]
        assert any("image/png" in output.data for output in shown), "figures"


@contextmanager
def opened(folder: Path, name: str, browser: Browser) -> Iterator[Page]:
    """A notebook open in JupyterLab, its kernel ready."""
    with jupyterlab(folder) as url:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        context.route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(MINUTES * 60_000)
        try:
            page.goto(f"{url}/lab/tree/{name}.ipynb?token=student")
            page.wait_for_selector(".jp-Notebook .jp-Cell")
            page.wait_for_selector(IDLE)
            yield page
        finally:
            context.close()


def run_all(page: Page, path: Path) -> nbformat.NotebookNode:
    """Run → Run All Cells; what is saved when it has come to its end, or to an error, where JupyterLab stops."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    for _ in range(MINUTES * 60):
        page.wait_for_timeout(1000)
        page.keyboard.press("Control+s")
        notebook = nbformat.read(path, 4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
        if errors(notebook) or all(cell.execution_count for cell in code):
            return notebook
    raise AssertionError("it does not come to its end")


def errors(notebook: nbformat.NotebookNode) -> list:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", ()))
    return [output for output in outputs if output.output_type == "error"]


def answer(path: Path, cell_id: str, source: str) -> None:
    notebook = nbformat.read(path, 4)
    next(cell for cell in notebook.cells if cell.id == cell_id).source = source
    nbformat.write(notebook, path)


@contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """JupyterLab in a folder; nobody's settings."""
    settings = {
        name: str(folder.parent / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "HOME")
    }
    environment = os.environ | settings | {"FASHION_MNIST_DIR": str(ROOT / "data"), "HW4_QUICK": "1"}
    environment.pop("MPLBACKEND", None)  # tests draw nowhere, students in the notebook
    log = folder.parent / "lab.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
            + ["--ServerApp.port=0", "--IdentityProvider.token=student", "--LabApp.news_url="]
            + ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield address(folder, server, log)
    finally:
        server.terminate()
        server.wait(60)


def address(folder: Path, server: subprocess.Popen, log: Path) -> str:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        for path in (folder.parent / "JUPYTER_RUNTIME_DIR").glob("jpserver-*.json"):
            url = json.loads(path.read_text())["url"].rstrip("/")
            with urlopen(f"{url}/api/status?token=student", timeout=30):
                return url
        time.sleep(0.2)
    raise AssertionError(f"no JupyterLab:\n{log.read_text()}")
