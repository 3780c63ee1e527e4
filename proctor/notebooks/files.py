"""The files beside an assignment's notebooks."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config


def files_beside(source: Path, config: Config | None) -> tuple[Path, ...]:
    """Regular files of the assignment but its notebooks, without what nbgrader ignores; relative to ``source``."""
    ignored = CourseDirectory(config=config).ignore
    found = []
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if any(fnmatch(part, pattern) for part in relative.parts for pattern in ignored):
            continue
        if path.is_file() and not (path.suffix == ".ipynb" and len(relative.parts) == 1):
            found.append(relative)
    return tuple(found)


def to_change(source: Path, config: Config | None) -> frozenset[Path]:
    """What students hand in changed, by nbgrader's own setting: ``c.Autograde.exclude_overwriting``."""
    excluded = (config or Config()).get("Autograde", {}).get("exclude_overwriting", {})
    return frozenset(map(Path, excluded.get(source.resolve().name, ())))
