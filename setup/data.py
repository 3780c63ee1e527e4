"""Put the Fashion-MNIST files into data/, by the first way that works.

    python setup/data.py [FOLDER]        (default: data)

1. They are already in FOLDER/FashionMNIST/raw.
2. The Debian/Ubuntu package dataset-fashion-mnist: installed, or downloaded
   with apt-get and unpacked without root.
3. torchvision's own download.

Every file is compared with its SHA-256 checksum, whichever way it came.

Fashion-MNIST is Zalando SE's, under the MIT licence: https://github.com/zalandoresearch/fashion-mnist
"""

import gzip
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

#: SHA-256 of the unpacked files; their .gz carry the MD5 sums that torchvision checks.
SHA256 = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
PACKAGE = "dataset-fashion-mnist"
PACKAGE_FOLDER = Path("usr/share/datasets/fashion-mnist")


class DataError(Exception):
    """One way of getting the data did not work; the message says why."""


def main(argv: list[str]) -> int:
    if len(argv) > 1 or argv[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0 if argv[:1] in (["-h"], ["--help"]) else 2
    root = Path(argv[0] if argv else "data")
    raw = root / "FashionMNIST" / "raw"
    ways: dict[str, Callable[[], None]] = {
        f"files in {raw}": lambda: check(raw),
        f"the installed package {PACKAGE}": lambda: unpack(Path("/") / PACKAGE_FOLDER, raw),
        f"apt-get download {PACKAGE}": lambda: from_package_archive(raw),
        "torchvision's download": lambda: from_torchvision(root, raw),
    }
    reasons = []
    for way, fetch in ways.items():
        try:
            fetch()
        except DataError as error:
            reasons.append(f"  - {way}: {error}")
        else:
            print(f"Fashion-MNIST is ready in {raw} ({way}; checksums right; MIT licence, Zalando SE)")
            return 0
    print(
        "Fashion-MNIST could not be had in any way:",
        *reasons,
        "Any one of these mends it, then run this again:",
        f"  - put {', '.join(SHA256)} (or their .gz) into {raw}",
        f"  - apt-get install {PACKAGE}   (Debian, Ubuntu)",
        "  - go online, so that torchvision can download the files",
        sep="\n",
        file=sys.stderr,
    )
    return 1


def check(raw: Path) -> None:
    """Raise DataError unless all four files are in ``raw`` with the right checksums."""
    for name, wanted in SHA256.items():
        path = raw / name
        packed = raw / f"{name}.gz"
        if not path.exists() and packed.exists():
            unpack_one(packed, path)
        if not path.exists():
            raise DataError(f"{name} is not there")
        if hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            raise DataError(f"{name} has the wrong checksum; delete it")


def unpack(folder: Path, raw: Path) -> None:
    """Unpack the package's four .gz files from ``folder`` into ``raw``."""
    if not folder.is_dir():
        raise DataError("not installed")
    raw.mkdir(parents=True, exist_ok=True)
    for name in SHA256:
        packed = folder / f"{name}.gz"
        if not packed.exists():
            raise DataError(f"{packed} is not there")
        unpack_one(packed, raw / name)
    check(raw)


def unpack_one(packed: Path, path: Path) -> None:
    """Unpack one .gz so that ``path`` exists only when it is whole."""
    part = path.with_suffix(".part")
    try:
        with gzip.open(packed) as source, part.open("wb") as target:
            shutil.copyfileobj(source, target)
        part.replace(path)
    except (OSError, EOFError) as error:
        raise DataError(f"{packed} cannot be unpacked: {error}") from None
    finally:
        part.unlink(missing_ok=True)


def from_package_archive(raw: Path) -> None:
    """Download the .deb with apt-get and unpack it; needs no root."""
    with tempfile.TemporaryDirectory() as scratch:
        run(["apt-get", "download", "-q", PACKAGE], scratch)
        (archive,) = Path(scratch).glob(f"{PACKAGE}_*.deb")
        run(["dpkg-deb", "-x", str(archive), scratch], scratch)
        unpack(Path(scratch) / PACKAGE_FOLDER, raw)


def run(command: list[str], folder: str) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    except FileNotFoundError:
        raise DataError(f"{command[0]} is not on this machine") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no message").splitlines()[-1]
        raise DataError(f"{command[0]} failed: {last}")


def from_torchvision(root: Path, raw: Path) -> None:
    try:
        from torchvision.datasets import FashionMNIST
    except ImportError as error:
        raise DataError(f"torchvision does not import: {error}") from None
    try:
        FashionMNIST(root, download=True)
    except (OSError, RuntimeError) as error:
        raise DataError(str(error).strip().splitlines()[-1]) from None
    check(raw)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
