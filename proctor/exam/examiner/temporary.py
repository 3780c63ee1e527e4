"""Temporary files of a test whose paths it hands to the student's code: sent along, and what is made beside them comes back.

``path = tempfile.mkstemp()[1]``, a text in it, and ``count_words(path)``: the student's code gets a path in a folder of
its own, where a file with the same content lies.

Threat model: what a file holds crosses as an argument would. Of what comes back only files are taken that the test
does not have, or has from there, below a folder or under a name that it has handed over: its own are never changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any

from proctor.exam.wire.values import TooBig, WireError

_MOST_FILES = 1000


class Temporary:
    """``home`` is where a test's temporary files are; ``most`` are the bytes that go with one question."""

    def __init__(self, home: str, most: int):
        self.home, self._most = home, most
        self._theirs: dict[Path, bytes] = {}  # what the student's code has made
        self._left = most  # bytes that it may make in all

    def named_in(self, values: Iterable[Any]) -> list[Path]:
        """The paths among arguments, and in lists and tuples of them."""
        found = []
        for value in values:
            if isinstance(value, str | PurePath) and os.fspath(value).startswith(f"{self.home}{os.sep}"):
                found.append(Path(os.path.normpath(value)))
            elif isinstance(value, list | tuple):
                found += self.named_in(value)
        return [path for path in found if path.is_relative_to(self.home)]

    def contents(self, paths: Iterable[Path]) -> dict[str, bytes]:
        """What lies there, by path below home. Raises ValueError for too much."""
        files: dict[str, bytes] = {}
        for path in paths:
            if path.is_dir():
                files[f"{path.relative_to(self.home)}/"] = b""
            for each in [path] if path.is_file() else path.rglob("*"):
                if each.is_file():
                    files[str(each.relative_to(self.home))] = each.read_bytes()
                if len(files) > _MOST_FILES or sum(map(len, files.values())) > self._most:
                    raise ValueError("too many temporary files")
        return files

    def take(self, made: Mapping[str, bytes], paths: Iterable[Path]) -> None:
        """Files that the student's code has made. Raises WireError for those that nobody asked for, TooBig."""
        handed_over = list(paths)
        for name, content in made.items():
            target = Path(os.path.normpath(os.path.join(self.home, name)))
            if "\0" in name or not any(
                target == path or (path.is_dir() and target.is_relative_to(path)) for path in handed_over
            ):
                raise WireError("a file that was not asked for")
            self._left -= len(content)
            if self._left < 0:
                raise TooBig("too many temporary files")
            if not target.exists() or (target.is_file() and target.read_bytes() == self._theirs.get(target)):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
                self._theirs[target] = content
