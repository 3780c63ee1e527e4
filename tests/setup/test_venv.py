"""A virtual environment with pip comes about on a bare Debian, too."""

import shutil
import subprocess
from pathlib import Path

import pytest

VENV = Path(__file__).parents[2] / "setup" / "venv.sh"


def python_that_answers(folder: Path, question: str, status: int) -> Path:
    """The system's Python, but code that holds ``question`` only exits with ``status``."""
    python = folder / "python3"
    python.write_text(f'#!/bin/sh\ncase "$2" in *"{question}"*) exit {status};; esac\nexec /usr/bin/python3 "$@"\n')
    python.chmod(0o755)
    return python


def make_venv(python: Path, folder: Path) -> subprocess.CompletedProcess:
    env = {"PATH": "/usr/bin:/bin", "PYTHON": str(python)}
    return subprocess.run(["sh", VENV, folder], env=env, capture_output=True, text=True, timeout=300)


@pytest.mark.skipif(not shutil.which("apt-get"), reason="Debian and Ubuntu only")
def test_without_python3_venv_pip_comes_from_debians_wheel(tmp_path):
    done = make_venv(python_that_answers(tmp_path, "import ensurepip", 1), tmp_path / "venv")
    assert done.returncode == 0, done.stderr
    version = subprocess.run([tmp_path / "venv" / "bin" / "pip", "--version"], capture_output=True, text=True)
    assert version.stdout.startswith("pip ")


def test_an_old_python_is_refused_with_the_way_out(tmp_path):
    done = make_venv(python_that_answers(tmp_path, "version_info", 1), tmp_path / "venv")
    assert done.returncode == 1
    assert "Python 3.10 or newer is needed" in done.stderr and "PYTHON=" in done.stderr
