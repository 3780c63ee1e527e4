"""Why a name of the student's is missing: a cell that stopped, or another name that looks like it.

Threat model: all of it is known before the first question, or said by processes that were never
asked a hidden one (``proctor/exam/stops.py``): sources, and why cells stopped. The candidate chooses
none of these words; where a test names a function and a line of the student's, the name that is
missing there is found by reading that line.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import re
import textwrap
from collections.abc import Iterable, Iterator

from proctor.exam.wire.messages import Open
from proctor.notebooks.definitions import MAX_PARSED_CHARS, parsing

_ALIKE = 0.75  # of 1: how similar a name must be to be meant
_DEFINITION = re.compile(r"(\s*)(?:async\s+)?def\s+(\w+)")
_WORD = re.compile(r"\w+")


class Causes:
    """``opening`` tells the cells that the student wrote or was shown, and what names there are."""

    def __init__(self, opening: Open):
        self._known, self._theirs = opening.known, opening.theirs
        self._here = opening.theirs | opening.ours
        self._meant = opening.theirs - opening.ours - opening.asked  # what the student may call a name that is asked
        self._words = frozenset(_WORD.findall("\n".join(opening.known)))
        self._stopped: dict[str, str] = {}
        self.said: list[str] = []  # why cells stopped

    def stopped(self, words: str, names: frozenset[str]) -> None:
        """A cell of the student's stopped. ``words`` say so, ``names`` are what it would have defined."""
        self._stopped |= dict.fromkeys(names, words)
        self.said.append(words)

    def of_name(self, name: str | None) -> str:
        """Why a test does not find this name with the student; "" if saying it might tell something hidden."""
        if not name or name not in self._words:
            return ""
        return self._explain(name, self._meant)

    def stop_of(self, name: str | None) -> str:
        """Which cell of the student's stopped that would have defined this name; "" for none."""
        return self._stopped.get(name or "", "")

    def is_theirs(self, function: str, line: int) -> bool:
        """Whether the student has written a function of this name with this line of its cell in it."""
        return bool(list(self._functions(function, line)))

    def text_of_line(self, function: str, line: int) -> str:
        """That line, as they wrote it; "" if there are several of which it may be one."""
        texts = {text.split("\n")[number - 1].strip() for text, number in self._functions(function, line)}
        return texts.pop() if len(texts) == 1 else ""

    def of_line(self, function: str, line: int) -> str:
        """Why a name is missing in this line of the student's; "" if reading does not tell which."""
        missing: set[str] = set()
        for text, number in self._functions(function, line):
            missing |= _free_names(text, number)
        missing = {name for name in missing if name in self._stopped or name not in self._here}
        if len(missing) != 1:
            return ""
        return self._explain(missing.pop(), self._here)

    def _explain(self, name: str, others: frozenset[str]) -> str:
        if name in self._stopped:
            return f"`{name}` is not defined. {self._stopped[name]}"
        meant = _alike(name, others - self._stopped.keys() - {name})
        if meant:
            return f"`{name}` is not defined: did you mean `{meant}`?"
        return f"`{name}` is not defined" + ": none of your cells defines it" * (name not in self._theirs)

    def _functions(self, name: str, number: int) -> Iterator[tuple[str, int]]:
        """Texts of the functions of this name that have this line of their cell, and which of its lines that is."""
        for cell in self._known:
            lines = cell.split("\n")
            for place, line in enumerate(lines):
                found = _DEFINITION.match(line)
                if found and found[2] == name and place < number <= (end := _end(lines, place, len(found[1]))):
                    yield "\n".join(lines[place:end]), number - place


def _alike(name: str, others: Iterable[str]) -> str:
    """The one of the others that is most like this name; "" for none."""
    others = sorted(others)
    for other in others:
        if other.lower().replace("_", "") == name.lower().replace("_", ""):
            return other
    return next(iter(difflib.get_close_matches(name, others, 1, _ALIKE)), "")


def _free_names(function: str, line: int) -> set[str]:
    """Names that this line of a function takes from outside of it."""
    try:
        with parsing():
            nodes = list(ast.walk(ast.parse(textwrap.dedent(function[:MAX_PARSED_CHARS]))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = [node for node in nodes if isinstance(node, ast.Name)]
    bound = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {
        node.name for node in nodes[1:] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    bound |= {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
    bound |= {(node.asname or node.name).split(".")[0] for node in nodes if isinstance(node, ast.alias)}
    return {node.id for node in names if node.lineno == line} - bound - set(vars(builtins))


def _end(lines: list[str], start: int, indent: int) -> int:
    """Number of the last line of a function, as far as indentation tells."""
    for place in range(start + 1, len(lines)):
        text = lines[place].lstrip()
        if text and len(lines[place]) - len(text) <= indent and not text.startswith((")", "]", "#")):
            return place
    return len(lines)
