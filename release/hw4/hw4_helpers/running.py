"""Where and why a notebook runs: on which device; to train, to be graded, or as a quick trial."""

import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path


def training_wanted() -> bool:
    """True when you run the notebook; False when nbgrader grades or validates it.

    nbgrader names the reason it runs a notebook in ``NBGRADER_EXECUTION``.
    """
    return "NBGRADER_EXECUTION" not in os.environ


def quick() -> bool:
    """True when the variable ``HW4_QUICK`` asks for shortened training runs."""
    return os.environ.get("HW4_QUICK", "0") not in ("", "0")


def best_device():
    """The ``torch.device`` to train on: a GPU (CUDA, or MPS on a Mac) if there is one, else the CPU."""
    import torch

    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def bfloat16() -> AbstractContextManager:
    """``with bfloat16():`` layers compute with numbers of 16 bits, on a processor that is made for it.

    One that has AMX (Intel's of servers, since 2023) trains a network of 3 × 3 convolutions
    more than twice as fast so. Others would be slower: there, and on a GPU, nothing changes.
    """
    if not has_amx():
        return nullcontext()
    import torch

    return torch.autocast("cpu", torch.bfloat16)


def has_amx() -> bool:
    """True on a processor that multiplies matrices of bfloat16; asked of Linux, elsewhere False."""
    processors = Path("/proc/cpuinfo")
    return processors.is_file() and "amx_bf16" in processors.read_text()
