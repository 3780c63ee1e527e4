"""LaTeX formulas as MathML, which Chromium draws by itself: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import re
from html import escape, unescape
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

#: Formulas longer than this are shown as their source: they would not fit on a line anyway.
LONGEST = 5_000
#: Characters of a formula, side by side, that fit across the page.
ACROSS = 80
#: No formula is printed smaller than this part of the text's size.
SMALLEST = 0.6

_TAGS = frozenset(
    "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts "
    "mprescripts none mtable mtr mtd mpadded mphantom menclose mstyle merror".split()
)
_ATTRIBUTES = frozenset(
    "display displaystyle scriptlevel mathvariant mathcolor stretchy fence separator form movablelimits largeop "
    "symmetric lspace rspace accent accentunder linethickness columnalign rowspacing columnspacing width height depth notation "
    "minsize maxsize".split()
)
#: Operators to MathML, symbols like any other to LaTeX: no room around them.
_TIGHT = frozenset("/∂∇∞′")
#: Environments that the converter knows under another name only.
_INNER = {"aligned": "align*", "split": "align*", "gathered": "gather*"}
#: For the numbers of equations, which are not printed, and for where an environment stands.
_SAYS_NOTHING = re.compile(r"\\(?:nonumber|notag)\b|\\label\{[^{}]*\}|(?<=\{aligned\})\[[tbc]\]")
#: What the converter leaves as it is.
_UNKNOWN = re.compile(r">[^<]*\\[A-Za-z]")


def mathml(latex: str, display: bool) -> str:
    """The formula as MathML, or as it was typed if it cannot be read or is too wide for a page."""
    typed = latex
    try:
        if len(latex) > LONGEST:
            raise ValueError("too long")
        latex = _SAYS_NOTHING.sub("", latex)
        for name, known in _INNER.items():
            latex = latex.replace(f"{{{name}}}", f"{{{known}}}")
        latex = re.sub(r"(\\math[a-z]+)\s+([A-Za-z])", r"\1{\2}", latex)  # \mathbb R, which the converter overlooks
        formula = convert_to_element(latex, display="block" if display else "inline")
        scale = min(1.0, ACROSS / max(_across(formula), 1))
        if scale < SMALLEST:
            raise ValueError("too wide")
        html = _html(formula)
        if _UNKNOWN.search(html):
            raise ValueError("a command that the converter does not know")
    except Exception:  # whatever the converter makes of what a student typed
        return f"<code>{escape(_between_dollars(typed, display))}</code>"
    return html if scale == 1 else f'<span style="font-size: {scale:.0%}">{html}</span>'


def _between_dollars(latex: str, display: bool) -> str:
    if latex.startswith("\\begin{"):
        return latex
    return f"$${latex}$$" if display else f"${latex}$"


def _across(element: Element) -> float:
    """How many characters stand side by side, roughly."""
    parts = [_across(child) for child in element]
    if element.tag in ("mfrac", "mtable", "munder", "mover", "munderover"):
        return max(parts, default=0)
    if element.tag in ("msub", "msup", "msubsup") and parts:
        return parts[0] + 0.7 * max(parts[1:], default=0)
    return sum(parts) + len(unescape(element.text or "")) + (element.tag == "mo")


def _html(element: Element) -> str:
    """The element with known tags and harmless attributes only: the converter passes on what LaTeX says, even links."""
    tag = element.tag if element.tag in _TAGS else "mrow"
    attributes = "".join(
        f' {name}="{escape(value)}"'
        for name, value in element.items()
        if name in _ATTRIBUTES and re.fullmatch(r"[\w#.%+ -]*", value)
    )
    text = escape(unescape(element.text or ""))
    if tag == "mo" and text in _TIGHT:
        attributes += ' lspace="0" rspace="0"'
    if tag == "mi" and re.fullmatch("[a-z]{2,}", text):  # ln, tanh: to MathML letters like any other
        tag, attributes = "mo", attributes + ' lspace="0.15em" rspace="0.1em"'
    return f"<{tag}{attributes}>{text}{''.join(map(_html, element))}</{tag}>"
