"""Settings in nbgrader_config.py with which the autograder would score 0 for everybody, or do what nobody meant.

In Gradescope's container they would be seen with the first submission, and only by who reads its output.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterator

from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearSolutions,
    NbGraderPreprocessor,
)
from traitlets import Enum, Float, Integer, TraitError, TraitType
from traitlets.config import Config, Configurable
from traitlets.config.loader import LazyConfigValue

from proctor.gradescope.settings import Gradescope, fits
from proctor.notebooks.assignment import Assignment
from proctor.settings import Exam, Late

_OURS: tuple[type[Configurable], ...] = (Exam, Late, Gradescope)
_NBGRADERS: tuple[type[Configurable], ...] = (
    CourseDirectory,
    ClearSolutions,
    ClearHiddenTests,
    ClearMarkScheme,
    AssignLatePenalties,
    LateSubmissionPlugin,
)
_ALIKE, _PERHAPS = 0.8, 0.7  # of 1: how similar names are
_LONGEST = 80


def wrong_settings(config: Config) -> list[str]:
    """One line for each bad setting: its name, its value, and what is allowed."""
    return [*_misspelt_sections(config), *(line for kind in (*_OURS, *_NBGRADERS) for line in _of_class(kind, config))]


def settings_of_nothing(settings: Gradescope, assignment: Assignment) -> Iterator[str]:
    """The same for settings that name a test cell, where the assignment has none of this name."""
    cells = [
        (book.name, cell.grade_id or cell.id)
        for book in assignment.notebooks
        for cell in book.cells
        if cell.role == "test"
    ]
    for pattern in settings.visibility:
        if not any(fits(pattern, *cell) for cell in cells):
            known = ", ".join(name for _, name in cells[:3])
            yield f"c.Gradescope.visibility: no test cell of {assignment.name} fits {pattern!r}. Its grade_ids: {known} …"


def _of_class(kind: type[Configurable], config: Config) -> Iterator[str]:
    section = config.get(kind.__name__, {})
    traits = kind.class_traits(config=True)
    known = {
        *traits,
        *(NbGraderPreprocessor.class_traits(config=True) if kind is Exam else ()),
    }  # it is one for nbgrader
    for name, value in section.items():
        setting = f"c.{kind.__name__}.{name} = {_shown(value)}"
        if name not in known:
            if kind in _OURS:
                yield f"{setting}: there is no such setting.{_meant(name, known)}"
        elif name in traits and not _is_allowed(kind, name, value):
            yield f"{setting} is not possible: it takes {_allowed(traits[name])}."


def _misspelt_sections(config: Config) -> Iterator[str]:
    ours = [kind.__name__ for kind in _OURS]
    for section in config:
        meant = [name for name in ours if _likeness(section, name) >= _ALIKE]
        if section not in ours and meant:
            yield f"c.{section}: there is no such section of settings. Did you mean c.{meant[0]}?"


def _is_allowed(kind: type[Configurable], name: str, value: object) -> bool:
    """Whether the class takes the value by itself: what it says of others does not count."""
    try:
        taken = getattr(kind(config=Config({kind.__name__: {name: value}})), name)
    except (TraitError, ImportError, TypeError, ValueError, AttributeError):
        return False
    if isinstance(kind.class_traits()[name], Float | Integer):
        return taken is None or (not isinstance(value, bool) and math.isfinite(taken))
    return True


def _allowed(trait: TraitType) -> str:
    """What a setting takes, in words."""
    if "allowed" in trait.metadata:
        return trait.metadata["allowed"]
    if isinstance(trait, Enum):
        return f"one of {', '.join(map(repr, trait.values or ()))}"
    if isinstance(trait, Integer):
        return "a whole number" if trait.min is None else f"a whole number of at least {trait.min}"
    if isinstance(trait, Float):
        return "a number" if trait.min is None else f"a number of at least {trait.min:g}"
    return trait.info()


def _meant(name: str, known: set[str]) -> str:
    alike = difflib.get_close_matches(name, known, 1, _PERHAPS)
    return f" Did you mean {alike[0]}?" if alike else ""


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _shown(value: object) -> str:
    text = repr(value.to_dict() if isinstance(value, LazyConfigValue) else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
