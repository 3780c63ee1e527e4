"""Make the zip that Gradescope builds its autograder from.

Gradescope unpacks it to ``/autograder/source``, runs ``setup.sh`` once as root, and
``run_autograder`` for each submission. In it are this package, the assignment with its
hidden tests, its data unless a script fetches them, and the versions of the packages that are installed
here; ``setup.sh`` fetches these. The same input gives the same bytes.
"""

from __future__ import annotations

import os.path
import platform
import sys
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Config

from proctor.author.reading import read
from proctor.gradescope.autograder_zip import SCRIPTS, write_autograder
from proctor.gradescope.settings import Gradescope
from proctor.notebooks.assignment import Assignment
from proctor.notebooks.generated import generated_from

from .course import SETTINGS, Course, read_course
from .data import DataMissing, data_in_zip
from .packages import Needed, PackageMissing, needed
from .points import Points, points_of
from .wrong_settings import settings_of_nothing, wrong_settings

PACKAGE = Path(__file__).parents[2]
_PYTHON_LEFTOVERS = ("__pycache__",)
_FEW_SECONDS = 60


class BundleError(Exception):
    """No bundle can be made; the message says what to do about it."""


@dataclass(frozen=True)
class Bundle:
    """A zip that was written and checked. ``warnings`` are for the instructor, before uploading."""

    path: Path
    files: tuple[str, ...]
    warnings: tuple[str, ...]
    points: tuple[Points, ...]


def bundle(assignment: str, config: Config, target: Path) -> Bundle:
    """Write the autograder of an assignment to ``target``, and check it.

    ``config`` is nbgrader's, of the course in this folder. Raises BundleError when the
    assignment cannot be graded as it is or something is missing here, DamagedZip when the zip came out wrong.
    """
    _refuse(wrong_settings(config))
    directory, settings = CourseDirectory(config=config), Gradescope(config=config)
    course = Path(directory.root)
    reading = read(Path(directory.format_path(directory.source_directory, ".", assignment)), config)
    if reading.assignment is None or reading.stop:
        raise BundleError(f"{reading.stop} (`proctor check {assignment}` says more)")
    loaded = reading.assignment
    _refuse(settings_of_nothing(settings, loaded))
    of_course = _course(course, loaded, config)
    try:
        packages = needed(loaded, course / SETTINGS, settings.pip_packages)
        data = data_in_zip(course, _data_folders(of_course), settings.fetch, loaded)
    except (PackageMissing, DataMissing) as error:
        raise BundleError(str(error)) from error
    contents = {**_scripts(), **_requirements(packages, settings), **_grader(), **of_course, **data}
    write_autograder(target, contents)
    warnings = (*packages.remarks, *_warnings(config, settings))
    return Bundle(target, tuple(contents), warnings, points_of(loaded))


def _refuse(lines) -> None:
    wrong = [f"{SETTINGS}: {line}" for line in lines]
    if wrong:
        raise BundleError("\n".join(wrong))


# What goes in


def _scripts() -> dict[str, bytes]:
    """What Gradescope runs, with line ends as Linux needs them, however they were checked out."""
    image = PACKAGE / "gradescope" / "autograder" / "image"
    return {name: (image / name).read_bytes().replace(b"\r\n", b"\n") for name in SCRIPTS}


def _requirements(packages: Needed, settings: Gradescope) -> dict[str, bytes]:
    """What is needed (``requirements.in``), which versions of it are installed here, and Ubuntu's packages."""
    return {
        ".python-version": f"{platform.python_version()}\n".encode(),
        "requirements.in": _lines(packages.requirements),
        "requirements.txt": _lines(f"{name}=={version}" for name, version in packages.versions.items()),
        "apt.txt": _lines(settings.apt_packages),
    }


def _grader() -> dict[str, bytes]:
    """This package, as it is here."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and not _is_leftover(path))
    return {path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes() for path in files}


def _is_leftover(path: Path) -> bool:
    return any(part in _PYTHON_LEFTOVERS for part in path.parts)


def _course(course: Path, assignment: Assignment, config: Config) -> dict[str, bytes]:
    """The assignment as nbgrader would release it, but with its solutions and hidden tests."""
    notebooks = [Path(f"{notebook.name}.ipynb") for notebook in assignment.notebooks]
    paths = [
        course / SETTINGS,
        *(assignment.folder / path for path in (*notebooks, *assignment.files)),
        *(_in_course(path, course) for path in generated_from(assignment.folder, config)),
    ]
    missing = [str(path) for path in paths if not (path.is_file() and path.is_relative_to(course))]
    if missing:
        raise BundleError(f"Not here: {', '.join(missing)}. Run this in the course's folder.")
    return {path.relative_to(course).as_posix(): path.read_bytes() for path in paths}


def _in_course(path: Path, course: Path) -> Path:
    """The same file by the course's own path; one that lies elsewhere keeps its own."""
    resolved, root = path.resolve(), course.resolve()
    return course / resolved.relative_to(root) if resolved.is_relative_to(root) else resolved


def _lines(lines) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


# As it will be read


def _data_folders(of_course: dict[str, bytes]) -> list[Path]:
    """The data folders, relative to the course, as ``nbgrader_config.py`` names them when it stands elsewhere.

    Raises BundleError where nothing could be graded there: this is how ``run_autograder`` begins.
    """
    with tempfile.TemporaryDirectory() as elsewhere:
        root = Path(elsewhere).resolve()
        for name, content in of_course.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(content)
        there = _read_there(root)
        folders = [Path(os.path.normpath(path)) for path in there.data]
        for folder in folders:
            if not folder.is_relative_to(root):
                raise BundleError(
                    f"{SETTINGS}: c.Exam.data names {folder}, which is not in the course's folder: Gradescope could not "
                    "have it there. Put the data, or a link to them, into the course, and name them relative to it."
                )
        return [folder.relative_to(root) for folder in folders]


def _read_there(root: Path) -> Course:
    try:
        there = read_course(root)
    except Exception as error:
        said = f"{type(error).__name__}: {error}".replace(f"{root}/", "")
        raise BundleError(f"{SETTINGS} cannot be used on Gradescope, where it stands alone: {said}") from error
    if not there.assignment.folder.is_relative_to(root):
        raise BundleError(
            f"{SETTINGS}: c.CourseDirectory.source_directory is not relative to the course, and not the same elsewhere."
        )
    return there


# Warnings


def _warnings(config: Config, settings: Gradescope) -> list[str]:
    """What the autograder would miss, or do otherwise than one might think."""
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
    if settings.seconds < _FEW_SECONDS:
        warnings.append(
            f"c.Gradescope.seconds = {settings.seconds:g} is short: to begin takes some seconds on Gradescope, and what "
            "is not graded when they are over has 0 points."
        )
    return warnings
