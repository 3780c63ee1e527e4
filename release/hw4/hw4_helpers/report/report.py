"""``report()``: the whole report in one call."""

import html
import sys
from typing import Any

from hw4_helpers.handing_in.folder import find_homework

from .facts import gather
from .page import document, fragment
from .printing import print_pdf


def report(model: Any = None, name: str = "") -> bool:
    """Write ``report.html``, and ``report.pdf`` where a browser can print it; show it in a notebook.

    Everything comes from files at this moment: the numbers from ``fashion_cnn.safetensors``
    and the test pictures, the curves from ``runs/``, your analysis from the **saved**
    notebook. ``model`` is a network of the same kind, as the notebook has it; without it,
    the cells of the saved notebook that define things are run for it. ``name`` is yours;
    without it, it is the one that the saved notebook passes.

    Returns whether there is a report. What is missing is said, not raised.
    """
    try:
        folder = find_homework()
        facts = gather(folder, model, name)
    except (FileNotFoundError, ValueError) as error:
        print(f"No report yet: {error}")
        return False
    page = folder / "report.html"
    page.write_text(document(facts), "utf-8", newline="\n")
    printed = print_pdf(page)
    if _in_a_notebook():
        from IPython.display import HTML, display

        display(HTML(fragment(facts)))
    for what in facts.missing:
        print(f"Not in it yet: {html.unescape(what)}")
    print(f"Wrote {page} ({page.stat().st_size / 1000:,.0f} kB). {printed}")
    return True


def _in_a_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None
