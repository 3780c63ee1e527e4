"""Fashion-MNIST arrives whole or not at all."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RAW = ROOT / "data" / "FashionMNIST" / "raw"
NAMES = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]


def make_data(folder: Path, alone: bool = True) -> subprocess.CompletedProcess:
    """Run setup/data.py; ``alone`` takes away apt-get and torchvision."""
    flags, env = (["-S"], {"PATH": "/nowhere"}) if alone else ([], dict(os.environ))
    command = [sys.executable, *flags, str(ROOT / "setup" / "data.py"), str(folder)]
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)


@pytest.fixture
def raw(tmp_path):
    """A data folder whose files are links to the real ones."""
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in NAMES:
        (raw / name).symlink_to(RAW / name)
    return raw


def test_data_that_is_there_is_used_without_network_or_packages(raw, tmp_path):
    done = make_data(tmp_path)
    assert done.returncode == 0 and "checksums right" in done.stdout


def test_packed_files_are_unpacked(raw, tmp_path):
    (raw / NAMES[3]).unlink()
    (raw / f"{NAMES[3]}.gz").write_bytes(gzip.compress((RAW / NAMES[3]).read_bytes()))
    assert make_data(tmp_path).returncode == 0
    assert (raw / NAMES[3]).read_bytes() == (RAW / NAMES[3]).read_bytes()


@pytest.mark.skipif(Path("/usr/share/datasets/fashion-mnist").exists(), reason="the package mends the damage")
def test_a_damaged_file_is_named_and_refused(raw, tmp_path):
    (raw / NAMES[1]).unlink()
    (raw / NAMES[1]).write_bytes((RAW / NAMES[1]).read_bytes()[:-1] + b"\xff")
    done = make_data(tmp_path)
    assert done.returncode == 1
    assert "train-labels-idx1-ubyte has the wrong checksum" in done.stderr


def test_a_truncated_archive_leaves_no_half_file(raw, tmp_path):
    (raw / NAMES[3]).unlink()
    (raw / f"{NAMES[3]}.gz").write_bytes(gzip.compress((RAW / NAMES[3]).read_bytes())[:-20])
    make_data(tmp_path)
    assert not (raw / f"{NAMES[3]}.part").exists()
    assert not (raw / NAMES[3]).exists() or (raw / NAMES[3]).read_bytes() == (RAW / NAMES[3]).read_bytes()


@pytest.mark.skipif(Path("/usr/share/datasets/fashion-mnist").exists(), reason="the package is installed")
def test_when_no_way_works_the_error_names_all_three(tmp_path):
    done = make_data(tmp_path)
    assert done.returncode == 1
    for way in ("FashionMNIST/raw", "apt-get install dataset-fashion-mnist", "torchvision"):
        assert way in done.stderr


def test_checksums_are_those_of_torchvisions_files():
    """Both name the same pictures: torchvision's loader accepts what setup/data.py accepts."""
    from torchvision.datasets import FashionMNIST

    train, test = FashionMNIST(ROOT / "data", train=True), FashionMNIST(ROOT / "data", train=False)
    assert train.data.shape == (60_000, 28, 28) and test.data.shape == (10_000, 28, 28)
    assert train.targets.bincount().tolist() == [6000] * 10
    assert test.targets.bincount().tolist() == [1000] * 10
