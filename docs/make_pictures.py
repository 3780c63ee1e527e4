"""Make the pictures of README and docs/: from what `make demo` left in build/demo, and of the reference's report.

make pictures          (needs Chromium for the pages)
"""

import base64
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "build" / "demo"
PICTURES = ROOT / "docs" / "pictures"
FIGURES = {"backpropagation": "boundaries", "convolution": "edges", "fashion_mnist": "confusion-plot"}


def main() -> int:
    if not (DEMO / "feedback").exists():
        print("Run `make demo` first: the pictures are of its results.", file=sys.stderr)
        return 1
    PICTURES.mkdir(exist_ok=True)
    notebooks()
    feedback()
    report()
    return 0


def notebooks() -> None:
    """One figure of each of the reference's graded notebooks: two on the left, the square one on the right."""
    images = {notebook: figure(notebook, cell) for notebook, cell in FIGURES.items()}
    canvas = plt.figure(figsize=(13, 4.6), dpi=110)
    for image, place in zip(
        images.values(), ((0, 0.5, 0.62, 0.48), (0, 0.02, 0.62, 0.44), (0.63, 0, 0.37, 1)), strict=True
    ):
        axes = canvas.add_axes(place)
        axes.imshow(image)
        axes.axis("off")
    canvas.savefig(PICTURES / "notebooks.png")


def figure(notebook: str, cell_id: str):
    """The figure that a cell of the graded notebook shows, as an array."""
    cells = nbformat.read(DEMO / "autograded" / "reference" / "hw4" / f"{notebook}.ipynb", 4).cells
    (cell,) = [cell for cell in cells if cell.id == cell_id]
    (png,) = [output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})]
    return plt.imread(io.BytesIO(base64.b64decode(png)))


def feedback() -> None:
    """A part of a feedback page in a real browser: an answer and what the tests said."""
    html = (DEMO / "feedback" / "typical" / "hw4" / "backpropagation.html").read_text()
    cells = [match.start() for match in re.finditer('<section class="cell ', html)]
    wanted = max(cell for cell in cells if cell < html.index('id="step-dl-dp"'))
    screenshot(html[: html.index('<section class="overview"')] + html[wanted:], "feedback.png", "1000,1050")


def report() -> None:
    """The top and the middle of the reference's report."""
    with tempfile.TemporaryDirectory() as scratch:
        for folder in (ROOT / "source" / "hw4", ROOT / "examples" / "reference" / "hw4"):
            shutil.copytree(folder, scratch, dirs_exist_ok=True)
        env = os.environ | {"FASHION_MNIST_DIR": str(ROOT / "data")}
        subprocess.run([sys.executable, "hw4.py", "report", "--name", "Ada Lovelace"], cwd=scratch, env=env, check=True)
        html = (Path(scratch) / "report.html").read_text("utf-8")
    screenshot(html, "report.png", "780,620")
    before, after = html.index("<h1>"), html.index("<h2>Confusion matrix")
    screenshot(html[:before] + html[after:], "report-mistakes.png", "780,900")


def screenshot(html: str, name: str, size: str) -> None:
    """What a browser window of that size shows of a page."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print(f"No Chromium: docs/pictures/{name} is left as it is (apt-get install chromium).", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "page.html"
        page.write_text(html, "utf-8")
        flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars".split()
        window = [f"--window-size={size}", f"--user-data-dir={scratch}/profile"]
        picture = f"--screenshot={PICTURES / name}"
        subprocess.run([browser, *flags, *window, picture, page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
