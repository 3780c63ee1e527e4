"""How names change on the way: browsers, systems and people number, copy, prefix and respell them.

``fashion_cnn.safetensors`` comes back as ``fashion_cnn (1).safetensors``, ``fashion_cnn-Copy1.safetensors``,
``Fashion CNN.safetensors`` or ``doejane_123456_7654321_fashion_cnn-1.safetensors``. Names of folders change alike.
"""

from __future__ import annotations

import re
import unicodedata

_COPY = r"(?:copy|kopie|copie|copia)"
_NUMBERING = re.compile(rf"[ _.-]*(?:\(\d{{1,3}}\)|\[\d{{1,3}}\]|{_COPY}[ _]?\(?\d{{0,3}}\)?|[ _-]\d{{1,3}}|~)$")
_COPY_OF = re.compile(rf"^{_COPY}(?: \(?\d+\)?)? (?:of|von|de|di) ")
_ADDED_ENDINGS = r"\.(?:txt|download|zip)"
_ENDING = re.compile(r"\.[A-Za-z]\w{0,14}$", re.ASCII)


def closeness(name: str, wanted: str) -> int | None:
    """How well a name fits: 0 the same, 1 numbered, copied or respelt, 2 with words around it, None another one."""
    if name == wanted:
        return 0
    ending = _ending(wanted)
    plain = squeezed(wanted.removesuffix(ending))
    found = _stem(name, ending)
    if found is None or not plain:
        return None
    forms = list(_forms(found))
    if plain in map(squeezed, forms):
        return 1
    words, inside = _words(wanted.removesuffix(ending)), _words(found)
    return 2 if any(inside[i : i + len(words)] == words for i in range(len(inside))) else None


def number(name: str) -> int:
    """The number that a copy was given: 1 in ``lab (1).ipynb``, 0 in ``lab.ipynb``."""
    stem = _stem(name, _ending(name))
    *_, bare = _forms(stem or name)
    digits = re.findall(r"\d+", _folded(stem or name).removeprefix(bare))
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


def _forms(stem: str):
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


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _folded(text))


def _folded(text: str) -> str:
    """The same for all spellings of a letter: macOS writes ö as two characters."""
    return unicodedata.normalize("NFKC", text).casefold()
