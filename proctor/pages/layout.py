"""Lays out what students wrote, as HTML. Some texts take for ever: it runs in a process of press.py only."""

from __future__ import annotations

import html
import re
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote

from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .formulas import drawn, drawn_latex, marked
from .html import INLINE, bounded, clean_html

_MOST_PICTURE = 8 << 20
_MAGIC = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif", b"RIFF": "image/webp"}
#: Names that a browser takes for a tag: ``P(x<y and y>z)`` is none.
_HTML = frozenset(
    "a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body "
    "br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em "
    "embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe "
    "img input ins kbd label legend li link main map mark marquee math menu meta meter nav noscript object ol optgroup "
    "option output p param picture pre progress q rp rt ruby s samp script section select small source span strike "
    "strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var "
    "video wbr".split()
)


def markdown(
    source: str, attachments: Mapping[str, Mapping[str, str]], folder: str, links: bool, formulas: bool
) -> str:
    """A Markdown cell. Pictures are attachments or, with ``folder``, files beside the notebook.

    With ``formulas`` they are drawn, else left to whoever shows the page.
    """
    laid_out = MarkdownWithMath(renderer=_Renderer()).render(source)
    clean = clean_html(laid_out, lambda name: _picture(name, attachments, folder), links)
    return bounded(drawn(clean) if formulas else clean)


def latex(text: str) -> str:
    """LaTeX that a cell shows."""
    return bounded(drawn_latex(text))


def code(source: str, lexer: str) -> str:
    return bounded(Highlight2HTML(pygments_lexer=lexer)(source))


def ansi(text: str) -> str:
    """What a terminal would show in colours."""
    return bounded(ansi2html(text))


class _Renderer(IPythonRenderer):
    """nbconvert's, but pictures are looked for later, formulas are marked, and what is no tag of HTML can be read."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)

    def inline_math(self, body: str) -> str:
        return marked(f"${body}$", block=False)

    def block_math(self, body: str) -> str:
        return marked(f"$${body}$$", block=True)

    def latex_environment(self, name: str, body: str) -> str:
        return marked(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def inline_html(self, tag: str) -> str:
        name = re.match(r"</?([A-Za-z][\w-]*)", tag)
        return tag if name is None or name[1].lower() in _HTML else html.escape(tag, quote=False)

    def heading(self, text: str, level: int, **_) -> str:
        name = re.sub(r"<[^<>]*>", "", text).strip().replace(" ", "-")
        return f'<h{level} id="{name}">{text}</h{level}>\n'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        about = f' title="{html.escape(title)}"' if title else ""
        return f'<img src="{html.escape(url)}" alt="{html.escape(text)}"{about}>'

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"


def _picture(name: str, attachments: Mapping[str, Mapping[str, str]], folder: str) -> str | None:
    if name.startswith("attachment:"):
        name = name.removeprefix("attachment:")
        forms = attachments.get(name) or attachments.get(unquote(name)) or {}
        addresses = (f"data:{kind};base64,{''.join(data.split())}" for kind, data in forms.items())
        return next(filter(INLINE.fullmatch, addresses), None)
    return _picture_beside(unquote(name), Path(folder).resolve()) if folder else None


def _picture_beside(name: str, folder: Path) -> str | None:
    """A picture file in ``folder``, judged by how it begins."""
    with suppress(OSError, ValueError):  # a name that no file can have
        path = (folder / name).resolve()
        if path.is_relative_to(folder) and path.is_file() and path.stat().st_size <= _MOST_PICTURE:
            data = path.read_bytes()
            kind = next((kind for magic, kind in _MAGIC.items() if data.startswith(magic)), None)
            return kind and f"data:{kind};base64,{b64encode(data).decode()}"
    return None
