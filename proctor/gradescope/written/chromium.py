"""Chromium as a printer: HTML in, PDF out; no network, no script, no page that takes for ever."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from playwright.async_api import Error, Page, Playwright, async_playwright

T = TypeVar("T")

#: Debian's and others' names of the browser.
NAMES = ("chromium", "chromium-browser", "google-chrome")
#: Seconds for one document.
DEADLINE = 60.0
#: Pages of one document; a longer one ends there.
MOST_PAGES = 200


class NoBrowser(Exception):
    """Chromium is not installed or does not start; the message says what to do."""


class NotPrinted(Exception):
    """This document cannot be printed; others can."""


class Chromium:
    """A headless browser, started when first needed, and again after a document that it did not survive.

    ``sandbox`` is Chromium's own; it cannot be had as root.
    """

    def __init__(self, sandbox: bool, arguments: list[str]) -> None:
        self._sandbox, self._arguments = sandbox, arguments
        self._loop = asyncio.new_event_loop()
        self._playwright: Playwright | None = None
        self._page: Page | None = None

    def pdf(self, html: str) -> bytes:
        """Print a document. Raises NotPrinted; NoBrowser if there is none to print with."""
        try:
            return self._run(self._print(html))
        except (asyncio.TimeoutError, Error) as error:
            self._run(self._stop())
            if isinstance(error, Error):
                raise NotPrinted(f"Chromium stopped: {error.message.splitlines()[0]}") from error
            raise NotPrinted(f"it took longer than {DEADLINE:g} seconds") from error

    def close(self) -> None:
        self._run(self._stop())
        self._loop.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to its end, also when Ctrl-C comes in between: half a conversation would confuse the next."""
        task = self._loop.create_task(coroutine)
        try:
            return self._loop.run_until_complete(task)
        except KeyboardInterrupt:
            task.cancel()
            with suppress(asyncio.CancelledError, Error):
                self._loop.run_until_complete(task)
            raise

    async def _print(self, html: str) -> bytes:
        if self._page is None:
            self._page = await self._start()
        return await asyncio.wait_for(self._print_on(self._page, html), DEADLINE)

    async def _print_on(self, page: Page, html: str) -> bytes:
        await page.set_content(html)
        return await page.pdf(prefer_css_page_size=True, print_background=True, page_ranges=f"1-{MOST_PAGES}")

    async def _start(self) -> Page:
        found = next(filter(None, map(shutil.which, NAMES)), None)
        self._playwright = await async_playwright().start()
        try:
            browser = await self._playwright.chromium.launch(
                executable_path=found,  # None: the one that `playwright install chromium` has put in place
                chromium_sandbox=self._sandbox,
                args=self._arguments,
                handle_sigint=False,  # Ctrl-C ends this process first, and that closes the browser
            )
            context = await browser.new_context(java_script_enabled=False, offline=True)
            return await context.new_page()
        except Error as error:
            await self._stop()
            raise NoBrowser(
                "Chromium does not start. Install it (Debian, Ubuntu: apt-get install chromium). In a container where "
                "its sandbox cannot start, set c.WebPDFExporter.disable_sandbox = True in nbgrader_config.py. "
                f"It says:\n{error.message}"
            ) from error

    async def _stop(self) -> None:
        page, playwright = self._page, self._playwright
        self._page = self._playwright = None
        with suppress(Error, asyncio.TimeoutError, OSError):
            if page is not None and page.context.browser is not None:
                await asyncio.wait_for(page.context.browser.close(), 10)
        with suppress(Error, asyncio.TimeoutError, OSError):
            if playwright is not None:
                await asyncio.wait_for(playwright.stop(), 10)
