"""What a test changes in the student's process while its cell runs.

``candidate.factor = 10``, ``del squares`` and later ``squares = squares_before``, ``patch("__main__.f", …)``,
``patch("builtins.input", …)``, ``os.environ["LEVEL"] = "3"``, ``warnings.catch_warnings``: with stock nbgrader
test and answer share one process, so each of these reaches the student's code. Here it is told to the candidate
before the next question, and all is as it was before the next test.

Threat model: what is put there the student's code can see, as it sees arguments. So only what is meant for it
goes there: a name that a test merely binds stays with the test. What comes back are answers like any other.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import os
import re
import warnings
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import NonCallableMock

from proctor.notebooks.names import own_names, parsed

_MAIN = re.compile(r"__main__\.([A-Za-z_]\w*)(?![\w.])")  # not that of a module, part of which is patched


@dataclass(frozen=True)
class Wanted:
    """How things should be: see ``messages.Arrange``. Values are as the test has them."""

    names: dict[str, Any] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    builtins: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str | None] = field(default_factory=dict)
    warnings: Any = ""

    def is_the_same(self, other: Wanted) -> bool:
        """Whether nothing has changed: the same objects have the same names."""
        mine, others = ({n: id(v) for n, v in {**each.names, **each.builtins}.items()} for each in (self, other))
        rest, others_rest = ((each.gone, each.environment, each.warnings) for each in (self, other))
        return mine == others and rest == others_rest and self.names.keys() == other.names.keys()


class Arrangement:
    """``names`` are the test's, ``theirs`` those that the student or the solution defines, ``imported`` the instructor's."""

    def __init__(self, names: dict[str, Any], theirs: frozenset[str], imported: frozenset[str] = frozenset()):
        self._names, self._theirs, self._imported = names, theirs - frozenset(vars(builtins)), imported
        self._environment = dict(os.environ)
        self._given: dict[str, Any] = {}  # names of the student's that this cell may change, as they were
        self._said: dict[str, Any] = {}  # what candidate.NAME = … has said
        self._gone: set[str] = set()
        self._patched: frozenset[str] = (
            frozenset()
        )  # those of the given names whose new value is for the student's code
        self._callables: dict[int, tuple[Any, Any]] = {}
        self.begin()

    def begin(self) -> None:
        """A new cell."""
        self._builtins, self._filters = dict(vars(builtins)), warnings.filters

    def end(self) -> None:
        """The cell has ended: its own changes are undone."""
        vars(builtins).update(self._builtins)
        for name in self._given:
            self._names.pop(name, None)
        for changes in (self._given, self._said, self._gone, self._callables):
            changes.clear()
        self._filters = warnings.filters

    def meant(self, source: str) -> frozenset[str]:
        """Names of the student's that this cell deletes, or changes in the module ``__main__``."""
        self._patched = _patched(source) & self._theirs - self.doubtful(source)
        return (_deleted(source) & self._theirs | self._patched) - self._names.keys()

    def doubtful(self, source: str) -> frozenset[str]:
        """Names that the instructor imports, that this cell patches, and that it or a helper reads too."""
        patched = _patched(source) & self._theirs & self._imported - frozenset(self._names)
        if not patched:
            return patched
        reads = {
            node.id
            for node in ast.walk(parsed(source))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        functions = [inspect.unwrap(each) for each in self._names.values() if inspect.isfunction(each)]
        return patched & reads.union(*(each.__code__.co_names for each in functions if inspect.isfunction(each)))

    def give(self, name: str, value: Any) -> None:
        """Let the test have this name of the student's among its own, to change it."""
        self._given[name] = self._names[name] = value

    def say(self, name: str, value: Any) -> None:
        self._gone.discard(name)
        self._said[name] = value

    def say_gone(self, name: str) -> None:
        """What was said is taken back; a name of which nothing was said is not defined any more."""
        if name in self._said:
            del self._said[name]
        else:
            self._gone.add(name)

    @property
    def is_of_names(self) -> bool:
        """Whether names of the student's may mean something else than their cells have made of them."""
        return bool(self._given or self._said or self._gone)

    def wanted(self) -> Wanted:
        changed = {n: self._names[n] for n, value in self._given.items() if self._names.get(n, value) is not value}
        gone = {name for name in self._given if name not in self._names} | (changed.keys() - self._patched)
        return Wanted(
            {
                n: self.as_function(v)
                for n, v in {**changed, **self._said}.items()
                if n in self._said or n in self._patched
            },
            tuple(sorted(gone | self._gone)),
            {name: self.as_function(vars(builtins)[name]) for name in self.patched() if _may_be_theirs(name)},
            self._variables(),
            self._of_warnings(),
        )

    def patched(self) -> list[str]:
        """Python's own names that the test has replaced."""
        now = vars(builtins)
        return [name for name, value in self._builtins.items() if now.get(name, value) is not value]

    def is_beyond(self) -> list[str]:
        """Those among them that nothing can be done about."""
        return [name for name in self.patched() if not (_may_be_theirs(name) and callable(vars(builtins)[name]))]

    def as_function(self, value: Any) -> Any:
        """A mock as a function, which can be lent to the student's code. What a mock gives by default is None there.

        `patch` may take an object of the student's for a coroutine function, and makes a mock that is one.
        """
        if not isinstance(value, NonCallableMock) or not callable(value):
            return value

        def mocked(*args, **kwargs):
            given = value(*args, **kwargs)
            if inspect.iscoroutine(given):
                given = _result(given)
            return None if isinstance(given, NonCallableMock) else given

        return self._callables.setdefault(id(value), (value, mocked))[1]

    def _variables(self) -> dict[str, str | None]:
        """Those of the environment that a test has changed, and how."""
        now = dict(os.environ)
        if now == self._environment:
            return {}
        return {name: now.get(name) for name in now.keys() | self._environment.keys()
                if now.get(name) != self._environment.get(name)}  # fmt: skip

    def _of_warnings(self) -> str:
        if warnings.filters is self._filters:
            return ""
        first = warnings.filters[0] if warnings.filters else None
        return "raised" if first and first[0] == "error" and first[2] is Warning else "told"


def _deleted(source: str) -> frozenset[str]:
    """Names that a cell deletes and has not bound itself before."""
    names = [node for node in ast.walk(parsed(source)) if isinstance(node, ast.Name)]
    first: dict[tuple[str, type], tuple[int, int]] = {}
    for node in sorted(names, key=_place, reverse=True):
        first[node.id, type(node.ctx)] = _place(node)
    own = own_names(source)
    return frozenset(
        name
        for (name, how), place in first.items()
        if how is ast.Del and not (name in own and first.get((name, ast.Store), place) < place)
    )


def _patched(source: str) -> frozenset[str]:
    """Words that may be names which a cell changes in ``__main__``: ``patch("__main__.f")``, ``__main__.f = …``."""
    nodes = list(ast.walk(parsed(source)))
    words = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    found = {match[1] for word in words if (match := _MAIN.match(word))}
    if any(isinstance(node, ast.Name) and node.id == "__main__" for node in nodes):
        found |= {*words, *(node.attr for node in nodes if isinstance(node, ast.Attribute))}
    return frozenset(found)


def _place(node: ast.Name) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _result(running: Coroutine) -> Any:
    """What a coroutine that waits for nothing gives."""
    try:
        running.send(None)
    except StopIteration as stop:
        return stop.value
    finally:
        running.close()
    return None


def _may_be_theirs(name: str) -> bool:
    return not name.startswith("_")
