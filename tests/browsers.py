"""A real browser for tests, and what can be asked of a page in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from proctor.gradescope.written import chromium

BROWSER = next(filter(None, map(shutil.which, chromium.NAMES)), None)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
needs_chromium = pytest.mark.skipif(BROWSER is None, reason="no Chromium here (Debian: apt-get install chromium)")


@contextmanager
def running_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, path: Path, width: int) -> Iterator[tuple[Page, list[str]]]:
    """A file in a window of ``width`` pixels, and the addresses that it has asked for beside its own."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    try:
        page.goto(path.as_uri())
        page.wait_for_load_state("networkidle")
        yield page, [url for url in asked if url != path.as_uri() and not url.startswith("data:")]
    finally:
        context.close()


def overflow(page: Page) -> list[str]:
    """What makes a page wider than its window: the beginnings of elements, none if it is not."""
    return page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth
            if (document.documentElement.scrollWidth <= width) return []
            return [...document.querySelectorAll("body *")]
                .filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 120))
        }"""
    )


def words_in(page: Page, selector: str) -> str:
    """The text that can be read, without that of ``selector``."""
    return page.evaluate(
        """selector => {
            const copy = document.body.cloneNode(true)
            copy.querySelectorAll(selector).forEach(e => e.remove())
            return copy.textContent
        }""",
        selector,
    )


def broken_words(page: Page, longest: int = 20) -> list[str]:
    """Words that stand on two lines, without those in strings of more than ``longest`` characters."""
    return page.evaluate(
        """longest => {
            const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
            for (let text = texts.nextNode(); text; text = texts.nextNode())
                for (const run of text.data.matchAll(/\\S+/g)) {
                    if (run[0].length > longest) continue
                    for (const word of run[0].matchAll(/\\p{L}+/gu)) {
                        const range = document.createRange(), start = run.index + word.index
                        range.setStart(text, start)
                        range.setEnd(text, start + word[0].length)
                        const lines = new Set([...range.getClientRects()].map(r => Math.round(r.top)))
                        if (lines.size > 1) found.push(word[0])
                    }
                }
            return found
        }""",
        longest,
    )
