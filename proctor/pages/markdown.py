"""Markdown cells of students, as they may stand in a notebook that others open in JupyterLab.

JupyterLab takes scripts out of Markdown, but loads every picture, also from its own server, where
asking for an address can be enough to do something: formgrader loads a configuration, which is a
program, from any folder that it is asked to.
"""

from __future__ import annotations

import re

_WORDS = "*[exam] This cell would load something from elsewhere, so it is shown as it was written.*"
_NAME = r"(?:attachment:[^\s()<>\"'&]*|\w[\w -]*(?:/\w[\w -]*)*\.(?:png|jpe?g|gif|webp))"  # at most in a folder below
_OWN_PICTURE = re.compile(rf"!\[[^\[\]<>!]{{0,500}}\]\({_NAME}\)", re.IGNORECASE)
_OWN_SOURCE = re.compile(rf"src=(?:\"{_NAME}\"|'{_NAME}')", re.IGNORECASE)
_PLAIN_STYLE = re.compile(r"style=\"[\w\s:;#%.,!-]*\"", re.IGNORECASE)
_PLAIN_ATTRIBUTE = r"\s+(?:width|height|alt|align|border|colspan|rowspan)=(?:\"[\w %.,-]*\"|[\w%.-]+)"
_PLAIN_TAG = re.compile(rf"</?(?!style)[a-z][a-z0-9]*(?:{_PLAIN_ATTRIBUTE})*\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[a-z]", re.IGNORECASE)
_LOADS = re.compile(r"(?:src|srcset|poster|background|style|data)\s*=|<(?:image|style|link)|@import", re.IGNORECASE)


def inert(source: str) -> str:
    """The same text, or, if it may load something by itself that is not the student's own picture, a listing of it.

    Judged by its characters, not by the rules of one Markdown among many: rather a listing too many.
    """
    rest = _PLAIN_STYLE.sub("", _OWN_SOURCE.sub("", _OWN_PICTURE.sub("", source)))
    rest = _PLAIN_TAG.sub("", rest)
    if "![" not in rest and not (_TAG.search(rest) and _LOADS.search(rest)):
        return source
    longest = max(map(len, re.findall(r"~+", source)), default=0)
    fence = "~" * max(3, longest + 1)
    return f"{_WORDS}\n\n{fence}\n{source}\n{fence}"
