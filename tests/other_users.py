"""Commands as other users of the machine run them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def as_user(user: int, group: int, command: list[str]) -> list[str]:
    """The command, without root's rights."""
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", *command]


def with_readable_interpreter(command: list[str]) -> list[str]:
    """The command in a mount namespace where every user may pass the folders above the interpreter."""
    closed = [parent for parent in Path(sys.base_prefix).parents if not parent.stat().st_mode & 0o001]
    if not closed:
        return command
    if not shutil.which("unshare") or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("only root may read the interpreter here, and no namespace can be made to change that")
    steps = []
    for folder in reversed(closed):
        child = next(path for path in (Path(sys.base_prefix), *Path(sys.base_prefix).parents) if path.parent == folder)
        steps.append(
            f"mkdir /run/.passage && mount -t tmpfs -o mode=755 none /run/.passage && mkdir /run/.passage/{child.name}"
            f" && mount --bind {child} /run/.passage/{child.name} && mount --rbind /run/.passage {folder}"
        )
    return [
        "unshare",
        "-m",
        "sh",
        "-c",
        f'mount -t tmpfs none /run && {" && ".join(steps)} && exec "$@"',
        "sh",
        *command,
    ]
