"""What nbgrader makes of an author's notebook before students get it: header and footer, AUTOTEST lines as tests.

Nothing is run here. Tests come from AUTOTEST lines when nbgrader runs the author's notebook; what it has written into
``source_with_tests/`` is read, if it was made of this source.
"""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import IncludeHeaderFooter, InstantiateTests
from traitlets.config import Config


class NotGenerated(Exception):
    """nbgrader has to make something first, or a file of the course is missing; the message says what to do."""


def as_generated(source: Path, name: str, notebook: NotebookNode, config: Config | None) -> NotebookNode:
    """The notebook ``name``.ipynb of ``source``, an assignment's folder, with tests and with header and footer.

    The given notebook is not changed. Raises NotGenerated.
    """
    return _with_header_and_footer(source, _with_tests(source, name, notebook, config), config)


def has_autotests(notebook: NotebookNode, config: Config | None) -> bool:
    delimiter = _delimiter(config)
    return any(_snippets(cell.source, delimiter) for cell in _code(notebook))


def has_tests(source: Path, name: str, notebook: NotebookNode, config: Config | None) -> bool:
    """Whether nbgrader has made tests of these AUTOTEST lines, and of this notebook."""
    path, delimiter = _folder_with_tests(source, config) / f"{name}.ipynb", _delimiter(config)
    try:
        made = nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError):
        return False
    ours, theirs = _code(notebook), _code(made)
    return len(ours) == len(theirs) and all(
        _is_made_of(there.source, here.source, delimiter) for here, there in zip(ours, theirs, strict=True)
    )


def generated_from(source: Path, config: Config | None) -> tuple[Path, ...]:
    """The files that ``as_generated`` reads beside those of ``source`` itself."""
    notebooks = (_folder_with_tests(source, config) / path.name for path in sorted(source.glob("*.ipynb")))
    return (*_ends(source, config).values(), *(path for path in notebooks if path.is_file()))


def _with_tests(source: Path, name: str, notebook: NotebookNode, config: Config | None) -> NotebookNode:
    if not has_autotests(notebook, config):
        return notebook
    if not has_tests(source, name, notebook, config):
        raise NotGenerated(
            f"{name}.ipynb has {_delimiter(config)} lines, and nbgrader has not made tests of them since the notebook was "
            f"changed. Run: nbgrader generate_assignment {source.resolve().name} --source_with_tests --force"
        )
    made = nbformat.read(_folder_with_tests(source, config) / f"{name}.ipynb", as_version=4)
    notebook = copy.deepcopy(notebook)
    for cell, there in zip(_code(notebook), _code(made), strict=True):
        cell.source = there.source
    return notebook


def _folder_with_tests(source: Path, config: Config | None) -> Path:
    source = source.resolve()
    return source.parent.parent / CourseDirectory(config=config).source_with_tests_directory / source.name


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _is_made_of(made: str, source: str, delimiter: str) -> bool:
    """Whether a cell with tests has the other lines of its source in their order, and a test of each snippet."""
    snippets = _snippets(source, delimiter)
    if not snippets:
        return made == source
    lines = iter(made.split("\n"))
    plain = [line for line in source.split("\n") if not _is_autotest(line, delimiter)]
    return all(line in lines for line in plain) and all(snippet in made for snippet in snippets)


def _snippets(source: str, delimiter: str) -> list[str]:
    """What AUTOTEST lines ask for, as nbgrader reads them; [""] for a line that asks for nothing."""
    asked = [line.partition(delimiter)[2] for line in source.split("\n") if _is_autotest(line, delimiter)]
    return [snippet.strip() for text in asked for snippet in text.strip(";").split(";")]


def _is_autotest(line: str, delimiter: str) -> bool:
    return delimiter in line and line.lstrip().startswith("#")


def _delimiter(config: Config | None) -> str:
    return InstantiateTests(config=config).autotest_delimiter


def _with_header_and_footer(source: Path, notebook: NotebookNode, config: Config | None) -> NotebookNode:
    """By nbgrader's own step."""
    step = IncludeHeaderFooter(config=config)
    for end, path in _ends(source, config).items():
        if not path.is_file():
            raise NotGenerated(f"c.IncludeHeaderFooter.{end} names {path}, and there is no such file.")
        setattr(step, end, str(path))
    if not (step.header or step.footer):
        return notebook
    try:
        return step.preprocess(copy.deepcopy(notebook), {})[0]
    except Exception as error:  # nbgrader's reader raises whatever the file makes it raise
        raise NotGenerated(f"{step.header or step.footer} is not a valid notebook: {error}.") from error


def _ends(source: Path, config: Config | None) -> dict[str, Path]:
    """The files for "header" and "footer", where the course has them; nbgrader means paths in the course."""
    step, root = IncludeHeaderFooter(config=config), source.resolve().parent.parent
    names = {end: getattr(step, end) for end in ("header", "footer")}
    here = Path(CourseDirectory(config=config).root)
    return {end: here / name if (here / name).is_file() else root / name for end, name in names.items() if name}
