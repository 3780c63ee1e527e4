"""Make the zip that Gradescope builds its autograder from.

Gradescope unpacks it to ``/autograder/source``, runs ``setup.sh`` once as root, and
``run_autograder`` for each submission. In it are this package, the assignment with its
hidden tests, and the versions of the packages that are installed here; no data set and no
packages themselves: ``setup.sh`` fetches these. The same input gives the same bytes.
"""

from __future__ import annotations

import platform
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from traitlets.config import Config

from proctor.author.reading import read
from proctor.gradescope.autograder_zip import SCRIPTS, write_autograder
from proctor.notebooks.assignment import Assignment

PROJECT = "cis520-hw4[proctor]"
PACKAGE = Path(__file__).parents[2]
_GPU_PACKAGES = ("nvidia-", "cuda-", "triton")
_PYTHON_LEFTOVERS = ("__pycache__",)


class BundleError(Exception):
    """No bundle can be made; the message says what to do about it."""


@dataclass(frozen=True)
class Bundle:
    """A zip that was written and checked. ``warnings`` are for the instructor, before uploading."""

    path: Path
    files: tuple[str, ...]
    warnings: tuple[str, ...]


def bundle(assignment: str, config: Config, target: Path) -> Bundle:
    """Write the autograder of an assignment to ``target``, and check it.

    ``config`` is nbgrader's, of the course in this folder. Raises BundleError when the
    assignment cannot be graded as it is or something is missing here, DamagedZip when the zip came out wrong.
    """
    directory = CourseDirectory(config=config)
    course = Path(directory.root)
    reading = read(Path(directory.format_path(directory.source_directory, ".", assignment)), config)
    if reading.assignment is None or reading.stop:
        raise BundleError(f"{reading.stop} (`proctor check {assignment}` says more)")
    loaded = reading.assignment
    contents = {
        **_scripts(),
        **_requirements(),
        **_grader(),
        **_course(course, loaded),
    }
    write_autograder(target, contents)
    return Bundle(target, tuple(contents), tuple(_warnings(course, loaded, config)))


# What goes in


def _scripts() -> dict[str, bytes]:
    """What Gradescope runs, with line ends as Linux needs them, however they were checked out."""
    image = PACKAGE / "gradescope" / "autograder" / "image"
    return {name: (image / name).read_bytes().replace(b"\r\n", b"\n") for name in SCRIPTS}


def _requirements() -> dict[str, bytes]:
    """What is needed (``requirements.in``), and which versions of it are installed here."""
    project = Requirement(PROJECT)
    return {
        ".python-version": f"{platform.python_version()}\n".encode(),
        "requirements.in": _lines(str(requirement) for requirement in _needed_by(project)),
        "requirements.txt": _lines(f"{name}=={version}" for name, version in installed_versions(project).items()),
    }


def installed_versions(project: Requirement) -> dict[str, str]:
    """The versions here of all that an installed project needs, itself and packages for GPUs left out.

    Local versions (``2.14.1+cpu``) are given without their label: it names a build, not a version.
    Raises BundleError if a package is missing.
    """
    versions: dict[str, str] = {}
    waiting, seen = _needed_by(project), set()
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
        raise BundleError(f"{requirement.name} is not installed here. Run: pip install -e '.[proctor]'") from None
    extras = requirement.extras or {""}
    needed = []
    for need in map(Requirement, lines):
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
            need.marker = None  # "extra == …" means nothing in a list of requirements
            needed.append(need)
    return needed


def _grader() -> dict[str, bytes]:
    """This package, as it is here."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and not _is_leftover(path))
    return {path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes() for path in files}


def _is_leftover(path: Path) -> bool:
    return any(part in _PYTHON_LEFTOVERS for part in path.parts)


def _course(course: Path, assignment: Assignment) -> dict[str, bytes]:
    """The assignment as nbgrader would release it, but with its solutions and hidden tests."""
    notebooks = [Path(f"{notebook.name}.ipynb") for notebook in assignment.notebooks]
    paths = [
        course / "nbgrader_config.py",
        course / "setup" / "data.py",
        *(assignment.folder / path for path in (*notebooks, *assignment.files)),
    ]
    missing = [str(path) for path in paths if not path.is_file()]
    if missing:
        raise BundleError(f"Not here: {', '.join(missing)}. Run this in the course's folder.")
    return {path.relative_to(course).as_posix(): path.read_bytes() for path in paths}


def _lines(lines) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


# Warnings


def _warnings(course: Path, assignment: Assignment, config: Config) -> list[str]:
    """Where students could read hidden tests or solutions, and what the autograder would miss.

    ``run_autograder`` closes ``source/`` to the student's user. What student code is handed all the
    same: the data folders, and the files beside the notebooks, which have been read by then.
    """
    warnings = []
    late = AssignLatePenalties(config=config)
    late.init_plugin()
    module = type(late.plugin_inst).__module__
    is_installed = module.split(".")[0] in metadata.packages_distributions()
    if not is_installed and hasattr(sys.modules.get(module), "__file__"):
        warnings.append(
            f"The late-submission plugin is in {sys.modules[module].__file__}, which is not in the zip: without it "
            "late work costs nothing on Gradescope. Write the plugin's class into nbgrader_config.py."
        )
    source = assignment.folder.resolve()
    for folder in (course / data for data in config.get("Exam", {}).get("data", [])):
        resolved = folder.resolve()
        if resolved in (source, *source.parents) or source in resolved.parents:
            warnings.append(
                f"The data folder {folder} (c.Exam.data) and the assignment's own share files: student code can read "
                "the hidden tests there. Keep data in a folder of their own."
            )
        elif resolved != (course / "data").resolve():
            warnings.append(f"The data folder {folder} (c.Exam.data) is not in the zip: setup.sh only fetches data/.")
    return warnings
