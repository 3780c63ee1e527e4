"""Text of any origin, as Markdown that shows it and does nothing else."""

from __future__ import annotations

import re

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b.?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # and what turns writing round
_LIST_OR_HEADING = re.compile(r"^(\d*)([-+#=.)])")
_MARKUP = str.maketrans(
    {character: f"\\{character}" for character in r"\`*_[]|"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;", "~": "&#126;"}
)


def plain(text: str) -> str:
    """Text that JSON and every reader can hold: no control characters, terminal colours or halves of characters."""
    text = _ANSI.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode()


def escape(text: str) -> str:
    """Text of one paragraph, shown as it is: no markup, HTML, formulas, lists or headings come of it."""
    text = " ".join(plain(text).split())
    return _LIST_OR_HEADING.sub(r"\1\\\2", text.translate(_MARKUP))


def cut(text: str, most: int) -> str:
    """The head of Markdown that is longer than ``most`` characters, ending with a whole line and words that say so."""
    if len(text) <= most:
        return text
    said = "\n\n(The rest was left out: it is too long.)"
    head = text[: max(0, most - len(said))]
    whole = head.rpartition("\n")[0] or head.rstrip("\\")
    return whole + said
