"""What the exam has written into a graded notebook about itself."""

from __future__ import annotations

from pathlib import Path

import msgspec


class _Notebook(msgspec.Struct):
    metadata: dict


def about(path: Path) -> dict:
    """The metadata ``proctor`` of a notebook; nothing that a student has written is read.

    Raises msgspec.DecodeError for what is no notebook, OSError.
    """
    return msgspec.json.decode(path.read_bytes(), type=_Notebook).metadata.get("proctor", {})
