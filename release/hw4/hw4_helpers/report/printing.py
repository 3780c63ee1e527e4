"""The report as a PDF, printed by a browser that is there."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

#: Chromium and its relatives print without a window; others cannot.
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge", "brave-browser")  # fmt: skip
_MAC = ("Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser")
_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe")
_SECONDS = 90


def print_pdf(page: Path) -> str:
    """Write a PDF beside an HTML file; a sentence that says what came of it."""
    pdf = page.with_suffix(".pdf")
    try:
        pdf.unlink(missing_ok=True)  # it would be that of an earlier page
    except OSError as error:  # on Windows, while a program shows it
        return f"{pdf.name} cannot be replaced ({error.strerror}): close the program that shows it, and try again."
    browser = next(_browsers(), None)
    by_hand = f"For a PDF, open {page.name} in a browser and print it to a file (Ctrl-P, Save as PDF)."
    if browser is None:
        return f"{by_hand} With Chrome, Chromium or Edge installed, report() does it by itself."
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        printed = Path(scratch) / "report.pdf"
        flags = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--no-pdf-header-footer",
            f"--user-data-dir={scratch}/profile",
        ]
        if getattr(os, "geteuid", lambda: 1)() == 0:
            flags.append("--no-sandbox")  # in a container such as Colab's; as root a browser has no other way
        command = [browser, *flags, f"--print-to-pdf={printed}", page.resolve().as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{Path(browser).name} did not print it ({type(error).__name__}). {by_hand}"
        if done.returncode or not printed.is_file():
            return f"{Path(browser).name} did not print it. {by_hand}"
        shutil.copyfile(printed, pdf)
    return f"Wrote {pdf.name}."


def _browsers() -> Iterator[str]:
    yield from filter(None, map(shutil.which, _COMMANDS))
    if sys.platform == "darwin":
        places = [Path(f"/Applications/{name}.app/Contents/MacOS/{name}") for name in _MAC]
    else:
        roots = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")]
        places = [Path(root) / name for root in roots if root for name in _WINDOWS]
    yield from (str(place) for place in places if place.is_file())
