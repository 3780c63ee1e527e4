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
IDLE = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
BUSY = "document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'busy'"
ERRORS = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"
MINUTES = 8 * 60_000  # milliseconds, on a busy machine

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
        run_all(page)
        text = page.locator(".jp-Notebook").inner_text()
        assert "NotImplementedError" in text
        validate = page.get_by_role("button", name="Validate")
        assert validate.count() == 1, "nbgrader's button"


def test_a_failing_check_shows_its_message_and_no_traceback_of_ours(homework, browser):
    answer(homework / "backpropagation.ipynb", "sigmoid", "def sigmoid(z):\n    return 1 / (1 + np.exp(z))")
    with opened(homework, "backpropagation", browser) as page:
        run_all(page)
        page.screenshot(path="/tmp/lab.png")
        (said,) = page.locator(ERRORS).all_inner_texts()
        assert "exp" in said, said
        assert len(said.strip().splitlines()) <= 4, said
        assert "Traceback" not in said and "hw4_helpers" not in said


@pytest.mark.parametrize("name", ["backpropagation", "convolution"])
def test_the_reference_runs_from_top_to_bottom(name, homework, browser):
    shutil.copy(ROOT / "examples" / "reference" / "hw4" / f"{name}.ipynb", homework)
    with opened(homework, name, browser) as page:
        run_all(page)
        page.keyboard.press("Control+s")
        assert page.locator(ERRORS).all_inner_texts() == []
        assert page.locator(".jp-RenderedImage img").count() > 0, "figures"


@contextmanager
def opened(folder: Path, name: str, browser: Browser) -> Iterator[Page]:
    """A notebook open in JupyterLab, its kernel ready."""
    with jupyterlab(folder) as url:
        context = browser.new_context(viewport={"width": 1200, "height": 900})
        context.route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(MINUTES)
        try:
            page.goto(f"{url}/lab/tree/{name}.ipynb?token=student")
            page.wait_for_selector(".jp-Notebook .jp-Cell")
            page.wait_for_function(IDLE)
            yield page
        finally:
            context.close()


def run_all(page: Page) -> None:
    """Run → Run All Cells, until the kernel has nothing more to do. JupyterLab stops at the first error."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(BUSY, timeout=60_000)
    page.wait_for_function(IDLE)


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
