"""How names change on the way: browsers, systems and people number, copy, prefix and respell them.

``fashion_cnn.safetensors`` comes back as ``fashion_cnn (1).safetensors``, ``fashion_cnn-Copy1.safetensors``,
``Fashion CNN.safetensors`` or ``doejane_123456_7654321_fashion_cnn-1.safetensors``. Names of folders change alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_COPY = r"(?:copy|kopie|copie|copia)"
_NUMBERING = re.compile(rf"[ _.-]*(?:\(\d{{1,3}}\)|\[\d{{1,3}}\]|{_COPY}[ _]?\(?\d{{0,3}}\)?|[ _-]\d{{1,3}}|~)$")
_COPY_OF = re.compile(rf"^{_COPY}(?: \(?\d+\)?)? (?:of|von|de|di) ")
_ADDED_ENDINGS = r"\.(?:txt|download|zip)"
_ENDING = re.compile(r"\.[A-Za-z]\w{0,14}$", re.ASCII)


def closeness(name: str, wanted: str) -> int | None:
    """How well a name fits: 0 the same, 1 numbered, copied or respelt, 2 with words around it, None another one."""
    if name == wanted:
        return 0
    ending, plain, words = _asked(wanted)
    forms, inside = _taken_apart(name, ending)
    if not plain or not forms:
        return None
    if plain in forms:
        return 1
    return 2 if words in inside else None


@lru_cache(maxsize=2_000)
def _asked(wanted: str) -> tuple[str, str, str]:
    """The ending, what is left of the name however it is spelt, and the same with a mark around each word."""
    ending = _ending(wanted)
    stem = wanted.removesuffix(ending)
    return ending, squeezed(stem), _marked(stem)


@lru_cache(maxsize=20_000)
def _taken_apart(name: str, ending: str) -> tuple[frozenset[str], str]:
    """What is left of the name, numberings taken off or not, and its words; nothing if it has another ending."""
    stem = _stem(name, ending)
    return (frozenset(), "") if stem is None else (frozenset(map(squeezed, _forms(stem))), _marked(stem))


def number(name: str, wanted: str) -> int:
    """The number that a copy of ``wanted`` was given: 1 for ``lab (1).ipynb``; 0 if it was given none."""
    ending = _ending(wanted)
    plain, stem = squeezed(wanted.removesuffix(ending)), _stem(name, ending)
    forms = list(_forms(stem or ""))
    bare = next((form for form in forms if squeezed(form) == plain), forms[0])
    digits = re.findall(r"\d+", forms[0].removeprefix(bare))
    return int(digits[-1]) if digits else 0


def _stem(name: str, ending: str) -> str | None:
    """A name without its ending and what was added behind that; None if it has another ending."""
    name = _folded(name)
    if not ending:
        return re.sub(rf"(?:{_ADDED_ENDINGS})+$", "", name)
    found = re.fullmatch(
        rf"(.*){re.escape(ending.lower())}((?:{_ADDED_ENDINGS}|[ _-]*\(\d{{1,3}}\)|[ _-]*{_COPY}\d*)*)", name
    )
    return found and found[1] + re.sub(_ADDED_ENDINGS, "", found[2])


def _forms(stem: str) -> Iterator[str]:
    """The stem, and the same with one numbering after the other taken off."""
    stem = _COPY_OF.sub("", stem.strip())
    yield stem
    while (bare := _NUMBERING.sub("", stem)) != stem and bare:
        yield bare
        stem = bare


def _ending(name: str) -> str:
    found = _ENDING.search(name)
    return found[0] if found else ""


def squeezed(text: str) -> str:
    """Letters and digits alone: what a name keeps however it is spelt."""
    return "".join(_words(text))


def _marked(text: str) -> str:
    return "".join(f"|{word}|" for word in _words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _folded(text))


def _folded(text: str) -> str:
    """The same for all spellings of a letter: macOS writes ö as two characters."""
    return unicodedata.normalize("NFKC", text).casefold()
