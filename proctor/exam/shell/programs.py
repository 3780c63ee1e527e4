"""Programs that a notebook starts, where none can be.

A command that handles files is done here, in Python: cells that follow ``!mkdir -p runs`` rely on it.
Installing packages says that it did nothing, and succeeds. Any other program is not found, the way
it is on a machine that does not have it: ``subprocess.run(["nvidia-smi"])`` raises FileNotFoundError,
a shell's exit status is 127. Notebooks know how to go on from there.
"""

from __future__ import annotations

import errno
import os
import re
import shlex
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .commands import COMMANDS, Done, run

NOT_FOUND = 127
_WHY = "no program can be started while a notebook is graded"
_NOBODY = 1 << 22  # a process id that Linux gives to none
_SEPARATORS = {";", "&&", "||"}
_TO_NOWHERE = re.compile(r"(?<!\S)(?:[12&]?>{1,2}\s*/dev/null|2>&1)(?!\S)")


def install() -> None:
    """Replace what starts programs in this process."""
    replaced: list[tuple[Any, str, Any]] = [
        (subprocess.Popen, "_execute_child", _execute_child),
        (os, "system", _system),
        *((os, name, _no_fork) for name in ("fork", "forkpty")),
        *((os, name, _no_exec) for name in ("posix_spawn", "posix_spawnp", "execv", "execve", "execvp", "execvpe")),
    ]
    for place, name, stand_in in replaced:
        setattr(place, name, stand_in)


def run_line(line: str) -> Done:
    """What a shell would have done with ``line``, as far as it handles files; else says that it did nothing."""
    commands = _commands(line)
    if commands is None:
        return _not_run(line)
    done = Done()
    for command in commands:
        if command.joint == ";" or (command.joint == "&&") == (done.status == 0):
            now = _into_file(run(command.argv), command)
            done = Done(done.stdout + now.stdout, done.stderr + now.stderr, now.status)
    return _as_wanted(done, line)


def say(line: str) -> None:
    print(f"[exam] {line}")


@dataclass
class _Command:
    """``joint`` joins it to the one before; ``into`` are ``>`` or ``>>`` and a file for what it says."""

    joint: str
    argv: list[str] = field(default_factory=list)
    into: tuple[str, ...] = ()


def _commands(line: str) -> list[_Command] | None:
    """The commands of a line; None if one of them is no command of ours."""
    lexer = shlex.shlex(_TO_NOWHERE.sub("", line.strip()).replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found = [_Command(";")]
    try:
        for token in lexer:
            if token in _SEPARATORS:
                found.append(_Command(token))
            elif token in (">", ">>"):
                found[-1].into = (token, next(lexer, ""))
            elif set(token) & set("|&<>()`$"):
                return None
            else:
                found[-1].argv.append(token)
    except ValueError:  # a quote without end
        return None
    found = [command for command in found if command.argv]
    return found if found and all(command.argv[0] in COMMANDS for command in found) else None


def _into_file(done: Done, command: _Command) -> Done:
    if not command.into:
        return done
    mode, name = command.into
    try:
        with open(name, "w" if mode == ">" else "a") as file:
            file.write(done.stdout)
    except OSError as error:
        return Done("", f"sh: {name}: {error.strerror}\n", 1)
    return Done("", done.stderr, done.status)


def _not_run(line: str) -> Done:
    if _installs(line.split()):
        say("packages are not installed while a notebook is graded.")
        return Done()
    say("shell commands do not run while a notebook is graded.")
    return Done(status=NOT_FOUND)


def _as_wanted(done: Done, line: str) -> Done:
    """Without what the line sends to /dev/null."""
    dropped = "".join(match[0][0] for match in _TO_NOWHERE.finditer(line) if "null" in match[0])
    return Done(
        "" if set(">1&") & set(dropped) else done.stdout, "" if set("2&") & set(dropped) else done.stderr, done.status
    )


def _installs(argv: list[str]) -> bool:
    program = os.path.basename(argv[0]) if argv else ""
    if program.startswith("python") and argv[1:2] == ["-m"]:
        program = argv[2] if len(argv) > 2 else ""
    return program in ("pip", "pip3", "conda", "mamba", "uv", "apt", "apt-get")


def _system(command) -> int:
    done = run_line(os.fsdecode(command))
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.status << 8


def _execute_child(
    self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags, shell,
    p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, *others,
) -> None:  # fmt: skip
    """In place of ``Popen``'s: a child that has ended already. Raises FileNotFoundError for a program."""
    argv = [os.fsdecode(args)] if isinstance(args, str | bytes | os.PathLike) else [os.fsdecode(arg) for arg in args]
    done = _in_shell(argv[0]) if shell else _program(argv)
    for text, descriptor, stream in ((done.stdout, c2pwrite, sys.stdout), (done.stderr, errwrite, sys.stderr)):
        if descriptor == -1:
            stream.write(text)
        elif text:
            _fill(os.dup(descriptor), text.encode())
    self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)
    self._child_created = True
    self.pid, self.returncode = _NOBODY, done.status


def _in_shell(line: str) -> Done:
    if _commands(line) is None and not _installs(line.split()):
        said = f"sh: 1: {line.strip().partition(' ')[0]}: not found ({_WHY})\n"
        return _as_wanted(Done("", said, NOT_FOUND), line)
    return run_line(line)


def _program(argv: list[str]) -> Done:
    if _installs(argv):
        return _not_run(shlex.join(argv))
    if argv[0] not in COMMANDS:
        raise FileNotFoundError(errno.ENOENT, f"No such file or directory ({_WHY})", argv[0])
    return run(argv)


def _fill(descriptor: int, data: bytes) -> None:
    """Write into a pipe that may hold less than this until it is read."""

    def write() -> None:
        with suppress(OSError), os.fdopen(descriptor, "wb") as pipe:
            pipe.write(data)

    threading.Thread(target=write, daemon=True).start()


def _no_fork():
    raise PermissionError(errno.EPERM, "No process can be started while a notebook is graded")


def _no_exec(path, *args, **kwargs):
    raise FileNotFoundError(errno.ENOENT, f"No such file or directory ({_WHY})", os.fsdecode(path))
