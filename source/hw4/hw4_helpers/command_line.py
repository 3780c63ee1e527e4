"""``python hw4.py …``: what the notebook's last cells do, from a terminal."""

import argparse
import io
import sys
from collections.abc import Sequence

from .handing_in.hand_in import hand_in
from .report.report import report

_ABOUT = """\
Homework 4 from the command line. The notebooks are read as they were saved (Ctrl-S first);
run it in the folder that holds them, or anywhere: then the folder of hw4.py is taken."""

_EXAMPLES = """\
usually, in this order:
  python hw4.py report --name "Ada Lovelace"   makes report.html, and report.pdf where Chrome,
                                               Chromium or Edge is installed
  python hw4.py check                          lists what is missing, most points first, and
                                               writes hw4.zip, the one file to hand in

Does an import fail?  python -m pip install -r requirements.txt"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it did its work, 1 when there was nothing to work on."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of Windows may lack a sign such as …
    parser = argparse.ArgumentParser(
        "python hw4.py", description=_ABOUT, epilog=_EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", metavar="check | report")
    commands.add_parser("check", help="say what is ready and what is missing, and write hw4.zip")
    about_report = commands.add_parser("report", help="make the report on part 3 from the files in this folder")
    about_report.add_argument("--name", default="", help="your name (otherwise the one in the saved notebook)")
    chosen = parser.parse_args(arguments)
    if chosen.command is None:
        parser.print_help()
        return 0
    done = hand_in() if chosen.command == "check" else report(name=chosen.name)
    return 0 if done else 1
