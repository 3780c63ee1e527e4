"""The commands that notebooks use to handle files, done in Python.

Only what they usually do, with the options that notebooks usually give; other options are passed over.
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    stdout: str = ""
    stderr: str = ""
    status: int = 0


def run(argv: list[str]) -> Done:
    """Do the command ``argv[0]``, one of COMMANDS."""
    name, options, operands = argv[0], "", []
    for word in argv[1:]:
        if word.startswith("-") and len(word) > 1 and name != "echo":
            options += {"--parents": "p", "--recursive": "r", "--force": "f"}.get(word, "" if word[1] == "-" else word)
        else:
            operands.append(word)
    said: list[str] = []
    try:
        COMMANDS[name](operands if name == "echo" else _expanded(operands), options, said)
    except (OSError, shutil.Error, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        what = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        return Done("".join(said), f"{name}: {what}{reason}\n", 1)
    return Done("".join(said))


def _expanded(words: list[str]) -> list[str]:
    found = []
    for word in map(os.path.expanduser, words):
        found += sorted(glob.glob(word)) or [word] if glob.has_magic(word) else [word]
    return found


def _mkdir(names: list[str], options: str, said: list[str]) -> None:
    for name in names:
        os.makedirs(name, exist_ok=True) if "p" in options else os.mkdir(name)


def _rmdir(names: list[str], options: str, said: list[str]) -> None:
    for name in names:
        os.rmdir(name)


def _rm(names: list[str], options: str, said: list[str]) -> None:
    for name in names:
        if "f" in options and not os.path.lexists(name):
            continue
        if os.path.isdir(name) and not os.path.islink(name) and set("rR") & set(options):
            shutil.rmtree(name)
        else:
            os.unlink(name)


def _cp(names: list[str], options: str, said: list[str]) -> None:
    *sources, target = names
    for source in sources:
        place = os.path.join(target, os.path.basename(source.rstrip("/"))) if os.path.isdir(target) else target
        if os.path.isdir(source) and set("rRa") & set(options):
            shutil.copytree(source, place, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, place)


def _mv(names: list[str], options: str, said: list[str]) -> None:
    *sources, target = names
    for source in sources:
        place = os.path.join(target, os.path.basename(source.rstrip("/"))) if os.path.isdir(target) else target
        os.replace(source, place)


def _touch(names: list[str], options: str, said: list[str]) -> None:
    for name in names:
        open(name, "a").close()


def _ls(names: list[str], options: str, said: list[str]) -> None:
    files = [name for name in names if not os.path.isdir(name)]
    folders = [name for name in names if os.path.isdir(name)]
    for name in files:
        os.lstat(name)
        said.append(f"{name}\n")
    for name in folders if names else ["."]:
        if len(names) > 1:
            said.append(f"{name}:\n")
        said += [f"{each}\n" for each in sorted(os.listdir(name)) if "a" in options or not each.startswith(".")]


def _cat(names: list[str], options: str, said: list[str]) -> None:
    said += [Path(name).read_text(errors="replace") for name in names]


def _echo(words: list[str], options: str, said: list[str]) -> None:
    said.append(" ".join(words) + "\n")


def _pwd(words: list[str], options: str, said: list[str]) -> None:
    said.append(os.getcwd() + "\n")


COMMANDS: dict[str, Callable[[list[str], str, list[str]], None]] = {
    "mkdir": _mkdir, "rmdir": _rmdir, "rm": _rm, "cp": _cp, "mv": _mv, "touch": _touch,
    "ls": _ls, "cat": _cat, "echo": _echo, "pwd": _pwd,
}  # fmt: skip
