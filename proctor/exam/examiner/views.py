"""What ``globals()`` and ``dir()`` give a test: its own names, and the student's."""

from __future__ import annotations

import builtins
from collections.abc import Mapping, MutableMapping
from typing import Any


class Names(dict):
    """What ``globals()`` gives a test: its own names, and behind them the student's, which are asked for one by one."""

    def __init__(self, names: dict[str, Any], behind: dict[str, Any]):
        super().__init__(__builtins__=behind)  # where eval and exec look
        self._names, self._behind = names, behind

    def __missing__(self, name: Any) -> Any:
        if not isinstance(name, str) or name in vars(builtins):
            raise KeyError(name)
        return self._behind[name]

    def __getitem__(self, name: Any) -> Any:
        return self._names[name] if name in self._names else self.__missing__(name)

    def __contains__(self, name: Any) -> bool:
        return self.get(name, self) is not self

    def get(self, name: Any, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default

    def __setitem__(self, name: str, value: Any) -> None:
        self._names[name] = value

    def __delitem__(self, name: str) -> None:
        del self._names[name]

    def __iter__(self) -> Any:
        return iter(list(self._names))

    def __len__(self) -> int:
        return len(self._names)

    def keys(self) -> Any:
        return self._names.keys()

    def values(self) -> Any:
        return self._names.values()

    def items(self) -> Any:
        return self._names.items()

    def copy(self) -> Names:
        return Names(dict(self._names), self._behind)

    pop, update, setdefault = MutableMapping.pop, MutableMapping.update, MutableMapping.setdefault


class Listed(list):
    """What ``dir()`` gives a test: its own names; the student's are in it too."""

    def __init__(self, names: list[str], all_names: Mapping[str, Any]):
        super().__init__(names)
        self._all = all_names

    def __contains__(self, name: Any) -> bool:
        return name in self._all
