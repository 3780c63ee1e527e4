"""Gradescope's folder with a small assignment in it, and the schema that every results.json has to fit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import nbformat
from small_assignment import ANSWERS, CELLS, PRISTINE, notebook

SCHEMA = json.loads((Path(__file__).parents[2] / "proctor/gradescope/autograder/results.schema.json").read_text())
CONFIG = "c = get_config()\nc.ClearMarkScheme.enforce_metadata = False\n"


def strict(text: str) -> dict:
    """JSON as Gradescope reads it: neither NaN nor Infinity, nothing that the documented format lacks."""

    def refuse(constant: str):
        raise AssertionError(f"{constant} is no JSON")

    value = json.loads(text, parse_constant=refuse)
    check_results(value)
    return value


def check_results(value: dict) -> None:
    """Assert that results fit the documented format and stay well below its lengths."""
    jsonschema.Draft202012Validator(SCHEMA).validate(value)
    outputs = [value.get("output", ""), *(test.get("output", "") for test in value["tests"])]
    assert max(map(len, outputs)) < 20_000 and sum(map(len, outputs)) < 100_000


@dataclass(frozen=True)
class Autograder:
    """Gradescope's folder ``/autograder`` as it is before a run, elsewhere."""

    root: Path

    def upload(self, **answers: str) -> None:
        """Put the notebook with these answers into ``submission/``."""
        self.put("lab.ipynb", filled(answers or ANSWERS))

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.root / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def results(self) -> dict:
        return strict((self.root / "results" / "results.json").read_text())


def filled(answers: dict[str, str] = ANSWERS) -> str:
    """The released notebook with answers in it, as JupyterLab saves it."""
    nb = nbformat.from_dict(json.loads(json.dumps(PRISTINE.release)))
    for node in nb.cells:
        node.source = answers.get(node.id, node.source)
    return nbformat.writes(nb)


def set_up(root: Path) -> Autograder:
    """A fresh one. ``source/`` holds what proctor's bundle puts there, with one notebook, ``lab``."""
    for folder in ("submission", "results", "source/source/hw"):
        (root / folder).mkdir(parents=True)
    nbformat.write(notebook(*CELLS), root / "source/source/hw/lab.ipynb")
    (root / "source/nbgrader_config.py").write_text(CONFIG)
    metadata = {"id": 1, "created_at": "2024-05-01T00:00:00Z", "users": [{"email": "a@b.edu", "sid": "17"}]}
    (root / "submission_metadata.json").write_text(json.dumps(metadata))
    return Autograder(root)
