"""An answer as what it does, in tokens: without comments, layout and what was handed out, whatever its names are."""

from __future__ import annotations

import builtins
import keyword
import re
import symtable
from collections.abc import Iterable, Iterator
from functools import lru_cache

from proctor.notebooks.definitions import MAX_PARSED_CHARS, parsing

_TOKEN = re.compile(
    r"""[rbfuRBFU]{0,2}(?:\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
    r"|\#[^\n]*|\n|\.?[^\W\d]\w*|\d[\w.]*|[^\w\s]"
)
_WORD = re.compile(r"\w+|[^\w\s]")
_GIVEN = frozenset(keyword.kwlist) | frozenset(vars(builtins))
_FARTHEST = 15


def of_code(source: str, released: str) -> list[str]:
    """Tokens of a code answer, without lines that were handed out, whatever names they have now.

    A text is ``s``. A name that the student has chosen is ``n`` with how many such names ago it was last used, ``n0``
    if never: renaming changes nothing, and another line changes little.
    """
    written = _TOKEN.findall(f"{source}\n")
    mine, given = _own_names(source, written), _blind_lines(released)
    tokens: list[str] = []
    last: dict[str, int] = {}
    count = 0
    for line in _lines(written):
        if given and _blind(line, mine) in given:
            continue
        for token in line:
            if token in mine:
                tokens.append(f"n{min(count - last[token], _FARTHEST)}" if token in last else "n0")
                last[token] = count
                count += 1
            else:
                tokens.append(token)
    return tokens


def of_text(source: str, released: str) -> list[str]:
    """Words of a written answer."""
    return _WORD.findall(_without(source, released).casefold())


def _without(source: str, released: str) -> str:
    """The lines that were not handed out."""
    given = {line.strip() for line in released.split("\n")}
    return "\n".join(line for line in source.split("\n") if line.strip() not in given)


def _lines(written: Iterable[str]) -> Iterator[list[str]]:
    """Tokens, line by line, without comments, empty lines, and texts that stand alone, such as docstrings."""
    line: list[str] = []
    for each in written:
        if each == "\n":
            if line not in ([], ["s"]):
                yield line
            line = []
        elif each[-1] in "\"'":
            line.append("s")
        elif each[0] != "#":
            line.append(each)


def _blind(line: list[str], names: frozenset[str]) -> tuple[str, ...]:
    return tuple("n" if token in names else token for token in line)


@lru_cache(maxsize=256)
def _blind_lines(released: str) -> frozenset[tuple[str, ...]]:
    written = _TOKEN.findall(f"{released}\n")
    names = _own_names(released, written)
    return frozenset(_blind(line, names) for line in _lines(written))


def _own_names(source: str, written: Iterable[str]) -> frozenset[str]:
    """Names that the code binds; where it is no Python, all that are neither built in nor attributes."""
    lines = ("" if line.lstrip().startswith(("%", "!")) else line for line in source[:MAX_PARSED_CHARS].split("\n"))
    try:
        with parsing():
            return frozenset(_bound([symtable.symtable("\n".join(lines), "answer", "exec")]))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset(filter(str.isidentifier, written)) - _GIVEN


def _bound(tables: Iterable[symtable.SymbolTable]) -> Iterator[str]:
    for table in tables:
        yield from (name.get_name() for name in table.get_symbols() if name.is_assigned() or name.is_parameter())
        yield from _bound(table.get_children())
