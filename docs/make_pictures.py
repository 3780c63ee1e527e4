"""Make the README's pictures from what `make demo` left in build/demo.

make pictures          (needs Chromium for the page of feedback)
"""

import base64
import io
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
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("No Chromium: docs/pictures/feedback.png is left as it is (apt-get install chromium).", file=sys.stderr)
        return
    html = (DEMO / "feedback" / "typical" / "hw4" / "backpropagation.html").read_text()
    cells = [match.start() for match in re.finditer('<div class="cell ', html)]
    wanted = max(cell for cell in cells if cell < html.index('name="comment-step-dl-dp"'))
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "page.html"
        page.write_text(html[: html.index('<div class="panel')] + html[wanted:])
        flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars".split()
        size = ["--window-size=1000,1050", f"--user-data-dir={scratch}/profile"]
        picture = f"--screenshot={PICTURES / 'feedback.png'}"
        subprocess.run([browser, *flags, *size, picture, page.as_uri()], check=True, capture_output=True)


if __name__ == "__main__":
    sys.exit(main())
