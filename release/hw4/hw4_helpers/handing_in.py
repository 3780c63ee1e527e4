"""What is ready to hand in, and the zip."""

import json
import zipfile
from pathlib import Path

from .checkpoints import read_checkpoint


def preflight() -> None:
    """Say what is ready and what is missing in this folder, then write ``hw4.zip`` to hand in."""
    files = [Path(f"{name}.ipynb") for name in ("backpropagation", "convolution", "fashion_mnist")]
    files += [Path("fashion_cnn.safetensors"), *(sorted(Path("runs").glob("*/*tfevents*")) or [Path("runs")])]
    ready = [file for file in files if file.is_file()]
    for file in files:
        size = f"{file.stat().st_size / 1000:8,.0f} kB" if file in ready else "    missing"
        print(f"{size}  {file}  {_note(file) if file in ready else ''}".rstrip())
    with zipfile.ZipFile("hw4.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in ready:
            archive.write(file)
    if len(ready) < len(files):
        print("\nWhat is missing earns nothing, but costs nothing else: you can hand in without it.")
    print(f"\nWrote hw4.zip ({Path('hw4.zip').stat().st_size / 1000:,.0f} kB): this is the one file to hand in.")


def _note(file: Path) -> str:
    """What is wrong with a file to hand in; an empty string when nothing is."""
    if file.suffix == ".ipynb":
        return _unfinished(file)
    if file.suffix == ".safetensors":
        try:
            read_checkpoint(str(file), {})
        except ValueError as error:
            return f"← {error}"
    return ""


def _unfinished(notebook: Path) -> str:
    """Which cells of a saved notebook were not run, or ended in an error."""
    try:
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]
        not_run = [c for c in code if c["execution_count"] is None and "preflight()" not in "".join(c["source"])]
        failed = [c for c in code if any(output["output_type"] == "error" for output in c["outputs"])]
    except (ValueError, KeyError, TypeError):
        return "← cannot be read as a notebook"
    notes = {"cells not run": len(not_run), "cells that ended in an error": len(failed)}
    said = ", ".join(f"{what}: {count}" for what, count in notes.items() if count)
    return f"← {said}" if said else ""
