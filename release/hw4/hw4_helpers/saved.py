"""Notebooks as they lie on the disk."""

import json
from pathlib import Path


def read_cells(notebook: Path) -> list[dict]:
    """The cells of a saved notebook, each with ``source`` as one text.

    Raises ``FileNotFoundError`` when there is no such file, ``ValueError`` when it is no notebook.
    """
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        return [_plain(cell) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{notebook.name} cannot be read as a notebook") from error


def _plain(cell: dict) -> dict:
    if cell["cell_type"] not in ("code", "markdown", "raw"):
        raise ValueError(cell["cell_type"])
    code: dict = {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {}
    return {"metadata": {}, "id": "", **code, **cell, "source": "".join(cell["source"])}
