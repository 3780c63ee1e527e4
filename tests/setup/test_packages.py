"""conda's and pip's lists of packages are one list."""

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import nbformat
import yaml
from IPython.core.inputtransformer2 import TransformerManager
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PIP_TO_CONDA = {"torch": "pytorch"}


def pip_bounds() -> dict[str, SpecifierSet]:
    """Bounds by conda's package name, as pip installed this project; extras left out."""
    wanted = [Requirement(line) for line in metadata.requires("cis520-hw4") or ()]
    bounds = {PIP_TO_CONDA.get(r.name, r.name): r.specifier for r in wanted if r.marker is None}
    return bounds | {"python": SpecifierSet(metadata.metadata("cis520-hw4")["Requires-Python"])}


def conda_bounds() -> dict[str, SpecifierSet]:
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pairs = [pair for line in listed for pair in re.findall(r"^([\w-]+)(.*)", line)]
    return {name: SpecifierSet(re.sub(r"^=(?!=)", "==", bound)) for name, bound in pairs}


def test_conda_and_pip_install_the_same_packages_within_the_same_bounds():
    conda = conda_bounds()
    assert conda.pop("jupyter") == SpecifierSet(""), "conda-forge's metapackage; pip users get JupyterLab alone"
    assert conda == pip_bounds()


def imported_by(code: str) -> set[str]:
    """Top-level packages that a piece of Python imports, wherever it stands in it."""
    nodes = list(ast.walk(ast.parse(code)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {
        name.split(".")[0]
        for name in plain | {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom) and not n.level}
    }


def test_every_package_the_notebooks_import_is_listed():
    comes_with = {"torch": "pytorch", "IPython": "jupyterlab", "mistune": "jupyterlab", "PIL": "matplotlib"}
    imports = set()
    for path in (ROOT / "source" / "hw4").rglob("*.py"):
        imports |= imported_by(path.read_text())
    for path in (ROOT / "release" / "hw4").glob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        imports |= set().union(
            *(imported_by(TransformerManager().transform_cell(c.source)) for c in cells if c.cell_type == "code")
        )
    assert {"torch", "numpy", "hw4"} <= imports, "the scan sees what certainly is imported"
    foreign = {comes_with.get(name, name) for name in imports} - set(sys.stdlib_module_names) - {"hw4", "hw4_helpers"}
    assert foreign <= set(conda_bounds()), f"not in environment.yml: {sorted(foreign - set(conda_bounds()))}"


def test_torch_and_torchvision_are_pinned_to_a_pair_that_imports():
    import torch
    import torchvision

    bounds = pip_bounds()
    assert torch.__version__ in bounds["pytorch"]
    assert torchvision.__version__ in bounds["torchvision"]
    assert hasattr(torch.ops.torchvision, "nms")
