"""Temporary files of a test, in a folder of this process's own: see ``examiner/temporary.py``."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

_MOST_FILES = 1000


class Temporary:
    """For one question: ``files`` of the test's by path below its ``home``."""

    def __init__(self, files: dict[str, bytes], home: str):
        self._home, self._here, self._sent = f"{home}{os.sep}", Path(tempfile.gettempdir(), "of-the-test"), files
        self._named: list[Path] = []
        for name, content in files.items():
            place = self._place(name)
            if name.endswith("/"):
                place.mkdir(exist_ok=True)
            else:
                place.write_bytes(content)

    def here(self, value: Any) -> Any:
        """An argument that names a file or a folder of the test's, as its name is here."""
        if self._home == os.sep:
            return value
        if isinstance(value, str | PurePath) and os.fspath(value).startswith(self._home):
            self._named.append(self._place(os.path.normpath(value)[len(self._home) :]))
            return type(value)(self._named[-1])
        if type(value) in (list, tuple) and any(self.here(each) is not each for each in value):
            return type(value)(map(self.here, value))
        return value

    def there(self, value: Any) -> Any:
        """A result that names one, as the test calls it."""
        if isinstance(value, str | PurePath) and os.fspath(value).startswith(f"{self._here}{os.sep}"):
            return type(value)(os.path.join(self._home, os.path.relpath(value, self._here)))
        return value

    def made(self, most: int) -> dict[str, bytes]:
        """Files that lie there otherwise than they were sent, if they are of no more than so many bytes together."""
        files: dict[str, bytes] = {}
        for path in {each for named in self._named for each in (named, *named.rglob("*"))}:
            name = str(path.relative_to(self._here))
            with suppress(OSError):
                if path.is_file() and path.stat().st_size <= most and path.read_bytes() != self._sent.get(name):
                    files[name] = path.read_bytes()
        return files if len(files) <= _MOST_FILES and sum(map(len, files.values())) <= most else {}

    def _place(self, name: str) -> Path:
        place = self._here / name
        place.parent.mkdir(parents=True, exist_ok=True)
        return place
