"""HTML that students write, made harmless before anybody looks at it."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable

import nh3
from pygments.token import STANDARD_TYPES

#: Pictures and recordings that a browser shows without running what is in them.
INLINE = re.compile(
    r"data:(image/(png|jpeg|gif|webp|bmp|svg\+xml)|(video|audio)/(mp4|webm|ogg|wav|x-wav|mpeg));base64,[A-Za-z0-9+/=\s]*"
)


class TooMuch(Exception):
    """The result would be a burden to a browser."""


def clean_html(html: str, picture: Callable[[str], str | None] | None = None, links: bool = True) -> str:
    """The same HTML without anything that runs, loads, sends, or poses as a part of the page around it.

    ``picture`` gives the ``data:`` address of a picture by its name, or None; any other picture is
    replaced by words. Without ``links`` an address is shown and cannot be clicked on. The time
    grows with the square of the size for some texts: see press.py for a clock.
    """

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "class":
            return " ".join(filter(_is_of_text, value.split())) or None
        if name in ("id", "name"):
            return _own(value)
        if name == "href":
            return _address(value)
        if name == "src":
            found = value if INLINE.fullmatch(value) else (picture(value) if picture is not None else None)
            return found or _MISSING + value
        if name == "style":
            return None if _CALLS.search(value) else value
        if name in ("width", "height"):
            return value if re.fullmatch(r"\d{1,4}(\.\d+)?(px|%)?", value) else None
        return value

    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto", "data", "attachment"},
        filter_style_properties=_STYLES,
    )
    clean = _PICTURE.sub(_with_words, _MISSING_ELEMENT.sub(_words_for_missing, clean))
    if not links:
        clean = _LINK.sub(_words_for_link, clean)
    return clean.replace("\\href", "\\<span></span>href")  # of formulas: their typesetter makes a link of it


def bounded(html: str) -> str:
    """Raises TooMuch for what would cost a browser, or whoever reads the page again, too much."""
    depth = 0
    for tags, tag in enumerate(_TAG.finditer(html)):
        if tag[2] not in _EMPTY:
            depth += -1 if tag[1] else 1
        if tags > _MOST_TAGS or depth > _MOST_DEPTH:
            raise TooMuch
    if len(html) > _MOST_CHARACTERS:
        raise TooMuch
    return html


def plain_html(text: str, words: str) -> str:
    """Text as it was written, below a line that says why."""
    return f"<p><em>[{entities.escape(words)}]</em></p><pre>{entities.escape(text)}</pre>"


_MOST_TAGS, _MOST_DEPTH, _MOST_CHARACTERS = 60_000, 200, 32 << 20
_TAG = re.compile(r"<(/?)([a-z]\w*)")
_EMPTY = {"br", "hr", "img", "col", "source"}
_TAGS = set(
    "a abbr acronym audio b blockquote br caption center code col colgroup dd del details dfn div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small source span strike strong sub summary "
    "sup table tbody td tfoot th thead tr tt u ul var video".split()
)
_ATTRIBUTES = {
    "*": {"class", "id", "style", "title"},
    "a": {"href", "name"},
    "img": {"src", "alt", "width", "height"},
    "video": {"src", "controls", "loop", "width", "height"},
    "audio": {"src", "controls", "loop"},
    "source": {"src", "type"},
    "table": {"border"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "col": {"span"},
    "ol": {"start"},
    "details": {"open"},
}
#: No property that takes the address of something, moves text over other text, or hides it.
_STYLES = set(
    "color background-color text-align vertical-align font-weight font-style font-size font-family font-variant "
    "text-decoration white-space line-height width max-width height max-height border border-top border-right "
    "border-bottom border-left border-color border-style border-width border-collapse border-radius padding "
    "padding-top padding-right padding-bottom padding-left overflow-x overflow-y".split()
)
_CALLS = re.compile(r"\\|(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(")  # url(…), and names written with escapes
#: Classes that only colour text. Of others formgrader makes buttons and boxes for points.
_CLASSES = frozenset(STANDARD_TYPES.values()) | {"dataframe", "highlight", "latex-block", "latex-inline"}
_MISSING = "data:,"
_ELEMENT = r'<(?:img|video|audio|source)(?: [a-z]+="[^"]*")*? src="data:,([^"]*)"(?: [a-z]+="[^"]*")*>'
_MISSING_ELEMENT = re.compile(_ELEMENT)
_PICTURE = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_LINK = re.compile(r'<a(?: [a-z]+="[^"]*")*? href="([^"#][^"]*)"(?: [a-z]+="[^"]*")*>(.*?)</a>', re.DOTALL)


def _is_of_text(name: str) -> bool:
    return name in _CLASSES or name.startswith(("ansi-", "language-"))


def _own(name: str) -> str:
    """An id that is none of the page's."""
    return name if name.startswith("student-") else f"student-{name}"


def _address(href: str) -> str | None:
    """A place in the same cell or notebook, or a whole address of the web; nothing on the server of this page."""
    href = href.strip()
    if href.startswith("#"):
        return "#" + _own(href[1:])
    return href if re.match(r"(https?://|mailto:)[^\s\\]", href, re.IGNORECASE) else None


def _with_words(picture: re.Match) -> str:
    """A picture with something to read for those who do not see it."""
    attributes = picture[1].replace(' alt=""', "")
    return picture[0] if ' alt="' in attributes else f'<img{attributes} alt="picture">'


def _words_for_missing(element: re.Match) -> str:
    name = entities.escape(entities.unescape(element[1])) or "no name"
    return f'<span class="missing">[a picture that is not in the notebook: {name}]</span>'


def _words_for_link(link: re.Match) -> str:
    address = entities.escape(entities.unescape(link[1]))
    return link[2] if address == link[2] else f"{link[2]} [{address}]"
