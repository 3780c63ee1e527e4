"""Sheets of paper: a cover and one sheet per question, each some consecutive pages of a student's PDF."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from urllib.parse import unquote

from bs4 import BeautifulSoup, Tag
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters import HTMLExporter, WebPDFExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from traitlets import default
from traitlets.config import Config

from proctor.pages.html import clean_html
from proctor.pages.mathml import mathml

from .answers import Answer, Passage, Question
from .chromium import Chromium

#: Pictures that a browser draws without running what is in them.
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/svg+xml")
#: Characters of a table's row, side by side, that fit across the page, and how many the lines between columns take.
ACROSS, ROOM_AROUND = 90, 3
#: No table is printed smaller than this part of the text's size.
SMALLEST = 0.6


@dataclass(frozen=True)
class Sheet:
    """What stands on some pages. ``left`` and ``right`` head each of them, ``note`` is at their foot.

    ``pages`` is the least number of pages, ``first_page`` the number that the first one bears.
    A cover has ``title``, ``name``, ``student_id`` and ``rows`` (question, notebook, points,
    pages); another sheet has a ``question``, an ``answer`` or both.
    """

    left: str
    right: str
    pages: int
    first_page: int
    note: str = ""
    title: str = ""
    name: str = ""
    student_id: str = ""
    rows: tuple[tuple[str, str, str, str], ...] = ()
    question: Question | None = None
    answer: Answer | None = None
    appendix: bool = False


class SheetExporter(WebPDFExporter):
    """nbconvert's webpdf, with one browser for all sheets: Debian's Chromium, without scripts and network.

    WebPDFExporter starts a browser for each document and cannot be told which one. So its
    ``run_playwright`` is replaced; its options ``disable_sandbox`` and ``browser_args`` hold.
    Use it in a ``with`` statement: the end closes the browser.
    """

    def __init__(self, config: Config | None = None) -> None:
        super().__init__(config=config)
        self._chromium = Chromium(not self.disable_sandbox and os.geteuid() != 0, list(self.browser_args))

    def __enter__(self) -> SheetExporter:
        return self

    def __exit__(self, *_) -> None:
        self._chromium.close()

    def html(self, sheet: Sheet) -> str:
        """A sheet as an HTML document that loads nothing and runs nothing."""
        html, _ = HTMLExporter.from_notebook_node(self, _notebook(sheet), {"sheet": sheet})
        return html

    def run_playwright(self, html: str) -> bytes:
        """Such a document as a PDF. Raises chromium.NotPrinted, and chromium.NoBrowser."""
        return self._chromium.pdf(html)

    @property
    def default_config(self) -> Config:
        config = Config({"SheetExporter": {"preprocessors": []}})  # not those of formgrader's page
        config.merge(super().default_config)
        return config

    @default("template_name")
    def _template_name_default(self) -> str:
        return "answer_sheet"

    @default("extra_template_basedirs")
    def _default_extra_template_basedirs(self) -> list[str]:
        return [str(Path(__file__).parent)]

    def default_filters(self) -> Iterator[tuple[str, Callable]]:
        yield from super().default_filters()
        yield "clean_html", clean_html
        yield "css_text", css_text

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        pictures = {
            name: {media: data for media, data in forms.items() if media in PICTURES}
            for name, forms in context["cell"].get("attachments", {}).items()
        }
        return _printable(MarkdownWithMath(renderer=_Renderer(pictures)).render(source))


def css_text(text: str) -> str:
    """A string of CSS, whatever is in the text: a student's name cannot end it."""
    return '"' + "".join(c if c.isalnum() else f"\\{ord(c):06x}" for c in text) + '"'


