"""The headings of a notebook's text: what its questions are called."""

from __future__ import annotations

import re

_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\s*[·.:)–—-]?\s+")
_POINTS = re.compile(r"\s*\(\s*[\d.]+\s*(?:points?|pts?)\s*\)\s*$", re.I)
_HEADING = re.compile(r"(?m)^ {0,3}#{1,6}\s+(.+)$")


def headings(source: str) -> list[tuple[str, str]]:
    """``("3", "One epoch")`` of ``## 3 · One epoch (6 points)``, for each heading of a Markdown cell; "" for no number."""
    return [_split(line) for line in _HEADING.findall(source)]


def _split(line: str) -> tuple[str, str]:
    line = _POINTS.sub("", line.strip("# \t")).replace("`", "").replace("$", "").strip()
    number = _NUMBERED.match(line)
    return (number[1], line[number.end() :]) if number else ("", line)
