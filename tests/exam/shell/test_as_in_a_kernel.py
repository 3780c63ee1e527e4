"""A notebook gives in an exam what it gives in a real Jupyter kernel: both run the same one, cell by cell."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import nbclient
import nbformat
import pytest
from exam_notebook import Notebook
from nbformat.v4 import new_code_cell, new_notebook

_, *KINDS = (Path(__file__).with_name("kernel_cases.txt").read_text()).split("\n=== ")
CASES = {kind: cells.strip("\n").split("\n---\n") for kind, cells in (text.split("\n", 1) for text in KINDS)}
CELLS = [(kind, source) for kind, sources in CASES.items() for source in sources]
#: What is another text each time: addresses, the names of cells' files, durations, folders.
_VARIES = [
    (r"0x[0-9a-f]+", "0x…"),
    (r"\S*ipykernel_\d+/\d+\.py|<ipython-input-\d+-\w+>", "CELL"),
    (r"(CPU times|Wall time):.*", "TIME"),
    (r"~?(/[\w.-]+)*/hw\b", "FOLDER"),
    (r"\x1b\[[0-9;]*m", ""),
    (r"^\[exam\] .*\n?", ""),  # what an exam says beside
    (r"\r\n", "\n"),
]


@pytest.fixture(scope="module")
def both(room, tmp_path_factory) -> list[tuple[str, str]]:
    """What each cell gives in a kernel and in an exam."""
    return list(zip(in_a_kernel(tmp_path_factory.mktemp("kernel")), in_an_exam(room, tmp_path_factory), strict=True))


def in_a_kernel(folder) -> Iterator[str]:
    work = folder / "hw"
    work.mkdir()
    hand_in(work)
    notebook = new_notebook(cells=[new_code_cell(source) for _, source in CELLS])
    client = nbclient.NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": work}})
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MPL")}
    client.execute(env={**environment, "HOME": str(folder), "IPYTHONDIR": str(folder), "LANG": "C.UTF-8"})
    return (shown(cell.outputs) for cell in notebook.cells)


def in_an_exam(room, tmp_path_factory) -> Iterator[str]:
    notebook = Notebook(room, tmp_path_factory.mktemp("exam"))
    hand_in(notebook.student)
    ids = [notebook.student_cell(source) for _, source in CELLS]
    results = notebook.sit()
    return (shown(results[id].outputs) for id in ids)


def hand_in(folder) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "x.txt").write_text("x")
    (folder / "other.py").write_text("print('other runs')\nOTHER = 7\n")
    nbformat.write(new_notebook(cells=[new_code_cell("print('it runs')\nOTHER_NOTEBOOK = 8")]), folder / "other.ipynb")


def shown(outputs) -> str:
    """Streams apart, each as a whole; of an error its name and words; of pictures only that they are there."""
    streams, parts = {"stdout": "", "stderr": ""}, []
    for output in outputs:
        if output["output_type"] == "stream":
            streams[output["name"]] += output["text"]
        elif output["output_type"] == "error":
            parts.append(f"{output['ename']}: {output['evalue']}")
        else:
            parts += [
                f"{kind}: {'…' if kind[:5] == 'image' else text}" for kind, text in sorted(output["data"].items())
            ]
    text = "\n".join(part for part in (*(value.rstrip() for value in streams.values()), *parts) if part)
    for pattern, instead in _VARIES:
        text = re.sub(pattern, instead, text, flags=re.MULTILINE)
    return text


@pytest.mark.parametrize("case", CASES)
def test_a_notebook_gives_what_it_gives_in_a_kernel(both, case):
    there = [(source, kernel) for (name, source), (kernel, _) in zip(CELLS, both, strict=True) if name == case]
    here = [(source, exam) for (name, source), (_, exam) in zip(CELLS, both, strict=True) if name == case]
    assert here == there
