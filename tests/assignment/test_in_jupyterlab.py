"""The notebooks as students open them: a real JupyterLab in a real browser.

With a folder in HW4_PICTURES, what is shown is kept there as pictures for docs/ (`make pictures`).
"""

from __future__ import annotations

import io
import json
import os
import re
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
from build import solutions
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

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


def test_validate_says_what_a_check_says_and_is_content_with_the_reference(homework, browser):
    with opened(homework, "backpropagation", browser) as page:
        said = validated(page)
        assert "`sigmoid` is not written yet" in said and "check_sigmoid" in said
        assert "Traceback" not in said and "hw4_helpers" not in said
        picture(page.locator(".jp-Dialog-content"), "validate.png")
    shutil.copy(ROOT / "examples" / "reference" / "hw4" / "backpropagation.ipynb", homework)
    with opened(homework, "backpropagation", browser) as page:
        assert "Success! Your notebook passes all the tests." in validated(page)


def test_an_interrupted_training_says_one_line_and_goes_on_when_its_cell_is_run_again(homework, browser):
    only_training(homework / "fashion_mnist.ipynb", epochs=30)
    with opened(homework, "fashion_mnist", browser) as page:
        choose(page, "Run", "Run All Cells")
        shown(page, "epoch 2/30:").wait_for()
        choose(page, "Kernel", re.compile("^Interrupt Kernel"))
        interrupted = shown(page, "Interrupted in epoch")
        interrupted.wait_for()
        assert "Run the cell again to go on" in interrupted.inner_text()
        assert len(interrupted.inner_text().strip().splitlines()) == 1, "no traceback"
        assert (homework / "fashion_cnn.safetensors").exists() and list(homework.glob("runs/train/*tfevents*"))
        picture(page.locator(".jp-CodeCell").last, "interrupted.png")

        page.locator(".jp-CodeCell").last.locator(".cm-content").click()
        page.keyboard.press("Control+Enter")
        going_on = shown(page, "Going on after epoch")
        going_on.wait_for()
        assert int(re.findall(r"Going on after epoch (\d+)", going_on.inner_text())[0]) >= 2
        shown(page, "Saved fashion_cnn.safetensors and runs/: 30 epochs").wait_for()


def test_tensorboard_shows_accuracy_and_loss_of_both_runs(tmp_path, browser):
    shutil.copytree(ROOT / "examples" / "reference" / "hw4" / "runs", tmp_path / "runs")
    with tensorboard(tmp_path / "runs") as url, window(browser, 1000, 1130) as page:
        page.goto(f"{url}/?smoothing=0#timeseries")
        for tag in ("accuracy", "loss"):
            card = page.locator("scalar-card", has_text=tag)
            card.wait_for()
            card.locator("line-chart").hover()
            rows = page.locator(".cdk-overlay-container table tbody tr")
            rows.nth(1).wait_for()
            texts = rows.all_inner_texts()
            assert sorted(re.findall("train|validation", text)[0] for text in texts) == ["train", "validation"]
            for text in texts:
                assert len(re.findall(r"\b0\.\d+\b", text)) == 1, f"a second number would be the smoothed one: {text}"
            page.mouse.move(5, 5)
            rows.first.wait_for(state="detached")
        picture(page, "tensorboard.png")


def test_the_report_opens_in_jupyterlab(homework, browser):
    shutil.copytree(ROOT / "examples" / "reference" / "hw4", homework, dirs_exist_ok=True)
    env = os.environ | {"FASHION_MNIST_DIR": str(ROOT / "data")}
    subprocess.run([sys.executable, "hw4.py", "report", "--name", "Ada Lovelace"], cwd=homework, env=env, check=True)
    with jupyterlab(homework) as url, window(browser) as page:
        page.goto(f"{url}/lab/tree/report.html?token=student")
        report = page.frame_locator(".jp-HTMLViewer iframe")
        report.get_by_role("heading", name="Confusion matrix").wait_for()
        assert "Ada Lovelace" in report.locator("body").inner_text()
        images = report.locator("img")
        assert images.count() > 6
        assert all(images.nth(number).evaluate("image => image.naturalWidth") for number in range(images.count()))


def only_training(path: Path, epochs: int) -> None:
    """The reference's answers, and of the other cells those that a full run of few pictures needs."""
    wanted = {
        "imports",
        "load-data",
        "loaders",
        "fashion-cnn",
        "train-epoch",
        "evaluate",
        "fit",
        "settings",
        "full-run",
    }
    notebook, answers = nbformat.read(path, 4), solutions(path.name)
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
        if cell.id == "load-data":
            cell.source += "\ntrain_set = TensorDataset(*train_set[:640])"
        if cell.id == "full-run":
            cell.source = f"full_run(fit, FashionCNN, settings, train_loader, validation_loader, {epochs});"
    nbformat.write(notebook, path)


def validated(page: Page) -> str:
    """What nbgrader's button says."""
    page.get_by_role("button", name="Validate").click()
    page.locator("#validation-message").wait_for()
    return page.locator("#validation-message").inner_text()


def choose(page: Page, menu: str, item: str | re.Pattern) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=isinstance(item, str)).click()


def shown(page: Page, words: str) -> Locator:
    """The output that holds these words."""
    return page.locator(".jp-OutputArea-output", has_text=words).last


def picture(shown: Page | Locator, name: str) -> None:
    """Keep what the browser shows, in few colours, where `make pictures` wants it."""
    if folder := os.environ.get("HW4_PICTURES"):
        image = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
        image.quantize(64).save(Path(folder) / name, optimize=True)


@contextmanager
def opened(folder: Path, name: str, browser: Browser) -> Iterator[Page]:
    """A notebook open in JupyterLab, its kernel ready."""
    with jupyterlab(folder) as url, window(browser) as page:
        page.goto(f"{url}/lab/tree/{name}.ipynb?token=student")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_selector(IDLE)
        yield page


@contextmanager
def window(browser: Browser, width: int = 1200, height: int = 900) -> Iterator[Page]:
    """A window of the browser that reaches nothing but this machine."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.route(lambda address: "127.0.0.1" not in address, lambda route: route.abort())
    page = context.new_page()
    page.set_default_timeout(MINUTES * 60_000)
    try:
        yield page
    finally:
        context.close()


def run_all(page: Page, path: Path) -> nbformat.NotebookNode:
    """Run → Run All Cells; what is saved when it has come to its end, or to an error, where JupyterLab stops."""
    choose(page, "Run", "Run All Cells")
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


@contextmanager
def tensorboard(runs: Path) -> Iterator[str]:
    """A TensorBoard of the curves in a folder."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(runs), "--host=127.0.0.1", "--port=0"]
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr
        said = iter(server.stderr.readline, "")
        yield next(match[0] for line in said if (match := re.search(r"http://127\.0\.0\.1:\d+", line)))
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
