"""Which packages the autograder needs, and in which versions: those of this machine.

Beside what proctor itself asks for there are those that the course names (``c.Gradescope.pip_packages``), and
those that its notebooks, the files beside them and nbgrader_config.py import.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from proctor.notebooks.assignment import Assignment
from proctor.notebooks.imports import Import, imports
from proctor.notebooks.names import parsed

PROJECT = "cis520-hw4[proctor]"
_GPU_PACKAGES = ("nvidia-", "cuda-", "triton")


class PackageMissing(Exception):
    """A package is not installed here; the message says which, and what to do about it."""


@dataclass(frozen=True)
class Needed:
    """``requirements`` as pip takes them, and ``versions`` by name as they are here; ``remarks`` are for the instructor."""

    requirements: tuple[str, ...]
    versions: dict[str, str]
    remarks: tuple[str, ...]


def needed(assignment: Assignment, settings: Path, named: Iterable[str]) -> Needed:
    """What grading an assignment needs. ``settings`` is nbgrader_config.py, ``named`` the packages that it names.

    Raises PackageMissing also for what is imported and cannot be had from an index.
    """
    asked = [*_needed_by(Requirement(PROJECT)), *map(Requirement, named)]
    versions, remarks, providers = versions_here(asked), [], metadata.packages_distributions()
    for where, found in _imports(assignment, settings):
        names = {canonicalize_name(name) for name in providers.get(found.package, ())}
        if names & {*versions, *(canonicalize_name(each.name) for each in asked)}:
            continue
        fetchable = sorted(name for name in names if not _is_local(name))
        if fetchable:
            asked.append(Requirement(fetchable[0]))
            versions |= versions_here(asked[-1:])
            remarks.append(
                f"{where} imports {found.package}: {fetchable[0]} {versions[fetchable[0]]} is added to the zip's "
                "requirements, as it is here. c.Gradescope.pip_packages can say another version."
            )
        elif not found.is_optional and (names or where == settings.name):
            why = "was not installed from a package index" if names else "is no installed package"
            raise PackageMissing(
                f"{where} imports {found.package}, which {why} here: Gradescope could not import it. Name what pip "
                "can install in c.Gradescope.pip_packages ('name @ https://…' will do), or put the code where the zip "
                "has it: beside the notebooks, or into nbgrader_config.py."
            )
    return Needed(tuple(map(str, asked)), dict(sorted(versions.items())), tuple(remarks))


def versions_here(requirements: Iterable[Requirement]) -> dict[str, str]:
    """The versions here of packages and of all that they need, packages for GPUs left out.

    What is asked for by name and not installed is left out too: its version is for pip to choose.
    Local versions (``2.14.1+cpu``) are given without their label: it names a build, not a version.
    Raises PackageMissing if what an installed package needs is missing.
    """
    versions: dict[str, str] = {}
    waiting, seen = [each for each in requirements if _is_installed(each.name)], set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        wanted = (name, frozenset(requirement.extras))
        if wanted in seen or name.startswith(_GPU_PACKAGES):
            continue
        seen.add(wanted)
        waiting += _needed_by(requirement)
        versions[name] = Version(metadata.version(name)).public
    return dict(sorted(versions.items()))


def _needed_by(requirement: Requirement) -> list[Requirement]:
    """What an installed package itself asks for on this machine, with the extras that are wanted of it."""
    try:
        lines = metadata.requires(requirement.name) or []
    except metadata.PackageNotFoundError:
        raise PackageMissing(f"{requirement.name} is not installed here. Run: pip install -e '.[proctor]'") from None
    extras = requirement.extras or {""}
    needs = []
    for need in map(Requirement, lines):
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
            need.marker = None  # "extra == …" means nothing in a list of requirements
            needs.append(need)
    return needs


def _is_installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _is_local(name: str) -> bool:
    """Whether it was installed from a folder or a repository: then no index need have it.

    conda says so of everything, of the folder where it was built.
    """
    installed = metadata.distribution(name)
    origin = json.loads(installed.read_text("direct_url.json") or "{}")
    return not origin.keys().isdisjoint(("dir_info", "vcs_info")) and installed.read_text("INSTALLER") != "conda"


def _imports(assignment: Assignment, settings: Path) -> Iterator[tuple[str, Import]]:
    """The files and what they import, without Python's own and the assignment's."""
    own = {Path(path.parts[0]).stem for path in assignment.files} | {"proctor"}
    texts = [
        (f"{book.name}.ipynb", cell.source)
        for book in assignment.notebooks
        for cell in book.cells
        if cell.cell_type == "code"
    ]
    files = [path for path in assignment.files if path.suffix == ".py"]
    texts += [(str(path), (assignment.folder / path).read_text(errors="replace")) for path in files]
    texts.append((settings.name, settings.read_text()))
    for where, text in texts:
        for found in imports(parsed(text)):
            if found.package not in own and found.package not in sys.stdlib_module_names:
                yield where, found