class _Renderer(IPythonRenderer):
    """nbconvert's, but formulas are marked for ``_printable``, and a picture that is missing stops nothing."""

    def __init__(self, pictures: dict[str, dict[str, str]]) -> None:
        super().__init__(escape=False, attachments={name: forms for name, forms in pictures.items() if forms})
        self.exclude_anchor_links = True

    def block_math(self, body: str) -> str:
        return f'<span class="latex-block">{self.escape_html(body)}</span>'

    def inline_math(self, body: str) -> str:
        return f'<span class="latex-inline">{self.escape_html(body)}</span>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def image(self, text: str, url: str, title: str | None = None) -> str:
        if unquote(url).removeprefix("attachment:") in self.attachments:
            url = unquote(url)
        elif url.startswith("attachment:"):
            url = url.removeprefix("attachment:")
        return super().image(text, url, title)

    def task_list_item(self, text: str, checked: bool = False) -> str:
        return f"<li>{'☑' if checked else '☐'} {text}</li>\n"

    def block_html(self, html: str) -> str:
        return super().block_html(self._with_attachments(html))

    def inline_html(self, html: str) -> str:
        return super().inline_html(self._with_attachments(html))

    def _with_attachments(self, html: str) -> str:
        """JupyterLab shows attachments in <img src="attachment:…"> too."""

        def embed(match: re.Match) -> str:
            quote, name = match[1], unquote(match[2])
            if name not in self.attachments:
                return match[0]
            return f"src={quote}{self._embed_image_or_attachment(f'attachment:{name}')}{quote}"

        return re.sub(r"""src=(["'])attachment:([^"'>]+)\1""", embed, html)


def _printable(html: str) -> str:
    """Clean HTML with formulas drawn, everything unfolded, and no picture from elsewhere.

    Style attributes go: they could make a page of any height, or text that nobody sees.
    """
    soup = BeautifulSoup(clean_html(html), "html.parser")
    for tag in soup.find_all(style=True):
        del tag["style"]
    for tag in soup("details"):
        tag["open"] = ""
    for picture in soup("img"):
        if not str(picture.get("src", "")).startswith("data:"):
            words = soup.new_tag("span", attrs={"class": "missing"})
            which = picture.get("src") or picture.get("alt") or "no name"
            words.string = f"[a picture that is not in the notebook: {which}]"
            picture.replace_with(words)
    for kind in ("block", "inline"):
        for formula in soup.find_all("span", class_=f"latex-{kind}"):
            formula.replace_with(BeautifulSoup(mathml(formula.get_text(), kind == "block"), "html.parser"))
    for table in soup("table"):
        _fit(table)
    return str(soup)


def _fit(table: Tag) -> None:
    """Make the type of a wide table smaller, so that its words stay whole; of one that is too wide words are broken."""
    rows = [[_longest_word(cell) for cell in row(["td", "th"])] for row in table("tr")]
    columns = [max(words) for words in zip_longest(*rows, fillvalue=0)]
    scale = min(1.0, (ACROSS - ROOM_AROUND * len(columns)) / max(sum(columns), 1))
    if scale < SMALLEST:
        table["class"] = "broken"
    if scale < 1:
        table["style"] = f"font-size: {max(scale, SMALLEST):.0%}"


def _longest_word(cell: Tag) -> int:
    """Characters of it; a formula counts as one word."""
    formulas = [len("".join(formula.get_text().split())) for formula in cell("math")]
    return max([0, *formulas, *map(len, cell.get_text(" ").split())])


def _notebook(sheet: Sheet) -> NotebookNode:
    """The sheet's passages as cells, for nbconvert; the template puts the rest around them."""
    cells = [] if sheet.question is None else [_cell(sheet.question.text, "question")]
    if sheet.answer is not None:
        cells += [_cell(passage, "answer") for passage in sheet.answer.passages]
    return new_notebook(cells=cells, metadata={"language_info": {"name": "python"}})


def _cell(passage: Passage, part: str) -> NotebookNode:
    new = {"code": new_code_cell, "markdown": new_markdown_cell}.get(passage.cell_type, new_raw_cell)
    cell = new(passage.source, metadata={"part": part})
    if passage.cell_type == "markdown":
        cell.attachments = {}
        for name, media, data in passage.attachments:
            cell.attachments.setdefault(name, {})[media] = data
    return cell
