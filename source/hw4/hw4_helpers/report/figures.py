"""The report's pictures, each with the words that stand for it; legible in grey and for colour-blind people."""

import base64
import html
import io

import numpy as np

from hw4_helpers.fashion import PIXEL_MEAN, PIXEL_STD

from .facts import Confusion

#: Blue and vermilion of Okabe and Ito's palette: told apart by every kind of eye, and in grey by their dashes.
STYLES = {"train": ("#0072b2", "-", "o", "training"), "validation": ("#d55e00", "--", "s", "validation")}


def curve_image(curves: dict, tag: str) -> str:
    """Training and validation per epoch as an ``<img>``."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    in_percent = tag == "accuracy"
    words = []
    with matplotlib.rc_context({"svg.hashsalt": "hw4", "font.family": "DejaVu Sans"}):  # the same bytes each time
        figure = Figure(figsize=(4.6, 3.1), layout="constrained")
        axes = figure.subplots()
        for run, (colour, dashes, marker, title) in STYLES.items():
            values = np.array(curves[run].get(tag, [])) * (100 if in_percent else 1)
            epochs = np.arange(1, len(values) + 1)
            axes.plot(epochs, values, dashes, color=colour, marker=marker, markersize=5, linewidth=2, label=title)
            if len(values):
                first, last = (f"{value:.1f}%" if in_percent else f"{value:.3f}" for value in values[[0, -1]])
                words.append(f"{title} from {first} to {last}")
        axes.set_xlabel("epoch")
        axes.set_ylabel("accuracy in %" if in_percent else "loss (cross-entropy)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(color="#dddddd")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False)
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    count = max(len(curves[run].get(tag, [])) for run in STYLES)
    alt = f"Line chart of the {tag} over {count} epochs: {' and '.join(words)}."
    return _image("image/svg+xml", drawn.getvalue().encode(), alt)


def strip_image(confusion: Confusion) -> str:
    """Misclassified pictures side by side, dark on white, as an ``<img>``."""
    from PIL import Image

    side, gap, times = 28, 2, 3
    count = len(confusion.images)
    strip = np.full((side, count * (side + gap) - gap), 255, dtype=np.uint8)
    for column, picture in enumerate(confusion.images):
        grey = 255 - np.clip(np.rint((picture * PIXEL_STD + PIXEL_MEAN) * 255), 0, 255).astype(np.uint8)
        strip[:, column * (side + gap) : column * (side + gap) + side] = grey
    drawn = io.BytesIO()
    Image.fromarray(strip.repeat(times, 0).repeat(times, 1)).save(drawn, "PNG", optimize=True)
    alt = f"{count} {'picture' if count == 1 else 'pictures'} of class {confusion.true} that the network took for {confusion.predicted}."
    return _image("image/png", drawn.getvalue(), alt, f"--pictures: {count}")


def _image(kind: str, content: bytes, alt: str, style: str = "") -> str:
    data = base64.b64encode(content).decode("ascii")
    styled = f' style="{style}"' if style else ""
    return f'<img alt="{html.escape(alt)}"{styled} src="data:{kind};base64,{data}">'
