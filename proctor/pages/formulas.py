"""Formulas in HTML: marked where they stand, and on pages drawn as MathML, with nothing loaded from elsewhere."""

from __future__ import annotations

import re
from html import escape, unescape

from .mathml import mathml

_MARKED = re.compile(r'<span class="latex-(inline|block)">([^<]*)</span>')
_DELIMITED = re.compile(r"\$\$(.*)\$\$|\$(.*)\$", re.DOTALL)
_IN_LATEX = re.compile(
    r"(?P<block>\$\$.+?\$\$|\\\[.+?\\\]|\\begin\{(?P<name>[a-z]+\*?)\}.*?\\end\{(?P=name)\})"
    r"|(?P<inline>\$[^$]+\$|\\\(.+?\\\))",
    re.DOTALL,
)
#: Characters side by side that do not fit on a telephone.
_WIDE = 25
_SCROLLS = "max-width: 100%; overflow-x: auto; overflow-y: hidden"


def marked(latex: str, block: bool) -> str:
    """A formula as typed, its delimiters included: JupyterLab draws it, ``drawn`` does, and else it can be read."""
    return f'<span class="latex-{"block" if block else "inline"}">{escape(latex, quote=False)}</span>'


def drawn(html: str) -> str:
    """Clean HTML with the formulas in it drawn. One that cannot be read is shown as typed."""
    return _MARKED.sub(lambda found: _drawn(unescape(found[2]), found[1] == "block"), html)


def drawn_latex(text: str) -> str:
    """What a cell shows as LaTeX: formulas, perhaps with words between them."""
    parts, end = [], 0
    for found in _IN_LATEX.finditer(text):
        parts.append(escape(text[end : found.start()], quote=False))
        parts.append(_drawn(found[0], found["block"] is not None))
        end = found.end()
    return "".join((*parts, escape(text[end:], quote=False)))


def _drawn(latex: str, block: bool) -> str:
    """The formula, in a box that scrolls where it may be wider than the page."""
    html = mathml(_without_delimiters(latex), block)
    if block:
        return f'<span style="display: block; {_SCROLLS}">{html}</span>'
    if html.startswith("<code>") or len(re.sub(r"<[^>]*>", "", html)) <= _WIDE:
        return html
    return f'<span style="display: inline-block; vertical-align: middle; {_SCROLLS}">{html}</span>'


def _without_delimiters(latex: str) -> str:
    latex = latex.strip()
    found = _DELIMITED.fullmatch(latex)
    if found:
        return found[1] if found[1] is not None else found[2]
    return latex[2:-2] if latex.startswith((r"\[", r"\(")) else latex
