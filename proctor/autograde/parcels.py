"""A folder as a value: what goes to a machine that shares no disk with this one."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

from proctor.notebooks.intake import left_out

_MOST = 1 << 30  # bytes of the files of one folder


class TooLarge(Exception):
    """A folder that is not sent; the message says how large it is."""


@dataclass(frozen=True)
class Parcel:
    """``name`` is the folder's, ``packed`` a tar archive of it, ``digest`` equal for equal archives."""

    name: str
    packed: bytes
    digest: str

    def unpack(self, place: Path) -> Path:
        """Make the folder in ``place`` as it was, links, pipes and times included. Returns it."""
        folder = place / self.name
        folder.mkdir(parents=True)
        with tarfile.open(fileobj=io.BytesIO(self.packed)) as archive:
            archive.extractall(folder, filter="fully_trusted")  # noqa: S202  (packed below: names stay in the folder)
        return folder


def pack(folder: Path, everything: bool = False) -> Parcel:
    """A folder, or one file in a folder of its own; without what nobody hands in on purpose unless ``everything``.

    Raises TooLarge, OSError.
    """
    size = 0
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for here, folders, files in os.walk(folder):
            out = set() if everything else left_out({*folders, *files})
            folders[:] = sorted(set(folders) - out)
            for name in sorted({*folders, *files} - out):
                path = Path(here, name)
                about = archive.gettarinfo(str(path), str(path.relative_to(folder)))
                if about is None or (about.isdev() and not about.isfifo()):
                    continue  # a socket, a device
                size += about.size
                if size > _MOST:
                    raise TooLarge(f"{folder} holds more than {_MOST >> 30} GiB, which is not sent to a cluster")
                if about.isreg():
                    with open(path, "rb") as file:
                        archive.addfile(about, file)
                else:
                    archive.addfile(about)
    data = packed.getvalue()
    return Parcel(folder.name, data, hashlib.blake2b(data, digest_size=16).hexdigest())
